package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Instruction;
import io.selfalign.data.SeedTask;
import io.selfalign.pipeline.Dataset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class InventionTest {
  private static final World WORLD = new World(Corpus.grammar());
  private static final String SEEDS =
      new MiniatureSeeds()
          .tasks().stream()
              .map(SeedTask::toString)
              .collect(Collectors.joining(" ", "", new MiniatureSeeds().topics().toString()))
              .toLowerCase(Locale.ROOT);

  private static String thing(boolean ofSeeds) {
    return WORLD.of(Subject.Kind.THING, false).stream()
        .map(Subject::name)
        .filter(name -> SEEDS.matches("(?s).*\\b" + name + "\\b.*") == ofSeeds)
        .findFirst()
        .orElseThrow();
  }

  private static Instruction instruction(String text, Optional<String> input) {
    return new Instruction(
        "id",
        List.of(),
        text,
        input,
        Optional.empty(),
        "self-instruct",
        Optional.empty(),
        Optional.empty(),
        "request",
        "model",
        "sampling");
  }

  private static Invention of(Instruction... instructions) {
    return Invention.of(Dataset.of(Instruction.class, List.of(instructions)));
  }

  @Test
  void an_instruction_is_new_if_it_names_subjects_and_none_of_a_seed() {
    String old = thing(true);
    String fresh = thing(false);
    Instruction onFresh = instruction("How do I clean a " + fresh + "?", Optional.empty());
    Instruction onOld = instruction("How do I clean a " + old + "?", Optional.empty());
    Instruction onBoth = instruction("Sort this list.", Optional.of(fresh + ", " + old));
    Instruction onNothing = instruction("What time is it?", Optional.empty());
    Instruction onPerson = instruction("Where is Ravi Wexsen now?", Optional.empty());
    assertThat(of(onFresh, onOld, onBoth, onNothing, onPerson)).isEqualTo(new Invention(5, 2));
    assertThat(of(onFresh, onOld).toString())
        .isEqualTo("2 instructions invented, 1 (50%) of them on topics that no seed names");
    assertThat(of()).isEqualTo(new Invention(0, 0));
  }
}
