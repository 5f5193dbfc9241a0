package io.selfalign.instruct;

import com.google.common.math.LongMath;
import com.google.common.primitives.Ints;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Instruction;
import io.selfalign.data.SeedTask;
import io.selfalign.data.Topic;
import io.selfalign.data.TopicSeed;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import java.math.RoundingMode;
import java.util.List;

/**
 * Wires stage 1: Self-Instruct, topic-guided Self-Instruct, and the merge of both.
 *
 * <pre>{@code
 * Pipeline.Builder pipeline = Pipeline.builder();
 * Output<Instruction> instructions =
 *     InstructStages.of(model)
 *         .selfInstruct(SelfInstructOptions.builder().instructions(5_000).build())
 *         .addTo(pipeline);
 * List<Instruction> made =
 *     pipeline.build().in(Path.of("runs/first")).run().records(instructions).toList();
 * }</pre>
 *
 * <p>The stages are {@code seed-tasks}, {@code self-instruct}, {@code topic-seeds}, {@code
 * topic-ideas}, {@code topics}, {@code topic-instruct} and {@code instructions}; without
 * topic-guided instructions, the four about topics are left out.
 *
 * <p>As many topics are made as the instructions on them call for. Unless {@link
 * TopicOptions#topicsPerType} says otherwise, a type of question is asked for until it has {@code
 * max(5, ceil(2 n / t))} topics, where {@code n} is the number of instructions on topics and {@code
 * t} that of types: twice as many as instructions of the type, since not every question that a
 * model writes is kept, and at least as many as an answer mostly holds. Not safe for use by several
 * threads.
 */
public final class InstructStages {
  /** How many topics are made for each instruction that is wanted on one. */
  private static final int TOPICS_PER_INSTRUCTION = 2;

  /** How many topics each type has at least, however few instructions are wanted. */
  private static final int MIN_TOPICS_PER_TYPE = 5;

  private final BaseModel model;
  private List<SeedTask> seedTasks = SeedTasks.standard();
  private List<TopicSeed> topicSeeds = TopicSeeds.standard();
  private SelfInstructOptions selfInstruct = SelfInstructOptions.defaults();
  private TopicOptions topics = TopicOptions.defaults();
  private TopicInstructOptions topicInstruct = TopicInstructOptions.defaults();

  private InstructStages(BaseModel model) {
    this.model = model;
  }

  /** Stages that ask this model, with the library's own seeds and defaults. */
  public static InstructStages of(BaseModel model) {
    return new InstructStages(model);
  }

  /** The seed tasks; {@link SeedTasks#standard} by default. */
  @CanIgnoreReturnValue
  public InstructStages seedTasks(List<SeedTask> tasks) {
    seedTasks = List.copyOf(tasks);
    return this;
  }

  /** The topic seeds; {@link TopicSeeds#standard} by default. */
  @CanIgnoreReturnValue
  public InstructStages topicSeeds(List<TopicSeed> seeds) {
    topicSeeds = List.copyOf(seeds);
    return this;
  }

  /** How to make instructions from tasks. */
  @CanIgnoreReturnValue
  public InstructStages selfInstruct(SelfInstructOptions options) {
    selfInstruct = options;
    return this;
  }

  /** How to find topics; how many each type needs is derived if these options leave it open. */
  @CanIgnoreReturnValue
  public InstructStages topics(TopicOptions options) {
    topics = options;
    return this;
  }

  /** How to make instructions on topics; with 0 instructions, nothing is done about topics. */
  @CanIgnoreReturnValue
  public InstructStages topicInstruct(TopicInstructOptions options) {
    topicInstruct = options;
    return this;
  }

  /**
   * Adds the stages to a pipeline.
   *
   * @return the output of the last
   * @throws IllegalArgumentException if a name is taken
   */
  public Output<Instruction> addTo(Pipeline.Builder pipeline) {
    Output<SeedTask> tasks = pipeline.source("seed-tasks", Dataset.of(SeedTask.class, seedTasks));
    Output<Instruction> general = pipeline.stage(new SelfInstruct(model, selfInstruct), tasks);
    if (topicInstruct.instructions() == 0) {
      return pipeline.stage(new InstructionMerge(), general);
    }
    Output<TopicSeed> seeds =
        pipeline.source("topic-seeds", Dataset.of(TopicSeed.class, topicSeeds));
    Output<Topic> ideas = pipeline.stage(new TopicBrainstorming(model, boundedTopics()), seeds);
    Output<Topic> evened = pipeline.stage(new TopicBalancing(), ideas);
    Output<Instruction> guided =
        pipeline.stage(new TopicInstruct(model, topicInstruct), evened, tasks, seeds, general);
    return pipeline.stage(new InstructionMerge(), List.of(general, guided));
  }

  private TopicOptions boundedTopics() {
    if (topics.topicsPerType().isPresent()) {
      return topics;
    }
    long types = topicSeeds.stream().map(TopicSeed::questionType).distinct().count();
    long topicsOfAll = (long) TOPICS_PER_INSTRUCTION * topicInstruct.instructions();
    long perType = LongMath.divide(topicsOfAll, Math.max(1, types), RoundingMode.CEILING);
    return topics.toBuilder()
        .topicsPerType(Math.max(MIN_TOPICS_PER_TYPE, Ints.saturatedCast(perType)))
        .build();
  }
}
