package io.selfalign.djl.internal.train;

import io.selfalign.data.RecordRandom;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.model.LoraOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fresh adapters, which change nothing: A is uniform in plus and minus {@code 1 / sqrt(inputs)}, as
 * PEFT draws it (Kaiming's uniform distribution with a = sqrt(5)), and B is zero.
 */
final class LoraInitialization {
  private LoraInitialization() {}

  static LoraAdapter fresh(LoraOptions options, ModelConfig config, long seed) {
    Map<LoraAdapter.Module, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
    for (LoraAdapter.Module module : LoraAdapter.modules(config)) {
      if (options.targets().contains(module.projection())) {
        int rank = options.rankOf(module.fullName());
        int inputs = module.inputs(config);
        float[] a = new float[Math.multiplyExact(rank, inputs)];
        RecordRandom random = RecordRandom.of(seed, "lora", module.fullName());
        double bound = 1 / Math.sqrt(inputs);
        for (int i = 0; i < a.length; i++) {
          a[i] = (float) ((2 * random.uniform(i) - 1) * bound);
        }
        float[] b = new float[Math.multiplyExact(module.outputs(config), rank)];
        pairs.put(module, new LoraAdapter.Pair(rank, options.scalingOf(module.fullName()), a, b));
      }
    }
    return new LoraAdapter(options, pairs);
  }
}
