package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.testing.ScriptedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelfAlignCliTest {
  private static final ModelOpener NO_MODEL =
      (folder, options) -> {
        throw new AssertionError("no model is needed");
      };

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none, generate",
        "generate, --max-new-tokens",
        "score, --device",
        "dedupe, --against"
      })
  void help_is_everywhere(String command, String mentioned) {
    CommandRun run =
        command == null
            ? CommandRun.of(NO_MODEL, "", "--help")
            : CommandRun.of(NO_MODEL, "", command, "--help");
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("Usage: selfalign" + (command == null ? "" : " " + command))
        .contains(mentioned, "--verbose");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "score"})
  void help_of_a_command_is_what_the_command_says_of_itself(String command) {
    CommandRun run = CommandRun.of(NO_MODEL, "", "help", command);
    assertThat(run.out()).startsWith("Usage: selfalign " + command);
    assertThat(run).isEqualTo(CommandRun.of(NO_MODEL, "", command, "--help"));
  }

  @Test
  void help_alone_is_that_of_the_program() {
    assertThat(CommandRun.of(NO_MODEL, "", "help"))
        .isEqualTo(CommandRun.of(NO_MODEL, "", "--help"));
  }

  @Test
  void help_of_an_unknown_command_is_wrong_usage() {
    CommandRun run = CommandRun.of(NO_MODEL, "", "help", "generat");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("'generat'");
    assertThat(run.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"--version", "-V"})
  void the_version_is_told(String option) {
    assertThat(CommandRun.of(NO_MODEL, "", option).out()).startsWith("selfalign ");
    assertThat(CommandRun.of(NO_MODEL, "", "generate", option).out()).startsWith("selfalign ");
  }

  @Test
  void a_missing_command_is_wrong_usage() {
    assertThat(CommandRun.of(NO_MODEL, ""))
        .isEqualTo(new CommandRun(2, "", "selfalign: Missing command; see selfalign --help\n"));
  }

  @Test
  void an_unknown_command_is_wrong_usage() {
    CommandRun run = CommandRun.of(NO_MODEL, "", "generat");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("selfalign: Unmatched argument").contains("'generat'");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void verbose_may_stand_before_the_command() {
    ModelOpener failing =
        (folder, options) -> {
          throw new IllegalStateException("x");
        };
    CommandRun run = CommandRun.of(failing, "", "--verbose", "generate", "--model=m");
    assertThat(run.err()).contains("\tat ");
  }

  @Test
  void too_little_memory_is_told_in_one_line() {
    ModelOpener large =
        (folder, options) -> {
          throw new OutOfMemoryError("Java heap space");
        };
    CommandRun run = CommandRun.of(large, "", "score", "--model=m");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("selfalign: not enough memory (Java heap space); lower");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void a_model_without_anything_to_close_is_fine() {
    assertThat(
            CommandRun.of(
                    (folder, options) -> ScriptedModel.replying("x"), "", "score", "--model=m")
                .status())
        .isZero();
  }
}
