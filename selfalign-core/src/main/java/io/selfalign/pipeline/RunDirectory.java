package io.selfalign.pipeline;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reads the directory of a run, running or not. It has
 *
 * <pre>
 * manifest.json           seed, and each stage's settings, wiring and fingerprint
 * stages/NAME/
 *   records.jsonl         what the stage kept
 *   drops.jsonl           the ledger: what it made and did not keep, and for which reason
 *   journal.jsonl         which lines of both were committed together, with checksums
 *   files/                checkpoints, adapters and the like
 * timings.jsonl           when which process worked on which stage
 * lock                    who is at work
 * aside/N/                stages that were begun anew, as they were
 * </pre>
 *
 * <p>While a run is at work the last lines of records and drops may not be committed yet; this
 * class does not show them.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class RunDirectory {
  private final Path path;
  private final Manifest manifest;

  RunDirectory(Path path, Manifest manifest) {
    this.path = path;
    this.manifest = manifest;
  }

  /**
   * Opens a run directory for reading.
   *
   * @throws SelfAlignException if it is none, or of another format
   */
  public static RunDirectory open(Path path) {
    Manifest manifest =
        Manifest.read(path)
            .orElseThrow(
                () ->
                    new SelfAlignException(
                        path
                            + ": is no run directory, for it has no "
                            + Manifest.FILE
                            + "; give the directory in which a run was begun"));
    return new RunDirectory(path, manifest);
  }

  /**
   * Takes a stage and all that depend on it out of a run, so that the next run begins them anew.
   * Their data is kept in the folder {@code aside}.
   *
   * @return the stages that were taken out
   * @throws IllegalArgumentException if there is no such stage, naming those that are
   * @throws SelfAlignException if the directory is in use or can't be written
   */
  public static List<String> setAside(Path path, String stage) {
    open(path).entry(stage);
    try (RunLock lock = RunLock.acquire(path)) {
      RunDirectory directory = open(path);
      Storage storage = new FileStorage();
      List<String> stages = Aside.withDependents(directory.manifest, Set.of(stage));
      Aside.move(storage, path, directory.manifest, stages).write(storage, path);
      return stages;
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** The run's seed. */
  public long seed() {
    return manifest.seed();
  }

  /** The version of the library that began the run. */
  public String libraryVersion() {
    return manifest.library();
  }

  /** The names of the stages in the order in which they run. */
  public List<String> stageNames() {
    return manifest.names();
  }

  /**
   * What a stage has committed. Reads and checks all its data.
   *
   * @throws IllegalArgumentException if there is no such stage, naming those that are
   * @throws InvalidDataException if a file is not as it was written
   */
  public StageSummary stage(String name) {
    StageFolder.State state = state(name);
    return StageSummary.of(name, state.complete(), state.totals());
  }

  /** The settings with which a stage was begun, as JSON. */
  public Settings settings(String name) {
    return Settings.of(entry(name).settings());
  }

  /**
   * What the manifest says of a stage. Reads no file.
   *
   * @throws IllegalArgumentException if there is no such stage, naming those that are
   */
  public StageDescription description(String name) {
    Manifest.Entry entry = entry(name);
    return new StageDescription(
        name, entry.inputs(), entry.after(), entry.record(), settings(name), entry.fingerprint());
  }

  /**
   * When which process worked on which stage, in the order in which they ended; what a process that
   * was killed did last is not among it.
   *
   * @throws InvalidDataException if a line of {@code timings.jsonl} is none
   */
  public List<StageTiming> timings() {
    return StageClock.read(path);
  }

  /**
   * The committed records of a stage.
   *
   * @throws IllegalArgumentException if there is no such stage, naming those that are
   * @throws InvalidDataException if a file is not as it was written
   */
  public <T extends Traceable> Dataset<T> records(String stage, Class<T> type) {
    return stageFolder(path, stage).records(type, state(stage).totals());
  }

  /** The ledger of a stage; see {@link #records} for the exceptions. */
  public Dataset<Drop> drops(String stage) {
    return stageFolder(path, stage).drops(state(stage).totals());
  }

  /** The folder with what a stage has besides records. */
  public Path files(String stage) {
    entry(stage);
    return stageFolder(path, stage).files();
  }

  /**
   * Walks from a record back to what it was made from and forward to what was made from it, those
   * dropped included. Reads the whole run.
   *
   * @return the record itself first (several, if stages use the same id), then its ancestors, then
   *     its descendants, each by distance; empty if no stage has the id
   */
  public List<TracedRecord> trace(String id) {
    return new Lineage(this, manifest).of(id);
  }

  /**
   * Walks from some records of a stage back to what they were made from. Reads the stages upstream
   * once for each generation, however many records there are.
   *
   * @param ids the ids of the records, kept or dropped
   * @param generations how many generations to go back at most
   * @return the records themselves first, then their ancestors together, by distance
   * @throws IllegalArgumentException if there is no such stage, naming those that are
   */
  public List<TracedRecord> ancestors(String stage, Set<String> ids, int generations) {
    entry(stage);
    return new Lineage(this, manifest).back(stage, ids, generations);
  }

  static StageFolder stageFolder(Path directory, String stage) {
    return new StageFolder(directory.resolve("stages").resolve(stage));
  }

  StageFolder.State state(String stage) {
    return stageFolder(path, stage).verify(stage, entry(stage).fingerprint());
  }

  private Manifest.Entry entry(String stage) {
    return manifest
        .stage(stage)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    path + ": has no stage '" + stage + "'; it has " + manifest.names()));
  }
}
