package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.GenerationOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A real pretrained model of 260,032 parameters, which is not part of the project: {@code mvn
 * verify -Dtest.excluded= -Dselfalign.shared.data=FOLDER} runs these tests on {@code
 * FOLDER/models/stories260K}.
 */
@Tag("shared-data")
class Stories260KTest {
  private static Path folder() {
    String data = System.getProperty("selfalign.shared.data");
    assertThat(data).as("the system property selfalign.shared.data").isNotNull();
    return Path.of(data).resolve("models").resolve("stories260K");
  }

  @Test
  void greedy_texts_are_those_of_transformers() {
    for (boolean reuse : new boolean[] {true, false}) {
      for (int batchSize : new int[] {1, 64}) {
        GoldenTextTest.assertGreedy(
            folder(),
            "stories260K",
            GoldenTextTest.f32().prefixReuse(reuse).maxBatchSize(batchSize).build());
      }
    }
  }

  @Test
  void scores_are_those_of_transformers() {
    GoldenTextTest.assertScores(folder(), "stories260K");
  }

  @Test
  void a_story_begins_as_it_should() {
    try (DjlModel model = DjlModel.open(folder())) {
      String text =
          model.generate(
              "Once upon a time",
              GenerationOptions.builder().temperature(0).maxNewTokens(60).build());
      assertThat(text)
          .startsWith(
              ", there was a little girl named Lily. She loved to play outside in the park."
                  + " One day, she saw a big, red ball.");
    }
  }
}
