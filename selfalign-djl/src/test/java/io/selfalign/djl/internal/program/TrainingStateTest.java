package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.selfalign.djl.Fixtures;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.SafeTensorsWriter;
import io.selfalign.djl.internal.checkpoint.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a checkpoint keeps of a training program. */
class TrainingStateTest {
  private static final TrainingProgram.AdamW STEP =
      new TrainingProgram.AdamW(0.01, 0.9, 0.999, 1e-8, 0, 0, 1);

  private static final MicroBatch BATCH =
      new MicroBatch(
          new int[] {1, 40, 12, 7},
          new int[] {4},
          new int[] {1, 2, 3},
          new int[] {12, 7, 99},
          new long[] {5});

  @TempDir Path folder;

  @Test
  void a_restored_program_goes_on_as_the_one_before_and_nothing_is_read_of_a_closed_model()
      throws IOException {
    Path checkpoint = Fixtures.folder("llama2-gqa-tied");
    ModelConfig config = ModelConfig.read(checkpoint);
    Path file = folder.resolve("state.safetensors");
    try (SafeTensors tensors = SafeTensors.open(checkpoint);
        DecoderProgram base = DecoderProgram.load(config, tensors, TensorType.F32, Device.cpu());
        TrainingProgram first = TrainingProgram.ofAllWeights(base);
        TrainingProgram second = TrainingProgram.ofAllWeights(base)) {
      ModelLock turns = ModelLock.of("m");
      first.accumulate(BATCH, 1, 0, false);
      first.step(STEP);
      List<SafeTensorsWriter.Tensor> state = first.state(turns);
      SafeTensorsWriter.write(file, Map.of(), state);
      try (SafeTensors written = SafeTensors.openFile(file)) {
        second.restore(written);
      }
      double loss = first.accumulate(BATCH, 1, 0, false);
      assertThat(second.accumulate(BATCH, 1, 0, false)).isEqualTo(loss);
      assertThat(second.step(STEP)).isEqualTo(first.step(STEP));
      assertThat(second.measure(BATCH)).isEqualTo(first.measure(BATCH)).isLessThan(loss);

      // Arrays are copied when they are written, in turns.
      List<SafeTensorsWriter.Tensor> weights = first.checkpoint(turns);
      turns.close(() -> {});
      for (List<SafeTensorsWriter.Tensor> tensorsOfClosed : List.of(state, weights)) {
        assertThatThrownBy(() -> SafeTensorsWriter.write(file, Map.of(), tensorsOfClosed))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("'m' is closed");
      }
    }
  }
}
