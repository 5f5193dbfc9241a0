package io.selfalign.eval;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts two systems' answers to the same questions together. Its input are the answers of the system
 * that is measured; it comes after the stage with those of the other. An answer without its
 * counterpart is in the ledger as {@value #NO_COUNTERPART}.
 */
public final class AnswerPairing implements Stage<GeneratedAnswer, AnswerPair> {
  /** The reason of answers to a question that the other system did not answer. */
  public static final String NO_COUNTERPART = "no_counterpart";

  private final String name;

  private AnswerPairing(String name) {
    this.name = name;
  }

  /** A pairing with a name in its run. */
  public static AnswerPairing named(String name) {
    return new AnswerPairing(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Class<GeneratedAnswer> inputType() {
    return GeneratedAnswer.class;
  }

  @Override
  public Class<AnswerPair> outputType() {
    return AnswerPair.class;
  }

  @Override
  public Set<Class<? extends Traceable>> alsoReads() {
    return Set.of(GeneratedAnswer.class);
  }

  @Override
  public Settings settings() {
    return Settings.none();
  }

  @Override
  public void run(StageContext<GeneratedAnswer, AnswerPair> context) {
    if (context.committedUnits() > 0) {
      return; // all is one unit
    }
    Map<String, GeneratedAnswer> others = new HashMap<>();
    context.also(GeneratedAnswer.class).toList().forEach(other -> others.put(other.id(), other));
    Unit.Builder<AnswerPair> unit = Unit.builder();
    for (GeneratedAnswer answer : context.input().toList()) {
      GeneratedAnswer other = others.get(answer.id());
      if (other == null) {
        unit.drop(new Drop(answer.id(), List.of(answer.id()), NO_COUNTERPART, "", answer.answer()));
      } else {
        unit.keep(
            new AnswerPair(
                answer.id(),
                List.of(answer.id()),
                answer.group(),
                answer.question(),
                answer.answer(),
                other.answer(),
                answer.fingerprint(),
                new Opponent(other.system(), other.fingerprint())));
      }
    }
    context.commit(unit.build());
  }
}
