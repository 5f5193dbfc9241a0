package io.selfalign.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.selfalign.data.JsonLines;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.MergeableModel;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.model.TrainableModel;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A {@link ScriptedModel} that can be trained, for tests: it learns by heart. With an adapter it
 * continues every prompt that it was trained on with its completion, and others as the script says.
 *
 * <p>What a training leaves in its folder is named as {@link TrainableModel} says, but what is in
 * these files only this model can read. A training depends on examples, seed and options alone; it
 * writes checkpoints and resumes from the newest. Each step takes the next examples of an order
 * that the seed decides, and has a loss that falls.
 *
 * <p>A merged checkpoint of it is a folder with the adapter's files.
 *
 * <p>Safe for use by several threads, if the script is.
 */
public final class ScriptedTrainableModel implements MergeableModel {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String LOG = "training_log.jsonl";
  private static final String STATE = "state.jsonl";
  private static final String CHECKPOINT = "checkpoint-";

  /** A line of an adapter or a checkpoint: what has been learnt, or for which training. */
  record Line(String id, String prompt, String completion) implements Traceable {}

  /** A call of {@code train}, as the model saw it. */
  public record Training(List<TrainingExample> examples, TrainingOptions options, Path folder) {
    /** Copies the list. */
    public Training {
      examples = List.copyOf(examples);
    }
  }

  private final ScriptedModel script;
  private final IntConsumer beforeStep;
  private final List<Training> trainings = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> steps = Collections.synchronizedList(new ArrayList<>());

  private ScriptedTrainableModel(ScriptedModel script, IntConsumer beforeStep) {
    this.script = script;
    this.beforeStep = beforeStep;
  }

  /** A trainable model that writes what a script says. */
  public static ScriptedTrainableModel of(ScriptedModel script) {
    return new ScriptedTrainableModel(script, step -> {});
  }

  /** The same, with an action before each optimizer step, which may throw. */
  public ScriptedTrainableModel beforeStep(IntConsumer action) {
    return new ScriptedTrainableModel(script, action);
  }

  /** Every call of {@code train}, in order. */
  public List<Training> trainings() {
    synchronized (trainings) {
      return List.copyOf(trainings);
    }
  }

  /** Every optimizer step that was made, in order. */
  public List<Integer> steps() {
    synchronized (steps) {
      return List.copyOf(steps);
    }
  }

  /** What writes where nothing was learnt; it also has the requests. */
  public ScriptedModel script() {
    return script;
  }

  @Override
  public AdaptedModel withAdapter(Path folder) {
    if (!Files.exists(folder.resolve(CONFIG))) {
      throw new ModelLoadException(folder + ": has no " + CONFIG);
    }
    Map<String, String> learnt = new LinkedHashMap<>();
    read(folder.resolve(WEIGHTS)).forEach(line -> learnt.put(line.prompt(), line.completion()));
    try {
      byte[] weights = Files.readAllBytes(folder.resolve(WEIGHTS));
      String fingerprint = fingerprint() + "+" + Hashing.sha256().hashBytes(weights);
      return new Adapted(this, learnt, fingerprint);
    } catch (IOException e) {
      throw new ModelLoadException(folder + ": can't be read", e);
    }
  }

  @Override
  public double mergeAdapter(Path adapter, Path target, String probe) {
    try {
      Files.createDirectory(target);
      for (String file : List.of(CONFIG, WEIGHTS)) {
        Files.copy(adapter.resolve(file), target.resolve(file));
      }
      return 0;
    } catch (IOException e) {
      throw new SelfAlignException(target + ": can't be written", e);
    }
  }

