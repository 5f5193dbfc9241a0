package io.selfalign.djl.internal.program;

import ai.djl.pytorch.jni.IValue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A value that lives in native memory, and its owner: whoever holds one closes it. Closing is
 * idempotent. Values in use are counted, so that a test can tell a leak.
 */
public final class NativeValue implements AutoCloseable {
  private static final AtomicLong OPEN = new AtomicLong();

  private final IValue value;
  private final AtomicBoolean closed = new AtomicBoolean();

  NativeValue(IValue value) {
    this.value = value;
    OPEN.incrementAndGet();
  }

  /** How many values are open in this process. */
  public static long openCount() {
    return OPEN.get();
  }

  IValue get() {
    if (closed.get()) {
      throw new IllegalStateException("a native value is used after it was closed");
    }
    return value;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      OPEN.decrementAndGet();
      value.close();
    }
  }
}
