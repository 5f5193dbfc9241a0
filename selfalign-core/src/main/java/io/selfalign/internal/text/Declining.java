package io.selfalign.internal.text;

/** How an answer declines to answer. */
public enum Declining {
  /** It doesn't. */
  NONE,
  /** It will not or can't do what was asked, as of something harmful. */
  REFUSAL,
  /** It does not know, or has no way to find out. */
  NOT_KNOWING
}