  @Override
  public TrainingResult train(
      Iterable<TrainingExample> examples,
      TrainingOptions options,
      Path folder,
      Consumer<? super TrainingEvent> listener) {
    List<TrainingExample> all = new ArrayList<>();
    for (TrainingExample example : examples) {
      int end = options.endOfSequence() ? 1 : 0;
      int tokens = countTokens(example.prompt() + example.completion()) + end;
      if (tokens > options.maxLength()) {
        throw new InvalidDataException("example '" + example.id() + "' has " + tokens + " tokens");
      }
      all.add(example);
    }
    if (all.isEmpty()) {
      throw new InvalidDataException("there is no example to train on");
    }
    trainings.add(new Training(all, options, folder));
    try {
      Files.createDirectories(folder);
      return new Course(all, options, folder, listener).run();
    } catch (IOException e) {
      throw new SelfAlignException(folder + ": can't be written", e);
    }
  }

  /** One training. */
  private final class Course {
    private final List<TrainingExample> examples;
    private final TrainingOptions options;
    private final Path folder;
    private final Consumer<? super TrainingEvent> listener;
    private final int stepsPerEpoch;
    private final String identity;

    Course(
        List<TrainingExample> examples,
        TrainingOptions options,
        Path folder,
        Consumer<? super TrainingEvent> listener) {
      this.examples = examples;
      this.options = options;
      this.folder = folder;
      this.listener = listener;
      stepsPerEpoch = (examples.size() + options.batchSize() - 1) / options.batchSize();
      identity =
          Hashing.sha256()
              .hashString(
                  examples
                      + "|"
                      + options.seed()
                      + "|"
                      + options.batchSize()
                      + "|"
                      + options.epochs()
                      + "|"
                      + options.learningRate(),
                  UTF_8)
              .toString();
    }

