package io.selfalign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The model that all tests of the contract share, and what they ask it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContractModel {
  static final int NEW_TOKENS = 24;
  static final GenerationOptions SAMPLED =
      GenerationOptions.builder()
          .maxNewTokens(NEW_TOKENS)
          .forbidEndOfSequence(true)
          .seed(20_230)
          .build();
  static final GenerationOptions GREEDY = SAMPLED.toBuilder().temperature(0).build();

  BaseModel model;

  /** Opens the model; it is closed after the last test if it is {@link AutoCloseable}. */
  protected abstract BaseModel openModel() throws Exception;

  /**
   * Prompts of different lengths, at least six, some with a common beginning. What the model writes
   * after them should not all begin alike.
   */
  protected List<String> prompts() {
    return List.of(
        "Once upon a time",
        "Once upon a time there was a little girl",
        "Once upon a time there was a little boy. He lived",
        "The",
        "One day, she saw a big, red ball in the park. She wanted to play with",
        "Lily and her mom went to the",
        "He said: \"I like it\" and",
        "Tom");
  }

  /**
   * Whether the model ends some of 256 short generations by itself at temperature 2. Override only
   * for a model that never does.
   */
  protected boolean endsSequences() {
    return true;
  }

  /** The model that {@link #openModel()} opened. */
  protected final BaseModel model() {
    return model;
  }

  @BeforeAll
  public final void openSharedModel() throws Exception {
    model = openModel();
  }

  @AfterAll
  public final void closeSharedModel() throws Exception {
    if (model instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  /** A test that fails half-way must not make the next one fail. */
  @AfterEach
  public final void clearInterrupt() {
    Thread.interrupted();
  }

  final List<GenerationRequest> requests() {
    return IntStream.range(0, prompts().size())
        .mapToObj(i -> new GenerationRequest("r" + i, prompt(i)))
        .toList();
  }

  final GenerationRequest request(String id) {
    return requests().stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow();
  }

  final String prompt(int i) {
    return prompts().get(i % prompts().size());
  }

  /** Continuations of one and several tokens. */
  final List<ScoreRequest> scoreRequests() {
    List<String> continuations = List.of(" and", " the little girl was happy.", " to", "!");
    return IntStream.range(0, prompts().size())
        .mapToObj(
            i -> new ScoreRequest("s" + i, prompt(i), continuations.get(i % continuations.size())))
        .toList();
  }

  final Generation generateAlone(GenerationRequest request, GenerationOptions options) {
    return model.generate(List.of(request), options).get(0);
  }

  static void assertSameScores(List<?> actual, List<Score> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      Score score = (Score) actual.get(i);
      assertThat(score.id()).isEqualTo(expected.get(i).id());
      assertThat(score.tokenIds()).isEqualTo(expected.get(i).tokenIds());
      for (int k = 0; k < score.tokenIds().size(); k++) {
        assertThat(score.tokenLogProbabilities().get(k))
            .isEqualTo(expected.get(i).tokenLogProbabilities().get(k), within(1e-3));
      }
    }
  }

  static List<String> texts(List<Generation> generations) {
    return generations.stream().map(Generation::text).toList();
  }

  static Map<String, Generation> byId(List<Generation> generations) {
    return generations.stream().collect(Collectors.toMap(Generation::id, Function.identity()));
  }
}
