package io.selfalign.djl.internal.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a tensor is stored. {@code byteSize} bytes at {@code offset} of the file are its elements
 * in row-major order; this was checked against shape, type and the file's size when the checkpoint
 * was opened.
 *
 * @param name the tensor's name, unique in the checkpoint
 * @param type the type of its elements
 * @param shape its sizes, outermost first; empty for a scalar
 * @param file the safetensors file that it is in
 * @param offset where it begins, in bytes from the start of the file; not necessarily aligned
 * @param byteSize its size in bytes: the product of the shape times {@code type.bytes()}
 */
public record TensorEntry(
    String name, TensorType type, List<Long> shape, Path file, long offset, long byteSize) {
  /** Copies the shape. */
  public TensorEntry {
    shape = List.copyOf(shape);
  }
}
