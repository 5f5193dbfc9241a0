package io.selfalign.examples.guide;

import io.selfalign.SelfAlignResult;
import io.selfalign.djl.DjlModel;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.tuning.Assistant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Shows adapters in an application: the base model is opened once, the two adapters of a run with
 * verbose cloning are attached to it side by side, and several threads ask both at the same time.
 *
 * <p>The weights are in memory once. Calls of several threads take turns at every token, so each
 * request goes on while others do; many questions in one call, by {@code Assistant.answers}, are
 * faster than as many calls.
 */
public final class AdaptersInAnApplication {
  private AdaptersInAnApplication() {}

  /** What both models say. */
  record Answers(String question, String brief, String extensive) {}

  /** Asks both models of a run from several threads; the answers are in the questions' order. */
  static List<Answers> ask(SelfAlignResult models, List<String> questions, int threads)
      throws InterruptedException {
    Assistant brief = models.engraved();
    Assistant extensive = models.assistant();
    ExecutorService requests = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Answers>> pending = new ArrayList<>();
      for (String question : questions) {
        pending.add(
            requests.submit(
                () -> new Answers(question, brief.answer(question), extensive.answer(question))));
      }
      List<Answers> answers = new ArrayList<>();
      for (Future<Answers> answer : pending) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a question could not be answered", e.getCause());
    } finally {
      requests.shutdownNow();
    }
  }

  /** Opens what a run made, asks, and closes the adapters; the base model stays open. */
  static void run(TrainableModel base, Path work, List<String> questions, Consumer<String> out)
      throws InterruptedException {
    try (SelfAlignResult models = SelfAlignResult.open(base, RunDirectory.open(work))) {
      for (Answers answers : ask(models, questions, 4)) {
        out.accept(answers.question());
        out.accept("  brief:     " + answers.brief());
        out.accept("  extensive: " + answers.extensive());
      }
    }
  }

  /** The program: {@code AdaptersInAnApplication MODEL WORK [QUESTION]...}. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length < 2) {
      System.out.println("AdaptersInAnApplication MODEL WORK [QUESTION]...: asks the models that");
      System.out.println("`selfalign run --model MODEL --work WORK` has made");
      return;
    }
    List<String> questions =
        args.length > 2
            ? List.of(args).subList(2, args.length)
            : List.of("Why does ice float?", "What is a prime number?", "Name three trees.");
    try (DjlModel base = DjlModel.open(Path.of(args[0]))) {
      run(base, Path.of(args[1]), questions, System.out::println);
    }
  }
}
