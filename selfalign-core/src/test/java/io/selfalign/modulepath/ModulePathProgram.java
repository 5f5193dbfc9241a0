package io.selfalign.modulepath;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.LoraOptions;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;
import io.selfalign.testing.ScriptedTrainableModel;
import java.nio.file.Path;

/**
 * Runs all four stages with a model that does as a script says, and the report; prints the module
 * that the library is in and how many demonstrations there are.
 */
final class ModulePathProgram {
  private ModulePathProgram() {}

  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    SelfAlign align =
        SelfAlign.of(ScriptedTrainableModel.of(script()))
            .instructions(3)
            .respond(ModulePathProgram::roomForCharacters)
            .lora(LoraOptions.rank(2))
            .verboseCloning()
            .workDirectory(directory);
    try (SelfAlignResult result = align.run()) {
      System.out.println(
          SelfAlign.class.getModule() + ": " + result.demonstrations().size() + " demonstrations");
    }
  }

  /** A character is a token to a scripted model. */
  private static void roomForCharacters(PrincipleDrivenAlignment.Builder stage) {
    stage
        .sampling(PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(600).build())
        .thoughtTokens(400);
  }

  private static ScriptedModel script() {
    PromptFrame frame = PromptFrame.standard();
    return ScriptedModel.builder()
        .contextLength(20_000)
        .scorer(request -> request.continuation().equals(" Yes") ? -4.0 : -1.0)
        .when(
            prompt -> prompt.endsWith("Instruction:"),
            (prompt, random) ->
                " Tell of %s.\nInput: <noinput>\nOutput: It is so.\n\n31. Instruction: No.\n"
                    .formatted(words(random, 6)))
        .when(
            prompt -> prompt.contains("(candor)"),
            (prompt, random) ->
                "%s By my rule 7 (candor) I answer.\n\n## %s\n%s.\n\n# Conversation\n"
                    .formatted(frame.selfIdentification(), frame.persona(), words(random, 40)))
        .otherwise((prompt, random) -> words(random, 60) + ".\n\n## User\n")
        .build();
  }

  private static String words(RecordRandom random, int count) {
    StringBuilder text = new StringBuilder("Words");
    for (int i = 0; i < count; i++) {
      text.append(' ').append(Long.toString(random.bits(i, 1) >>> 44, 36)).append('a');
    }
    return text.toString();
  }
}
