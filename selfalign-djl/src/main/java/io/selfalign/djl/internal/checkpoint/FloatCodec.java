package io.selfalign.djl.internal.checkpoint;

import java.nio.ByteBuffer;

/** Converts between floats and the elements of tensors, which are little-endian. */
final class FloatCodec {
  private FloatCodec() {}

  /** Reads an element at the buffer's position. */
  static float get(ByteBuffer buffer, TensorType type) {
    return switch (type) {
      case F32 -> buffer.getFloat();
      case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
      case F16 -> ofHalf(buffer.getShort());
    };
  }

  /** Writes an element at the buffer's position, rounded to the nearest, halves to even. */
  static void put(ByteBuffer buffer, TensorType type, float value) {
    switch (type) {
      case F32 -> buffer.putFloat(value);
      case BF16 -> buffer.putShort(toBfloat16(value));
      case F16 -> buffer.putShort(toHalf(value));
    }
  }

  private static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  private static float ofHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
    }
    if (exponent == 0) {
      float magnitude = fraction * 0x1.0p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
  }

  private static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1.0p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1.0p24));
    }
    int rounded = (bits & 0x7fffffff) + 0xfff + ((bits >>> 13) & 1);
    return (short) (sign | ((rounded >>> 13) - (112 << 10)));
  }
}
