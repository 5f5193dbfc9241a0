package io.selfalign.djl.internal.decode;

import io.selfalign.djl.internal.program.KvBlock;

/**
 * Keys/values that several rows, and the prefix cache, may use at the same time. It counts its
 * users; the last one to release it frees the native memory. Used under the model's lock.
 */
final class Segment {
  private final KvBlock keyValues;
  private int users = 1;

  /** A segment with one user, the caller. */
  Segment(KvBlock keyValues) {
    this.keyValues = keyValues;
  }

  KvBlock keyValues() {
    return keyValues;
  }

  /** Where the tokens after this segment continue. */
  int end() {
    return keyValues.start() + keyValues.length();
  }

  /** Whether it still has a user. */
  boolean inUse() {
    return users > 0;
  }

  Segment retain() {
    if (users == 0) {
      throw new IllegalStateException("a segment is used after it was freed");
    }
    users++;
    return this;
  }

  void release() {
    if (--users == 0) {
      keyValues.close();
    }
  }
}
