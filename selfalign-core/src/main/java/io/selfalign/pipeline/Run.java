package io.selfalign.pipeline;

import io.selfalign.data.JsonLines;
import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.Pipeline.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of a pipeline in a directory. It runs once: {@link #run()} may be called once, {@link
 * #cancel()} any time from any thread.
 *
 * <p>If the directory has a run of the same pipeline, it goes on after the last committed unit and
 * ends with the data of a run that was never interrupted. The work is done on a thread of its own,
 * so that it can be stopped without touching the caller's.
 */
public final class Run {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  private final Pipeline pipeline;
  private final Path directory;
  private final RunOptions options;
  private final Storage storage;
  private final EventPublisher events;

  /** What the stages that are complete have. */
  private final Map<String, StageFolder.State> states = new HashMap<>();

  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile boolean cancelled;
  private volatile @Nullable Thread worker;

  private @Nullable RunResult result;
  private @Nullable Throwable failure;

  Run(Pipeline pipeline, Path directory, RunOptions options) {
    this(pipeline, directory, options, new FileStorage());
  }

  Run(Pipeline pipeline, Path directory, RunOptions options, Storage storage) {
    this.pipeline = pipeline;
    this.directory = directory;
    this.options = options;
    this.storage = storage;
    events = new EventPublisher(options.listeners(), () -> cancelled);
  }

  /**
   * Runs what is not done yet, and waits for it. Interrupting the waiting thread cancels the run.
   *
   * <p>Whatever it throws, the directory can be resumed by running the same program again; a stage
   * whose options changed needs {@link RunOptions.Builder#restartWhenChanged}.
   *
   * @return the directory's data
   * @throws CancelledException if the run was cancelled or the thread interrupted, whose interrupt
   *     status then stays set
   * @throws InvalidDataException if a file of the directory is not as it was written, naming it
   * @throws SelfAlignException if the directory is in use by another run, was begun with other
   *     options, or can't be written
   * @throws IllegalStateException if it was called before
   * @throws RuntimeException what a stage or its model throws
   */
  public RunResult run() {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a run runs once; make another with Pipeline.in");
    }
    Thread thread = new Thread(this::work, "selfalign-run");
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    worker = thread;
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      // A checked exception that came without having been declared.
      throw new SelfAlignException("the run failed: " + failure, failure);
    }
    return Optional.ofNullable(result).orElseThrow();
  }

  /**
   * Stops the run within a unit of work or a generation step. Returns at once; {@link #run()} then
   * throws {@link CancelledException}. Without effect when the run has ended.
   */
  public void cancel() {
    cancelled = true;
    Thread thread = worker;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void work() {
    try {
      checkCancelled();
      createDirectory();
      try (RunLock lock = RunLock.acquire(directory)) {
        result = runLocked();
      }
    } catch (Throwable e) {
      failure = isCancellation(e) ? cancellation(e) : e;
    }
  }

  /** A run that was cancelled may end with whatever a stage or a file makes of an interrupt. */
  private boolean isCancellation(Throwable e) {
    return e instanceof CancelledException || (cancelled && e instanceof Exception);
  }

  private void createDirectory() {
    if (pipeline.nodes().stream().anyMatch(node -> node.stage().isEmpty())) {
      RunDirectory existing = RunDirectory.open(directory); // or says that it is none
      LOG.debug("{} has {}", directory, existing.stageNames());
    }
    try {
      storage.createFolder(directory);
    } catch (IOException e) {
      throw new SelfAlignException(
          directory
              + ": the run directory can't be made: "
              + JsonLines.reason(e)
              + "; make the folder above it writable or give another",
          e);
    }
  }

  private RunResult runLocked() {
    long start = System.nanoTime();
    Optional<Manifest> before = Manifest.read(directory);
    Manifest manifest = prepare(before);
    events.publish(new RunEvent.RunStarted(directory, pipeline.stages(), before.isPresent()));
    RunResult ended;
    try {
      List<StageSummary> summaries = new ArrayList<>();
      for (Node node : pipeline.nodes()) {
        checkCancelled();
        Manifest.Entry entry = manifest.stage(node.name()).orElseThrow();
        summaries.add(
            node.stage().isPresent() ? runStage(node.stage().get(), node, entry) : reused(node));
      }
      ended = new RunResult(new RunDirectory(directory, manifest), pipeline, summaries);
    } catch (Throwable e) {
      events.publish(isCancellation(e) ? new RunEvent.RunCancelled() : new RunEvent.RunFailed(e));
      throw e;
    }
    // Whatever becomes of this, the run has not failed: all its data is committed.
    events.publish(new RunEvent.RunEnded(Duration.ofNanos(System.nanoTime() - start)));
    return ended;
  }

  /** Makes the directory's manifest that of this pipeline. */
  private Manifest prepare(Optional<Manifest> before) {
    RunPlan plan = RunPlan.of(pipeline, directory, before, options.seed(), this::checkCancelled);
    checkCancelled();
    Optional<Manifest> kept = before;
    if (!plan.changed().isEmpty()) {
      if (!options.restartWhenChanged()) {
        throw plan.refusal();
      }
      Manifest was = before.orElseThrow();
      List<String> moved = Aside.withDependents(was, plan.changed());
      checkRemade(moved);
      kept = Optional.of(Aside.move(storage, directory, was, moved));
    }
    Manifest manifest = plan.manifest(kept);
    for (Node node : pipeline.nodes()) {
      if (node.stage().isEmpty()) {
        states.put(node.name(), completed(manifest.stage(node.name()).orElseThrow()));
      }
    }
    try {
      storage.delete(Storage.temporary(directory.resolve(Manifest.FILE)));
    } catch (IOException e) {
      throw new SelfAlignException(Storage.unwritable(directory, e), e);
    }
    if (!Optional.of(manifest).equals(before)) {
      manifest.write(storage, directory);
    }
    return manifest;
  }

  /** What is begun anew must be made by this pipeline. */
  private void checkRemade(List<String> moved) {
    for (Node node : pipeline.nodes()) {
      if (node.stage().isEmpty() && moved.contains(node.name())) {
        throw new SelfAlignException(
            directory
                + ": stage '"
                + node.name()
                + "' would begin anew, but this pipeline does not make it; run the one that does,"
                + " with restartWhenChanged(true), or use the seed and options of before");
      }
    }
  }

  private <I extends Traceable, O extends Traceable> StageSummary runStage(
      Stage<I, O> stage, Node node, Manifest.Entry entry) {
    String name = node.name();
    StageFolder folder = RunDirectory.stageFolder(directory, name);
    StageFolder.State state = folder.verify(name, entry.fingerprint());
    Journal.Header header =
        new Journal.Header(name, Manifest.FORMAT, entry.fingerprint(), checksums(entry));
    if (state.begun() && !state.inputs().equals(header.inputs())) {
      throw StageFolder.damaged(
          folder.journal() + ":1", "stage '" + name + "' was made of other data than is there now");
    }
    if (state.complete()) {
      states.put(name, state);
      return reused(node);
    }
    StageClock timing = new StageClock(storage, directory, name, state.totals());
    try (StageStore store = StageStore.open(storage, folder, header, state)) {
      Totals totals = state.totals();
      events.publish(
          totals.units() == 0
              ? new RunEvent.StageStarted(name)
              : new RunEvent.StageResumed(name, totals.units(), totals.records(), totals.drops()));
      try {
        checkCancelled();
        stage.run(stageRun(stage, node, folder, store));
        checkCancelled();
        store.complete();
        timing.write("complete", store.totals());
      } catch (Throwable e) {
        timing.write(e instanceof CancelledException ? "cancelled" : "failed", store.totals());
        throw e;
      }
      states.put(name, store.state());
    }
    return ended(name, timing.elapsed());
  }

  /** The last checksums of the journals of all stages upstream. */
  private Map<String, String> checksums(Manifest.Entry entry) {
    Map<String, String> checksums = new HashMap<>();
    for (String name : entry.upstream()) {
      checksums.put(name, state(name).checksum());
    }
    return checksums;
  }

  private StageFolder.State state(String stage) {
    return Optional.ofNullable(states.get(stage)).orElseThrow();
  }

  private <I extends Traceable, O extends Traceable> StageRun<I, O> stageRun(
      Stage<I, O> stage, Node node, StageFolder folder, StageStore store) {
    Map<Class<?>, Dataset<?>> also = new HashMap<>();
    for (Class<? extends Traceable> type : stage.alsoReads()) {
      also.put(type, concatenated(type, node.after()));
    }
    return new StageRun<>(
        stage,
        new StageRun.Shared(options.seed(), options.workers(), events, () -> cancelled),
        concatenated(stage.inputType(), node.inputs()),
        also,
        folder,
        store);
  }

  /** The records of those of the stages that write this type, in the order of the stages. */
  private <T extends Traceable> Dataset<T> concatenated(Class<T> type, List<String> stages) {
    Map<String, Class<? extends Traceable>> types = new HashMap<>();
    pipeline.nodes().forEach(node -> types.put(node.name(), node.type()));
    List<Dataset<? extends T>> parts = new ArrayList<>();
    for (String stage : stages) {
      Class<? extends Traceable> written = Optional.ofNullable(types.get(stage)).orElseThrow();
      if (type.isAssignableFrom(written)) {
        StageFolder folder = RunDirectory.stageFolder(directory, stage);
        parts.add(folder.records(written.asSubclass(type), state(stage).totals()));
      }
    }
    return new ConcatenatedDataset<>(type, parts);
  }

  private StageFolder.State completed(Manifest.Entry entry) {
    StageFolder folder = RunDirectory.stageFolder(directory, entry.name());
    StageFolder.State state = folder.verify(entry.name(), entry.fingerprint());
    if (!state.complete()) {
      throw new SelfAlignException(
          directory
              + ": stage '"
              + entry.name()
              + "' is not complete; finish the run that makes it first");
    }
    return state;
  }

  private StageSummary reused(Node node) {
    events.publish(new RunEvent.StageReused(node.name()));
    return ended(node.name(), Duration.ZERO);
  }

  private StageSummary ended(String name, Duration duration) {
    Totals totals = state(name).totals();
    events.publish(
        new RunEvent.StageEnded(
            name, totals.records(), totals.reasons(), totals.counters(), duration));
    return StageSummary.of(name, true, totals);
  }

  private void checkCancelled() {
    if (cancelled) {
      throw new CancelledException("the run was cancelled");
    }
  }

  private CancelledException cancellation(Throwable cause) {
    CancelledException cancellation =
        new CancelledException(
            directory + ": the run was cancelled; run it again to go on where it stopped");
    cancellation.initCause(cause);
    return cancellation;
  }
}
