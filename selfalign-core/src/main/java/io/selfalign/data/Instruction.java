package io.selfalign.data;

import java.util.List;
import java.util.Optional;

/**
 * An instruction that a model wrote, with all that is needed to tell how it came about: the prompt
 * was rendered from the {@link #parents} in their order, by a template that the run's manifest has.
 *
 * @param id unique among all instructions of a run
 * @param parents the ids of the tasks, or of the topic and the topic seeds, that the prompt showed,
 *     in the order in which it did
 * @param instruction what is asked
 * @param input what the instruction is about, where it doesn't say so itself; never blank
 * @param output what the model wrote as an answer along the way. It serves as an example in later
 *     epochs and is no answer to train on: stage 2 writes those. Never blank
 * @param generator the name of the stage that made it
 * @param topic what it is about, if that was given
 * @param questionType the kind of question, if that was given
 * @param request the id of the request to the model, from which its randomness derives
 * @param model the model's fingerprint
 * @param sampling how it was sampled, as {@code max_new_tokens=1024 temperature=1.0 top_p=0.98}
 */
public record Instruction(
    String id,
    List<String> parents,
    String instruction,
    Optional<String> input,
    Optional<String> output,
    String generator,
    Optional<String> topic,
    Optional<String> questionType,
    String request,
    String model,
    String sampling)
    implements Traceable {
  /**
   * Checks the texts and copies the list.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public Instruction {
    FieldChecks.checkText("id", id);
    parents = List.copyOf(parents);
    FieldChecks.checkText("instruction", instruction);
    input.ifPresent(text -> FieldChecks.checkText("input", text));
    output.ifPresent(text -> FieldChecks.checkText("output", text));
    FieldChecks.checkText("generator", generator);
    topic.ifPresent(text -> FieldChecks.checkLine("topic", text));
    questionType.ifPresent(text -> FieldChecks.checkLine("question_type", text));
    FieldChecks.checkText("request", request);
  }
}
