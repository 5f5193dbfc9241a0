package io.selfalign.verbose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.Query;
import io.selfalign.data.TrainingPair;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.engrave.PrincipleEngraving;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.TracedRecord;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import io.selfalign.testing.ScriptedModel;
import io.selfalign.testing.ScriptedTrainableModel;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.Assistant;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.tuning.TuningSamples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stages 3 and 4 in one pipeline, from demonstrations to a model that answers at length. */
class StagesThreeAndFourTest {
  private static final ChatPrompt PROMPT = ChatPrompt.of("Juno");

  private static final List<String> WAYS =
      List.of("good", "good", "none", "brief", "humble", "endless", "loop", "curious", "echo");

  /** The scripted model counts characters. */
  private static final GenerationOptions SAMPLING =
      VerboseAnswering.defaultSampling().toBuilder().maxNewTokens(700).build();

  @TempDir Path temporary;

  /** A run's options that decide nothing, and its models. */
  private record Setting(String folder, int unitSize, int workers, ScriptedTrainableModel model) {}

  private static ScriptedModel.Builder script() {
    return ScriptedModel.builder()
        .contextLength(4000)
        .whenPromptContains(
            "way good", (p, random) -> answer("number " + Long.toHexString(random.bits(0, 0))))
        .whenPromptContains("way none", " \n")
        .whenPromptContains("way brief", "Yes.")
        .whenPromptContains("way humble", "I'm sorry, but no. " + answer("it"))
        .whenPromptContains("way endless", (p, random) -> answer("it") + " And on".repeat(200))
        .whenPromptContains("way loop", (answer("it") + " ").repeat(2))
        .whenPromptContains("way curious", "What do you mean? Why? " + answer("it") + " And how?")
        .whenPromptContains("way echo", (p, random) -> (queryOf(p) + " ").repeat(5));
  }

  private static ScriptedTrainableModel model() {
    return ScriptedTrainableModel.of(script().build());
  }

  private static String answer(String subject) {
    return "Here is all that can be said of "
        + subject
        + ": it has a beginning, which most people know, a middle part, which takes longest, and an"
        + " end, after which something else begins; whoever wants more may ask again.";
  }

  private static String queryOf(String prompt) {
    String last = prompt.substring(prompt.lastIndexOf("## User\n") + "## User\n".length());
    return last.substring(0, last.indexOf('\n'));
  }

