package io.selfalign.djl;

/** The floating-point type that a model's weights and keys/values have in memory. */
public enum DType {
  /** 32 bits: exact to the reference, twice the memory of the others. */
  F32,
  /** bfloat16: the range of F32 with 8 bits of precision; on the CPU and on CUDA. */
  BF16,
  /** IEEE half precision: 11 bits of precision, largest value 65,504; on CUDA. */
  F16
}
