package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.CancelledException;
import io.selfalign.eval.ChoiceQuestion.Choice;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import io.selfalign.testing.ScriptedJudge;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every benchmark, cancelled after each of its units in turn and run again. */
class InterruptedEvaluationTest {
  private static final int UNIT = 2;

  @TempDir Path temporary;

  /** A model to which some of what follows does not fit. */
  private static ScriptedModel model(String name) {
    return ScriptedModel.builder()
        .name(name)
        .contextLength(400)
        .scorer(r -> -Math.floorMod((r.prompt() + r.continuation()).hashCode(), 97) / 7.0)
        .otherwise((prompt, random) -> " " + name + " says " + (int) (9 * random.uniform(0)) + ".")
        .build();
  }

  private static String text(int i) {
    return i == 3 ? "Why? ".repeat(100) : "Why " + i + "?";
  }

  private static List<OpenQuestion> open() {
    return IntStream.range(0, 7)
        .mapToObj(
            i ->
                new OpenQuestion(
                    "q" + i, Optional.empty(), text(i), List.of("It is 4."), List.of("No.")))
        .toList();
  }

  private static Evaluation<?, ?> choice(Pipeline.Builder pipeline) {
    List<ChoiceQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      List<Choice> choices = List.of(new Choice("a", true, true), new Choice("b", false, true));
      questions.add(new ChoiceQuestion("q" + i, Optional.of("g" + i % 2), text(i), choices));
    }
    MultipleChoice stage = MultipleChoice.builder(model("m")).unitSize(UNIT).build();
    pipeline.stage(stage, pipeline.source("in", Dataset.of(ChoiceQuestion.class, questions)));
    return stage;
  }

  private static Evaluation<?, ?> preference(Pipeline.Builder pipeline) {
    List<ReplyPair> pairs =
        IntStream.range(0, 5)
            .mapToObj(i -> new ReplyPair("p" + i, Optional.empty(), text(i), "good", "bad"))
            .toList();
    PreferenceEvaluation stage = PreferenceEvaluation.builder(model("m")).unitSize(UNIT).build();
    pipeline.stage(stage, pipeline.source("in", Dataset.of(ReplyPair.class, pairs)));
    return stage;
  }

  private static Evaluation<?, ?> answers(Pipeline.Builder pipeline) {
    AnswerGeneration answers = answering("m");
    AnswerEvaluation stage =
        AnswerEvaluation.builder(answers)
            .judge(ScriptedJudge.grading((answer, rubric) -> answer.answer().length() % 2))
            .build();
    var source = pipeline.source("in", Dataset.of(OpenQuestion.class, open()));
    pipeline.stage(stage, pipeline.stage(answers, source));
    return stage;
  }

  private static Evaluation<?, ?> pairwise(Pipeline.Builder pipeline) {
    AnswerGeneration own = answering("own");
    AnswerGeneration other = answering("other");
    PairwiseEvaluation stage =
        PairwiseEvaluation.builder(
                ScriptedJudge.comparing(
                    p -> new PairScores(p.first().hashCode() & 7, p.second().hashCode() & 7)),
                own)
            .build();
    var source = pipeline.source("in", Dataset.of(OpenQuestion.class, open()));
    var answered = pipeline.stage(own, source);
    var against = pipeline.stage(other, source);
    pipeline.stage(stage, pipeline.stage(AnswerPairing.named("pairs"), answered, against));
    return stage;
  }

  private static AnswerGeneration answering(String name) {
    return AnswerGeneration.builder(model(name))
        .name(name)
        .sampling(
            AnswerGeneration.defaultSampling().toBuilder().temperature(1).maxNewTokens(30).build())
        .unitSize(UNIT)
        .build();
  }

  @Test
  void multiple_choice_resumes_to_the_same_bytes() {
    assertResumes(InterruptedEvaluationTest::choice, 4);
  }

  @Test
  void preferences_resume_to_the_same_bytes() {
    assertResumes(InterruptedEvaluationTest::preference, 3);
  }

  @Test
  void answers_and_their_judgement_resume_to_the_same_bytes() {
    assertResumes(InterruptedEvaluationTest::answers, 5);
  }

  @Test
  void answers_of_two_models_and_their_comparison_resume_to_the_same_bytes() {
    assertResumes(InterruptedEvaluationTest::pairwise, 10);
  }

  private void assertResumes(Function<Pipeline.Builder, Evaluation<?, ?>> wire, int leastUnits) {
    AtomicInteger units = new AtomicInteger();
    Outcome whole = run(wire, temporary.resolve("whole"), Integer.MAX_VALUE, units);
    assertThat(units.get()).isGreaterThanOrEqualTo(leastUnits);
    assertThat(whole.result().skipped()).isNotEmpty();
    for (int cancelled = 1; cancelled <= units.get(); cancelled++) {
      Path folder = temporary.resolve("cancelled-" + cancelled);
      int after = cancelled;
      assertThatThrownBy(() -> run(wire, folder, after, new AtomicInteger()))
          .isInstanceOf(CancelledException.class);
      AtomicInteger rest = new AtomicInteger();
      assertThat(run(wire, folder, Integer.MAX_VALUE, rest))
          .as("cancelled after unit %d", cancelled)
          .isEqualTo(whole);
      assertThat(rest.get()).isEqualTo(units.get() - cancelled);
    }
  }

  /** The records and ledgers of all stages, and what the evaluation makes of them. */
  private record Outcome(SortedMap<String, String> files, EvaluationResult result) {}

  /** Runs, counting units, and cancels after some. */
  private static Outcome run(
      Function<Pipeline.Builder, Evaluation<?, ?>> wire,
      Path folder,
      int cancelAfter,
      AtomicInteger units) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Evaluation<?, ?> evaluation = wire.apply(pipeline);
    AtomicReference<Run> running = new AtomicReference<>();
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  if (event instanceof RunEvent.UnitCommitted committed
                      && !committed.stage().equals("in")
                      && units.incrementAndGet() == cancelAfter) {
                    running.get().cancel();
                  }
                })
            .build();
    running.set(pipeline.build().in(folder, options));
    RunResult result = running.get().run();
    return new Outcome(files(folder.resolve("stages")), evaluation.result(result));
  }

  private static SortedMap<String, String> files(Path folder) {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(f -> f.toString().matches(".*(records|drops).jsonl")).toList()) {
        files.put(folder.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
