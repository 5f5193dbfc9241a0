package io.selfalign.data;

import io.selfalign.error.SelfAlignException;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes JSON Lines: each record as one compact JSON object in UTF-8, ended by LF. Buffered; {@link
 * #flush()} after a record makes it visible at once. Not safe for use by several threads.
 */
public final class JsonLinesWriter implements Closeable, Flushable {
  private final OutputStream out;
  private final String name;

  JsonLinesWriter(OutputStream out, String name) {
    this.out = new BufferedOutputStream(out);
    this.name = name;
  }

  /**
   * Writes a record. It is encoded completely before its first byte is written.
   *
   * @param record an {@code ObjectNode}, a Java record, or a map with string keys
   * @throws IllegalArgumentException if it doesn't make a JSON object, or has a text with an
   *     unpaired surrogate
   * @throws SelfAlignException if writing fails, with the {@link IOException} as cause
   */
  public void write(Object record) {
    byte[] line = JsonLines.encode(record);
    try {
      out.write(line);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Hands everything written so far to the operating system.
   *
   * @throws SelfAlignException if writing fails, with the {@link IOException} as cause
   */
  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Flushes and closes.
   *
   * @throws SelfAlignException if writing fails, with the {@link IOException} as cause
   */
  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private SelfAlignException failure(IOException e) {
    return new SelfAlignException(name + ": can't be written: " + JsonLines.reason(e), e);
  }
}
