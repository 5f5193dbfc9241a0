package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.selfalign.djl.Fixtures;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All ways to compute the same give the same, and which is taken where. */
class KernelsTest {
  /** Attention always by products. */
  private static final Kernels PRODUCTS = new Kernels(0, 1, 0);

  /** All matrices packed. */
  private static final Kernels PACKED = new Kernels(0, 0, 1);

  private static final int[] TOKENS = new Random(5).ints(603, 3, 100).toArray();

  @TempDir Path temporary;

  static List<String> checkpoints() {
    return Fixtures.checkpoints();
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void packed_weights_give_the_logits_of_transformers(String name) {
    if (nothingIsPackedHere()) {
      return;
    }
    try (DecoderProgram program = LogitsTest.load(Fixtures.folder(name), TensorType.F32, PACKED)) {
      assertThat(packedWeights(program)).isGreaterThanOrEqualTo(4L * program.config().layers());
      for (JsonNode golden : Fixtures.golden(name).get("cases")) {
        int[] tokens = Fixtures.ints(golden.get("prompt_ids"));
        LogitsTest.assertLogits(golden, LogitsTest.prefill(program, tokens, tokens.length));
      }
    }
  }

  /**
   * What a GPU would run instead of the fused attention of the processor, run here, with scores of
   * few queries at a time.
   */
  @ParameterizedTest
  @MethodSource("checkpoints")
  void attention_without_the_fused_operation_gives_the_logits_of_transformers(String name) {
    String source = ProgramText.of(Kernels.PLAIN);
    String unfused = source.replace("if query.is_cpu:", "if False:").replace("67108864", "500");
    assertThat(unfused).doesNotContain("is_cpu").contains("max(1, 500");
    try (DecoderProgram program =
        LogitsTest.load(Fixtures.folder(name), TensorType.F32, Kernels.PLAIN, unfused)) {
      for (JsonNode golden : Fixtures.golden(name).get("cases")) {
        int[] tokens = Fixtures.ints(golden.get("prompt_ids"));
        int pieceLength = Math.max(1, tokens.length / 3);
        LogitsTest.assertLogits(golden, LogitsTest.prefill(program, tokens, pieceLength));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void a_program_is_loaded_with_the_fastest(TensorType type) {
    Kernels fastest = Kernels.fastest(type, Device.cpu());
    Path folder = Fixtures.folder("llama1-mha");
    try (SafeTensors tensors = SafeTensors.open(folder);
        DecoderProgram program =
            DecoderProgram.load(ModelConfig.read(folder), tensors, type, Device.cpu())) {
      assertThat(program.numbers().sizes())
          .endsWith(fastest.widenFrom(), fastest.matmulAttentionFrom());
      assertThat(packedWeights(program) > 0).isEqualTo(fastest.packFrom() == 1);
    }
  }

  /** Where packed matrices can't be multiplied, none may be: then there is nothing to test. */
  private static boolean nothingIsPackedHere() {
    if (TorchRuntime.multipliesPackedBfloat16()) {
      return false;
    }
    for (TensorType type : TensorType.values()) {
      assertThat(Kernels.fastest(type, Device.cpu()).packFrom()).isZero();
    }
    return true;
  }

  private static long packedWeights(DecoderProgram program) {
    String probe =
        """
        class Probe(Module):
          __parameters__ = []
          __buffers__ = []
          def packed(self: __torch__.Probe, weights: List[Tensor]) -> int:
            count = 0
            for weight in weights:
              if weight.is_mkldnn:
                count += 1
            return count
        """;
    try (PtSymbolBlock module = TorchScriptArchive.load(program.manager(), probe, "Probe");
        NativeValue count = DecoderProgram.run(module, "packed", program.weights())) {
      return count.get().toLong();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void a_training_finds_plain_weights_and_leaves_packed_ones(TensorType type) {
    if (nothingIsPackedHere()) {
      return;
    }
    Path folder = Fixtures.folder("llama1-mha");
    int[] tokens = Arrays.copyOf(TOKENS, 20);
    MicroBatch batch =
        new MicroBatch(tokens, new int[] {20}, new int[] {3, 18}, new int[] {7, 9}, new long[] {1});
    try (DecoderProgram plain = LogitsTest.load(folder, type, Kernels.PLAIN);
        DecoderProgram packed = LogitsTest.load(folder, type, PACKED)) {
      float[][] before = LogitsTest.prefill(packed, tokens, 20);
      long matrices = packedWeights(packed);
      float[][] expected = LogitsTest.prefill(plain, tokens, 20);
      try (TrainingProgram first = TrainingProgram.ofAllWeights(packed);
          TrainingProgram reference = TrainingProgram.ofAllWeights(plain)) {
        double loss = reference.accumulate(batch, 1, 0, false);
        assertThat(first.accumulate(batch, 1, 0, false)).isEqualTo(loss);
        try (TrainingProgram second = TrainingProgram.ofAllWeights(packed)) {
          assertThat(second.accumulate(batch, 1, 0, true))
              .isCloseTo(loss, within(type == TensorType.F32 ? 1e-5 : 1e-2));
          second.close();
        }
        // One has ended, the other still needs them.
        assertThat(packedWeights(packed)).isZero();
        assertThat(LogitsTest.prefill(packed, tokens, 20)).isDeepEqualTo(expected);
        assertThat(first.accumulate(batch, 1, 0, false)).isEqualTo(loss);
      }
      assertThat(packedWeights(packed)).isEqualTo(matrices).isPositive();
      assertThat(LogitsTest.prefill(packed, tokens, 20)).isDeepEqualTo(before);
    }
  }

  @Test
  void a_training_may_end_after_its_model() {
    if (nothingIsPackedHere()) {
      return;
    }
    long open = NativeValue.openCount();
    DecoderProgram packed = LogitsTest.load(Fixtures.folder("llama1-mha"), TensorType.F32, PACKED);
    TrainingProgram training = TrainingProgram.ofAllWeights(packed);
    packed.close();
    training.close();
    assertThat(NativeValue.openCount()).isEqualTo(open);
  }

  /**
   * Attention alone, of 603 tokens to themselves and to 1,206 others, with scores of which the
   * largest is near a number. A row's output of products is rounded twice, that of the fused
   * operation once.
   */
  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "30, true", "500, true", "3000, true", "70000, true"})
  void attention_by_products_is_near_the_exact_one(double largest, boolean inParts) {
    String source = ProgramText.of(Kernels.PLAIN) + ATTENTION;
    if (inParts) {
      source = source.replace("2097152", "3000").replace("4194304", "1");
      assertThat(source).contains("max(64, 3000 //").contains("t > 1:");
    }
    Engine engine = TorchRuntime.engine();
    try (PtNDManager manager = (PtNDManager) engine.newBaseManager(Device.cpu());
        PtSymbolBlock module = TorchScriptArchive.load(manager, source, "Attention");
        NativeValue offset = new NativeValue(IValue.from(largest));
        NativeValue errors = DecoderProgram.run(module, "errors", offset)) {
      double[] values = errors.get().toDoubleArray();
      for (int i = 0; i < values.length; i += 4) {
        assertThat(values[i]).as("output").isLessThan(2 * values[i + 1]);
        assertThat(values[i + 2]).as("denominator").isLessThan(values[i + 3] + 0.002);
      }
    }
  }

  /**
   * Of attention to others and of causal attention: the error of the output by products and by the
   * fused operation, root mean squares, and that of the logarithms of the denominators, means.
   */
  private static final String ATTENTION =
      """


      def exact(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tuple[Tensor, Tensor]:
        scores = torch.matmul(query.double(), key.double().transpose(-2, -1)) * 0.25
        if causal:
          scores = scores.masked_fill(torch.ones(scores.size()[-2:], dtype=11).triu(1), -1e30)
        return (torch.matmul(torch.softmax(scores, -1), value.double()), torch.logsumexp(scores, [-1]))


      def differences(y: Tensor, a: Tensor, z: Tensor, b: Tensor) -> List[float]:
        return [float(torch.sqrt(torch.mean(torch.square(y - z)))), float(torch.mean(torch.abs(a - b)))]


      class Attention(Module):
        __parameters__ = []
        __buffers__ = []
        def errors(self: __torch__.Attention, largest: float) -> List[float]:
          generator = torch.Generator()
          torch.manual_seed(generator, 3)
          query = torch.randn([2, 3, 603, 16], generator=generator)
          key = torch.randn([2, 1206, 16], generator=generator)
          query.select(-1, 0).fill_(torch.sqrt(largest * 4.0))
          key.select(-1, 0).fill_(torch.sqrt(largest * 4.0))
          query = query.to(15)
          key = key.to(15)
          value = torch.randn([2, 1206, 16], generator=generator).to(15)
          q = query.reshape([2, -1, 16])
          out, denominator = __torch__.exact(q, key, value, False)
          y, a = __torch__.attend_to_all(q, key, value, 1, 0.25)
          products = __torch__.differences(y, a, out, denominator)
          y, a = __torch__.attend_to_all(q, key, value, 0, 0.25)
          fused = __torch__.differences(y, a, out, denominator)
          result = [products[0], fused[0], products[1], fused[1]]
          keys = key.narrow(1, 0, 603)
          values = value.narrow(1, 0, 603)
          repeated = keys.unsqueeze(1).expand([-1, 3, -1, -1])
          out, denominator = __torch__.exact(query, repeated, values.unsqueeze(1), True)
          y, a = __torch__.attend_causally_by_matmul(query, keys, values, 0.25)
          products = __torch__.differences(y.permute([1, 2, 0, 3]), a.permute([1, 2, 0]), out, denominator)
          y, a = __torch__.attend(query, repeated, values.unsqueeze(1).expand([-1, 3, -1, -1]), None, True, 0.25)
          fused = __torch__.differences(y, a, out, denominator)
          return result + [products[0], fused[0], products[1], fused[1]]
      """;

  /**
   * The biases of queries and keys add a large number to all scores, so that rounded to bfloat16 as
   * they are, they would be wrong by tenths.
   */
  @ParameterizedTest
  @ValueSource(ints = {603, 301})
  void logits_by_products_are_as_exact_as_by_the_fused_operation(int pieceLength)
      throws IOException {
    Path folder =
        Fixtures.copy("qwen2", temporary.resolve("model"), Map.of("max_position_embeddings", 4096));
    setAll(folder.resolve("model.safetensors"), "self_attn.[qk]_proj.bias", 4);
    float[][] exact;
    try (DecoderProgram program = LogitsTest.load(folder)) {
      exact = LogitsTest.prefill(program, TOKENS, TOKENS.length);
    }
    double fused = error(exact, folder, Kernels.PLAIN, pieceLength);
    double products = error(exact, folder, PRODUCTS, pieceLength);
    assertThat(products).isLessThan(1.1 * fused);
  }

  /** Sets all elements of the float32 tensors whose names contain a pattern. */
  private static void setAll(Path safetensors, String pattern, float value) throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(safetensors)).order(ByteOrder.LITTLE_ENDIAN);
    int data = Long.BYTES + Math.toIntExact(file.getLong(0));
    JsonNode header = JsonMapper.shared().readTree(file.array(), Long.BYTES, data - Long.BYTES);
    header.properties().stream()
        .filter(tensor -> Pattern.compile(pattern).matcher(tensor.getKey()).find())
        .map(tensor -> Fixtures.ints(tensor.getValue().get("data_offsets")))
        .forEach(
            range -> {
              for (int at = range[0]; at < range[1]; at += Float.BYTES) {
                file.putFloat(data + at, value);
              }
            });
    Files.write(safetensors, file.array());
  }

  /** The root mean square of what bfloat16 changes in all logits. */
  private static double error(float[][] exact, Path folder, Kernels kernels, int pieceLength) {
    double sum = 0;
    long count = 0;
    try (DecoderProgram program = LogitsTest.load(folder, TensorType.BF16, kernels)) {
      float[][] logits = LogitsTest.prefill(program, TOKENS, pieceLength);
      for (int i = 0; i < exact.length; i++) {
        for (int j = 0; j < exact[i].length; j++) {
          double difference = logits[i][j] - exact[i][j];
          sum += difference * difference;
          count++;
        }
      }
    }
    return Math.sqrt(sum / count);
  }

  @Test
  void the_fastest_depend_on_the_processor() {
    Processor intel = new Processor("GenuineIntel", 6, Set.of("avx512_bf16"));
    Processor amx = new Processor("GenuineIntel", 6, Set.of("avx512_bf16", "amx_bf16"));
    Processor zen3 = new Processor("AuthenticAMD", 25, Set.of("avx2"));
    Processor zen4 = new Processor("AuthenticAMD", 25, Set.of("avx512_bf16"));
    Processor zen5 = new Processor("AuthenticAMD", 26, Set.of("avx512_bf16"));
    Processor unknown = new Processor("", 0, Set.of());

    assertThat(Kernels.fastest(TensorType.BF16, intel, false, () -> true))
        .isEqualTo(new Kernels(128, 0, 0));
    assertThat(Kernels.fastest(TensorType.BF16, amx, false, () -> true)).isEqualTo(Kernels.PLAIN);
    assertThat(Kernels.fastest(TensorType.BF16, amx, true, () -> true))
        .isEqualTo(new Kernels(128, 0, 0));
    assertThat(Kernels.fastest(TensorType.BF16, zen3, false, () -> true))
        .isEqualTo(new Kernels(128, 0, 0));
    assertThat(Kernels.fastest(TensorType.BF16, zen4, false, () -> true))
        .isEqualTo(new Kernels(0, 0, 1));
    assertThat(Kernels.fastest(TensorType.BF16, zen5, false, () -> true))
        .isEqualTo(new Kernels(0, 100_000, 1));
    assertThat(Kernels.fastest(TensorType.BF16, zen5, false, () -> false))
        .isEqualTo(new Kernels(128, 0, 0));
    assertThat(Kernels.fastest(TensorType.F32, zen5, false, () -> true))
        .isEqualTo(new Kernels(0, 0, 1 << 19));
    assertThat(Kernels.fastest(TensorType.F32, zen5, false, () -> false)).isEqualTo(Kernels.PLAIN);
    for (Processor processor : List.of(intel, amx, zen3, zen4, unknown)) {
      assertThat(Kernels.fastest(TensorType.F32, processor, false, () -> true))
          .isEqualTo(Kernels.PLAIN);
    }
    assertThat(Kernels.fastest(TensorType.F16, zen5, false, () -> true)).isEqualTo(Kernels.PLAIN);
    assertThat(Kernels.fastest(TensorType.BF16, unknown, false, () -> true))
        .isEqualTo(Kernels.PLAIN);
    assertThat(Kernels.fastest(TensorType.BF16, Device.gpu())).isEqualTo(Kernels.PLAIN);
  }

  /** In bfloat16, with whatever is fastest here and with products, a step's logits are near. */
  @ParameterizedTest
  @MethodSource("checkpoints")
  void steps_in_bfloat16_are_near(String name) {
    int[] tokens = Arrays.copyOf(TOKENS, 9);
    Path folder = Fixtures.folder(name);
    float[] exact = step(folder, TensorType.F32, Kernels.PLAIN, tokens);
    double plain = distance(exact, step(folder, TensorType.BF16, Kernels.PLAIN, tokens));
    for (Kernels kernels : List.of(Kernels.fastest(TensorType.BF16, Device.cpu()), PRODUCTS)) {
      float[] near = step(folder, TensorType.BF16, kernels, tokens);
      assertThat(distance(exact, near)).isLessThan(2 * plain);
    }
  }

  private static double distance(float[] a, float[] b) {
    return Math.sqrt(
        IntStream.range(0, a.length).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum());
  }

  /**
   * The logits after the last token, in two rows that see the first three as a segment, and those
   * before it, of a row by itself.
   */
  private static float[] step(Path folder, TensorType type, Kernels kernels, int[] tokens) {
    int last = tokens.length - 1;
    try (DecoderProgram program = LogitsTest.load(folder, type, kernels);
        SegmentView none = program.segmentView(List.of());
        DecoderProgram.Prefilled shared = prefill(program, Arrays.copyOf(tokens, 3), 0, none);
        SegmentView view = program.segmentView(List.of(SegmentView.Use.byAll(shared.keyValues())));
        DecoderProgram.Prefilled own =
            prefill(program, Arrays.copyOfRange(tokens, 3, last), 3, view);
        KvCache cache = program.newRowCache()) {
      cache.ensure(2, last - 2);
      cache.put(0, 0, own.keyValues(), 0, last - 4);
      cache.put(1, 0, own.keyValues(), 0, last - 3);
      try (NativeValue hidden =
          program.decode(
              new int[] {tokens[last - 1], tokens[last]},
              new int[] {last - 1, last},
              new int[] {last - 3, last - 2},
              cache,
              view)) {
        float[] logits = program.logits(hidden);
        float[] single = program.logits(own.hidden());
        float[] both = Arrays.copyOfRange(logits, logits.length / 2, logits.length * 3 / 2);
        System.arraycopy(single, 0, both, logits.length / 2, single.length);
        return both;
      }
    }
  }

  private static DecoderProgram.Prefilled prefill(
      DecoderProgram program, int[] tokens, int position, SegmentView view) {
    return program.prefill(
        tokens,
        IntStream.range(position, position + tokens.length).toArray(),
        new int[] {tokens.length},
        new int[0],
        view,
        new int[] {tokens.length - 1});
  }
}
