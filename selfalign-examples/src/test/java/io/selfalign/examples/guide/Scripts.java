package io.selfalign.examples.guide;

import io.selfalign.data.RecordRandom;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;

/** What scripted models write in the examples' tests. */
final class Scripts {
  private Scripts() {}

  /** A model with room for prompts that are counted in characters, which breaks no principle. */
  static ScriptedModel.Builder model() {
    return ScriptedModel.builder()
        .contextLength(30_000)
        .scorer(request -> request.continuation().equals(" Yes") ? -4.0 : -1.0);
  }

  /** Thoughts that name a principle, and an answer, as the standard frame has them. */
  static String reply(String persona, String principle, String answer) {
    return PromptFrame.builder().persona(persona).build().selfIdentification()
        + " By my rule ("
        + principle
        + ") I answer.\n\n## "
        + persona
        + "\n"
        + answer
        + "\n\n# Conversation\n";
  }

  /** Words that hardly occur twice. */
  static String words(RecordRandom random, int count) {
    StringBuilder text = new StringBuilder("Words");
    for (int i = 0; i < count; i++) {
      text.append(' ').append(Long.toString(random.bits(i, 1) >>> 44, 36)).append('a');
    }
    return text.append('.').toString();
  }

  /** Lets stage 2 write so many tokens; a character is one. */
  static void roomForCharacters(PrincipleDrivenAlignment.Builder stage) {
    stage.sampling(
        PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(700).build());
  }
}
