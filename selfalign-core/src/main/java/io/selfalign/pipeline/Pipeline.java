package io.selfalign.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Traceable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Stages wired to each other. Immutable; each call of {@link #in} makes a run of its own.
 *
 * <pre>{@code
 * Pipeline.Builder builder = Pipeline.builder();
 * Output<Query> queries = builder.source("queries", Dataset.read(file, Query.class));
 * Output<Answer> answers = builder.stage(new Answering(model), queries);
 * RunResult result = builder.build().in(Path.of("runs/first")).run();
 * List<Answer> all = result.records(answers).toList();
 * }</pre>
 */
public final class Pipeline {
  /** What a stage, or a source, gives to others. Belongs to the builder that made it. */
  public static final class Output<T extends Traceable> {
    private final String stage;
    private final Class<T> type;
    private final Object owner;

    private Output(String stage, Class<T> type, Object owner) {
      this.stage = stage;
      this.type = type;
      this.owner = owner;
    }

    /** The name of the stage. */
    public String stage() {
      return stage;
    }

    /** The type of its records. */
    public Class<T> type() {
      return type;
    }
  }

  /**
   * A stage with its wiring.
   *
   * @param name the stage's name
   * @param type the type of its records
   * @param stage what runs; nothing if the run directory must have it already
   * @param inputs the stages whose records are its input
   * @param after the stages it comes after besides
   */
  record Node(
      String name,
      Class<? extends Traceable> type,
      Optional<Stage<?, ?>> stage,
      List<String> inputs,
      List<String> after) {}

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  /** Windows keeps these names for devices: a folder can't have them there. */
  private static final Pattern DEVICE = Pattern.compile("con|prn|aux|nul|(com|lpt)[0-9]");

  private final List<Node> nodes;
  private final Object owner;

  private Pipeline(List<Node> nodes, Object owner) {
    this.nodes = nodes;
    this.owner = owner;
  }

  /** A builder without stages. */
  public static Builder builder() {
    return new Builder();
  }

  /** A single stage with its input, which becomes the source {@code input}. */
  public static <I extends Traceable, O extends Traceable> Pipeline of(
      Stage<I, O> stage, Dataset<I> input) {
    Builder builder = builder();
    builder.stage(stage, builder.source("input", input));
    return builder.build();
  }

  /** The names of the stages in the order in which they run. */
  public List<String> stages() {
    return nodes.stream().map(Node::name).toList();
  }

  /** A run of this pipeline in a directory, with {@link RunOptions#defaults}. */
  public Run in(Path directory) {
    return in(directory, RunOptions.defaults());
  }

  /**
   * A run of this pipeline.
   *
   * @param directory where the run is or will be; a run that is there is resumed
   */
  public Run in(Path directory, RunOptions options) {
    return new Run(this, directory, options);
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Whether an output is of one of this pipeline's stages. */
  boolean has(Output<?> output) {
    return output.owner == owner && stages().contains(output.stage());
  }

  /**
   * Wires stages. Each may read only outputs made before it, so there are no circles. Not safe for
   * use by several threads.
   */
  public static final class Builder {
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds records from outside. They are read when the run begins, and again each time it is
     * resumed, to tell whether they are still the same and each has an id of its own.
     *
     * @param name as a stage's name; the records are kept in the run under it
     * @throws IllegalArgumentException if the name is taken or no such name, or the type can't be
     *     written and read
     */
    public <T extends Traceable> Output<T> source(String name, Dataset<T> records) {
      return add(
          new Node(
              name,
              records.type(),
              Optional.of(new SourceStage<>(name, records)),
              List.of(),
              List.of()),
          records.type());
    }

    /**
     * Refers to a stage that the run directory has, complete, from an earlier run of another
     * pipeline.
     */
    public <T extends Traceable> Output<T> existing(String name, Class<T> type) {
      return add(new Node(name, type, Optional.empty(), List.of(), List.of()), type);
    }

    /**
     * Adds a stage.
     *
     * @param input what it reads
     * @param after outputs that must be complete before it, and of which it may read those types
     *     that it {@linkplain Stage#alsoReads also reads}
     * @throws IllegalArgumentException if names, types or outputs do not fit, naming the stage and
     *     what would
     */
    @CanIgnoreReturnValue
    public <I extends Traceable, O extends Traceable> Output<O> stage(
        Stage<I, O> stage, Output<? extends I> input, Output<?>... after) {
      return stage(stage, List.of(input), after);
    }

    /** Adds a stage that reads several outputs one after the other. */
    @CanIgnoreReturnValue
    public <I extends Traceable, O extends Traceable> Output<O> stage(
        Stage<I, O> stage, List<? extends Output<? extends I>> inputs, Output<?>... after) {
      if (inputs.isEmpty()) {
        throw wrong(stage, "has no input; wire it to one of " + nodes.keySet());
      }
      if (inputs.stream().map(Output::stage).distinct().count() < inputs.size()) {
        throw wrong(stage, "has the same input twice");
      }
      if (stage instanceof BatchStage<?, ?> batches && batches.unitSize() < 1) {
        throw wrong(stage, "has a unitSize of " + batches.unitSize() + ", but must have 1 or more");
      }
      for (Output<?> input : inputs) {
        checkOwn(stage, input);
        if (!stage.inputType().isAssignableFrom(input.type())) {
          throw wrong(
              stage,
              String.format(
                  "reads %s records, but '%s' writes %s records%s",
                  stage.inputType().getSimpleName(),
                  input.stage(),
                  input.type().getSimpleName(),
                  writersOf(stage.inputType())));
        }
      }
      for (Class<? extends Traceable> type : stage.alsoReads()) {
        if (List.of(after).stream().noneMatch(o -> type.isAssignableFrom(o.type()))) {
          throw wrong(
              stage,
              String.format(
                  "also reads %s records, but comes after none that writes them%s",
                  type.getSimpleName(), writersOf(type)));
        }
      }
      List.of(after).forEach(output -> checkOwn(stage, output));
      return add(
          new Node(
              stage.name(),
              stage.outputType(),
              Optional.of(stage),
              inputs.stream().map(Output::stage).toList(),
              List.of(after).stream().map(Output::stage).distinct().toList()),
          stage.outputType());
    }

    /**
     * The pipeline, in which every stage has checked its options.
     *
     * @throws IllegalArgumentException if there is no stage, or a stage's {@link Stage#validate}
     *     complains; all complaints are in the message
     */
    public Pipeline build() {
      if (nodes.isEmpty()) {
        throw new IllegalArgumentException("the pipeline has no stage; add one with stage(...)");
      }
      List<String> complaints = new ArrayList<>();
      List<RuntimeException> causes = new ArrayList<>();
      for (Node node : nodes.values()) {
        try {
          node.stage().ifPresent(Stage::validate);
        } catch (RuntimeException e) {
          complaints.add("stage '" + node.name() + "': " + e.getMessage());
          causes.add(e);
        }
      }
      if (!complaints.isEmpty()) {
        IllegalArgumentException wrong =
            new IllegalArgumentException(String.join("; ", complaints), causes.get(0));
        causes.stream().skip(1).forEach(wrong::addSuppressed);
        throw wrong;
      }
      return new Pipeline(List.copyOf(nodes.values()), this);
    }

    private <T extends Traceable> Output<T> add(Node node, Class<T> type) {
      String name = node.name();
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "stage name '"
                + name
                + "' names a folder; use lower-case letters, digits and single hyphens between"
                + " them, such as 'self-instruct'");
      }
      if (DEVICE.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "stage name '"
                + name
                + "' names a folder, but on Windows a device; use another, such as '"
                + name
                + "-stage'");
      }
      RecordTypes.problem(type)
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(
                    "stage '" + name + "': its output type " + type.getName() + " " + problem);
              });
      if (nodes.putIfAbsent(name, node) != null) {
        throw new IllegalArgumentException(
            "two stages have the name '" + name + "'; the names so far are " + nodes.keySet());
      }
      return new Output<>(name, type, this);
    }

    private void checkOwn(Stage<?, ?> stage, Output<?> output) {
      if (output.owner != this) {
        throw wrong(
            stage,
            "is wired to '"
                + output.stage()
                + "' of another pipeline; use an output of this builder: "
                + nodes.keySet());
      }
    }

    private String writersOf(Class<?> type) {
      List<String> writers =
          nodes.values().stream()
              .filter(node -> type.isAssignableFrom(node.type()))
              .map(Node::name)
              .toList();
      return writers.isEmpty()
          ? "; no stage so far writes them"
          : "; these so far do: " + String.join(", ", writers);
    }

    private static IllegalArgumentException wrong(Stage<?, ?> stage, String problem) {
      return new IllegalArgumentException("stage '" + stage.name() + "' " + problem);
    }
  }
}