    TrainingResult run() throws IOException {
      Optional<Path> newest = newest();
      if (!options.resume() && (newest.isPresent() || Files.exists(folder.resolve(WEIGHTS)))) {
        throw new SelfAlignException(folder + ": has a training already");
      }
      Map<String, Line> learnt = new LinkedHashMap<>();
      int done = newest.map(Course::step).orElse(0);
      newest.ifPresent(checkpoint -> restore(checkpoint, learnt));
      int total = stepsPerEpoch * options.epochs();
      listener.accept(new TrainingEvent.Started(examples.size(), 0, 0, 1, total, done));
      for (int step = done + 1; step <= total; step++) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException("the scripted model's training was interrupted");
        }
        beforeStep.accept(step);
        steps.add(step);
        for (TrainingExample example : batch(step)) {
          learnt.put(example.id(), new Line(example.id(), example.prompt(), example.completion()));
        }
        listener.accept(
            new TrainingEvent.Step(
                step, total, loss(step), options.learningRate(), 1, 1, 1, 1, Duration.ZERO));
        if (options.checkpointEvery() > 0 && step % options.checkpointEvery() == 0) {
          checkpoint(step, learnt);
        }
      }
      write(folder.resolve(WEIGHTS), learnt.values());
      Files.writeString(folder.resolve(CONFIG), "{\"peft_type\":\"scripted\"}\n");
      Files.writeString(folder.resolve(LOG), log(total));
      return new TrainingResult(
          folder, total, examples.size(), List.of(), loss(total), Optional.empty());
    }

    /** A line for each step, in the form of {@link TrainableModel}, but with no speeds. */
    private String log(int total) {
      StringBuilder log = new StringBuilder();
      for (int step = 1; step <= total; step++) {
        log.append(
            String.format(
                Locale.ROOT,
                "{\"step\":%d,\"loss\":%.6f,\"learning_rate\":%.9f}%n",
                step,
                loss(step),
                options.learningRate()));
      }
      return log.toString().replace("\r\n", "\n");
    }

    private double loss(int step) {
      return 4.0 / step;
    }

    private List<TrainingExample> batch(int step) {
      int epoch = (step - 1) / stepsPerEpoch;
      List<TrainingExample> order = new ArrayList<>(examples);
      order.sort(
          Comparator.comparingDouble(
              example ->
                  RecordRandom.of(options.seed(), "scripted-order", example.id()).uniform(epoch)));
      int from = (step - 1) % stepsPerEpoch * options.batchSize();
      return order.subList(from, Math.min(order.size(), from + options.batchSize()));
    }

    private Optional<Path> newest() throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        return files
            .filter(file -> file.getFileName().toString().matches(CHECKPOINT + "\\d+"))
            .max(Comparator.comparingInt(Course::step));
      }
    }

    private static int step(Path checkpoint) {
      return Integer.parseInt(checkpoint.getFileName().toString().substring(CHECKPOINT.length()));
    }

    private void restore(Path checkpoint, Map<String, Line> learnt) {
      List<Line> lines = read(checkpoint.resolve(STATE));
      if (!lines.get(0).prompt().equals(identity)) {
        throw new SelfAlignException(checkpoint + ": can't resume: it is of another training");
      }
      lines.subList(1, lines.size()).forEach(line -> learnt.put(line.id(), line));
    }

    private void checkpoint(int step, Map<String, Line> learnt) throws IOException {
      Path unfinished = folder.resolve("unfinished");
      Files.createDirectories(unfinished);
      List<Line> lines = new ArrayList<>(List.of(new Line("training", identity, "")));
      lines.addAll(learnt.values());
      write(unfinished.resolve(STATE), lines);
      Files.move(unfinished, folder.resolve(CHECKPOINT + step));
    }
  }

  private static void write(Path file, Iterable<Line> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(new String(JsonLines.encode(line), UTF_8)));
    Files.writeString(file, text);
  }

  private static List<Line> read(Path file) {
    try (var reader = JsonLines.read(file)) {
      return reader.stream(Line.class).toList();
    }
  }

  @Override
  public String name() {
    return script.name();
  }

  @Override
  public String fingerprint() {
    return script.fingerprint();
  }

  @Override
  public int contextLength() {
    return script.contextLength();
  }

  @Override
  public int countTokens(String text) {
    return script.countTokens(text);
  }

  @Override
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    script.generate(requests, options, onComplete);
  }

  @Override
  public List<Score> score(List<ScoreRequest> requests) {
    return script.score(requests);
  }

  /** The model with what it has learnt. */
  private static final class Adapted implements AdaptedModel {
    private final ScriptedTrainableModel base;
    private final String fingerprint;
    private final Map<String, String> learnt;
    private volatile boolean closed;

    Adapted(ScriptedTrainableModel base, Map<String, String> learnt, String fingerprint) {
      this.base = base;
      this.learnt = learnt;
      this.fingerprint = fingerprint;
    }

    @Override
    public String name() {
      return base.name();
    }

    @Override
    public String fingerprint() {
      return fingerprint;
    }

    @Override
    public int contextLength() {
      return base.contextLength();
    }

    @Override
    public int countTokens(String text) {
      return base.countTokens(text);
    }

    @Override
    public void generate(
        List<GenerationRequest> requests,
        GenerationOptions options,
        Consumer<? super Generation> onComplete) {
      checkOpen();
      List<GenerationRequest> others = new ArrayList<>();
      for (GenerationRequest request : requests) {
        Optional<String> completion = Optional.ofNullable(learnt.get(request.prompt()));
        if (completion.isPresent()) {
          ScriptedModel byHeart =
              ScriptedModel.builder()
                  .contextLength(contextLength())
                  .otherwise((prompt, random) -> completion.get())
                  .build();
          byHeart.generate(List.of(request), options, onComplete);
        } else {
          others.add(request);
        }
      }
      if (!others.isEmpty()) {
        base.generate(others, options, onComplete);
      }
    }

    @Override
    public List<Score> score(List<ScoreRequest> requests) {
      checkOpen();
      return base.score(requests);
    }

    @Override
    public void close() {
      closed = true;
    }

    private void checkOpen() {
      if (closed) {
        throw new IllegalStateException("the adapted model is closed");
      }
    }
  }
}
