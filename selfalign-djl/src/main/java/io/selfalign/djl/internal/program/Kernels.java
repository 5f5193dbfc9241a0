package io.selfalign.djl.internal.program;

import ai.djl.Device;
import io.selfalign.djl.internal.checkpoint.TensorType;
import java.util.function.BooleanSupplier;

/**
 * Which of several operations that compute the same the program uses. They differ in speed, by
 * processor, and in rounding. The choice depends on data type, processor and build of PyTorch
 * alone, never on a clock, so that a machine gives the same results every time.
 *
 * @param widenFrom from how many rows on products of bfloat16 are made in float32, with the weight
 *     converted for each product; 0 for never
 * @param matmulAttentionFrom from how many scores on attention in bfloat16 is made of products
 *     instead of PyTorch's fused operation; 0 for never
 * @param packFrom how many elements a matrix must have to be kept in the layout that oneDNN
 *     multiplies fastest, but for the embedding and while a training runs; 0 for no matrix
 */
record Kernels(int widenFrom, int matmulAttentionFrom, long packFrom) {
  /** The plainest of all, which every processor has. */
  static final Kernels PLAIN = new Kernels(0, 0, 0);

  /** The family that AMD's processors report from Zen 5 on. */
  private static final int ZEN_5 = 0x1A;

  /** From where on attention by products was faster: its operations are more, and take longer. */
  private static final int SCORES = 100_000;

  /** From where on packed matrices of float32 were faster at every number of rows. */
  private static final int ELEMENTS = 1 << 19;

  /** The fastest, as far as they have been measured. */
  static Kernels fastest(TensorType type, Device device) {
    return device.isGpu()
        ? PLAIN
        : fastest(
            type,
            Processor.read(),
            TorchRuntime.tilesAreBroken(),
            TorchRuntime::multipliesPackedBfloat16);
  }

  /**
   * The fastest for a processor.
   *
   * <p>Intel processors without usable AMX have bfloat16 instructions at best as fast as those of
   * float32 (measured: half as fast at 1,800 rows, equal at about 100). AMX, and AMD's bfloat16
   * instructions, are several times as fast.
   *
   * <p>PyTorch multiplies float32, within its fused attention bfloat16 too, by a library that
   * doesn't use the full width of AMD's processors; oneDNN does. That makes products of float32
   * twice as fast, and those of attention in bfloat16 six times. It was measured on a server's Zen
   * 5; Zen 4, and Zen 5 for laptops, compute with half of that width, and on Zen 4 attention by
   * products gained too little.
   *
   * @param tilesAreBroken whether AMX is reported but can't be used
   * @param packed whether this PyTorch multiplies packed matrices of bfloat16, which it doesn't
   *     without oneDNN, or where that may not use AVX-512
   */
  static Kernels fastest(
      TensorType type, Processor processor, boolean tilesAreBroken, BooleanSupplier packed) {
    boolean amd = processor.isAmd() && processor.has("avx512_bf16") && packed.getAsBoolean();
    boolean zen5 = amd && processor.family() >= ZEN_5;
    return switch (type) {
      case BF16 -> {
        boolean fast = !processor.known() || amd || (processor.has("amx_bf16") && !tilesAreBroken);
        yield new Kernels(fast ? 0 : 128, zen5 ? SCORES : 0, amd ? 1 : 0);
      }
      case F32 -> new Kernels(0, 0, zen5 ? ELEMENTS : 0);
      case F16 -> PLAIN;
    };
  }
}
