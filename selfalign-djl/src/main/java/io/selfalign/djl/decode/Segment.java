package io.selfalign.djl.decode;

import io.selfalign.djl.program.KeyValues;

/**
 * Keys/values that several rows, and the prefix cache, may use at the same time. It counts its
 * users; the last one to release it frees the native memory. Used under the model's lock.
 */
final class Segment {
  private final KeyValues keyValues;
  private int users = 1;

  /** A segment with one user, the caller. */
  Segment(KeyValues keyValues) {
    this.keyValues = keyValues;
  }

  KeyValues keyValues() {
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
