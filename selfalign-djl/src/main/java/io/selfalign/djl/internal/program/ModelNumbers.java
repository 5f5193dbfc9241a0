package io.selfalign.djl.internal.program;

import io.selfalign.djl.internal.checkpoint.ModelConfig;

/**
 * The numbers of a model that its program computes with, in the order of {@code Config} in the
 * resource {@code model.py}, which says what each is.
 *
 * @param sizes its integers
 * @param scales its real numbers
 * @param windows how many keys a query of each layer sees, 0 for all
 * @param rotary 1 for each layer that rotates queries and keys, else 0
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and nobody changes them.
record ModelNumbers(long[] sizes, double[] scales, long[] windows, long[] rotary) {
  static ModelNumbers of(ModelConfig config, Kernels kernels) {
    long[] sizes = {
      config.layers(),
      config.heads(),
      config.kvHeads(),
      config.headDim(),
      kernels.widenFrom(),
      kernels.matmulAttentionFrom()
    };
    double[] scales = {
      config.rmsNormEps(),
      config.attentionScale(),
      config.embeddingMultiplier(),
      config.residualMultiplier(),
      config.logitsScaling(),
      config.rope().attentionScaling()
    };
    long[] windows = config.slidingWindows().stream().mapToLong(Integer::longValue).toArray();
    long[] rotary = config.ropeLayers().stream().mapToLong(rotates -> rotates ? 1 : 0).toArray();
    return new ModelNumbers(sizes, scales, windows, rotary);
  }
}
