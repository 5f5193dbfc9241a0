package io.selfalign.pipeline;

import io.selfalign.data.Drop;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A stage at work: commits its units to its folder and tells the listeners. */
final class StageRun<I extends Traceable, O extends Traceable> implements StageContext<I, O> {
  /** What all stages of a run share. */
  record Shared(long seed, int workers, EventPublisher events, BooleanSupplier cancelled) {}

  private final Stage<I, O> stage;
  private final Shared run;
  private final Dataset<I> input;
  private final Map<Class<?>, Dataset<?>> also;
  private final StageFolder folder;
  private final StageStore store;

  private final long startNanos = System.nanoTime();
  private final long startAdvance;
  private OptionalLong total = OptionalLong.empty();

  StageRun(
      Stage<I, O> stage,
      Shared run,
      Dataset<I> input,
      Map<Class<?>, Dataset<?>> also,
      StageFolder folder,
      StageStore store) {
    this.stage = stage;
    this.run = run;
    this.input = input;
    this.also = also;
    this.folder = folder;
    this.store = store;
    startAdvance = store.totals().advance();
  }

  @Override
  public long seed() {
    // No stage's name has a slash, so this is no record of any.
    return RecordRandom.of(run.seed(), stage.name() + "/seed", "").bits(0, 0);
  }

  @Override
  public RecordRandom random(String recordId) {
    return RecordRandom.of(run.seed(), stage.name(), recordId);
  }

  @Override
  public void checkCancelled() {
    if (run.cancelled().getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new CancelledException("stage '" + stage.name() + "' was cancelled");
    }
  }

  @Override
  public Dataset<I> input() {
    return input;
  }

  @Override
  @SuppressWarnings("unchecked") // the map's values have the type of their keys
  public <T extends Traceable> Dataset<T> also(Class<T> type) {
    Dataset<?> dataset = also.get(type);
    if (dataset == null) {
      throw new IllegalArgumentException(
          "stage '"
              + stage.name()
              + "' does not say that it also reads "
              + type.getSimpleName()
              + " records; add it to alsoReads()");
    }
    return (Dataset<T>) dataset;
  }

  @Override
  public int workers() {
    return run.workers();
  }

  @Override
  public long committedUnits() {
    return store.totals().units();
  }

  @Override
  public long committedAdvance() {
    return store.totals().advance();
  }

  @Override
  public Stream<CommittedUnit> units() {
    return folder.units(committedUnits());
  }

  @Override
  public Dataset<O> records() {
    return folder.records(stage.outputType(), store.totals());
  }

  @Override
  public Dataset<Drop> drops() {
    return folder.drops(store.totals());
  }

  @Override
  public Path files() {
    return folder.files();
  }

  @Override
  public Path files(String of) {
    Path files = new StageFolder(folder.path().resolveSibling(of)).files();
    if (!Files.isDirectory(files)) {
      throw new IllegalArgumentException(
          "stage '"
              + stage.name()
              + "' looks for the files of '"
              + of
              + "', but has no such stage"
              + " before it");
    }
    return files;
  }

  @Override
  public void expect(long advance) {
    total = OptionalLong.of(advance);
  }

  @Override
  public void commit(Unit<? extends O> unit) {
    unit.records().forEach(this::check);
    unit.drops().forEach(this::check);
    JournalEntry entry = store.commit(unit);
    run.events().publish(new RunEvent.UnitCommitted(stage.name(), entry.committed()));
    run.events().publish(progress());
    checkCancelled();
  }

  @Override
  public void publish(RunEvent.TrainingStep event) {
    run.events().publish(event);
  }

  private void check(Traceable record) {
    if (record.id().isBlank()) {
      throw new IllegalArgumentException(
          "stage '" + stage.name() + "' made a record with a blank id: " + record);
    }
    if (!(record instanceof Drop) && !stage.outputType().isInstance(record)) {
      throw new IllegalArgumentException(
          "stage '"
              + stage.name()
              + "' writes "
              + stage.outputType().getSimpleName()
              + " records, but made a "
              + record.getClass().getSimpleName());
    }
  }

  private RunEvent.Progress progress() {
    Totals totals = store.totals();
    double seconds = Math.max(1e-9, (System.nanoTime() - startNanos) / 1e9);
    double perSecond = (totals.advance() - startAdvance) / seconds;
    Optional<Duration> left = Optional.empty();
    if (total.isPresent() && perSecond > 0) {
      long missing = Math.max(0, total.getAsLong() - totals.advance());
      left = Optional.of(Duration.ofMillis((long) Math.min(1e15, missing * 1e3 / perSecond)));
    }
    return new RunEvent.Progress(
        stage.name(), totals.advance(), total, totals.records(), totals.reasons(), perSecond, left);
  }
}
