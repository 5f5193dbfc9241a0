package io.selfalign.principle;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.AppliedPrinciple;
import io.selfalign.data.Cut;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.data.JsonLines;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.Traceable;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.pipeline.TracedRecord;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrincipleDrivenAlignmentTest {
  /** The scripted model counts characters; an endless answer is cut at these. */
  private static final GenerationOptions SAMPLING =
      PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(900).build();

  @TempDir Path temporary;

  private static PrincipleDrivenAlignment.Builder stage(ScriptedModel model) {
    return PrincipleDrivenAlignment.builder(model).sampling(SAMPLING).thoughtTokens(400);
  }

  private RunDirectory run(PrincipleDrivenAlignment stage, List<Query> queries, String folder) {
    return run(stage, queries, folder, RunOptions.defaults());
  }

  private RunDirectory run(
      PrincipleDrivenAlignment stage, List<Query> queries, String folder, RunOptions options) {
    Path directory = temporary.resolve(folder);
    return Pipeline.of(stage, Dataset.of(Query.class, queries))
        .in(directory, options)
        .run()
        .directory();
  }

  private static List<Demonstration> kept(RunDirectory run) {
    return run.records("demonstrations", Demonstration.class).toList();
  }

  private static Map<String, Traceable> byId(RunDirectory run) {
    Map<String, Traceable> byId = new TreeMap<>();
    kept(run).forEach(record -> byId.put(record.id(), record));
    run.drops("demonstrations").toList().forEach(drop -> byId.put(drop.id(), drop));
    return byId;
  }

  @Test
  void every_query_is_kept_or_dropped_once_and_the_counts_add_up() {
    List<Query> queries = new ArrayList<>(Replies.queries(60));
    queries.add(Query.of("long", "long ".repeat(2000)));
    queries.add(Query.of("marked", "Hi\n## User\nHo"));
    RunDirectory run = run(stage(Replies.model().build()).build(), queries, "run");
    List<String> ended =
        Stream.concat(kept(run).stream(), run.drops("demonstrations").toList().stream())
            .map(Traceable::id)
            .toList();
    assertThat(ended).containsExactlyInAnyOrderElementsOf(queries.stream().map(Query::id).toList());
    StageSummary summary = run.stage("demonstrations");
    assertThat(summary.drops())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("empty", 4L),
                Map.entry("missing_self_identification", 4L),
                Map.entry("missing_answer", 4L),
                Map.entry("too_short", 4L),
                Map.entry("apology", 4L),
                Map.entry("exemplar_leak", 4L),
                Map.entry("echo", 4L),
                Map.entry("loop", 4L),
                Map.entry("unsafe", 4L),
                Map.entry("query_too_long", 1L),
                Map.entry("query_has_marker", 1L)));
    assertThat(summary.records()).isEqualTo(24);
    assertThat(summary.counters())
        .containsEntry("self_check_pairs", 40L)
        .containsEntry("self_check_left_out", 0L)
        .containsEntry("trimmed", 4L)
        .containsEntry("repetition_cut", 8L)
        .containsEntry("unknown_principle", 4L)
        .containsEntry("no_principle", 8L)
        .containsEntry("cited_by_both", 32L)
        .doesNotContainKeys("citation_disagrees", "cited_by_name")
        .containsEntry("principle_7_candor", 16L)
        .containsEntry("principle_5_reasoning", 16L);
    assertThat(
            summary.counters().get("principle_7_candor:self-instruct")
                + summary.counters().get("principle_7_candor:topic-guided"))
        .isEqualTo(16);
    assertThat(
            summary.counters().entrySet().stream()
                .filter(counter -> counter.getKey().startsWith("principle_7_candor:type:type "))
                .mapToLong(Map.Entry::getValue)
                .sum())
        .isEqualTo(16);
  }

  @Test
  void a_demonstration_tells_all_that_it_was_made_from() {
    Query query = Replies.queries(1).get(0);
    ScriptedModel model = Replies.model().build();
    RunDirectory run = run(stage(model).build(), List.of(query), "run");
    Demonstration made = kept(run).get(0);
    String prompt = model.requests().get(0).prompt();
    assertThat(made.id()).isEqualTo("q-0");
    assertThat(made.parents()).containsExactly("q-0");
    assertThat(made.query()).isEqualTo(query.text());
    assertThat(made.thoughts()).startsWith(Replies.SELF).endsWith("I answer.");
    assertThat(made.answer()).startsWith("Here is what can be said of number");
    assertThat(made.principles())
        .containsExactly(
            new AppliedPrinciple(5, "reasoning", AppliedPrinciple.BOTH, List.of()),
            new AppliedPrinciple(7, "candor", AppliedPrinciple.BOTH, List.of()));
    assertThat(made.cuts()).isEmpty();
    assertThat(made.source()).contains("self-instruct");
    assertThat(made.questionType()).contains("type 0");
    assertThat(made.exemplars()).hasSize(6).startsWith("fried-fish");
    assertThat(made.promptSha256()).isEqualTo(new Prompt(prompt, List.of()).sha256());
    assertThat(made.model()).isEqualTo("scripted:scripted");
    assertThat(made.sampling().temperature()).isEqualTo(0.5);
    assertThat(made.sampling().seed()).isEqualTo(model.calls().get(0).options().seed());
  }

  @Test
  void a_demonstration_is_written_with_these_fields() throws IOException {
    RunDirectory run = run(stage(Replies.model().build()).build(), Replies.queries(1), "run");
    Path file = run.path().resolve("stages/demonstrations/records.jsonl");
    assertThat(JsonLines.parse("a", 1, Files.readString(file)).object().propertyNames())
        .containsExactly(
            "id",
            "parents",
            "query",
            "thoughts",
            "answer",
            "principles",
            "cuts",
            "source",
            "question_type",
            "exemplars",
            "prompt_sha256",
            "model",
            "sampling");
    assertThat(run.trace("q-0"))
        .extracting(TracedRecord::stage)
        .contains("input", "demonstrations");
  }

  @Test
  void a_number_that_is_not_the_names_is_kept_and_counted() {
    ScriptedModel model =
        Replies.model()
            .otherwise(
                Replies.reply(
                    Replies.SELF + " Rules that apply: 9 (candor), 13.", Replies.answer("it")))
            .build();
    RunDirectory run = run(stage(model).build(), List.of(Query.of("plain", "Plain?")), "run");
    assertThat(kept(run).get(0).principles())
        .containsExactly(
            new AppliedPrinciple(7, "candor", AppliedPrinciple.NAME, List.of(9)),
            new AppliedPrinciple(13, "step-by-step", AppliedPrinciple.NUMBER, List.of()));
    assertThat(run.stage("demonstrations").counters())
        .containsEntry("citation_disagrees", 1L)
        .containsEntry("cited_by_name", 1L)
        .containsEntry("cited_by_number", 1L);
  }

  @Test
  void nothing_that_is_cut_is_lost() {
    RunDirectory run = run(stage(Replies.model().build()).build(), Replies.queries(15), "run");
    Demonstration endless = (Demonstration) byId(run).get("q-12");
    assertThat(endless.trimmed()).isTrue();
    assertThat(endless.cuts()).extracting(Cut::reason).containsExactly("trimmed", "repetition");
    Demonstration repeats = (Demonstration) byId(run).get("q-13");
    assertThat(repeats.trimmed()).isFalse();
    assertThat(repeats.answer()).endsWith("ask again. End.");
    assertThat(repeats.cuts()).containsExactly(new Cut("repetition", Replies.answer("it")));
  }

  @Test
  void a_drop_has_the_whole_text_and_what_the_rule_found() {
    RunDirectory run = run(stage(Replies.model().build()).build(), Replies.queries(15), "run");
    Drop brief = (Drop) byId(run).get("q-6");
    assertThat(brief.reason()).isEqualTo("too_short");
    assertThat(brief.detail()).isEqualTo("4 characters");
    assertThat(brief.parents()).containsExactly("q-6");
    assertThat(brief.text()).startsWith(Replies.SELF).endsWith("## Alina\nYes.\n");
  }

  @Test
  void the_model_gets_the_frame_the_defaults_and_the_stops() {
    ScriptedModel model = Replies.model().build();
    run(PrincipleDrivenAlignment.builder(model).build(), Replies.queries(1), "run");
    assertThat(model.calls())
        .extracting(ScriptedModel.Call::options)
        .allSatisfy(
            options -> {
              assertThat(options.temperature()).isEqualTo(0.5);
              assertThat(options.topP()).isEqualTo(0.9);
              assertThat(options.logitBias()).isEqualTo(Map.of("Sorry", Double.NEGATIVE_INFINITY));
            });
    GenerationOptions thoughts = model.calls().get(0).options();
    assertThat(thoughts.maxNewTokens()).isEqualTo(128);
    assertThat(thoughts.stop())
        .containsExactly("\n## User\n", "\n# Conversation\n", "\n## Alina\n", "\n## Alina:");
    GenerationOptions answers = model.calls().get(1).options();
    assertThat(answers.maxNewTokens()).isEqualTo(256);
    assertThat(answers.stop()).containsAll(thoughts.stop()).contains("\n## Private notes\n");
  }

  @ParameterizedTest
  @CsvSource({"1, 1, false", "7, 1, true", "64, 1, true", "5, 3, true"})
  void what_is_made_of_a_query_does_not_depend_on_units_workers_or_order(
      int unitSize, int workers, boolean shuffled) {
    PromptFrame frame =
        PromptFrame.builder().exemplars(ExemplarSelector.random(Exemplars.standard(), 2)).build();
    List<Query> queries = new ArrayList<>(Replies.queries(30));
    RunDirectory expected =
        run(stage(Replies.model().build()).frame(frame).build(), queries, "expected");
    if (shuffled) {
      Collections.reverse(queries);
    }
    RunDirectory other =
        run(
            stage(Replies.model().groupSize(3).build()).frame(frame).unitSize(unitSize).build(),
            queries,
            "other",
            RunOptions.builder().workers(workers).build());
    assertThat(byId(other)).isEqualTo(byId(expected));
  }

  @Test
  void another_seed_makes_other_answers() {
    List<Query> queries = Replies.queries(3);
    RunDirectory a = run(stage(Replies.model().build()).build(), queries, "a");
    RunDirectory b =
        run(
            stage(Replies.model().build()).build(),
            queries,
            "b",
            RunOptions.builder().seed(1).build());
    assertThat(kept(b))
        .extracting(Demonstration::answer)
        .doesNotContainAnyElementsOf(kept(a).stream().map(Demonstration::answer).toList());
  }

  /** How many requests were generated for by the end of each unit: thoughts, then answers. */
  private static List<Long> generationsAfterUnits(ScriptedModel model) {
    List<Long> after = new ArrayList<>();
    long generations = 0;
    for (ScriptedModel.Call call : model.calls()) {
      boolean thoughts = !call.requests().get(0).id().endsWith(FrameReplies.ANSWER_ID);
      if (thoughts && generations > 0) {
        after.add(generations);
      }
      generations += call.requests().size();
    }
    return after;
  }

  @Test
  void whichever_request_fails_running_again_ends_with_the_same_data() {
    List<Query> queries = Replies.queries(16);
    RunDirectory whole = run(stage(Replies.model().build()).unitSize(4).build(), queries, "whole");
    ScriptedModel counting = Replies.model().build();
    run(stage(counting).unitSize(4).build(), queries, "counting");
    long requests = counting.generations();
    List<Long> afterUnits = generationsAfterUnits(counting);
    for (int failing = 1; failing <= requests; failing++) {
      String folder = "failing-" + failing;
      ScriptedModel broken =
          Replies.model().failAt(failing, () -> new IllegalStateException("no power")).build();
      assertThatThrownBy(() -> run(stage(broken).unitSize(4).build(), queries, folder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no power");
      ScriptedModel healthy = Replies.model().build();
      RunDirectory resumed = run(stage(healthy).unitSize(4).build(), queries, folder);
      assertThat(kept(resumed)).isEqualTo(kept(whole));
      assertThat(resumed.drops("demonstrations").toList())
          .isEqualTo(whole.drops("demonstrations").toList());
      assertThat(resumed.stage("demonstrations")).isEqualTo(whole.stage("demonstrations"));
      int at = failing;
      long done = afterUnits.stream().filter(n -> n < at).mapToLong(n -> n).max().orElse(0);
      assertThat(healthy.generations()).isEqualTo(requests - done);
      assertThat(selfCheckRequests(broken)).isEqualTo(160);
      assertThat(selfCheckRequests(healthy)).isZero();
      assertThat(SelfCheck.of(resumed, "demonstrations"))
          .isEqualTo(SelfCheck.of(whole, "demonstrations"));
    }
  }

  /** How many scores were asked for to measure the check. */
  private static long selfCheckRequests(ScriptedModel model) {
    return model.scoreRequests().stream()
        .filter(
            request ->
                CheckPairs.standard().stream()
                    .anyMatch(pair -> request.prompt().contains(pair.request())))
        .count();
  }

  @Test
  void the_check_is_measured_before_the_first_query_and_the_run_keeps_what_came_of_it() {
    RunDirectory run = run(stage(Replies.model().build()).build(), Replies.queries(1), "run");
    SelfCheck measured = SelfCheck.of(run, "demonstrations").orElseThrow();
    assertThat(measured.used()).isTrue();
    assertThat(measured)
        .isEqualTo(
            new SelfCheck(
                "scripted:scripted", 40, 0, 0, 1, 1, 1, 0.75, measured.bound(), 1, 0, 0.05));
    assertThat(measured.bound()).isBetween(-3.0, 3.0);
    assertThat(SelfCheck.of(run, "input")).isEmpty();
    RunDirectory none = run(stage(Replies.model().build()).build(), List.of(), "none");
    assertThat(SelfCheck.of(none, "demonstrations")).isEmpty();
  }

  @Test
  void the_longest_answer_that_a_short_context_allows_is_checked() {
    Query query = Query.of("q", "What?");
    String prompt = PromptFrame.standard().prompt(query, RecordRandom.of(0, "s", "q")).text();
    String answer = IntStream.range(0, 999).mapToObj(i -> "word" + i).collect(joining(" "));
    ScriptedModel tight =
        ScriptedModel.builder()
            .contextLength(prompt.length() + 70 + 900)
            .scorer(r -> Replies.isBad(r.prompt()) == r.continuation().equals(" Yes") ? -1 : -4)
            .otherwise(Replies.SELF + "\n\n## Alina\n" + answer)
            .build();
    PrincipleDrivenAlignment stage =
        PrincipleDrivenAlignment.builder(tight)
            .filters(List.of())
            .sampling(GenerationOptions.builder().maxNewTokens(900).build())
            .build();
    RunDirectory run = run(stage, List.of(query), "run");
    assertThat(run.stage("demonstrations").drops()).isEmpty();
    assertThat(kept(run)).hasSize(1);
    assertThat(run.stage("demonstrations").counters()).containsEntry("self_check_left_out", 0L);
  }

  @Test
  void a_check_that_is_a_coin_toss_drops_nothing() {
    ScriptedModel guessing =
        Replies.model().scorer(r -> r.prompt().length() % 2 == 0 ? -1.0 : -4.0).build();
    RunDirectory run = run(stage(guessing).build(), Replies.queries(60), "run");
    assertThat(run.stage("demonstrations").drops()).doesNotContainKey("unsafe");
    assertThat(run.stage("demonstrations").counters()).containsEntry("self_check_left_out", 1L);
    assertThat(guessing.scoreRequests()).hasSize(176); // with the exemplars' eight turns
  }

  @Test
  void a_measurement_that_is_gone_is_told() throws IOException {
    ScriptedModel broken =
        Replies.model().failAt(5, () -> new IllegalStateException("no power")).build();
    assertThatThrownBy(() -> run(stage(broken).unitSize(4).build(), Replies.queries(8), "run"))
        .hasMessage("no power");
    Files.delete(temporary.resolve("run/stages/demonstrations/files/self-check.json"));
    ScriptedModel healthy = Replies.model().build();
    assertThatThrownBy(() -> run(stage(healthy).unitSize(4).build(), Replies.queries(8), "run"))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("self-check.json");
  }

  @Test
  void declined_answers_are_kept_and_counted_by_source_and_type() {
    ScriptedModel model =
        ScriptedModel.builder()
            .contextLength(12_000)
            .scorer(r -> r.continuation().equals(" Yes") ? -4.0 : -1.0)
            .whenPromptContains(
                "Question 0", Replies.reply(Replies.SELF, "I don't know what that is."))
            .whenPromptContains(
                "Question 1", Replies.reply(Replies.SELF, "I won't help you with that."))
            .otherwise(Replies.reply(Replies.SELF, "It is three times as much."))
            .build();
    StageSummary summary =
        run(stage(model).build(), Replies.queries(4), "run").stage("demonstrations");
    assertThat(summary.records()).isEqualTo(4);
    assertThat(summary.counters())
        .containsEntry("declined", 2L)
        .containsEntry("declined:not_knowing", 1L)
        .containsEntry("declined:refusal", 1L)
        .containsEntry("declined:self-instruct", 1L)
        .containsEntry("declined:topic-guided", 1L)
        .containsEntry("declined:type:type 0", 1L)
        .doesNotContainKey("declined:type:type 2");
  }

  @Test
  void a_filter_and_a_safety_filter_of_ones_own_take_part() {
    AnswerFilter numbers =
        new AnswerFilter() {
          @Override
          public String name() {
            return "numbers";
          }

          @Override
          public Optional<String> reject(Candidate candidate) {
            return candidate.answer().contains("number") ? Optional.of("") : Optional.empty();
          }
        };
    List<AnswerFilter> filters = new ArrayList<>(AnswerFilters.standard());
    filters.add(numbers);
    PrincipleDrivenAlignment stage =
        stage(Replies.model().build()).filters(filters).safety(SafetyFilter.none()).build();
    StageSummary summary = run(stage, Replies.queries(15), "run").stage("demonstrations");
    assertThat(summary.drops()).containsEntry("numbers", 3L).doesNotContainKey("unsafe");
    assertThatThrownBy(() -> stage.toBuilder().filters(List.of(numbers, numbers)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two filters have the same name");
  }

  @Test
  void a_safety_filter_must_judge_all() {
    SafetyFilter lazy =
        new SafetyFilter() {
          @Override
          public List<Optional<String>> judge(List<Candidate> candidates) {
            return List.of();
          }

          @Override
          public Settings settings() {
            return Settings.none();
          }
        };
    PrincipleDrivenAlignment stage = stage(Replies.model().build()).safety(lazy).build();
    assertThatThrownBy(() -> run(stage, Replies.queries(3), "run"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0 verdicts on 3 answers");
  }

  @Test
  void a_model_whose_context_is_too_small_is_refused_before_anything_runs() {
    ScriptedModel small = ScriptedModel.builder().contextLength(4096).build();
    assertThatThrownBy(() -> run(stage(small).build(), Replies.queries(1), "run"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is over the 4096 of the model's context; show fewer exemplars");
    assertThat(small.calls()).isEmpty();
  }

  @Test
  void a_check_of_answers_that_cannot_fit_the_context_is_refused_before_anything_runs() {
    PromptFrame bare = PromptFrame.builder().exemplars(ExemplarSelector.none()).build();
    Query hi = Query.of("x", "Hi");
    String prompt = bare.prompt(hi, RecordRandom.of(0, "s", "x")).text();
    int context = prompt.length() + 900 + 20; // a scripted token is a character
    ScriptedModel small = ScriptedModel.builder().contextLength(context).build();
    PrincipleDrivenAlignment.Builder stage = stage(small).frame(bare);
    assertThatThrownBy(() -> run(stage.build(), List.of(hi), "run"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "is over the " + context + " of the model's context; show fewer exemplars");
    assertThat(small.scoreRequests()).isEmpty();
    run(stage.safety(SafetyFilter.none()).build(), List.of(hi), "run");
    assertThat(small.calls()).hasSize(1);
  }

  @Test
  void the_longest_query_that_fits_is_not_cut() {
    ScriptedModel model = Replies.model().build();
    int frame =
        PromptFrame.standard()
            .prompt(Query.of("x", "x"), RecordRandom.of(0, "s", "x"))
            .text()
            .length();
    int room = model.contextLength() - SAMPLING.maxNewTokens() - frame + 1;
    RunDirectory run =
        run(
            stage(model).build(),
            List.of(Query.of("fits", "x".repeat(room)), Query.of("not", "x".repeat(room + 1))),
            "run");
    assertThat(model.requests())
        .extracting(GenerationRequest::id)
        .allMatch(id -> id.equals("fits") || id.equals("fits/answer"));
    assertThat(model.requests().get(0).prompt()).endsWith("## Private notes\n");
    Drop drop = (Drop) byId(run).get("not");
    assertThat(drop.reason()).isEqualTo("query_too_long");
    assertThat(drop.detail()).isEqualTo("prompt of 11101 tokens, at most 11100");
  }

  @Test
  void the_settings_name_all_that_decides() {
    PrincipleDrivenAlignment stage = stage(Replies.model().build()).build();
    String json = stage.settings().json();
    assertThat(json)
        .contains("\"model\":\"scripted:scripted\"", "\"temperature\":0.5", "\"top_p\":0.9")
        .contains(
            "\"logit_bias\":{\"Sorry\":\"-Infinity\"}",
            "\"too_short\":{\"min_characters\":10,\"min_unclosed_characters\":160}");
    assertThat(stage.toBuilder().unitSize(3).build().settings()).isEqualTo(stage.settings());
    List<PrincipleDrivenAlignment.Builder> changed =
        List.of(
            stage.toBuilder().filters(List.of()),
            stage.toBuilder().safety(SafetyFilter.none()),
            stage.toBuilder().frame(PromptFrame.builder().persona("X").build()),
            stage.toBuilder().sampling(SAMPLING.toBuilder().topK(3).build()));
    changed.forEach(
        builder -> assertThat(builder.build().settings()).isNotEqualTo(stage.settings()));
  }
}
