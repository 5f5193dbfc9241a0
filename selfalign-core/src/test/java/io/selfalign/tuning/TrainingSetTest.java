package io.selfalign.tuning;

import static io.selfalign.tuning.TuningSamples.demonstration;
import static io.selfalign.tuning.TuningSamples.demonstrations;
import static io.selfalign.tuning.TuningSamples.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Cut;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.TrainingPair;
import io.selfalign.error.CancelledException;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingSetTest {
  private static final ChatPrompt PROMPT = ChatPrompt.standard();

  @TempDir Path temporary;

  private final ScriptedModel model = ScriptedModel.replying("");

  private TrainingSet.Builder<Demonstration> set() {
    return TrainingSet.builder(model, Demonstration.class, "set");
  }

  private static Pipeline pipeline(
      TrainingSet<Demonstration> set, List<Demonstration> input, List<IdentityPair> pairs) {
    Pipeline.Builder builder = Pipeline.builder();
    Output<Demonstration> demonstrations =
        builder.source("demonstrations", Dataset.of(Demonstration.class, input));
    Output<IdentityPair> identity =
        builder.source("identity", Dataset.of(IdentityPair.class, pairs));
    builder.stage(set, demonstrations, identity);
    return builder.build();
  }

  private RunDirectory run(
      TrainingSet<Demonstration> set, List<Demonstration> input, List<IdentityPair> pairs) {
    return pipeline(set, input, pairs).in(temporary.resolve("run")).run().directory();
  }

  private static List<TrainingPair> kept(RunDirectory run) {
    return run.records("set", TrainingPair.class).toList();
  }

  @Test
  void a_pair_is_the_plain_prompt_and_the_answer_without_thoughts() {
    Demonstration made = demonstrations(1).get(0);
    TrainingPair pair = kept(run(set().build(), List.of(made), List.of())).get(0);
    assertThat(pair.id()).isEqualTo("pair-q-0");
    assertThat(pair.parents()).containsExactly("q-0");
    assertThat(pair.kind()).isEqualTo("demonstration");
    assertThat(pair.prompt()).isEqualTo(PROMPT.text("What is number 0?"));
    assertThat(pair.completion()).isEqualTo("It is what q-0 is.\n\n## User\n");
    assertThat(pair.tokens()).isEqualTo((pair.prompt() + pair.completion()).length());
    assertThat(pair.prompt() + pair.completion()).doesNotContain("rule");
  }

  @Test
  void what_is_dropped_is_in_the_ledger_with_its_rule_and_whole_text() {
    List<Demonstration> input =
        List.of(
            demonstration("fine", "Hi", "Ho"),
            demonstration("asks", "Hi\n## User\nHo", "Ho"),
            demonstration("answers", "Hi", "## User\nHo"),
            demonstration("long", "Hi", "o".repeat(500)));
    RunDirectory run = run(set().maxLength(512).build(), input, List.of());
    assertThat(kept(run)).extracting(TrainingPair::id).containsExactly("pair-fine");
    int tokens = PROMPT.text("Hi").length() + PROMPT.completion("o".repeat(500), true).length();
    assertThat(run.drops("set").toList())
        .containsExactly(
            new Drop(
                "pair-asks",
                List.of("asks"),
                "query_has_marker",
                "line '## User'",
                "Hi\n## User\nHo"),
            new Drop("pair-answers", List.of("answers"), "answer_has_marker", "", "## User\nHo"),
            new Drop(
                "pair-long",
                List.of("long"),
                "too_long",
                tokens + " tokens, at most 512",
                "o".repeat(500)));
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void the_longest_that_fits_is_kept_with_its_closing(boolean endOfSequence) {
    ChatPrompt prompt = endOfSequence ? PROMPT.closedByEndOfSequence() : PROMPT;
    int closing = endOfSequence ? 1 : "\n\n## User\n".length();
    int room = 512 - PROMPT.text("Hi").length() - closing;
    List<Demonstration> input =
        List.of(
            demonstration("fits", "Hi", "o".repeat(room)),
            demonstration("not", "Hi", "o".repeat(room + 1)));
    RunDirectory run = run(set().prompt(prompt).maxLength(512).build(), input, List.of());
    assertThat(kept(run)).extracting(TrainingPair::id).containsExactly("pair-fits");
    assertThat(kept(run)).extracting(TrainingPair::tokens).containsExactly(512);
    assertThat(run.drops("set").toList().get(0).detail()).isEqualTo("513 tokens, at most 512");
  }

  @Test
  void the_models_context_is_a_limit_too() {
    ScriptedModel small = ScriptedModel.builder().contextLength(200).build();
    TrainingSet<Demonstration> set =
        TrainingSet.builder(small, Demonstration.class, "set").maxLength(512).build();
    RunDirectory run = run(set, List.of(demonstration("a", "Hi", "o".repeat(100))), List.of());
    assertThat(run.drops("set").toList().get(0).detail()).endsWith(", at most 200");
  }

  @Test
  void an_answer_that_was_cut_off_is_not_learnt_to_end_there() {
    Cut trimmed = new Cut(Demonstration.TRIMMED, "wor");
    List<Demonstration> input = List.of(demonstration("cut", "Hi", "So many", trimmed));
    RunDirectory run = run(set().build(), input, List.of());
    assertThat(kept(run)).extracting(TrainingPair::completion).containsExactly("So many");
    assertThat(run.stage("set").counters()).containsEntry("without_closing", 1L);
  }

  @Test
  void where_the_end_of_sequence_closes_all_an_answer_that_was_cut_off_is_dropped() {
    Cut trimmed = new Cut(Demonstration.TRIMMED, "wor");
    Cut nextTurn = new Cut("next_turn", "## User\nMore");
    List<Demonstration> input =
        List.of(
            demonstration("cut", "Hi", "So many", trimmed),
            demonstration("fine", "Hi", "So many.", nextTurn));
    RunDirectory run = run(set().prompt(PROMPT.closedByEndOfSequence()).build(), input, List.of());
    assertThat(kept(run)).extracting(TrainingPair::completion).containsExactly("So many.");
    assertThat(run.drops("set").toList()).extracting(Drop::reason).containsExactly("unclosed");
  }

  @ParameterizedTest
  @CsvSource({
    // answers, pairs there are, most, share, mixed in
    "300, 910, 910, 0.1, 30",
    "5, 910, 910, 0.1, 1",
    "40, 2, 910, 0.1, 2",
    "40, 910, 3, 0.1, 3",
    "20, 100, 910, 2, 40",
    "0, 910, 910, 0.1, 0",
    "20, 100, 910, 0, 0",
  })
  void so_many_pairs_about_the_assistant_are_mixed_in(
      int answers, int pairs, int most, double share, long mixedIn) {
    TrainingSet<Demonstration> set = set().identityPairs(most, share).build();
    RunDirectory run = run(set, demonstrations(answers), identity(pairs));
    StageSummary summary = run.stage("set");
    assertThat(summary.records()).isEqualTo(answers + mixedIn);
    assertThat(summary.counters().getOrDefault("identity", 0L)).isEqualTo(mixedIn);
    assertThat(kept(run).stream().filter(pair -> pair.kind().equals("identity_pair")))
        .extracting(TrainingPair::id)
        .containsExactlyElementsOf(
            identity((int) mixedIn).stream().map(pair -> "pair-" + pair.id()).toList());
  }

  @Test
  void dropped_answers_bring_no_pairs_about_the_assistant() {
    List<Demonstration> input = List.of(demonstration("long", "Hi", "o".repeat(9000)));
    RunDirectory run = run(set().identityPairs(910, 1).build(), input, identity(5));
    assertThat(kept(run)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4"})
  void a_run_cancelled_after_any_unit_ends_as_if_it_had_not_been(int units) {
    TrainingSet<Demonstration> set = set().identityPairs(910, 0.1).build();
    Pipeline pipeline = pipeline(set, demonstrations(600), identity(50));
    Path whole = temporary.resolve("whole");
    pipeline.in(whole).run();
    Path resumed = temporary.resolve("resumed");
    AtomicReference<Run> running = new AtomicReference<>();
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  if (event instanceof RunEvent.UnitCommitted committed
                      && committed.stage().equals("set")
                      && committed.unit().index() == units - 1) {
                    running.get().cancel();
                  }
                })
            .build();
    running.set(pipeline.in(resumed, options));
    assertThatThrownBy(running.get()::run).isInstanceOf(CancelledException.class);
    assertThat(RunDirectory.open(resumed).stage("set").units()).isEqualTo(units);
    pipeline.in(resumed).run();
    assertThat(TuningSamples.data(resumed)).isEqualTo(TuningSamples.data(whole));
  }

  @Test
  void the_settings_name_all_that_decides() {
    TrainingSet<Demonstration> set = set().build();
    assertThat(set.settings()).isEqualTo(set().build().settings());
    List.of(
            set().prompt(PROMPT.closedByEndOfSequence()),
            set().prompt(PROMPT.withSystem("")),
            set().maxLength(5),
            set().identityPairs(1, 0.1),
            set().identityPairs(0, 0.2))
        .forEach(other -> assertThat(other.build().settings()).isNotEqualTo(set.settings()));
  }

  @Test
  void options_out_of_range_are_refused() {
    assertThatThrownBy(() -> set().maxLength(1)).hasMessageContaining("maxLength is 1");
    assertThatThrownBy(() -> set().identityPairs(-1, 0)).hasMessageContaining("is -1");
    assertThatThrownBy(() -> set().identityPairs(1, -0.5)).hasMessageContaining("is -0.5");
    assertThatThrownBy(() -> Pipeline.of(set().maxLength(50).build(), nothing()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a query and an answer of one word have")
        .hasMessageContaining("shorten the system text");
  }

  private static Dataset<Demonstration> nothing() {
    return Dataset.of(Demonstration.class, List.of());
  }
}
