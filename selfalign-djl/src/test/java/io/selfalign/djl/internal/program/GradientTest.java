package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDArray;
import io.selfalign.djl.Fixtures;
import io.selfalign.djl.internal.checkpoint.AdapterFolder;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorType;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradients of the program are the slopes of its own loss. */
class GradientTest {
  private static final int[] TOKENS = {1, 40, 12, 7, 99, 30, 5, 8, 8, 60, 41, 3, 90, 2, 77, 15};

  /** Two sequences of 9 and 7 tokens, of which some are learnt. */
  private static final MicroBatch BATCH =
      new MicroBatch(
          TOKENS,
          new int[] {9, 7},
          new int[] {2, 3, 7, 8, 9, 14, 15},
          new int[] {7, 99, 8, 61, 3, 15, 4},
          new long[] {5, 6});

  private static final MicroBatch LONG = longBatch();

  @TempDir Path temporary;

  private static MicroBatch longBatch() {
    Random random = new Random(7);
    int[] lengths = {255, 256, 257, 600};
    int[] tokens = random.ints(255 + 256 + 257 + 600, 3, 100).toArray();
    int[] predicting = {3, 254, 255, 510, 511, 766, 767, 768, 1023, 1024, 1100, 1279, 1280, 1367};
    int[] targets = random.ints(predicting.length, 3, 100).toArray();
    return new MicroBatch(tokens, lengths, predicting, targets, new long[] {1, 2, 3, 4});
  }

  @ParameterizedTest
  @CsvSource({
    "llama2-gqa-tied, training/llama/final",
    "qwen2-window, ''",
    "qwen3, ''",
    "granite, training/granite/final",
    "llama1-mha, ''",
    "smollm3, ''"
  })
  void gradients_are_slopes(String name, String adapter) {
    Path folder = Fixtures.folder(name);
    ModelConfig config = ModelConfig.read(folder);
    try (SafeTensors tensors = SafeTensors.open(folder);
        DecoderProgram base = DecoderProgram.load(config, tensors, TensorType.F32, Device.cpu());
        TrainingProgram program =
            adapter.isEmpty()
                ? TrainingProgram.ofAllWeights(base)
                : TrainingProgram.of(
                    base, AdapterFolder.read(Fixtures.folder(adapter), config, () -> ""))) {
      double loss = program.measure(BATCH);
      assertThat(program.accumulate(BATCH, 0.5, 0, false)).isCloseTo(loss, within(1e-5));
      Random random = new Random(1);
      List<PtNDArray> parameters = program.parameters();
      for (int i = 0; i < parameters.size(); i++) {
        if (parameters.get(i).size() > 0) {
          checkAlongOneDirection(program, BATCH, i, random);
        }
      }
    }
  }

  /** In bfloat16 the gradients of all weights point where those in float32 do. */
  @ParameterizedTest
  @ValueSource(strings = {"llama2-gqa-tied", "qwen2-window", "qwen3", "granite", "llama1-mha"})
  void gradients_of_a_bfloat16_model_are_near(String name) {
    Path folder = Fixtures.folder(name);
    ModelConfig config = ModelConfig.read(folder);
    assertNear(
        gradients(BATCH, folder, config, TensorType.F32),
        gradients(BATCH, folder, config, TensorType.BF16));
  }

  private static void assertNear(List<float[]> exact, List<float[]> near) {
    for (int i = 0; i < exact.size(); i++) {
      if (exact.get(i).length > 0) {
        double norm = Math.sqrt(dot(exact.get(i), exact.get(i)));
        double other = Math.sqrt(dot(near.get(i), near.get(i)));
        assertThat(other).as("norm of parameter %d", i).isCloseTo(norm, withinPercentage(10));
        assertThat(dot(exact.get(i), near.get(i)) / (norm * other))
            .as("cosine of parameter %d", i)
            .isGreaterThan(0.98);
      }
    }
  }

