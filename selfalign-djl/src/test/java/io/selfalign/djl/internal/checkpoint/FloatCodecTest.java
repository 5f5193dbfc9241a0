package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Elements become floats exactly, and floats the nearest element. */
class FloatCodecTest {
  private final ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);

  private float read(TensorType type, int bits) {
    buffer.clear();
    buffer.putInt(bits);
    return FloatCodec.get(buffer.rewind(), type);
  }

  private int write(TensorType type, float value) {
    buffer.clear();
    FloatCodec.put(buffer, type, value);
    return type == TensorType.F32 ? buffer.getInt(0) : buffer.getShort(0) & 0xffff;
  }

  @Test
  void every_half_is_read_and_written_as_itself() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      for (TensorType type : new TensorType[] {TensorType.F16, TensorType.BF16}) {
        float value = read(type, bits);
        if (!Float.isNaN(value)) {
          assertThat(write(type, value)).as("%s %x", type, bits).isEqualTo(bits);
        } else {
          assertThat(read(type, write(type, value))).isNaN();
        }
      }
    }
  }

  @Test
  void known_numbers() {
    assertThat(read(TensorType.F16, 0x3c00)).isEqualTo(1f);
    assertThat(read(TensorType.F16, 0xc000)).isEqualTo(-2f);
    assertThat(read(TensorType.F16, 0x7bff)).isEqualTo(65504f);
    assertThat(read(TensorType.F16, 0x0001)).isEqualTo(0x1p-24f);
    assertThat(read(TensorType.BF16, 0x3f80)).isEqualTo(1f);
    assertThat(write(TensorType.F16, 65519f)).isEqualTo(0x7bff);
    assertThat(write(TensorType.F16, 65520f)).isEqualTo(0x7c00);
    // Halfway between two: to the even one.
    assertThat(write(TensorType.BF16, Float.intBitsToFloat(0x3f808000))).isEqualTo(0x3f80);
    assertThat(write(TensorType.BF16, Float.intBitsToFloat(0x3f818000))).isEqualTo(0x3f82);
  }

  @Property
  void a_float_is_written_as_the_nearest_element(@ForAll float value) {
    for (TensorType type : new TensorType[] {TensorType.F16, TensorType.BF16}) {
      int bits = write(type, value);
      double nearest = Math.abs((double) read(type, bits) - value);
      for (int neighbour : new int[] {bits - 1, bits + 1}) {
        double other = Math.abs((double) read(type, neighbour & 0xffff) - value);
        if (Double.isFinite(other) && Double.isFinite(nearest)) {
          assertThat(nearest).isLessThanOrEqualTo(other);
        }
      }
    }
  }
}
