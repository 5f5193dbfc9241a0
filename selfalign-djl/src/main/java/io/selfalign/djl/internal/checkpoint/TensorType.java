package io.selfalign.djl.internal.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** The element types that weights are read in. Elements are stored little-endian. */
public enum TensorType {
  /** IEEE 754 single precision. */
  F32(4),
  /** IEEE 754 half precision. */
  F16(2),
  /** The upper half of a single-precision number. */
  BF16(2);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** The size of an element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** The type that a safetensors header calls so, if weights of it are read. */
  static Optional<TensorType> of(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
