package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.ScoreRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreCommandTest {
  private final ScriptedModel model =
      ScriptedModel.builder().contextLength(20).otherwise("abc").build();

  private CommandRun score(String in, String... options) {
    List<String> args = new ArrayList<>(List.of("score", "--model", "tiny"));
    args.addAll(List.of(options));
    return CommandRun.of((folder, o) -> model, in, args.toArray(String[]::new));
  }

  private static String line(String id, String continuation) {
    return "{\"id\":\"" + id + "\",\"prompt\":\"p\",\"continuation\":\"" + continuation + "\"}\n";
  }

  @Test
  void a_record_has_the_promised_fields() {
    CommandRun run = score(line("x", "ab") + line("y", "aZ"));
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                0,
                "{\"id\":\"x\",\"logprob\":-0.2,\"token_logprobs\":[-0.1,-0.1],"
                    + "\"token_ids\":[97,98],\"greedy\":true}\n"
                    + "{\"id\":\"y\",\"logprob\":-5.1,\"token_logprobs\":[-0.1,-5.0],"
                    + "\"token_ids\":[97,90],\"greedy\":false}\n",
                ""));
  }

  @Test
  void prompt_and_continuation_reach_the_model_unchanged() {
    score("{\"continuation\":\" b \",\"id\":5,\"prompt\":\" a\\n\"}");
    assertThat(model.scoreRequests()).containsExactly(new ScoreRequest("5", " a\n", " b "));
  }

  @Test
  void thousands_of_requests_are_scored_in_order() {
    String in =
        IntStream.range(0, 2500).mapToObj(i -> line("r" + i, "a")).collect(Collectors.joining());
    assertThat(score(in).records())
        .extracting(record -> record.text("id"))
        .containsExactlyElementsOf(IntStream.range(0, 2500).mapToObj(i -> "r" + i).toList());
  }

  @Test
  void empty_input_gives_no_output() {
    assertThat(score("")).isEqualTo(new CommandRun(0, "", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"b\",\"prompt\":\"p\"} | field 'continuation' is missing",
        "{\"id\":\"b\",\"continuation\":\"c\"} | field 'prompt' is missing",
        "{\"id\":\"b\",\"prompt\":\"p\",\"continuation\":\"\"} | request 'b': the continuation is"
            + " empty",
        "{\"id\":\"b\",\"prompt\":\"p\",\"continuation\":[1]} | field 'continuation' must be a"
            + " string, but is an array",
        "{\"id\":\"a\",\"prompt\":\"p\",\"continuation\":\"c\"} | id 'a' is also at stdin:1",
        "{\"id\":\"b\",\"prompt\":\"0123456789\",\"continuation\":\"0123456789X\"} | request 'b'"
            + " needs 21 tokens (prompt 10 + new 11), but the model's context is 20",
      })
  void a_wrong_line_is_named(String wrong, String message) {
    CommandRun run = score(line("a", "c") + wrong + "\n");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("selfalign score: stdin:2: " + message);
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void what_the_model_refuses_is_told_in_its_words() {
    ScriptedModel refusing =
        ScriptedModel.builder()
            .scorer(
                request -> {
                  throw new IllegalArgumentException("request 'a': no token is added");
                })
            .build();
    CommandRun run =
        CommandRun.of((folder, o) -> refusing, line("a", "c"), "score", "--model=tiny");
    assertThat(run)
        .isEqualTo(new CommandRun(1, "", "selfalign score: request 'a': no token is added\n"));
  }

  @ParameterizedTest
  @CsvSource({"--temperature=1", "--dtype=int8", "--batch-size=-1"})
  void a_wrong_option_is_wrong_usage(String option) {
    CommandRun run = score(line("a", "c"), option);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("selfalign score: ").contains(option.replaceAll("=.*", ""));
    assertThat(run.err().lines()).hasSize(1);
  }
}
