package io.selfalign;

import io.selfalign.data.Answered;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Instruction;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.engrave.PrincipleEngraving;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.InstructionMerge;
import io.selfalign.model.MergeableModel;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleUse;
import io.selfalign.report.RunReport;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.Assistant;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.verbose.VerboseCloning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a run of {@link SelfAlign} has made: aligned models ready to use, the data that they were
 * trained on, and counts. Closing it detaches the adapters; the base model stays open.
 *
 * <p>Safe for use by several threads.
 */
public final class SelfAlignResult implements AutoCloseable {
  private final RunDirectory directory;
  private final Assistant engraved;
  private final Optional<Assistant> verbose;

  private SelfAlignResult(RunDirectory directory, Assistant engraved, Optional<Assistant> verbose) {
    this.directory = directory;
    this.engraved = engraved;
    this.verbose = verbose;
  }

  /**
   * Opens what a complete run has made.
   *
   * @param base the model that was aligned
   * @throws IllegalArgumentException if the directory has no run of {@link SelfAlign}, or the base
   *     model is another
   * @throws InvalidDataException if the run is not complete, or an adapter not as it was trained
   * @throws ModelLoadException if an adapter can't be attached
   */
  public static SelfAlignResult open(TrainableModel base, RunDirectory directory) {
    Assistant engraved = Assistant.open(base, directory, PrincipleEngraving.NAME);
    try {
      Optional<Assistant> verbose =
          directory.stageNames().contains(VerboseCloning.NAME)
              ? Optional.of(Assistant.open(base, directory, VerboseCloning.NAME))
              : Optional.empty();
      return new SelfAlignResult(directory, engraved, verbose);
    } catch (RuntimeException | Error e) {
      engraved.close();
      throw e;
    }
  }

  /** The aligned model, that of the last stage. It is closed with this result. */
  public Assistant assistant() {
    return verbose.orElse(engraved);
  }

  /** The model of stage 3, which answers briefly. It is closed with this result. */
  public Assistant engraved() {
    return engraved;
  }

  /** The folder of the aligned model's adapter, in PEFT's format. */
  public Path adapter() {
    return trained().locate(directory.files(trained().stage()));
  }

  private Adapter trained() {
    String stage = verbose.isPresent() ? VerboseCloning.NAME : PrincipleEngraving.NAME;
    return directory.records(stage, Adapter.class).toList().get(0);
  }

  /** The run directory, with every stage's records and ledger. */
  public RunDirectory directory() {
    return directory;
  }

  /**
   * The report of the run, which has been written as {@value RunReport#FILE} of the run directory.
   * Evaluation results can be added to it, and it can be written again.
   */
  public RunReport report() {
    return RunReport.of(directory);
  }

  /** What each stage kept and dropped, by reason, in the order of the stages. */
  public List<StageSummary> stages() {
    return directory.stageNames().stream().map(directory::stage).toList();
  }

  /** What stage 1 invented; empty if the queries were one's own. */
  public Dataset<Instruction> instructions() {
    return directory.stageNames().contains(InstructionMerge.NAME)
        ? directory.records(InstructionMerge.NAME, Instruction.class)
        : Dataset.of(Instruction.class, List.of());
  }

  /** What stage 2 answered under the principles. */
  public Dataset<Demonstration> demonstrations() {
    return directory.records(PrincipleDrivenAlignment.NAME, Demonstration.class);
  }

  /** Which principles stage 2 named, and how often. */
  public PrincipleUse principleUse() {
    try (Stream<Demonstration> all = demonstrations().stream()) {
      return PrincipleUse.of(all);
    }
  }

  /**
   * Writes what the aligned model was trained to answer as chats, one a line: {@code {"messages":
   * [{"role": "system", "content": "..."}, {"role": "user", ...}, {"role": "assistant", ...}]}}.
   * This is the form that TRL, Axolotl and the fine-tuning services read.
   *
   * @param file is replaced if it is there
   * @return how many
   * @throws SelfAlignException if the file can't be written
   */
  public long writeChats(Path file) {
    ChatPrompt prompt = assistant().prompt();
    return write(
        file,
        record ->
            new Chat(
                Stream.concat(
                        prompt.systemText().stream().map(text -> new Message("system", text)),
                        Stream.of(
                            new Message("user", record.query()),
                            new Message("assistant", record.answer())))
                    .toList()));
  }

  /**
   * Writes the same as instructions, one a line: {@code {"instruction": "...", "input": "",
   * "output": "..."}}, as Alpaca's and Self-Instruct's data have it.
   *
   * @param file is replaced if it is there
   * @return how many
   * @throws SelfAlignException if the file can't be written
   */
  public long writeInstructions(Path file) {
    return write(file, record -> new Task(record.query(), "", record.answer()));
  }

  private long write(Path file, Function<Answered, Record> form) {
    long count = 0;
    try (JsonLinesWriter writer = JsonLines.write(file);
        Stream<? extends Answered> records = answers()) {
      for (Answered record : (Iterable<Answered>) records.map(Answered.class::cast)::iterator) {
        writer.write(form.apply(record));
        count++;
      }
    }
    return count;
  }

  private Stream<? extends Answered> answers() {
    return verbose.isPresent()
        ? directory.records(VerboseCloning.ANSWERS, VerboseAnswer.class).stream()
        : demonstrations().stream();
  }

  /**
   * Writes the aligned model as a checkpoint of its own, for programs that know no adapters: the
   * adapter merged into the weights, and a model card ({@code README.md}) that says how to ask it
   * and how it was made.
   *
   * @param base the model that was aligned
   * @param target where to write it; nothing may be there
   * @return the largest difference of a logit to base and adapter apart, after the tokens of a
   *     prompt
   * @throws IllegalArgumentException if the base model is another
   * @throws SelfAlignException if the target is there or can't be written
   */
  public double writeCheckpoint(MergeableModel base, Path target) {
    Adapter adapter = trained();
    if (!base.fingerprint().equals(adapter.model())) {
      throw new IllegalArgumentException(
          "the base model is " + base.fingerprint() + ", but " + adapter.model() + " was aligned");
    }
    String probe = adapter.prompt().text("Why does ice float?");
    double difference = base.mergeAdapter(adapter(), target, probe);
    ModelCard card = new ModelCard(base.name(), adapter, stages(), principleUse(), difference);
    Path file = target.resolve("README.md");
    try {
      Files.writeString(file, card.text());
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be written: " + e, e);
    }
    return difference;
  }

  record Chat(List<Message> messages) {}

  record Message(String role, String content) {}

  record Task(String instruction, String input, String output) {}

  @Override
  public void close() {
    verbose.ifPresent(Assistant::close);
    engraved.close();
  }
}
