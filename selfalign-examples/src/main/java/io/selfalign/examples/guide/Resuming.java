package io.selfalign.examples.guide;

import static io.selfalign.principle.FrameReplies.ANSWER_ID;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Query;
import io.selfalign.djl.DjlModel;
import io.selfalign.error.CancelledException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunListener;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.principle.PrincipleDrivenAlignment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Shows that a run goes on where it stopped: it is cancelled after two units, as if somebody had
 * closed the program, and run again. Nothing is asked twice, and nothing is missing.
 *
 * <p>A process that is killed resumes in the same way, but for the unit it was working on: that was
 * not committed, and is made again, to the same answers.
 */
public final class Resuming {
  private static final int UNIT = 2;

  private Resuming() {}

  /** A model that writes down what it is asked. Other methods hand on to the model. */
  record Recording(BaseModel model, List<String> asked) implements BaseModel {
    static Recording of(BaseModel model) {
      return new Recording(model, Collections.synchronizedList(new ArrayList<>()));
    }

    @Override
    public void generate(
        List<GenerationRequest> requests,
        GenerationOptions options,
        Consumer<? super Generation> onComplete) {
      requests.forEach(request -> asked.add(request.id()));
      model.generate(requests, options, onComplete);
    }

    @Override
    public List<Score> score(List<ScoreRequest> requests) {
      return model.score(requests);
    }

    @Override
    public String name() {
      return model.name();
    }

    @Override
    public String fingerprint() {
      return model.fingerprint();
    }

    @Override
    public int contextLength() {
      return model.contextLength();
    }

    @Override
    public int countTokens(String text) {
      return model.countTokens(text);
    }
  }

  /** The program that is run twice: answers the queries, two to a unit. */
  private static List<Demonstration> answer(
      PrincipleDrivenAlignment.Builder stage,
      List<Query> queries,
      Path work,
      CompletableFuture<Run> current,
      RunListener listener) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Query> asked = pipeline.source("queries", Dataset.of(Query.class, queries));
    Output<Demonstration> answered = pipeline.stage(stage.unitSize(UNIT).build(), asked);
    Run run = pipeline.build().in(work, RunOptions.builder().seed(7).listener(listener).build());
    current.complete(run);
    return run.run().records(answered).toList();
  }

  /**
   * Runs it, cancels it after two units of answers, and runs it again.
   *
   * @param stage stage 2 for a model that records
   * @return the ids of all requests, in their order
   */
  static List<String> run(
      Recording model,
      PrincipleDrivenAlignment.Builder stage,
      List<Query> queries,
      Path work,
      Consumer<String> out) {
    CompletableFuture<Run> current = new CompletableFuture<>();
    int[] units = {0};
    RunListener cancelsAfterTwo =
        event -> {
          if (event instanceof RunEvent.UnitCommitted unit
              && unit.stage().equals(PrincipleDrivenAlignment.NAME)
              && ++units[0] == 3) { // the first unit measures the check of answers
            current.join().cancel();
          }
        };
    try {
      answer(stage, queries, work, current, cancelsAfterTwo);
    } catch (CancelledException e) {
      // A query is two requests: for the thoughts, and for the answer.
      long answered = model.asked().stream().filter(id -> id.endsWith(ANSWER_ID)).count();
      out.accept("cancelled after " + answered + " of " + queries.size() + " queries");
    }
    RunListener tells =
        event -> {
          if (event instanceof RunEvent.StageResumed stageResumed) {
            out.accept(
                String.format(
                    "'%s' goes on after %d units: %d answers, %d dropped",
                    stageResumed.stage(),
                    stageResumed.units(),
                    stageResumed.records(),
                    stageResumed.drops()));
          }
        };
    List<Demonstration> answers = answer(stage, queries, work, new CompletableFuture<>(), tells);
    List<String> asked = List.copyOf(model.asked());
    out.accept(
        String.format(
            "%d queries, %d requests, %d of them repeated, %d answers",
            queries.size(),
            asked.size(),
            asked.size() - new HashSet<>(asked).size(),
            answers.size()));
    return asked;
  }

  /** The program: {@code Resuming MODEL WORK}. */
  public static void main(String[] args) {
    if (args.length != 2) {
      System.out.println("Resuming MODEL WORK: cancels a run and lets it go on");
      return;
    }
    List<Query> queries =
        IntStream.rangeClosed(1, 10)
            .mapToObj(i -> Query.of("table-" + i, "Tell me about the number " + i + "."))
            .toList();
    try (DjlModel base = DjlModel.open(Path.of(args[0]))) {
      Recording model = Recording.of(base);
      run(
          model,
          PrincipleDrivenAlignment.builder(model),
          queries,
          Path.of(args[1]),
          System.out::println);
    }
  }
}