  /**
   * Sequences of one block of attention and more, packed; the first layer sees everything, the
   * others a window that ends within a block, or reaches into the one before.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 33, 256, 300})
  void long_sequences_have_the_loss_and_the_slopes_of_each_alone(int window) throws IOException {
    Path folder =
        Fixtures.copy(
            "qwen2-window",
            temporary.resolve("model"),
            Map.of("sliding_window", window, "max_position_embeddings", 4096));
    ModelConfig config = ModelConfig.read(folder);
    assertThat(config.slidingWindows()).contains(0, window);
    try (SafeTensors tensors = SafeTensors.open(folder);
        DecoderProgram base = DecoderProgram.load(config, tensors, TensorType.F32, Device.cpu());
        TrainingProgram program = TrainingProgram.ofAllWeights(base)) {
      double loss = program.accumulate(LONG, 0.5, 0, false);
      assertThat(loss).isCloseTo(lossByPrefill(base), within(1e-4));
      Random random = new Random(1);
      for (int i = 0; i < program.parameters().size(); i++) {
        if (program.parameters().get(i).size() > 0) {
          checkAlongOneDirection(program, LONG, i, random);
        }
      }
    }
    assertNear(
        gradients(LONG, folder, config, TensorType.F32),
        gradients(LONG, folder, config, TensorType.BF16));
  }

  /** The loss of each sequence by itself, with the attention that generation uses. */
  private static double lossByPrefill(DecoderProgram base) {
    double loss = 0;
    int start = 0;
    for (int length : LONG.lengths()) {
      int from = start;
      int[] places =
          IntStream.range(0, LONG.predicting().length)
              .filter(i -> LONG.predicting()[i] >= from && LONG.predicting()[i] < from + length)
              .toArray();
      try (SegmentView none = base.segmentView(List.of());
          DecoderProgram.Prefilled run =
              base.prefill(
                  Arrays.copyOfRange(LONG.tokens(), from, from + length),
                  IntStream.range(0, length).toArray(),
                  new int[] {length},
                  new int[0],
                  none,
                  Arrays.stream(places).map(i -> LONG.predicting()[i] - from).toArray())) {
        int[] targets = Arrays.stream(places).map(i -> LONG.targets()[i]).toArray();
        for (DecoderProgram.TokenScore score : base.score(run.hidden(), targets)) {
          loss -= score.logProbability();
        }
      }
      start += length;
    }
    return loss;
  }

  @Test
  void a_float16_model_is_not_trained() {
    Path folder = Fixtures.folder("llama1-mha");
    ModelConfig config = ModelConfig.read(folder);
    try (SafeTensors tensors = SafeTensors.open(folder);
        DecoderProgram base = DecoderProgram.load(config, tensors, TensorType.F16, Device.cpu())) {
      assertThatThrownBy(() -> TrainingProgram.ofAllWeights(base))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("BF16 or F32");
    }
  }

  private static List<float[]> gradients(
      MicroBatch batch, Path folder, ModelConfig config, TensorType type) {
    try (SafeTensors tensors = SafeTensors.open(folder);
        DecoderProgram base = DecoderProgram.load(config, tensors, type, Device.cpu());
        TrainingProgram program = TrainingProgram.ofAllWeights(base)) {
      program.accumulate(batch, 0.5, 0, false);
      return program.gradients().stream().map(PtNDArray::toFloatArray).toList();
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** The slope along a random direction of unit length, of one parameter. */
  private static void checkAlongOneDirection(
      TrainingProgram program, MicroBatch batch, int index, Random random) {
    PtNDArray parameter = program.parameters().get(index);
    float[] gradient = program.gradients().get(index).toFloatArray();
    float[] values = parameter.toFloatArray();
    float[] direction = new float[values.length];
    double length = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
      length += (double) direction[i] * direction[i];
    }
    double expected = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] /= (float) Math.sqrt(length);
      expected += direction[i] * gradient[i] / 0.5;
    }
    float step = 0.01f;
    double slope =
        (lossAt(program, batch, parameter, values, direction, step)
                - lossAt(program, batch, parameter, values, direction, -step))
            / (2.0 * step);
    parameter.set(FloatBuffer.wrap(values));
    assertThat(slope)
        .as("parameter %d of shape %s", index, parameter.getShape())
        .isCloseTo(expected, within(0.01 + 0.02 * Math.abs(expected)));
  }

  private static double lossAt(
      TrainingProgram program,
      MicroBatch batch,
      PtNDArray parameter,
      float[] values,
      float[] direction,
      float step) {
    float[] moved = new float[values.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = values[i] + step * direction[i];
    }
    parameter.set(FloatBuffer.wrap(moved));
    return program.measure(batch);
  }
}
