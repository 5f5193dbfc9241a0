package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.selfalign.djl.Fixtures;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorType;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Dropout of the adapter's input. Pieces of a single token show it: the gradient of A is an outer
 * product with the input, so that its columns of zeros are the elements that were dropped.
 */
class DropoutTest {
  private static final Path FOLDER = Fixtures.folder("llama2-gqa-tied");
  private static final ModelConfig CONFIG = ModelConfig.read(FOLDER);
  private static final int RANK = 2;

  /** An adapter of v in both layers, whose B is filled with a value. */
  private static LoraAdapter adapter(float b) {
    Random random = new Random(3);
    Map<LoraAdapter.Module, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
    for (int layer = 0; layer < CONFIG.layers(); layer++) {
      LoraAdapter.Module module = new LoraAdapter.Module(layer, Projection.V_PROJ);
      float[] down = new float[RANK * module.inputs(CONFIG)];
      for (int i = 0; i < down.length; i++) {
        down[i] = (float) random.nextGaussian();
      }
      float[] up = new float[module.outputs(CONFIG) * RANK];
      Arrays.fill(up, b);
      pairs.put(module, new LoraAdapter.Pair(RANK, 1, down, up));
    }
    return new LoraAdapter(
        LoraOptions.builder().rank(RANK).targets(Projection.V_PROJ).build(), pairs);
  }

  /** So many pieces of the same token, each with its seed. */
  private static MicroBatch pieces(long... seeds) {
    int[] ones = new int[seeds.length];
    Arrays.fill(ones, 1);
    int[] tokens = new int[seeds.length];
    Arrays.fill(tokens, 40);
    int[] all = new int[seeds.length];
    Arrays.setAll(all, i -> i);
    int[] targets = new int[seeds.length];
    Arrays.fill(targets, 7);
    return new MicroBatch(tokens, ones, all, targets, seeds);
  }

  /** The gradient of v's A (matrix 0) or B (matrix 1) in a layer. */
  private static float[] gradient(
      LoraAdapter adapter, MicroBatch batch, double dropout, int layer, int matrix) {
    try (SafeTensors tensors = SafeTensors.open(FOLDER);
        DecoderProgram base = DecoderProgram.load(CONFIG, tensors, TensorType.F32, Device.cpu());
        TrainingProgram program = TrainingProgram.of(base, adapter)) {
      program.accumulate(batch, 1.0 / batch.lengths().length, dropout, false);
      LoraAdapter.Module module = new LoraAdapter.Module(layer, Projection.V_PROJ);
      int index = 2 * LoraAdapter.modules(CONFIG).indexOf(module) + matrix;
      return program.gradients().get(index).toFloatArray();
    }
  }

  /** The inputs that are dropped in a layer. */
  private static BitSet dropped(long seed, double dropout, int layer) {
    float[] slope = gradient(adapter(0.1f), pieces(seed), dropout, layer, 0);
    BitSet zeros = new BitSet();
    for (int i = 0; i < CONFIG.hiddenSize(); i++) {
      zeros.set(i, slope[i] == 0);
    }
    return zeros;
  }

  @Test
  void masks_follow_from_the_seed_and_the_layer_and_have_the_probability() {
    BitSet mask = dropped(5, 0.5, 0);
    assertThat(mask).isEqualTo(dropped(5, 0.5, 0)).isNotEqualTo(dropped(6, 0.5, 0));
    assertThat(mask).isNotEqualTo(dropped(5, 0.5, 1));
    assertThat(dropped(5, 0, 0).cardinality()).isZero();
    // Of 32 x 20 elements; five standard deviations are 0.1.
    for (double probability : new double[] {0.3, 0.7}) {
      long zeros = LongStream.range(0, 20).map(s -> dropped(s, probability, 0).cardinality()).sum();
      assertThat(zeros / (20.0 * CONFIG.hiddenSize())).isCloseTo(probability, within(0.1));
    }
  }

  @Test
  void what_is_kept_is_scaled_up_so_that_the_expected_gradient_is_that_without_dropout() {
    // With B = 0 the gradient of B is linear in the masks.
    MicroBatch many = pieces(LongStream.range(0, 2000).toArray());
    float[] expected = gradient(adapter(0), pieces(1), 0, 1, 1);
    float[] mean = gradient(adapter(0), many, 0.6, 1, 1);
    double product = 0;
    double square = 0;
    for (int i = 0; i < expected.length; i++) {
      product += (double) expected[i] * mean[i];
      square += (double) expected[i] * expected[i];
    }
    assertThat(product / square).isCloseTo(1, within(0.15));
  }
}
