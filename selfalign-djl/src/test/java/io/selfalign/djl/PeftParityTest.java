package io.selfalign.djl;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selfalign.djl.checkpoint.AdapterFolder;
import io.selfalign.djl.checkpoint.LoraAdapter;
import io.selfalign.djl.checkpoint.ModelConfig;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.LoraOptions;
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
final class PeftParityTest {
  private static final Path ROOT = Fixtures.folder("training");

  @TempDir private Path folder;

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

  private static TrainingOptions.Builder options(JsonNode golden, Path initial) {
    JsonNode options = golden.get("options");
    int batchSize = options.get("batch_size").asInt();
    return TrainingOptions.builder()
        .lora(LoraOptions.builder().dropout(0).build())
        .initialAdapter(initial)
        .learningRate(options.get("learning_rate").asDouble())
        .schedule(
            LearningRateSchedule.valueOf(
                options.get("schedule").asString().toUpperCase(Locale.ROOT)))
        .warmupSteps(options.get("warmup_steps").asInt())
        .weightDecay(options.get("weight_decay").asDouble())
        .maxGradientNorm(options.get("max_grad_norm").asDouble())
        .batchSize(batchSize)
        .epochs(4)
        .shuffle(false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama", "llama-untied", "mistral", "qwen2", "qwen3", "granite", "smollm3"})
  void lossesAndFinalAdapterAreThoseOfPeft(String name) throws IOException {
    JsonNode golden = JsonMapper.shared().readTree(ROOT.resolve(name).resolve("golden.json"));
    Path base = Fixtures.folder(golden.get("checkpoint").asString());
    List<TrainingEvent.Step> steps = new ArrayList<>();
    try (DjlModel model = DjlModel.open(base)) {
      model.train(
          examples(),
          options(golden, ROOT.resolve(name).resolve("initial")).build(),
          folder,
          event -> {
            if (event instanceof TrainingEvent.Step step) {
              steps.add(step);
            }
          });
    }
    assertEquals(golden.get("steps").size(), steps.size());
    for (TrainingEvent.Step step : steps) {
      JsonNode expected = golden.get("steps").get(step.step() - 1);
      double loss = expected.get("loss").asDouble();
      double norm = expected.get("grad_norm").asDouble();
      assertAll(
          "step " + step.step(),
          () -> assertEquals(loss, step.loss(), 1e-5 * loss),
          () -> assertEquals(norm, step.gradientNorm(), 1e-4 * norm),
          () -> assertEquals(expected.get("learning_rate").asDouble(), step.learningRate(), 1e-12));
    }
    LoraAdapter expected = read(ROOT.resolve(name).resolve("final"), base);
    LoraAdapter actual = read(folder, base);
    assertEquals(expected.pairs().keySet(), actual.pairs().keySet());
    expected
        .pairs()
        .forEach(
            (module, pair) -> {
              assertClose(pair.a(), actual.pairs().get(module).a(), module + " A");
              assertClose(pair.b(), actual.pairs().get(module).b(), module + " B");
              assertEquals(pair.scaling(), actual.pairs().get(module).scaling());
            });
  }

  private static LoraAdapter read(Path adapter, Path base) {
    return AdapterFolder.read(adapter, ModelConfig.read(base), () -> fingerprint(base));
  }

  private static String fingerprint(Path base) {
    try (DjlModel model = DjlModel.open(base)) {
      return model.fingerprint().replaceAll("-.*", "");
    }
  }

  private static void assertClose(float[] expected, float[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i] - actual[i]));
    }
    double difference = largest;
    assertTrue(difference < 2e-4, () -> what + " differs by " + difference);
  }
}
