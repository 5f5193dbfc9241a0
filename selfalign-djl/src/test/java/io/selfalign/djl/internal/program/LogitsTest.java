package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.selfalign.djl.Fixtures;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The program's logits at every position of a prompt, against transformers in float32. */
class LogitsTest {
  private static final double TOLERANCE = 1e-4;

  static List<String> checkpoints() {
    return Fixtures.checkpoints();
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void logits_in_one_pass_are_those_of_transformers(String name) {
    try (DecoderProgram program = load(Fixtures.folder(name))) {
      for (JsonNode golden : Fixtures.golden(name).get("cases")) {
        int[] tokens = Fixtures.ints(golden.get("prompt_ids"));
        assertLogits(golden, prefill(program, tokens, tokens.length));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void logits_behind_segments_are_those_of_transformers(String name) {
    try (DecoderProgram program = load(Fixtures.folder(name))) {
      for (JsonNode golden : Fixtures.golden(name).get("cases")) {
        int[] tokens = Fixtures.ints(golden.get("prompt_ids"));
        if (tokens.length >= 3) {
          assertLogits(golden, prefill(program, tokens, tokens.length / 3));
        }
      }
    }
  }

  static DecoderProgram load(Path folder) {
    return load(folder, TensorType.F32, Kernels.fastest(TensorType.F32, Device.cpu()));
  }

  static DecoderProgram load(Path folder, TensorType type, Kernels kernels) {
    return load(folder, type, kernels, ProgramText.of(kernels));
  }

  static DecoderProgram load(Path folder, TensorType type, Kernels kernels, String source) {
    ModelConfig config = ModelConfig.read(folder);
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      return DecoderProgram.load(config, tensors, type, Device.cpu(), kernels, source);
    }
  }

  /** The logits of all tokens, run in pieces that see all earlier pieces as segments. */
  static float[][] prefill(DecoderProgram program, int[] tokens, int pieceLength) {
    float[][] logits = new float[tokens.length][];
    List<KvBlock> earlier = new java.util.ArrayList<>();
    for (int from = 0; from < tokens.length; from += pieceLength) {
      int to = Math.min(from + pieceLength, tokens.length);
      int[] all = IntStream.range(0, to - from).toArray();
      List<SegmentView.Use> uses = earlier.stream().map(SegmentView.Use::byAll).toList();
      try (SegmentView view = program.segmentView(uses);
          DecoderProgram.Prefilled result =
              program.prefill(
                  Arrays.copyOfRange(tokens, from, to),
                  IntStream.range(from, to).toArray(),
                  new int[] {to - from},
                  new int[0],
                  view,
                  all)) {
        float[] values = program.logits(result.hidden());
        int vocabulary = values.length / all.length;
        for (int i = from; i < to; i++) {
          logits[i] =
              Arrays.copyOfRange(values, (i - from) * vocabulary, (i - from + 1) * vocabulary);
        }
        earlier.add(program.slice(result.keyValues(), 0, to - from, from));
      }
    }
    earlier.forEach(KvBlock::close);
    return logits;
  }

  static void assertLogits(JsonNode golden, float[][] logits) {
    float[] last = logits[logits.length - 1];
    double[] expected = Fixtures.doubles(golden.get("last_logits"));
    assertThat(last).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) last[i]).isCloseTo(expected[i], within(TOLERANCE));
    }
    double[] checksums = Fixtures.doubles(golden.get("logits_checksum"));
    // A sum of about 400 logits with weights of mean square 1/2: errors add up like a random walk.
    double checksumTolerance = TOLERANCE * Math.sqrt(expected.length / 2.0);
    for (int position = 0; position < checksums.length; position++) {
      double sum = 0;
      for (int i = 0; i < last.length; i++) {
        sum += logits[position][i] * Math.cos(0.37 * i);
      }
      assertThat(sum).isCloseTo(checksums[position], within(checksumTolerance));
    }
  }
}
