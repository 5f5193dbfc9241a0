package io.selfalign.djl.internal.program;

/**
 * The own keys and values of the rows that are being decoded, a native array (layers, 2, rows,
 * key/value heads, slots, head size) that is written in place and grows. Not thread-safe.
 */
public final class KvCache implements AutoCloseable {
  private final DecoderProgram program;
  NativeValue value;
  private int rows;
  private int slots;

  KvCache(DecoderProgram program, NativeValue value) {
    this.program = program;
    this.value = value;
  }

  /** How many rows there is room for. */
  public int rows() {
    return rows;
  }

  /** How many tokens there is room for in each row. */
  public int slots() {
    return slots;
  }

  /** Makes room for at least this many rows of this many tokens, growing by half if at all. */
  public void ensure(int rows, int slots) {
    if (rows <= this.rows && slots <= this.slots) {
      return;
    }
    int newRows = rows <= this.rows ? this.rows : Math.max(rows, this.rows + this.rows / 2);
    int newSlots = slots <= this.slots ? this.slots : Math.max(slots, this.slots + this.slots / 2);
    NativeValue grown = program.resize(value, newRows, newSlots);
    value.close();
    value = grown;
    this.rows = newRows;
    this.slots = newSlots;
  }

  /** Writes tokens {@code [from, from + length)} of {@code source} into a row, from a slot on. */
  public void put(int row, int slot, KvBlock source, int from, int length) {
    program.put(value, row, slot, source, from, length);
  }

  /** A copy of a row's tokens {@code [from, from + length)}, which starts at a given position. */
  public KvBlock slice(int row, int from, int length, int position) {
    return program.sliceRow(value, row, from, length, position);
  }

  /** Copies the first {@code length} tokens of one row to another. */
  public void move(int source, int target, int length) {
    program.move(value, source, target, length);
  }

  @Override
  public void close() {
    value.close();
  }
}
