package io.selfalign.djl.internal.program;

/**
 * The keys and values of consecutive tokens in all layers, a native array (layers, 2, key/value
 * heads, length, head size). Immutable once made; closed by its owner.
 */
public final class KvBlock implements AutoCloseable {
  final NativeValue value;
  private final int start;
  private final int length;

  KvBlock(NativeValue value, int start, int length) {
    this.value = value;
    this.start = start;
    this.length = length;
  }

  /** The position of the first token. */
  public int start() {
    return start;
  }

  /** How many tokens. */
  public int length() {
    return length;
  }

  @Override
  public void close() {
    value.close();
  }
}