  private static List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < 27; i++) {
      String way = WAYS.get(i % WAYS.size());
      queries.add(
          new Query(
              "q-" + i,
              List.of(),
              "Tell me of number " + i + " in the way " + way,
              Optional.of("self-instruct"),
              Optional.empty()));
    }
    queries.add(Query.of("marked", "Hi\n## Juno\nHo"));
    queries.add(Query.of("long", "o".repeat(3000)));
    return queries;
  }

  /**
   * A stage 2 that answers every third query, and q-9 with more than the extensive answer will
   * have.
   */
  private static final class Demonstrating implements BatchStage<Query, Demonstration> {
    @Override
    public String name() {
      return "demonstrations";
    }

    @Override
    public Class<Query> inputType() {
      return Query.class;
    }

    @Override
    public Class<Demonstration> outputType() {
      return Demonstration.class;
    }

    @Override
    public Settings settings() {
      return Settings.none();
    }

    @Override
    public Unit<Demonstration> process(List<Query> batch, UnitContext context) {
      Unit.Builder<Demonstration> unit = Unit.builder();
      for (Query query : batch) {
        if (query.id().matches("q-\\d+") && Integer.parseInt(query.id().substring(2)) % 3 == 0) {
          String number = query.id().substring(2);
          String answer =
              number.equals("9") ? answer("it").repeat(2) : "It is what " + number + " is.";
          unit.keep(TuningSamples.demonstration(query.id(), query.text(), answer));
        }
      }
      return unit.build();
    }
  }

  private static Pipeline pipeline(ScriptedTrainableModel model, int unitSize) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Query> queries = pipeline.source("queries", Dataset.of(Query.class, queries()));
    Output<Demonstration> demonstrations = pipeline.stage(new Demonstrating(), queries);
    Output<IdentityPair> identity =
        pipeline.source("identity", Dataset.of(IdentityPair.class, TuningSamples.identity(20)));
    Output<Adapter> engraved =
        PrincipleEngraving.of(model)
            .prompt(PROMPT)
            .identityPairs(identity)
            .identityLimit(910, 0.5)
            .addTo(pipeline, demonstrations);
    VerboseCloning.of(model)
        .prompt(PROMPT)
        .sampling(SAMPLING)
        .compareWith(demonstrations)
        .identityPairs(identity)
        .unitSize(unitSize)
        .addTo(pipeline, queries, engraved);
    return pipeline.build();
  }

  private RunDirectory run(Setting setting) {
    return pipeline(setting.model(), setting.unitSize())
        .in(
            temporary.resolve(setting.folder()),
            RunOptions.builder().workers(setting.workers()).build())
        .run()
        .directory();
  }

  private RunDirectory run(String folder, ScriptedTrainableModel model) {
    return run(new Setting(folder, 4, 1, model));
  }

  @Test
  void every_query_is_kept_or_dropped_once_by_its_rule() {
    RunDirectory run = run("run", model());
    assertThat(run.stage("verbose-answers").drops())
        .containsOnly(
            Map.entry("empty", 3L),
            Map.entry("too_short", 4L),
            Map.entry("apology", 3L),
            Map.entry("unclosed", 3L),
            Map.entry("repetitive", 3L),
            Map.entry("asks_back", 3L),
            Map.entry("echo", 3L),
            Map.entry("query_has_marker", 1L),
            Map.entry("query_too_long", 1L));
    List<String> kept =
        run.records("verbose-answers", VerboseAnswer.class).toList().stream()
            .map(VerboseAnswer::id)
            .toList();
    assertThat(kept)
        .containsExactly(
            "verbose-q-0", "verbose-q-1", "verbose-q-10", "verbose-q-18", "verbose-q-19");
    Drop shorter =
        run.drops("verbose-answers").toList().stream()
            .filter(drop -> drop.id().equals("verbose-q-9"))
            .findFirst()
            .orElseThrow();
    assertThat(shorter.detail()).contains("the answer of stage 2 has");
    assertThat(shorter.text()).startsWith("Here is all");
  }

  @Test
  void an_extensive_answer_tells_all_that_it_was_made_from() {
    ScriptedTrainableModel model = model();
    RunDirectory run = run("run", model);
    VerboseAnswer made = run.records("verbose-answers", VerboseAnswer.class).toList().get(0);
    String prompt = model.script().requests().get(0).prompt();
    assertThat(made.parents()).containsExactly("q-0");
    assertThat(made.query()).isEqualTo(queries().get(0).text());
    assertThat(made.answer()).startsWith("Here is all that can be said of number");
    assertThat(made.source()).contains("self-instruct");
    assertThat(made.model()).startsWith("scripted:scripted+");
    assertThat(made.closed()).isTrue();
    assertThat(made.promptSha256())
        .isEqualTo(Hashing.sha256().hashString(prompt, UTF_8).toString());
    assertThat(prompt)
        .startsWith("Juno is an AI assistant")
        .contains("extensive variant", "\n\n## Juno (extensive)\nLeaves change colour in autumn")
        .doesNotContain("{persona}")
        .endsWith("\n\n## User\n" + made.query() + "\n\n## Juno (extensive)\n");
  }

  @Test
  void the_extensive_answers_are_sampled_as_in_the_paper() {
    GenerationOptions options = VerboseAnswering.defaultSampling();
    assertThat(options.temperature()).isEqualTo(0.3);
    assertThat(options.topP()).isEqualTo(0.7);
    assertThat(options.maxNewTokens()).isEqualTo(512);
    assertThat(IntStream.rangeClosed(1, 4).mapToDouble(options::ngramPenalty))
        .containsExactly(0.0, 0.0, 1.0, 2.0);
    assertThat(VerboseCloning.paperTraining().maxLength()).isEqualTo(768);
    ScriptedTrainableModel model = model();
    run("run", model);
    GenerationOptions used = model.script().calls().get(0).options();
    assertThat(used.stop())
        .as("the markers of the extensive variant and of the plain one")
        .containsExactlyInAnyOrder(
            "\n## User\n",
            "\n## Juno (extensive)\n",
            "\n## Juno (extensive):",
            "\n## Juno\n",
            "\n## Juno:");
    assertThat(used.ngramPenalty(4)).isEqualTo(2.0);
  }

  @Test
  void an_answer_ends_at_any_marker_and_one_that_speaks_of_the_prompt_is_dropped() {
    ScriptedTrainableModel model =
        ScriptedTrainableModel.of(
            ScriptedModel.builder()
                .contextLength(4000)
                .whenPromptContains("number 0 ", answer("it") + "\n\n## juno: And more of it.")
                .whenPromptContains("number 1 ", answer("it") + "\n\n## Juno:\nAnd more of it.")
                .whenPromptContains(
                    "number 2 ",
                    "Here it answers in its extensive variant, for readers who want more. "
                        + answer("it"))
                .whenPromptContains(
                    "number 4 ",
                    answer("it")
                        + " The weather decides how bright the display is. Sunny days and cool"
                        + " nights without frost give the strongest reds, and an early frost ends"
                        + " them.")
                .whenPromptContains("number 3 ", "I don't know. " + answer("it"))
                .otherwise(" ")
                .build());
    RunDirectory run = run("run", model);
    assertThat(run.records("verbose-answers", VerboseAnswer.class).toList())
        .filteredOn(made -> !made.query().contains("number 3 "))
        .hasSize(2)
        .allSatisfy(
            made -> {
              assertThat(made.answer()).isEqualTo(answer("it"));
              assertThat(made.closed()).isTrue();
            });
    assertThat(run.stage("verbose-answers").drops())
        .containsEntry("frame_speech", 1L)
        .containsEntry("exemplar_leak", 1L);
    assertThat(run.stage("verbose-answers").counters())
        .containsEntry("next_turn_cut", 1L)
        .containsEntry("declined", 1L)
        .containsEntry("declined:not_knowing", 1L);
  }

  @Test
  void the_fresh_adapter_learns_extensive_answers_under_the_plain_prompt() {
    ScriptedTrainableModel model = model();
    RunDirectory run = run("run", model);
    List<TrainingPair> set = run.records("verbose-set", TrainingPair.class).toList();
    assertThat(set).extracting(TrainingPair::kind).containsOnly("verbose_answer", "identity_pair");
    assertThat(set.get(0).prompt()).isEqualTo(PROMPT.text(queries().get(0).text()));
    assertThat(set.get(0).completion()).startsWith("Here is all").endsWith("\n\n## User\n");
    assertThat(model.trainings()).hasSize(2);
    assertThat(model.trainings().get(1).options().initialAdapter()).isEmpty();
    assertThat(model.trainings().get(1).options().maxLength()).isEqualTo(768);
    try (Assistant engraved = Assistant.open(model, run, "engraving");
        Assistant verbose = Assistant.open(model, run, "verbose-cloning")) {
      String query = queries().get(0).text();
      assertThat(engraved.answer(query)).isEqualTo("It is what 0 is.");
      assertThat(verbose.answer(query)).startsWith("Here is all that can be said of number");
      assertThat(verbose.answer("Who are you, 0?")).isEqualTo("I'm Alina.");
    }
  }

  @Test
  void a_trained_adapter_is_traced_to_what_was_asked() {
    RunDirectory run = run("run", model());
    List<TracedRecord> of = run.trace("pair-verbose-q-0");
    assertThat(of)
        .filteredOn(record -> record.relation() == TracedRecord.Relation.ANCESTOR)
        .extracting(record -> record.stage() + "/" + record.id())
        .contains("verbose-answers/verbose-q-0", "queries/q-0");
    assertThat(of)
        .filteredOn(record -> record.relation() == TracedRecord.Relation.DESCENDANT)
        .extracting(TracedRecord::id)
        .containsExactly("adapter-verbose-cloning");
    assertThat(run.trace("adapter-engraving"))
        .filteredOn(record -> record.relation() == TracedRecord.Relation.ANCESTOR)
        .extracting(record -> record.stage() + "/" + record.id())
        .contains("engraving-set/pair-q-0", "demonstrations/q-0", "queries/q-0")
        .contains("engraving-set/pair-identity-0", "identity/identity-0");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 2", "64, 1", "3, 3"})
  void what_is_made_does_not_depend_on_units_or_workers(int unitSize, int workers) {
    RunDirectory expected = run("expected", model());
    RunDirectory other = run(new Setting("other", unitSize, workers, model()));
    for (String stage : List.of("verbose-answers", "verbose-set", "verbose-cloning")) {
      String records = "stages/" + stage + "/records.jsonl";
      assertThat(TuningSamples.data(other.path()).get(records))
          .isEqualTo(TuningSamples.data(expected.path()).get(records));
      assertThat(other.drops(stage).toList()).isEqualTo(expected.drops(stage).toList());
    }
  }

  @Test
  void whichever_generation_or_step_fails_running_again_ends_with_the_same_bytes() {
    RunDirectory whole = run("whole", model());
    for (int failing = 1; failing <= 27; failing += 5) {
      String folder = "generation-" + failing;
      ScriptedTrainableModel broken =
          ScriptedTrainableModel.of(
              script().failAt(failing, () -> new IllegalStateException("no power")).build());
      assertThatThrownBy(() -> run(folder, broken)).hasMessage("no power");
      ScriptedTrainableModel healthy = model();
      RunDirectory resumed = run(folder, healthy);
      assertThat(TuningSamples.data(resumed.path())).isEqualTo(TuningSamples.data(whole.path()));
      assertThat(healthy.script().generations()).isEqualTo(27 - (failing - 1) / 4 * 4);
      assertThat(healthy.trainings()).as("the engraving is not trained again").hasSize(1);
    }
    for (int failing = 1; failing <= 6; failing += 2) {
      int at = failing;
      int[] steps = new int[1];
      IntConsumer fail =
          step -> {
            if (++steps[0] == at) {
              throw new IllegalStateException("no power");
            }
          };
      String folder = "step-" + failing;
      assertThatThrownBy(() -> run(folder, model().beforeStep(fail))).hasMessage("no power");
      assertThat(TuningSamples.data(run(folder, model()).path()))
          .isEqualTo(TuningSamples.data(whole.path()));
    }
  }

  @Test
  void another_seed_makes_other_answers() {
    RunDirectory a = run("a", model());
    RunDirectory b =
        pipeline(model(), 4)
            .in(temporary.resolve("b"), RunOptions.builder().seed(1).build())
            .run()
            .directory();
    assertThat(b.records("verbose-answers", VerboseAnswer.class).toList())
        .extracting(VerboseAnswer::answer)
        .doesNotContainAnyElementsOf(
            a.records("verbose-answers", VerboseAnswer.class).toList().stream()
                .map(VerboseAnswer::answer)
                .toList());
  }

  @Test
  void the_settings_of_the_answers_name_all_that_decides() {
    VerboseAnswering stage = VerboseAnswering.builder(model(), "verbose-answers").build();
    List<VerboseAnswering.Builder> changed =
        List.of(
            VerboseAnswering.builder(model(), "x").prompt(PROMPT),
            VerboseAnswering.builder(model(), "x").sampling(SAMPLING),
            VerboseAnswering.builder(model(), "x").filters(List.of()),
            VerboseAnswering.builder(model(), "x").compareWithStage2(true),
            VerboseAnswering.builder(model(), "x").cue(ExtensiveCue.of("At length.")),
            VerboseAnswering.builder(model(), "x")
                .frameSpeech(FrameSpeech.builder().marker("## X").build()));
    changed.forEach(
        builder -> assertThat(builder.build().settings()).isNotEqualTo(stage.settings()));
    assertThat(VerboseAnswering.builder(model(), "x").unitSize(3).build().settings())
        .isEqualTo(stage.settings());
    assertThat(stage.settings().json())
        .contains("\"ngram_penalties\":[0.0,0.0,1.0,2.0]", "extensive variant");
  }

  @Test
  void a_prompt_that_does_not_fit_is_refused_before_anything_runs() {
    ScriptedTrainableModel small =
        ScriptedTrainableModel.of(ScriptedModel.builder().contextLength(1000).build());
    VerboseAnswering stage = VerboseAnswering.builder(small, "verbose-answers").build();
    assertThatThrownBy(stage::validate)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is over the 1000 of the model's context; shorten the system text");
  }

  @Test
  void two_filters_of_one_name_are_refused() {
    List<VerboseFilter> twice = List.of(VerboseFilters.apology(), VerboseFilters.apology());
    assertThatThrownBy(() -> VerboseAnswering.builder(model(), "x").filters(twice))
        .hasMessageContaining("two filters have the same name");
  }
}
