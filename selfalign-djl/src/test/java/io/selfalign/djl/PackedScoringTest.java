package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That continuations of the same prompt share it, however short, and score as by themselves. */
class PackedScoringTest {
  private static final String PREAMBLE = "The quick brown fox jumps over the lazy dog. ";

  /** Questions with choices, some of which begin alike, in an order that parts them. */
  private static List<ScoreRequest> choices(String preamble) {
    List<ScoreRequest> requests = new ArrayList<>();
    for (int question = 0; question < 5; question++) {
      String prompt = preamble + "Q: Who is number " + question + "?\nA:";
      for (String choice :
          List.of(
              " A king.", " A king of old.", " A kind man", " Nobody", " Nobody knows who it is")) {
        requests.add(new ScoreRequest(String.valueOf(requests.size()), prompt, choice));
      }
    }
    // The prompt ends where another one's continuation goes on.
    requests.add(new ScoreRequest("within", preamble + "Q:", " Who is number 1? I am."));
    Collections.shuffle(requests, new Random(1));
    return requests;
  }

  private static DjlModel open(String name, DjlModelOptions.Builder options) {
    return DjlModel.open(Fixtures.folder(name), options.dtype(DType.F32).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"smollm", "mistral-window", "qwen3-window"})
  void scores_are_those_of_each_continuation_by_itself(String name) {
    for (String preamble : List.of("", PREAMBLE, PREAMBLE.repeat(3))) {
      List<ScoreRequest> requests = choices(preamble);
      try (DjlModel packed = open(name, DjlModelOptions.builder());
          DjlModel batches = open(name, DjlModelOptions.builder().maxBatchSize(3));
          DjlModel alone = open(name, DjlModelOptions.builder().prefixReuse(false))) {
        List<Score> expected = requests.stream().map(r -> alone.score(List.of(r)).get(0)).toList();
        assertSame(packed.score(requests), expected);
        assertSame(packed.score(requests), expected);
        assertSame(batches.score(requests), expected);
      }
    }
  }

  private static void assertSame(List<Score> actual, List<Score> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      Score score = actual.get(i);
      assertThat(score.id()).isEqualTo(expected.get(i).id());
      assertThat(score.tokenIds()).isEqualTo(expected.get(i).tokenIds());
      assertThat(score.logProbability())
          .as(score.id())
          .isCloseTo(expected.get(i).logProbability(), within(5e-5));
    }
  }

  @Test
  void the_prompt_of_a_question_is_computed_once_for_all_its_choices() {
    try (DjlModel model = open("smollm", DjlModelOptions.builder())) {
      String prompt = "Who?";
      List<String> choices = List.of(" He", " She", " They", " We");
      List<ScoreRequest> requests = new ArrayList<>();
      long own = 0;
      for (String choice : choices) {
        requests.add(new ScoreRequest(choice, prompt, choice));
        own += model.countTokens(prompt + choice) - 1 - model.countTokens(prompt);
      }
      model.score(requests);
      assertThat(model.prefilledTokens()).isLessThanOrEqualTo(model.countTokens(prompt) + own);
      assertThat(model.reusedTokens()).isGreaterThanOrEqualTo(3L * model.countTokens(prompt));
    }
  }

  @Test
  void long_texts_that_begin_with_the_same_word_are_not_joined_for_its_sake() {
    try (DjlModel model = open("smollm", DjlModelOptions.builder())) {
      String first = "Who " + "went to the river and ".repeat(20);
      String second = "Who " + "saw an old red house ".repeat(20);
      model.score(
          List.of(new ScoreRequest("1", first, " then."), new ScoreRequest("2", second, " then.")));
      // The last token predicts nothing that is asked for.
      int all = model.countTokens(first + " then.") + model.countTokens(second + " then.") - 2;
      assertThat(model.prefilledTokens()).isEqualTo(all);
      assertThat(model.reusedTokens()).isZero();
    }
  }
}
