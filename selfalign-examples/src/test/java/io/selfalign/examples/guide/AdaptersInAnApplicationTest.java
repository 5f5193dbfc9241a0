package io.selfalign.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.testing.ScriptedTrainableModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptersInAnApplicationTest {
  @TempDir Path temporary;

  private final CyclicBarrier four = new CyclicBarrier(4);

  private final ScriptedTrainableModel model =
      ScriptedTrainableModel.of(
          Scripts.model()
              .whenPromptContains(
                  "(candor)",
                  (prompt, random) -> Scripts.reply("Alina", "candor", Scripts.words(random, 40)))
              .whenPromptContains("Wait", this::waits)
              .otherwise((prompt, random) -> Scripts.words(random, 80) + "\n\n## User\n")
              .build());

  /** Answers when four threads ask at once. */
  private String waits(String prompt, RecordRandom random) {
    try {
      four.await(60, TimeUnit.SECONDS);
      return "Done.\n\n## User\n";
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("nobody else asks", e);
    }
  }

  private void align() {
    List<Query> queries =
        List.of(Query.of("quill", "What is a quill?"), Query.of("tide", "What is a tide?"));
    SelfAlign.of(model)
        .queries(queries)
        .respond(Scripts::roomForCharacters)
        .verboseCloning(
            stage -> stage.sampling(GenerationOptions.builder().maxNewTokens(900).build()))
        .workDirectory(temporary.resolve("run"))
        .run()
        .close();
  }

  @Test
  void both_adapters_answer_side_by_side_each_as_it_was_trained() throws Exception {
    align();
    List<String> shown = new ArrayList<>();
    AdaptersInAnApplication.run(
        model,
        temporary.resolve("run"),
        List.of("What is a quill?", "What is a tide?"),
        shown::add);
    String brief;
    String extensive;
    try (SelfAlignResult result = reopened()) {
      brief = result.engraved().answer("What is a quill?");
      extensive = result.assistant().answer("What is a quill?");
    }
    assertThat(extensive).hasSizeGreaterThan(brief.length());
    assertThat(shown)
        .hasSize(6)
        .startsWith("What is a quill?", "  brief:     " + brief, "  extensive: " + extensive)
        .contains("What is a tide?");
    assertThat(model.generate("still open")).isNotEmpty();
  }

  @Test
  void questions_are_asked_at_the_same_time() throws Exception {
    align();
    try (SelfAlignResult result = reopened()) {
      assertThat(
              AdaptersInAnApplication.ask(
                  result, List.of("Wait 1", "Wait 2", "Wait 3", "Wait 4"), 4))
          .extracting(AdaptersInAnApplication.Answers::extensive)
          .containsExactly("Done.", "Done.", "Done.", "Done.");
    }
  }

  private SelfAlignResult reopened() {
    return SelfAlignResult.open(model, RunDirectory.open(temporary.resolve("run")));
  }
}
