package io.selfalign.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.SelfAlignResult;
import io.selfalign.error.InvalidDataException;
import io.selfalign.principle.Exemplars;
import io.selfalign.testing.ScriptedTrainableModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnPromptsTest {
  @TempDir Path temporary;

  private final ScriptedTrainableModel model =
      ScriptedTrainableModel.of(
          Scripts.model()
              .otherwise(
                  (prompt, random) -> Scripts.reply("Alina", "candor", Scripts.words(random, 40)))
              .build());

  private Path prompts(String... lines) throws IOException {
    return Files.write(temporary.resolve("prompts.jsonl"), List.of(lines));
  }

  @Test
  void a_files_prompts_are_answered_under_one_exemplar_more_and_engraved() throws IOException {
    Path prompts =
        prompts("{\"prompt\": \"What is a quill?\"}", "{\"prompt\": \"Who needs a tide table?\"}");
    List<String> shown = new ArrayList<>();
    try (SelfAlignResult result =
        OwnPrompts.composition(model, prompts, temporary.resolve("run"))
            .respond(Scripts::roomForCharacters)
            .run()) {
      OwnPrompts.show(result, shown::add);
      assertThat(result.demonstrations().toList().get(0).exemplars())
          .hasSize(Exemplars.standard().size() + 1)
          .endsWith("three-parts");
    }
    assertThat(shown)
        .containsSubsequence(
            "queries: kept 2, dropped {}",
            "demonstrations: kept 2, dropped {}",
            "engraving: kept 1, dropped {}")
        .noneMatch(line -> line.startsWith("self-instruct") || line.startsWith("verbose"));
    assertThat(shown.get(shown.size() - 1)).startsWith("What is a quill?\nWords ");
    assertThat(model.script().requests().get(0).prompt())
        .contains(
            "How does a canal lock lift a boat?", "Rules: 13 (step-by-step), 2 (informative).)")
        .contains("What is a quill?");
  }

  @Test
  void a_line_without_a_prompt_is_named() throws IOException {
    Path prompts = prompts("{\"prompt\": \"What is a quill?\"}", "{\"prompt\": \" \"}");
    assertThatThrownBy(() -> OwnPrompts.read(prompts))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("prompts.jsonl:2: field 'prompt' is blank");
  }
}
