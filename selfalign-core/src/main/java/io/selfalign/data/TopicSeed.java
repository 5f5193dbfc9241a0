package io.selfalign.data;

/**
 * A question of a kind in which a language model easily errs, with its topic. Topic-guided
 * self-instruction grows topics of the same kind from it, and questions on them.
 *
 * @param id identifies the seed among the topic seeds, and in what descends from it
 * @param topic what the question is about, in a few words, such as {@code Night Trains}
 * @param questionType what the question has in common with others of its kind, in a few words that
 *     a model copies without a slip, such as {@code Travel and transport}
 * @param question the question itself
 */
public record TopicSeed(String id, String topic, String questionType, String question)
    implements Traceable {
  /**
   * Checks the seed.
   *
   * @throws IllegalArgumentException if a text is blank, has a line break or an unpaired surrogate
   */
  public TopicSeed {
    FieldChecks.checkText("id", id);
    FieldChecks.checkLine("topic", topic);
    FieldChecks.checkLine("question_type", questionType);
    FieldChecks.checkLine("question", question);
  }
}
