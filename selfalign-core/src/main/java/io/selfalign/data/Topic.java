package io.selfalign.data;

import java.util.List;

/**
 * A topic that a model thought of for a type of question.
 *
 * @param id unique among the topics of a run
 * @param parents the ids of the topic seeds and topics that the prompt showed, in the order in
 *     which it did
 * @param topic what questions may be about, in a few words
 * @param questionType what those questions have in common, as in {@link TopicSeed}
 * @param request the id of the request to the model, from which its randomness derives
 * @param model the model's fingerprint
 * @param sampling how it was sampled, as {@code max_new_tokens=384 temperature=1.0 top_p=0.98}
 */
public record Topic(
    String id,
    List<String> parents,
    String topic,
    String questionType,
    String request,
    String model,
    String sampling)
    implements Traceable {
  /**
   * Checks the texts and copies the list.
   *
   * @throws IllegalArgumentException if a text is blank, has a line break or an unpaired surrogate
   */
  public Topic {
    FieldChecks.checkText("id", id);
    parents = List.copyOf(parents);
    FieldChecks.checkLine("topic", topic);
    FieldChecks.checkLine("question_type", questionType);
    FieldChecks.checkText("request", request);
  }
}
