package io.selfalign.examples.miniature;

import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Pretrains a miniature from random weights, or goes on where it was interrupted: on {@link
 * Part#WORLD the world}, then on the parts that teach it to read its context, and then twice on the
 * world again.
 */
@Command(
    name = "pretrain",
    description = "Learns a tokenizer, writes random weights and pretrains them.")
final class Pretraining implements Callable<Integer> {
  /**
   * A training.
   *
   * @param folder where the model that it makes is written
   * @param first the number of its first document
   * @param end the number of the first document that it doesn't read
   * @param batchSize documents of a step
   * @param schedule of the learning rate behind the warm-up
   * @param shuffled whether documents are read in another order than that of their numbers
   */
  private record Course(
      String folder,
      long first,
      long end,
      int batchSize,
      double learningRate,
      int warmupSteps,
      LearningRateSchedule schedule,
      boolean shuffled) {}

  /** How many documents of the last part are read. */
  static final long LENGTH_DOCUMENTS = 43_200;

  private static final List<Course> COURSES =
      List.of(
          new Course(
              "world",
              Part.WORLD.first,
              Part.WORLD.end,
              16,
              3e-3,
              200,
              LearningRateSchedule.COSINE,
              true),
          // In order: what is learnt in a part is needed in the next.
          new Course(
              "reading",
              Part.ROWS.first,
              Part.SHEETS.end,
              24,
              2e-3,
              100,
              LearningRateSchedule.CONSTANT,
              false),
          new Course(
              "conduct",
              Part.CONDUCT.first,
              Part.CONDUCT.end,
              24,
              2e-3,
              50,
              LearningRateSchedule.COSINE,
              true),
          new Course(
              "trained",
              Part.LENGTH.first,
              Part.LENGTH.first + LENGTH_DOCUMENTS,
              24,
              1.5e-3,
              30,
              LearningRateSchedule.COSINE,
              true));

  @ParentCommand private Miniature miniature;

  @Option(names = "--out", required = true)
  private Path folder;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Option(names = "--documents", description = "How many are read in each training, at most.")
  private long documents = Long.MAX_VALUE;

  @Option(names = "--micro-batch-tokens", defaultValue = "3072")
  private int microBatchTokens;

  @Option(names = "--checkpoint-every", defaultValue = "250")
  private int checkpointEvery;

  @Option(
      names = "--dtype",
      defaultValue = "BF16",
      description = "Of the products; what is learnt is float32.")
  private DType dtype;

  @Option(names = "--hidden", defaultValue = "192")
  private int hidden;

  @Option(names = "--intermediate", defaultValue = "512")
  private int intermediate;

  @Option(names = "--layers", defaultValue = "5")
  private int layers;

  @Option(names = "--vocabulary", defaultValue = "" + Miniature.VOCABULARY)
  private int vocabulary;

  @Override
  public Integer call() throws IOException {
    Corpus corpus = new Corpus(seed);
    Path model = folder.resolve("initial");
    Checkpoint.Shape standard = Checkpoint.Shape.standard();
    Checkpoint.Shape shape =
        new Checkpoint.Shape(
            hidden,
            intermediate,
            layers,
            standard.heads(),
            standard.keyValueHeads(),
            standard.context());
    if (!Files.exists(model.resolve("model.safetensors"))) {
      Checkpoint.write(model, shape, Miniature.tokens(corpus, vocabulary), seed);
    }
    miniature.print("%,d parameters%n", Checkpoint.parameters(shape, vocabulary));
    for (Course course : COURSES) {
      model = train(model, corpus, course);
    }
    return 0;
  }

  private Path train(Path from, Corpus corpus, Course course) {
    long end = course.first() + Math.min(documents, course.end() - course.first());
    Iterable<TrainingExample> examples =
        () ->
            corpus
                .documents(course.first(), end)
                .map(document -> new TrainingExample(document.id(), "", document.text()))
                .iterator();
    Path trained = folder.resolve(course.folder());
    try (DjlModel model = DjlModel.open(from, DjlModelOptions.builder().dtype(dtype).build())) {
      model.train(examples, options(course), trained, event -> show(course, event));
    }
    return trained;
  }

  private TrainingOptions options(Course course) {
    return TrainingOptions.builder()
        .allWeights()
        .batchSize(course.batchSize())
        .microBatchTokens(microBatchTokens)
        .learningRate(course.learningRate())
        .schedule(course.schedule())
        .warmupSteps(course.warmupSteps())
        .weightDecay(0.1)
        .beta2(0.98)
        .maxGradientNorm(1)
        .shuffle(course.shuffled())
        .seed(seed)
        .checkpointEvery(checkpointEvery)
        .resume(true)
        .build();
  }

  private void show(Course course, TrainingEvent event) {
    if (event instanceof TrainingEvent.Started started) {
      miniature.print(
          "%s: %,d documents, %,d tokens, %,d steps, from step %,d%n",
          course.folder(),
          started.examples(),
          started.tokens(),
          started.totalSteps(),
          started.resumedFrom());
    } else if (event instanceof TrainingEvent.Step step && step.step() % 10 == 0) {
      miniature.print(
          "step %,d of %,d: loss %.3f, %,.0f tokens/s, %d min left%n",
          step.step(),
          step.totalSteps(),
          step.loss(),
          step.tokensPerSecond(),
          step.timeLeft().toMinutes());
    }
  }
}
