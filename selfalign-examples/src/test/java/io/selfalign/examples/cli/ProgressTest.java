package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.testing.ScriptedModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  private static final ModelOpener MODEL = (folder, options) -> ScriptedModel.replying("yes");
  private static final String TWO =
      """
      {"id":"a","prompt":"1","continuation":"yes"}
      {"id":"b","prompt":"2","continuation":"no"}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"generate", "score"})
  void progress_is_on_standard_error_and_changes_no_record(String command) {
    CommandRun plain = CommandRun.of(MODEL, TWO, command, "--model=m");
    assertThat(plain.err()).isEmpty();
    assertThat(plain.records()).hasSize(2);

    CommandRun asked = CommandRun.of(MODEL, TWO, command, "--model=m", "--progress");
    assertThat(asked.out()).isEqualTo(plain.out());
    assertThat(lastLine(asked.err())).startsWith(command + " 100%").contains("2/2 ", "s/s");

    CommandRun watched = CommandRun.watched(MODEL, TWO, command, "--model=m");
    assertThat(watched.out()).isEqualTo(plain.out());
    assertThat(lastLine(watched.err())).startsWith(command + " 100%");

    assertThat(CommandRun.watched(MODEL, TWO, command, "--model=m", "--no-progress"))
        .isEqualTo(plain);
  }

  @Test
  void a_failure_stands_on_a_line_of_its_own() {
    ModelOpener failing =
        (folder, options) ->
            ScriptedModel.builder()
                .otherwise("yes")
                .groupSize(1)
                .failAt(2, () -> new IllegalArgumentException("out of ink"))
                .build();
    CommandRun run = CommandRun.watched(failing, TWO, "generate", "--model=m");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("1/2 prompts").endsWith("\nselfalign generate: out of ink\n");
  }

  @Test
  void the_time_left_is_told_only_where_the_total_is_known() {
    assertThat(lastState(OptionalLong.of(4)))
        .startsWith("sort  75%")
        .contains("3/4 socks (", " / ", "socks/s");
    assertThat(lastState(OptionalLong.empty()))
        .contains("3/? socks", "socks/s")
        .doesNotContain(" / ");
  }

  @Test
  void hidden_progress_shows_nothing() {
    try (Progress progress = Progress.hidden()) {
      progress.add(1);
    }
  }

  private static String lastState(OptionalLong total) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, UTF_8);
    try (Progress progress = Progress.shown(stream, "sort", "socks", total)) {
      progress.add(2);
      progress.add(1);
    }
    assertThat(err.toString(UTF_8)).endsWith("\n");
    return lastLine(err.toString(UTF_8));
  }

  /** What stands on the line when nothing more is drawn over it. */
  private static String lastLine(String drawn) {
    return drawn.substring(drawn.lastIndexOf('\r') + 1);
  }
}
