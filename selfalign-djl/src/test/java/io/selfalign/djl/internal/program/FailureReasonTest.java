package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
  private static String reason(String message) {
    return DecoderProgram.reason(new EngineException(message));
  }

  @Test
  void of_a_failure_within_the_program_its_cause_is_told() {
    assertThat(
            reason(
                """
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript, serialized code (most recent call last):
                  File "code/__torch__.py", line 7, in widen
                    return weight.to(6, copy=True)
                           ~~~~~~~~~ <--- HERE
                RuntimeError: can't allocate memory
                frame #0: c10::Error
                """))
        .isEqualTo("can't allocate memory");
  }

  @Test
  void of_any_other_failure_the_first_line_is_told() {
    assertThat(reason("\nno such device\nframe #0: c10::Error")).isEqualTo("no such device");
    assertThat(reason("")).isEqualTo("unknown reason");
  }
}
