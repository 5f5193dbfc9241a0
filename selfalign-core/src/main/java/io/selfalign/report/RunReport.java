package io.selfalign.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunListener;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run on one page: {@value #FILE}, self-contained HTML with charts, which loads nothing from
 * anywhere.
 *
 * <pre>{@code
 * Path page =
 *     RunReport.of(Path.of("runs/first"))
 *         .addEvaluation("base", before)
 *         .addEvaluation("final", after)
 *         .write();
 * }</pre>
 *
 * <p>It shows what the directory has: counts and drops through the stages, how varied the
 * instructions are, the use of principles, lengths, training curves, evaluation results that were
 * added, a few demonstrations with their origin, timings and configuration. What a run does not
 * have is left out with a sentence. {@code SelfAlign} writes it after every run.
 *
 * <p>Records are streamed: memory does not grow with their number, and neither does the page. Not
 * safe for use by several threads.
 */
public final class RunReport {
  /** The name of the page in the run directory. */
  public static final String FILE = "report.html";

  private final RunDirectory directory;

  private RunReport(RunDirectory directory) {
    this.directory = directory;
  }

  /** The report of a run, complete or not. */
  public static RunReport of(RunDirectory directory) {
    return new RunReport(directory);
  }

  /**
   * The report of the run in a directory.
   *
   * @throws SelfAlignException if it is no run directory
   */
  public static RunReport of(Path directory) {
    return of(RunDirectory.open(directory));
  }

  /**
   * Writes the report whenever a run ends, also if it fails, or is cancelled before it has much
   * data. That it can't be written is logged, and changes nothing else. A listener is for one run
   * at a time: make another for a run that goes on beside it.
   */
  public static RunListener listener() {
    return new RunListener() {
      private @Nullable Path directory;

      @Override
      public void on(RunEvent event) {
        if (event instanceof RunEvent.RunStarted started) {
          directory = started.directory();
        } else if (directory != null
            && (event instanceof RunEvent.RunEnded
                || event instanceof RunEvent.RunFailed
                || event instanceof RunEvent.RunCancelled)) {
          AfterRun.write(directory, event instanceof RunEvent.RunCancelled);
        }
      }
    };
  }

  /**
   * Keeps an evaluation's result in the run directory, so that this report and later ones show it.
   * Models are shown in the order in which they were first added; of two results of a benchmark for
   * a model, against the same system if against any, the last counts.
   *
   * @param model what the model is called in the report, such as {@code base} or {@code final}
   * @throws IllegalArgumentException if the name is blank
   * @throws InvalidDataException if {@value EvaluationFile#NAME} of the directory can't be read
   * @throws SelfAlignException if it can't be written
   */
  @CanIgnoreReturnValue
  public RunReport addEvaluation(String model, EvaluationResult result) {
    new EvaluationFile(directory.path()).add(model, result);
    return this;
  }

  /**
   * Adds the results of several models, as {@link #addEvaluation} does each, in the map's order: of
   * base, engraved and final model, the last change in the table is the verbose tax.
   */
  @CanIgnoreReturnValue
  public RunReport addEvaluations(Map<String, List<EvaluationResult>> results) {
    results.forEach((model, of) -> of.forEach(result -> addEvaluation(model, result)));
    return this;
  }

  /**
   * The evaluation results that were added, by model.
   *
   * @throws InvalidDataException if {@value EvaluationFile#NAME} of the directory can't be read
   */
  public Map<String, List<EvaluationResult>> evaluations() {
    return new EvaluationFile(directory.path()).read();
  }

  /**
   * Writes the page into the run directory, in place of an earlier one.
   *
   * @return where it is
   * @throws InvalidDataException if a file of the run is not as it was written
   * @throws SelfAlignException if the page can't be written
   */
  public Path write() {
    return write(directory.path().resolve(FILE));
  }

  /** Writes the page to another file, which is replaced if it is there; as {@link #write()}. */
  @CanIgnoreReturnValue
  public Path write(Path file) {
    RunData run = new RunData(directory);
    Map<String, Object> sections = new LinkedHashMap<>();
    for (Section section : Section.ALL) {
      sections.put(section.name(), section.collect(run));
    }
    Page.write(file, sections);
    return file;
  }
}
