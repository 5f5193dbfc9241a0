package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DedupeCommandTest {
  private static final ModelOpener NO_MODEL =
      (folder, options) -> {
        throw new AssertionError("no model is needed");
      };

  private static CommandRun dedupe(String in, String... options) {
    List<String> args = new ArrayList<>(List.of("dedupe"));
    args.addAll(List.of(options));
    return CommandRun.of(NO_MODEL, in, args.toArray(String[]::new));
  }

  private static String lines(String... instructions) {
    StringBuilder lines = new StringBuilder();
    for (String instruction : instructions) {
      lines.append("{\"instruction\":\"").append(instruction).append("\"}\n");
    }
    return lines.toString();
  }

  private static String kept(int index) {
    return "{\"index\":"
        + index
        + ",\"kept\":true,\"match\":null,\"match_index\":null,\"score\":null}\n";
  }

  private static String dropped(int index, String match, int matchIndex, String score) {
    return String.format(
        "{\"index\":%d,\"kept\":false,\"match\":\"%s\",\"match_index\":%d,\"score\":%s}\n",
        index, match, matchIndex, score);
  }

  @Test
  void a_record_has_the_promised_fields() {
    CommandRun run =
        dedupe(
            lines(
                "Write a poem about the sea.",
                "Write a poem about the sky.",
                "Name three rivers.",
                "name THREE rivers!"));
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                0,
                kept(0)
                    + dropped(1, "input", 0, "0.8333333333333334")
                    + kept(2)
                    + dropped(3, "input", 2, "1.0"),
                ""));
  }

  @Test
  void what_was_dropped_is_compared_with_no_more() {
    CommandRun run = dedupe(lines("a b c d e f", "a b c d e x", "a b c d y x"));
    assertThat(run.out())
        .isEqualTo(kept(0) + dropped(1, "input", 0, "0.8333333333333334") + kept(2));
  }

  @Test
  void those_of_against_count_before_the_input_and_none_of_them_is_dropped(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("seeds.jsonl");
    Files.writeString(file, lines("p q r s", "a b c d", "a b c d", "a b c e"));
    CommandRun run =
        dedupe(
            lines("a b c e", "a b c d", "k l m n", "k l m n o", "a b c f"),
            "--against",
            file.toString());
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                0,
                dropped(0, "against", 3, "1.0")
                    + dropped(1, "against", 1, "1.0")
                    + kept(2)
                    + dropped(3, "input", 2, "0.888888888888889")
                    + dropped(4, "against", 1, "0.75"),
                ""));
  }

  @Test
  void the_threshold_must_be_exceeded() {
    String in = lines("a b c d", "a b c e");
    assertThat(dedupe(in, "--threshold=0.75").out()).isEqualTo(kept(0) + kept(1));
    assertThat(dedupe(in, "--threshold", "0.74").out())
        .isEqualTo(kept(0) + dropped(1, "input", 0, "0.75"));
    assertThat(dedupe(in).out()).isEqualTo(dedupe(in, "--threshold=0.7").out());
  }

  @Test
  void the_tokenization_can_be_chosen() {
    String in = lines("写3首诗", "给我3个苹果", "写3首诗", "a caf", "a café");
    assertThat(dedupe(in).out())
        .isEqualTo(
            kept(0)
                + kept(1)
                + dropped(2, "input", 0, "1.0")
                + kept(3)
                + dropped(4, "input", 3, "1.0"));
    assertThat(dedupe(in, "--tokenization=adaptive")).isEqualTo(dedupe(in));
    assertThat(dedupe(in, "--tokenization=published").out())
        .isEqualTo(
            kept(0)
                + dropped(1, "input", 0, "1.0")
                + dropped(2, "input", 0, "1.0")
                + kept(3)
                + dropped(4, "input", 3, "1.0"));
    assertThat(dedupe(in, "--tokenization=UNICODE").out())
        .isEqualTo(kept(0) + kept(1) + dropped(2, "input", 0, "1.0") + kept(3) + kept(4));
  }

  @Test
  void texts_without_words_are_kept() {
    assertThat(dedupe(lines("", "", "?!", "?!")).out())
        .isEqualTo(kept(0) + kept(1) + kept(2) + kept(3));
  }

  @Test
  void other_fields_and_blank_lines_are_ignored() {
    CommandRun run =
        dedupe("{\"id\":1,\"instruction\":\"a b\",\"input\":\"\"}\n\n{\"instruction\":\"a b\"}");
    assertThat(run).isEqualTo(new CommandRun(0, kept(0) + dropped(1, "input", 0, "1.0"), ""));
    assertThat(dedupe("")).isEqualTo(new CommandRun(0, "", ""));
  }

  @Test
  void a_verdict_is_written_before_the_next_line_is_read() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> seen = new ArrayList<>();
    InputStream in =
        new InputStream() {
          private final InputStream lines =
              new ByteArrayInputStream(lines("a b", "a b", "c").getBytes(UTF_8));

          @Override
          public int read() throws IOException {
            return lines.read();
          }

          /** As from a terminal, one line at a time. */
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            seen.add(out.toString(UTF_8));
            int count = 0;
            int b = lines.read();
            while (b >= 0 && count < length) {
              bytes[offset + count++] = (byte) b;
              if (b == '\n') {
                return count;
              }
              b = lines.read();
            }
            return count == 0 ? -1 : count;
          }
        };
    PrintStream err = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    assertThat(SelfAlignCli.run(NO_MODEL, in, out, err, false, "dedupe")).isZero();
    String two = kept(0) + dropped(1, "input", 0, "1.0");
    assertThat(seen).containsExactly("", kept(0), two, two + kept(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"text\":\"b\"} | field 'instruction' is missing",
        "{\"instruction\":3} | field 'instruction' must be a string, but is the number 3",
        "{\"instruction\":\"\\ud800\"} | field 'instruction' has an unpaired surrogate",
        "[] | expected a JSON object, but found an array",
        "{\"instruction\" | not valid JSON",
      })
  void a_wrong_line_is_named_and_verdicts_before_it_stand(
      String wrong, String message, @TempDir Path folder) throws IOException {
    CommandRun run = dedupe(lines("a") + wrong + "\n" + lines("b"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(kept(0));
    assertThat(run.err()).startsWith("selfalign dedupe: stdin:2: " + message);
    assertThat(run.err().lines()).hasSize(1);
    Path file = folder.resolve("seeds.jsonl");
    Files.writeString(file, "\n" + wrong + "\n");
    CommandRun against = dedupe(lines("a"), "--against=" + file);
    assertThat(against.status()).isEqualTo(1);
    assertThat(against.out()).isEmpty();
    assertThat(against.err()).startsWith("selfalign dedupe: " + file + ":2: " + message);
  }

  @Test
  void a_missing_file_is_a_failure() {
    assertThat(dedupe(lines("a"), "--against=absent.jsonl"))
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "selfalign dedupe: absent.jsonl: can't be opened: no such file or folder\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--threshold=1.1 | --threshold is 1.1, but must be between 0 and 1",
        "--threshold=-0.1 | --threshold is -0.1, but must be between 0 and 1",
        "--threshold=NaN | --threshold is NaN, but must be between 0 and 1",
        "--threshold=x | Invalid value for option '--threshold': 'x' is not a number",
        "--tokenization=words | Invalid value for option '--tokenization': expected one of"
            + " [PUBLISHED, ADAPTIVE, UNICODE]",
        "--against=- | --against is '-', but standard input has the instructions to judge; name a"
            + " file",
        "--model=x | Unknown option: '--model=x'",
        "extra | Unmatched argument at index 1: 'extra'",
      })
  void a_wrong_option_is_wrong_usage(String option, String message) {
    CommandRun run = dedupe(lines("a"), option);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("selfalign dedupe: " + message)
        .endsWith("; see selfalign dedupe --help\n");
    assertThat(run.err().lines()).hasSize(1);
  }
}
