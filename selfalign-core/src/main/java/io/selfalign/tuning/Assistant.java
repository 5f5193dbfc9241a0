package io.selfalign.tuning;

import io.selfalign.data.Query;
import io.selfalign.error.InvalidDataException;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.RunDirectory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model that answers what it is plainly asked: after a {@link ChatPrompt}, without principles or
 * exemplars.
 *
 * <pre>{@code
 * try (Assistant juno = Assistant.open(base, RunDirectory.open(directory), "engraving")) {
 *   System.out.println(juno.answer("How do I boil an egg?"));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class Assistant implements AutoCloseable {
  private final BaseModel model;
  private final Optional<AdaptedModel> owned;
  private final ChatPrompt prompt;
  private final GenerationOptions sampling;

  private Assistant(
      BaseModel model,
      Optional<AdaptedModel> owned,
      ChatPrompt prompt,
      GenerationOptions sampling) {
    this.model = model;
    this.owned = owned;
    this.prompt = prompt;
    this.sampling = sampling;
  }

  /** Temperature 0.5, top-p 0.9 and 512 new tokens: those of stage 2, with room for more. */
  public static GenerationOptions defaultSampling() {
    return GenerationOptions.builder().temperature(0.5).topP(0.9).maxNewTokens(512).build();
  }

  /** A model that was trained under a prompt; it is not closed with this. */
  public static Assistant of(BaseModel model, ChatPrompt prompt) {
    return new Assistant(model, Optional.empty(), prompt, defaultSampling());
  }

  /**
   * Attaches the adapter that a stage of a run has trained, with the prompt that it was trained
   * under.
   *
   * @param base the model that the run trained; it is not closed with this
   * @param stage the name of the stage, such as {@code engraving}
   * @throws IllegalArgumentException if the run has no such stage, or the base model is another
   * @throws InvalidDataException if the stage is not complete, or the adapter not as it was trained
   */
  public static Assistant open(TrainableModel base, RunDirectory run, String stage) {
    List<Adapter> adapters = run.records(stage, Adapter.class).toList();
    if (adapters.size() != 1) {
      throw new InvalidDataException(
          run.path()
              + ": stage '"
              + stage
              + "' has not trained its adapter yet; run the pipeline to its end first");
    }
    Adapter adapter = adapters.get(0);
    checkModel(base, adapter);
    AdaptedModel adapted = base.withAdapter(adapter.locate(run.files(stage)));
    return new Assistant(adapted, Optional.of(adapted), adapter.prompt(), defaultSampling());
  }

  private static void checkModel(BaseModel base, Adapter adapter) {
    if (!base.fingerprint().equals(adapter.model())) {
      throw new IllegalArgumentException(
          String.format(
              "the adapter of stage '%s' belongs to model %s, but this is %s, %s; open the model"
                  + " that the run was made with, in the same data type",
              adapter.stage(), adapter.model(), base.name(), base.fingerprint()));
    }
  }

  /** The same model, which is closed with this one, with other sampling. */
  public Assistant withSampling(GenerationOptions newSampling) {
    return new Assistant(model, owned, prompt, newSampling);
  }

  /** The model that continues prompts, with its adapter. */
  public BaseModel model() {
    return model;
  }

  /** The prompt that queries are put into. */
  public ChatPrompt prompt() {
    return prompt;
  }

  /** How answers are sampled: with the prompt's stop strings. */
  public GenerationOptions sampling() {
    Set<String> stop = new LinkedHashSet<>(prompt.stop());
    stop.addAll(sampling.stop());
    return sampling.toBuilder().stop(List.copyOf(stop)).build();
  }

  /**
   * Answers a query. See {@link BaseModel#generate(List, GenerationOptions,
   * java.util.function.Consumer)} for the exceptions.
   *
   * @return the answer, stripped; what there is of it if the limit on new tokens ended it
   */
  public String answer(String query) {
    return answers(List.of(Query.of("0", query))).get(0).text();
  }

  /**
   * Answers queries, each with random numbers that derive from its id and the sampling's seed.
   *
   * @return the answers in the order of the queries, their texts stripped
   */
  public List<Generation> answers(List<Query> queries) {
    List<GenerationRequest> requests =
        queries.stream()
            .map(query -> new GenerationRequest(query.id(), prompt.text(query.text())))
            .toList();
    return model.generate(requests, sampling()).stream().map(Assistant::stripped).toList();
  }

  private static Generation stripped(Generation generation) {
    return new Generation(
        generation.id(),
        generation.text().strip(),
        generation.tokenIds(),
        generation.finishReason(),
        generation.stop(),
        generation.promptTokens());
  }

  /** Detaches the adapter that {@link #open} attached; the base model stays open. */
  @Override
  public void close() {
    owned.ifPresent(AdaptedModel::close);
  }
}
