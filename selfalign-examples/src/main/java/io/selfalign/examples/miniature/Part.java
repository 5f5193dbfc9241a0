package io.selfalign.examples.miniature;

import com.google.common.collect.ImmutableMap;
import io.selfalign.examples.miniature.Corpus.Kind;

/**
 * A part of the corpus, with a mixture of its own. A model reads them in their order: the world as
 * a base model's corpus has it; then, from the easiest on, to find what stands in its context; and
 * then the world again, with principles that have to be read.
 */
enum Part {
  /** All that a base model reads, and the long lists and sheets that stages 1 and 2 show it. */
  WORLD(
      0,
      60_000,
      ImmutableMap.<Kind, Integer>builder()
          .put(Kind.ENCYCLOPEDIA, 24)
          .put(Kind.INVENTORY, 8)
          .put(Kind.QUIZ, 8)
          .put(Kind.STORY, 4)
          .put(Kind.DIALOGUE, 18)
          .put(Kind.DESCRIBED_DIALOGUE, 9)
          .put(Kind.PRINCIPLES, 15)
          .put(Kind.NO_PRINCIPLES, 4)
          .put(Kind.TASK_LIST, 5)
          .put(Kind.TOPIC_LIST, 2)
          .put(Kind.TOPIC_TASKS, 3)
          .buildOrThrow()),

  /** Words that come again: to copy. */
  ROWS(60_000, 69_600, ImmutableMap.of(Kind.ROW, 100)),

  /** To find one half of a pair by the other. */
  PAIRS(69_600, 84_000, ImmutableMap.of(Kind.ROW, 10, Kind.PAIRS, 75, Kind.REGISTER, 15)),

  /** To find principles by number, by name, by text and by what they are about. */
  SHEETS(84_000, 100_800, ImmutableMap.of(Kind.ROW, 5, Kind.REGISTER, 65, Kind.CASES, 30)),

  /** The first part's world, with principles that say one thing as often as another. */
  CONDUCT(
      100_800,
      134_400,
      ImmutableMap.<Kind, Integer>builder()
          .put(Kind.ENCYCLOPEDIA, 16)
          .put(Kind.INVENTORY, 2)
          .put(Kind.QUIZ, 6)
          .put(Kind.STORY, 1)
          .put(Kind.DIALOGUE, 12)
          .put(Kind.DESCRIBED_DIALOGUE, 7)
          .put(Kind.PRINCIPLES_EITHER_WAY, 18)
          .put(Kind.NO_PRINCIPLES, 4)
          .put(Kind.TASK_LIST, 5)
          .put(Kind.TOPIC_LIST, 2)
          .put(Kind.TOPIC_TASKS, 3)
          .put(Kind.ROW, 3)
          .put(Kind.REGISTER, 7)
          .put(Kind.CASES, 14)
          .buildOrThrow()),

  /** The same with more facts and long answers, which are slower to come back. It has no end. */
  LENGTH(
      134_400,
      Long.MAX_VALUE,
      ImmutableMap.<Kind, Integer>builder()
          .put(Kind.ENCYCLOPEDIA, 22)
          .put(Kind.INVENTORY, 1)
          .put(Kind.QUIZ, 8)
          .put(Kind.STORY, 1)
          .put(Kind.DIALOGUE, 14)
          .put(Kind.DESCRIBED_DIALOGUE, 20)
          .put(Kind.PRINCIPLES_EITHER_WAY, 16)
          .put(Kind.NO_PRINCIPLES, 4)
          .put(Kind.TASK_LIST, 5)
          .put(Kind.TOPIC_LIST, 2)
          .put(Kind.TOPIC_TASKS, 3)
          .put(Kind.REGISTER, 2)
          .put(Kind.CASES, 2)
          .buildOrThrow());

  private static final int SHARES = 100;

  /** The number of the first document. */
  final long first;

  /** The number of the first document behind the part. */
  final long end;

  /** How many of 100 documents are of each kind. */
  final ImmutableMap<Kind, Integer> shares;

  Part(long first, long end, ImmutableMap<Kind, Integer> shares) {
    this.first = first;
    this.end = end;
    this.shares = shares;
  }

  /** The part that has the document of this number. */
  static Part of(long number) {
    for (Part part : values()) {
      if (number < part.end) {
        return part;
      }
    }
    throw new IllegalArgumentException("there is no document " + number);
  }

  Kind kind(Draw draw) {
    int place = draw.between(0, SHARES - 1);
    for (Kind kind : shares.keySet()) {
      place -= shares.get(kind);
      if (place < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("the shares of " + this + " don't sum to " + SHARES);
  }
}
