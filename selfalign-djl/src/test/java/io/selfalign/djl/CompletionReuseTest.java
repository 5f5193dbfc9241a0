package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That what a model has written need not be run again by prompts that go on from there. */
class CompletionReuseTest {
  private static final int NEW = 100;
  private static final String QUESTION = "\n\nIs it?";

  /** Always the same word, so that the text has the tokens with which it was written. */
  private static final GenerationOptions KNOWING =
      GenerationOptions.builder().temperature(0).maxNewTokens(NEW).logitBias(" know", 100).build();

  private static DjlModel open(DjlModelOptions.Builder options) {
    return DjlModel.open(Fixtures.folder("smollm"), options.build());
  }

  private static List<GenerationRequest> requests(String prefix, int count) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(new GenerationRequest("q" + i, prefix + " and he said no. Number " + i + ":"));
    }
    return requests;
  }

  /** Questions behind what was written, without the last characters of it. */
  private static List<ScoreRequest> questions(
      List<GenerationRequest> requests, List<Generation> written, int cut) {
    List<ScoreRequest> questions = new ArrayList<>();
    for (GenerationRequest request : requests) {
      String text =
          written.stream()
              .filter(w -> w.id().equals(request.id()))
              .findFirst()
              .orElseThrow()
              .text();
      String before = request.prompt() + text.substring(0, text.length() - cut) + QUESTION;
      questions.add(new ScoreRequest(request.id(), before, " Yes"));
    }
    return questions;
  }

  private static void assertScoresWithoutReuse(List<ScoreRequest> questions, List<Score> scores) {
    try (DjlModel alone = open(DjlModelOptions.builder().prefixReuse(false))) {
      List<Score> expected = alone.score(questions);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(scores.get(i).tokenIds()).isEqualTo(expected.get(i).tokenIds());
        assertThat(scores.get(i).logProbability())
            .isCloseTo(expected.get(i).logProbability(), within(1e-4));
      }
    }
  }

  @Test
  void a_question_behind_a_completion_runs_alone() {
    for (int batchSize : new int[] {2, 64}) {
      for (int cut : new int[] {0, 7}) {
        try (DjlModel model = open(DjlModelOptions.builder().maxBatchSize(batchSize))) {
          List<GenerationRequest> requests = requests("What he had to say", 5);
          List<ScoreRequest> questions =
              questions(requests, model.generate(requests, KNOWING), cut);
          long before = model.prefilledTokens();
          List<Score> scores = model.score(questions);
          int own = model.countTokens(" kn" + QUESTION + " Yes");
          assertThat(model.prefilledTokens() - before).isLessThanOrEqualTo(5L * own);
          assertScoresWithoutReuse(questions, scores);
        }
      }
    }
  }

  @Test
  void a_conversation_goes_on_from_where_it_was() {
    try (DjlModel model = open(DjlModelOptions.builder());
        DjlModel alone = open(DjlModelOptions.builder().prefixReuse(false))) {
      String text = "What he had to say";
      for (int turn = 0; turn < 3; turn++) {
        GenerationRequest request = new GenerationRequest("q", text);
        long before = model.prefilledTokens();
        List<Generation> written = model.generate(List.of(request), KNOWING);
        assertThat(written).isEqualTo(alone.generate(List.of(request), KNOWING));
        if (turn > 0) {
          int own = model.countTokens(" know" + QUESTION);
          assertThat(model.prefilledTokens() - before).isLessThanOrEqualTo(own);
        }
        text += written.get(0).text() + QUESTION;
      }
    }
  }

  @Test
  void the_newest_completions_are_kept_within_the_budget() {
    // 2 x layers x KV heads x head size x 4 bytes a token.
    long bytesPerToken = 2L * 2 * 3 * 6 * 4;
    int budget = 1000;
    try (DjlModel model =
        open(DjlModelOptions.builder().prefixCacheBytes(budget * bytesPerToken))) {
      for (int call = 0; call < 12; call++) {
        List<GenerationRequest> requests = requests("In part " + call + " what he had to say", 2);
        List<ScoreRequest> questions = questions(requests, model.generate(requests, KNOWING), 0);
        long before = model.prefilledTokens();
        List<Score> scores = model.score(questions);
        assertThat(model.prefilledTokens() - before).as("call %d", call).isLessThan(NEW);
        assertThat(model.keptTokens()).isLessThanOrEqualTo(budget);
        assertScoresWithoutReuse(questions, scores);
      }
    }
  }
}
