package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.djl.internal.program.NativeValue;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That shared prefixes are computed once, shown by the model's counters. */
class PrefixReuseTest {
  private static final String PREFIX = "The quick brown fox jumps over the lazy dog. ".repeat(4);
  private static final GenerationOptions GREEDY =
      GenerationOptions.builder().temperature(0).maxNewTokens(4).build();

  private static List<GenerationRequest> requests(String prefix, int from, int to) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = from; i < to; i++) {
      requests.add(new GenerationRequest("q" + i, prefix + "Question " + i + "?"));
    }
    return requests;
  }

  private static DjlModel open(DjlModelOptions.Builder options) {
    return DjlModel.open(Fixtures.folder("smollm"), options.build());
  }

  private static int tokens(DjlModel model, List<GenerationRequest> requests) {
    return requests.stream().mapToInt(request -> model.countTokens(request.prompt())).sum();
  }

  @Test
  void prefix_shared_in_a_call_is_computed_once_whatever_the_batch_size() {
    for (int batchSize : new int[] {1, 3, 64}) {
      try (DjlModel model = open(DjlModelOptions.builder().maxBatchSize(batchSize))) {
        List<GenerationRequest> requests = requests(PREFIX, 0, 7);
        int prefix = model.countTokens(PREFIX + "Question");
        model.generate(requests, GREEDY);
        int atMost = tokens(model, requests) - 6 * (prefix - 1);
        assertThat(model.prefilledTokens()).isLessThanOrEqualTo(atMost);
        assertThat(model.prefilledTokens() + model.reusedTokens())
            .isEqualTo(tokens(model, requests));
      }
    }
  }

  @Test
  void prefix_that_running_rows_hold_is_found_without_any_cache() {
    String longPrefix = PREFIX.repeat(3);
    try (DjlModel model =
        DjlModel.open(
            Fixtures.folder("smollm"), DjlModelOptions.builder().prefixCacheBytes(0).build())) {
      int prefix = model.countTokens(longPrefix);
      List<GenerationRequest> requests = requests(longPrefix, 0, 60);
      model.generate(requests, GREEDY);
      int own = tokens(model, requests) - 60 * prefix;
      assertThat(model.prefilledTokens()).isLessThan(own + 2L * prefix);
    }
  }

  @Test
  void prefix_shared_between_calls_is_computed_once() {
    try (DjlModel model = open(DjlModelOptions.builder())) {
      model.generate(requests(PREFIX, 0, 1), GREEDY);
      long first = model.prefilledTokens();
      model.generate(requests(PREFIX, 1, 2), GREEDY);
      model.score(List.of(new ScoreRequest("s", PREFIX + "Question 7?", " Yes.")));
      long later = model.prefilledTokens() - first;
      assertThat(later).isLessThan(first / 2);
    }
  }

  @Test
  void nested_prefixes_are_each_computed_once() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int group = 0; group < 3; group++) {
      String prefix = PREFIX + "Part " + group + ": " + "all of it counts, ".repeat(5);
      for (int i = 0; i < 3; i++) {
        requests.add(new GenerationRequest(group + "-" + i, prefix + "question " + i + "?"));
      }
    }
    try (DjlModel shared = open(DjlModelOptions.builder());
        DjlModel alone = open(DjlModelOptions.builder().prefixReuse(false).maxBatchSize(1))) {
      List<Generation> together = shared.generate(requests, GREEDY);
      assertThat(together).isEqualTo(alone.generate(requests, GREEDY));
      assertThat(shared.prefilledTokens()).isLessThan(alone.prefilledTokens() / 2);
      assertThat(alone.reusedTokens()).isZero();
    }
  }

  @Test
  void without_reuse_every_token_is_computed() {
    try (DjlModel model = open(DjlModelOptions.builder().prefixReuse(false))) {
      List<GenerationRequest> requests = requests(PREFIX, 0, 3);
      model.generate(requests, GREEDY);
      assertThat(model.prefilledTokens()).isEqualTo(tokens(model, requests));
    }
  }

  @Test
  void prompt_that_shares_half_of_a_kept_one_splits_it_under_any_budget() {
    long bytesPerToken = 2L * 2 * 3 * 6 * 4;
    String half = "The quick brown fox jumps over the lazy dog. ".repeat(3);
    for (int budget : new int[] {0, 40, 80, 100, 150, 200, 1000}) {
      long openBefore = NativeValue.openCount();
      try (DjlModel model =
          open(DjlModelOptions.builder().prefixCacheBytes(budget * bytesPerToken))) {
        GenerationRequest whole = new GenerationRequest("whole", half + half);
        GenerationRequest other = new GenerationRequest("other", half + "And now for more.");
        List<Generation> expected = new ArrayList<>();
        try (DjlModel alone = open(DjlModelOptions.builder().prefixReuse(false))) {
          expected.addAll(alone.generate(List.of(whole), GREEDY));
          expected.addAll(alone.generate(List.of(other), GREEDY));
        }
        List<Generation> actual = new ArrayList<>();
        actual.addAll(model.generate(List.of(whole), GREEDY));
        actual.addAll(model.generate(List.of(other), GREEDY));
        assertThat(actual).isEqualTo(expected);
        assertThat(model.generate(List.of(whole, other), GREEDY)).isEqualTo(expected);
      }
      assertThat(NativeValue.openCount()).as("budget of %d tokens", budget).isEqualTo(openBefore);
    }
  }

  @Test
  void kept_keys_and_values_stay_within_their_budget() {
    // 2 x layers x KV heads x head size x 4 bytes a token.
    long bytesPerToken = 2L * 2 * 3 * 6 * 4;
    try (DjlModel model = open(DjlModelOptions.builder().prefixCacheBytes(200 * bytesPerToken))) {
      for (int i = 0; i < 20; i++) {
        model.generate(requests(i + " " + PREFIX, 0, 3), GREEDY);
        assertThat(model.keptTokens()).isLessThanOrEqualTo(200);
      }
    }
  }
}
