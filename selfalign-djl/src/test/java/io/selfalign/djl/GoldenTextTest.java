package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Greedy texts and scores, against transformers in float32. */
class GoldenTextTest {
  static List<String> checkpoints() {
    return Fixtures.checkpoints();
  }

  static DjlModelOptions.Builder f32() {
    return DjlModelOptions.builder().dtype(DType.F32);
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void greedy_text_alone_is_that_of_transformers(String name) {
    assertGreedy(name, f32().maxBatchSize(1).prefixReuse(false).build());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void greedy_text_alone_with_prefix_reuse_is_that_of_transformers(String name) {
    assertGreedy(name, f32().maxBatchSize(1).build());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void greedy_text_in_a_batch_is_that_of_transformers(String name) {
    assertGreedy(name, f32().prefixReuse(false).build());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void greedy_text_in_a_batch_with_prefix_reuse_is_that_of_transformers(String name) {
    assertGreedy(name, f32().maxBatchSize(3).build());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void scores_are_those_of_transformers(String name) {
    assertScores(Fixtures.folder(name), name);
  }

  static void assertScores(Path folder, String name) {
    List<ScoreRequest> requests = new ArrayList<>();
    List<JsonNode> goldens = new ArrayList<>();
    for (JsonNode golden : Fixtures.golden(name).get("scores")) {
      requests.add(
          new ScoreRequest(
              "score-" + requests.size(),
              golden.get("prompt").asString(),
              golden.get("continuation").asString()));
      goldens.add(golden);
    }
    for (boolean reuse : new boolean[] {true, false}) {
      try (DjlModel model = DjlModel.open(folder, f32().prefixReuse(reuse).build())) {
        List<Score> scores = model.score(requests);
        for (int i = 0; i < goldens.size(); i++) {
          JsonNode golden = goldens.get(i);
          Score score = scores.get(i);
          assertThat(score.tokenIds())
              .containsExactlyElementsOf(boxed(Fixtures.ints(golden.get("token_ids"))));
          double[] expected = Fixtures.doubles(golden.get("token_logprobs"));
          for (int t = 0; t < expected.length; t++) {
            assertThat(score.tokenLogProbabilities().get(t)).isCloseTo(expected[t], within(1e-4));
          }
          assertThat(score.greedy()).isEqualTo(golden.get("greedy").asBoolean());
        }
      }
    }
  }

  private static void assertGreedy(String name, DjlModelOptions options) {
    assertGreedy(Fixtures.folder(name), name, options);
  }

  static void assertGreedy(Path folder, String name, DjlModelOptions options) {
    List<JsonNode> goldens = new ArrayList<>();
    for (JsonNode golden : Fixtures.golden(name).get("cases")) {
      // An empty prompt, which is only the beginning-of-sequence token, is refused as a request.
      if (!golden.get("prompt").asString().isEmpty()) {
        goldens.add(golden);
      }
    }
    try (DjlModel model = DjlModel.open(folder, options)) {
      // Requests of one call share a limit on new tokens.
      goldens.stream()
          .map(golden -> golden.get("greedy_ids").size())
          .distinct()
          .forEach(
              limit ->
                  assertGreedy(
                      model,
                      goldens.stream().filter(g -> g.get("greedy_ids").size() == limit).toList(),
                      limit));
    }
  }

  private static void assertGreedy(DjlModel model, List<JsonNode> goldens, int limit) {
    GenerationOptions greedy =
        GenerationOptions.builder().temperature(0).maxNewTokens(limit).build();
    List<GenerationRequest> requests = new ArrayList<>();
    for (JsonNode golden : goldens) {
      requests.add(
          new GenerationRequest("case-" + requests.size(), golden.get("prompt").asString()));
    }
    List<Generation> generations = model.generate(requests, greedy);
    for (int i = 0; i < goldens.size(); i++) {
      Generation generation = generations.get(i);
      JsonNode golden = goldens.get(i);
      assertThat(generation.promptTokens()).isEqualTo(golden.get("prompt_ids").size());
      List<Integer> expected = boxed(Fixtures.ints(golden.get("greedy_ids")));
      switch (generation.finishReason()) {
        case LENGTH -> {
          assertThat(generation.tokenIds()).isEqualTo(expected);
          assertThat(generation.text()).isEqualTo(golden.get("greedy_text").asString());
        }
        // The golden values go on after the end of the sequence.
        case END_OF_SEQUENCE ->
            assertThat(generation.tokenIds())
                .isEqualTo(expected.subList(0, generation.tokenIds().size()));
        case STOP -> throw new AssertionError("no stop string was given");
      }
    }
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
