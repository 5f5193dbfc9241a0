package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.selfalign.djl.internal.checkpoint.AdapterFolder;
import io.selfalign.djl.internal.checkpoint.CheckpointFingerprint;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Training computes what PEFT does with the same model, adapter, examples and options. */
class PeftParityTest {
  private static final Path ROOT = Fixtures.folder("training");

  @TempDir Path folder;

  static List<TrainingExample> examples() throws IOException {
    List<TrainingExample> examples = new ArrayList<>();
    for (String line : Files.readAllLines(ROOT.resolve("examples.jsonl"))) {
      JsonNode json = JsonMapper.shared().readTree(line);
      examples.add(
          new TrainingExample(
              json.get("id").asString(),
              json.get("prompt").asString(),
              json.get("completion").asString()));
    }
    return examples;
  }

  private static TrainingOptions.Builder options(JsonNode golden) {
    JsonNode options = golden.get("options");
    return TrainingOptions.builder()
        .learningRate(options.get("learning_rate").asDouble())
        .schedule(
            LearningRateSchedule.valueOf(
                options.get("schedule").asString().toUpperCase(Locale.ROOT)))
        .warmupSteps(options.get("warmup_steps").asInt())
        .weightDecay(options.get("weight_decay").asDouble())
        .maxGradientNorm(options.get("max_grad_norm").asDouble())
        .batchSize(options.get("batch_size").asInt())
        .epochs(4)
        .shuffle(false);
  }

  private static JsonNode golden(String name) {
    return JsonMapper.shared().readTree(ROOT.resolve(name).resolve("golden.json"));
  }

  private static Path base(JsonNode golden) {
    return Fixtures.folder(golden.get("checkpoint").asString());
  }

  private void trainAndCompare(JsonNode golden, TrainingOptions options) throws IOException {
    List<TrainingEvent.Step> steps = new ArrayList<>();
    try (DjlModel model = DjlModel.open(base(golden))) {
      model.train(
          examples(),
          options,
          folder,
          event -> {
            if (event instanceof TrainingEvent.Step step) {
              steps.add(step);
            }
          });
    }
    assertThat(steps).hasSize(golden.get("steps").size());
    for (TrainingEvent.Step step : steps) {
      JsonNode expected = golden.get("steps").get(step.step() - 1);
      assertThat(step.loss())
          .as("loss of step %d", step.step())
          .isCloseTo(expected.get("loss").asDouble(), withinPercentage(1e-3));
      assertThat(step.gradientNorm())
          .as("gradient norm of step %d", step.step())
          .isCloseTo(expected.get("grad_norm").asDouble(), withinPercentage(1e-2));
      assertThat(step.learningRate())
          .isCloseTo(expected.get("learning_rate").asDouble(), within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama", "llama-untied", "mistral", "qwen2", "qwen3", "granite", "smollm3"})
  void losses_and_the_final_adapter_are_those_of_peft(String name) throws IOException {
    JsonNode golden = golden(name);
    TrainingOptions.Builder options =
        options(golden)
            .lora(LoraOptions.builder().dropout(0).build())
            .initialAdapter(ROOT.resolve(name).resolve("initial"));
    trainAndCompare(golden, options.build());

    Path base = base(golden);
    LoraAdapter expected = read(ROOT.resolve(name).resolve("final"), base);
    LoraAdapter actual = read(folder, base);
    assertThat(actual.pairs().keySet()).isEqualTo(expected.pairs().keySet());
    expected
        .pairs()
        .forEach(
            (module, pair) -> {
              LoraAdapter.Pair trained = actual.pairs().get(module);
              assertThat(trained.a()).as("%s A", module).containsExactly(pair.a(), within(2e-4f));
              assertThat(trained.b()).as("%s B", module).containsExactly(pair.b(), within(2e-4f));
              assertThat(trained.scaling()).isEqualTo(pair.scaling());
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"whole-llama", "whole-llama-untied", "whole-bias", "whole-qwen3", "whole-granite"})
  void losses_with_all_weights_trained_are_those_of_transformers(String name) throws IOException {
    JsonNode golden = golden(name);
    trainAndCompare(golden, options(golden).allWeights().build());
    // The checkpoint is whole, and better than the one it began as.
    try (DjlModel before = DjlModel.open(base(golden));
        DjlModel after = DjlModel.open(folder)) {
      List<ScoreRequest> all = new ArrayList<>();
      for (TrainingExample example : examples()) {
        all.add(new ScoreRequest(example.id(), example.prompt(), example.completion()));
      }
      assertThat(sum(after, all)).isGreaterThan(0.6 * sum(before, all));
    }
  }

  private static double sum(DjlModel model, List<ScoreRequest> requests) {
    return model.score(requests).stream().mapToDouble(Score::logProbability).sum();
  }

  private static LoraAdapter read(Path adapter, Path base) {
    return AdapterFolder.read(
        adapter,
        ModelConfig.read(base),
        () -> {
          try (SafeTensors tensors = SafeTensors.open(base)) {
            return CheckpointFingerprint.of(base, tensors);
          }
        });
  }
}
