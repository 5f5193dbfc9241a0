package io.selfalign.examples.miniature;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.eval.Evaluation;
import io.selfalign.examples.miniature.HeldOutQuestions.Question;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import io.selfalign.principle.PromptFrame;
import io.selfalign.principle.Reply;
import io.selfalign.tuning.ChatPrompt;
import java.util.ArrayList;
import java.util.List;

/** Asks a model the held-out questions in one way, and judges its answers. */
final class HeldOutEvaluation implements Evaluation<Question, HeldOutAnswer> {
  private static final GenerationOptions SAMPLING =
      GenerationOptions.builder().maxNewTokens(200).temperature(0.5).topP(0.9).build();

  /** A way to ask: the prompt of a question, and what is read from the model's continuation. */
  private interface Way {
    String name();

    Settings settings();

    List<String> stop();

    String prompt(Question question, RecordRandom random);

    HeldOutAnswer read(Question question, Generation generation);
  }

  private final String name;
  private final BaseModel model;
  private final Way way;

  private HeldOutEvaluation(String name, BaseModel model, Way way) {
    this.name = name;
    this.model = model;
    this.way = way;
  }

  /** Asks without principles, as an aligned model is asked. */
  static HeldOutEvaluation plainly(String name, BaseModel model, ChatPrompt prompt) {
    return new HeldOutEvaluation(
        name,
        model,
        new Way() {
          @Override
          public String name() {
            return "plain";
          }

          @Override
          public Settings settings() {
            return Settings.builder().add("prompt", prompt).build();
          }

          @Override
          public List<String> stop() {
            // A base model may go on with any heading of a document, not only with the user's.
            List<String> stop = new ArrayList<>(prompt.stop());
            stop.addAll(List.of("\n## ", "\n# "));
            return stop.stream().distinct().toList();
          }

          @Override
          public String prompt(Question question, RecordRandom random) {
            return prompt.text(question.text());
          }

          @Override
          public HeldOutAnswer read(Question question, Generation generation) {
            return HeldOutAnswer.of(
                question, "", generation.text().strip(), generation.promptTokens());
          }
        });
  }

  /** Asks under the principles and exemplars of stage 2. */
  static HeldOutEvaluation under(String name, BaseModel model, PromptFrame frame) {
    return new HeldOutEvaluation(
        name,
        model,
        new Way() {
          @Override
          public String name() {
            return "principles";
          }

          @Override
          public Settings settings() {
            return frame.settings();
          }

          @Override
          public List<String> stop() {
            return frame.stop();
          }

          @Override
          public String prompt(Question question, RecordRandom random) {
            return frame.prompt(Query.of(question.id(), question.text()), random).text();
          }

          @Override
          public HeldOutAnswer read(Question question, Generation generation) {
            Reply reply = frame.parse(generation.text(), generation.finishReason());
            return HeldOutAnswer.of(
                question, reply.thoughts(), reply.answer(), generation.promptTokens());
          }
        });
  }

  @Override
  public Unit<HeldOutAnswer> process(List<Question> batch, UnitContext context) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (Question question : batch) {
      String prompt = way.prompt(question, context.random(question.id()));
      requests.add(new GenerationRequest(question.id(), prompt));
    }
    GenerationOptions sampling = SAMPLING.toBuilder().seed(context.seed()).stop(way.stop()).build();
    List<Generation> generations = model.generate(requests, sampling);
    Unit.Builder<HeldOutAnswer> unit = Unit.builder();
    for (int i = 0; i < batch.size(); i++) {
      unit.keep(way.read(batch.get(i), generations.get(i)));
    }
    return unit.build();
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("benchmark", benchmark())
        .add("model", model.fingerprint())
        .add("style", way.name())
        .add("way", way.settings())
        .add("sampling", Settings.of(SAMPLING))
        .build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String benchmark() {
    return "held-out-questions";
  }

  @Override
  public String modelName() {
    return model.name();
  }

  @Override
  public String modelFingerprint() {
    return model.fingerprint();
  }

  @Override
  public String promptStyle() {
    return way.name();
  }

  @Override
  public Class<Question> inputType() {
    return Question.class;
  }

  @Override
  public Class<HeldOutAnswer> outputType() {
    return HeldOutAnswer.class;
  }

  /** All at once: a small model is the faster the more it does together. */
  @Override
  public int unitSize() {
    return 240;
  }
}
