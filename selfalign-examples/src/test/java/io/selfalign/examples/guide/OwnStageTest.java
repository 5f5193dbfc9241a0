package io.selfalign.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.RecordRandom;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.testing.ScriptedTrainableModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnStageTest {
  @TempDir Path temporary;

  private final ScriptedTrainableModel model =
      ScriptedTrainableModel.of(
          Scripts.model()
              .when(prompt -> prompt.endsWith("Instruction:"), OwnStageTest::tasks)
              .whenPromptContains(
                  "(candor)",
                  (prompt, random) -> Scripts.reply("Alina", "candor", Scripts.words(random, 40)))
              .otherwise("Eight minutes.\n\n## User\n")
              .build());

  private static String tasks(String prompt, RecordRandom random) {
    String whom = random.uniform(99) < 0.4 ? "to anna@example.org " : "";
    return " Write "
        + whom
        + "of "
        + Scripts.words(random, 6)
        + "\nInput: <noinput>\nOutput: It is so.\n\n31. Instruction: Tell of it.\nOutput: No.\n";
  }

  private List<String> run() {
    List<String> shown = new ArrayList<>();
    PrincipleDrivenAlignment.Builder answering = PrincipleDrivenAlignment.builder(model);
    Scripts.roomForCharacters(answering);
    OwnStage.run(model, temporary.resolve("run"), 12, answering.build(), shown::add);
    return shown;
  }

  @Test
  void what_the_host_does_not_want_is_dropped_before_it_is_answered() {
    List<String> shown = run();
    long addresses = shown.stream().filter(line -> line.startsWith("not asked: ")).count();
    assertThat(addresses).isBetween(1L, 11L);
    assertThat(shown)
        .contains(
            String.format(
                "host-policy: kept %d, dropped {has_address=%d}, counted {script_LATIN=%d}",
                12 - addresses, addresses, 12 - addresses))
        .anyMatch(line -> line.endsWith("(anna@example.org)"))
        .contains("Eight minutes.");
    assertThat(model.script().requests())
        .filteredOn(request -> request.prompt().endsWith("## Private notes\n"))
        .hasSize((int) (12 - addresses))
        .noneMatch(request -> request.prompt().contains("@"));
    assertThat(model.trainings()).hasSize(1);
  }

  @Test
  void the_composition_resumes_like_any_other() {
    List<String> first = run();
    long asked = model.script().generations();
    assertThat(run()).isEqualTo(first);
    assertThat(model.script().generations()).as("but for the last answer").isEqualTo(asked + 1);
  }
}
