package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.djl.ComputeDevice;
import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.error.ModelLoadException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.testing.ScriptedModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateCommandTest {
  private static final String ONE = "{\"id\":\"a\",\"prompt\":\"p\"}\n";

  private final ScriptedModel model =
      ScriptedModel.builder()
          .contextLength(600)
          .whenPromptContains("é", "日本 😀\n\"\\")
          .otherwise((prompt, random) -> "<" + prompt + ">")
          .build();

  private CommandRun generate(String in, String... options) {
    return generate(in.getBytes(UTF_8), options);
  }

  private CommandRun generate(byte[] in, String... options) {
    List<String> args = new ArrayList<>(List.of("generate", "--model", "tiny"));
    args.addAll(List.of(options));
    return CommandRun.of((folder, o) -> model, in, args.toArray(String[]::new));
  }

  @Test
  void a_record_has_the_promised_fields() {
    CommandRun run = generate(ONE);
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            "{\"id\":\"a\",\"text\":\"<p>\",\"token_ids\":[60,112,62,"
                + ScriptedModel.END_OF_SEQUENCE
                + "],\"finish_reason\":\"eos\"}\n");
  }

  @Test
  void results_come_in_the_order_of_the_lines() {
    StringBuilder in = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      in.append("{\"id\":\"r").append(i).append("\",\"prompt\":\"");
      in.append("x".repeat(1 + (i * 7) % 13)).append("\"}\n");
    }
    assertThat(generate(in.toString()).records())
        .extracting(line -> line.text("id"))
        .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(i -> "r" + i).toList());
  }

  @Test
  void a_result_is_written_as_soon_as_those_before_it_are() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> seen = new ArrayList<>();
    Deliveries deliveries =
        new Deliveries(
            List.of("b", "a", "c"), () -> seen.add(out.toString(UTF_8).replaceAll("[^abc]", "")));
    String in =
        """
        {"id":"a","prompt":"1"}
        {"id":"b","prompt":"1"}
        {"id":"c","prompt":"1"}
        """;
    int status =
        SelfAlignCli.run(
            (folder, options) -> deliveries,
            new ByteArrayInputStream(in.getBytes(UTF_8)),
            new OutputStreamOfIds(out),
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            false,
            "generate",
            "--model=x");
    assertThat(status).isZero();
    assertThat(seen).containsExactly("", "ab", "abc");
  }

  @Test
  void options_reach_the_library() {
    CommandRun run =
        generate(
            ONE,
            "--max-new-tokens=7",
            "--temperature=0.5",
            "--top-p=0.9",
            "--top-k=11",
            "--min-p=0.1",
            "--seed=-3",
            "--stop",
            "User:",
            "--stop=\\n\\t\\\\n");
    assertThat(run.err()).isEmpty();
    assertThat(model.calls().get(0).options())
        .isEqualTo(
            GenerationOptions.builder()
                .maxNewTokens(7)
                .temperature(0.5)
                .topP(0.9)
                .topK(11)
                .minP(0.1)
                .seed(-3)
                .stop("User:", "\n\t\\n")
                .build());
  }

  @Test
  void without_options_the_librarys_defaults_hold() {
    generate(ONE);
    assertThat(model.calls().get(0).options()).isEqualTo(GenerationOptions.defaults());
  }

  @Test
  void model_options_reach_the_library() {
    List<Object> opened = new ArrayList<>();
    ModelOpener opener =
        (folder, options) -> {
          opened.add(folder);
          opened.add(options);
          return model;
        };
    CommandRun.of(opener, ONE, "generate", "--model=some/folder");
    CommandRun.of(
        opener,
        ONE,
        "generate",
        "--model=other",
        "--dtype=bf16",
        "--device=cuda:1",
        "--batch-size=3",
        "--no-prefix-cache");
    assertThat(opened.get(0)).isEqualTo(Path.of("some/folder"));
    DjlModelOptions defaults = (DjlModelOptions) opened.get(1);
    assertThat(defaults).usingRecursiveComparison().isEqualTo(DjlModelOptions.defaults());
    DjlModelOptions chosen = (DjlModelOptions) opened.get(3);
    assertThat(chosen.dtype()).contains(DType.BF16);
    assertThat(chosen.device()).isEqualTo(ComputeDevice.cuda(1));
    assertThat(chosen.maxBatchSize()).isEqualTo(3);
    assertThat(chosen.prefixReuse()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"--max-new-tokens=2, <p, length", "--stop=>, <p, stop", "--seed=1, <p>, eos"})
  void finish_reasons_have_their_names(String option, String text, String reason) {
    CommandRun run = generate(ONE, option);
    assertThat(run.records().get(0).text("text")).isEqualTo(text);
    assertThat(run.records().get(0).text("finish_reason")).isEqualTo(reason);
  }

  @Test
  void ids_come_back_as_they_were_given() {
    String in =
        """
        {"id":7,"prompt":"p"}
        {"id":1.50,"prompt":"p"}
        {"id":"é \\"x","prompt":"p"}
        {"id":123456789012345678901234567890,"prompt":"p"}
        """;
    assertThat(generate(in).out().lines().map(line -> line.replaceAll(",\"text.*", "")))
        .containsExactly(
            "{\"id\":7",
            "{\"id\":1.50",
            "{\"id\":\"é \\\"x\"",
            "{\"id\":123456789012345678901234567890");
    assertThat(model.requests()).extracting(GenerationRequest::id).startsWith("7", "1.50");
  }

  @Test
  void text_beyond_ascii_is_read_and_written_as_utf_8() {
    CommandRun run = generate("{\"id\":\"a\",\"prompt\":\"é\"}");
    assertThat(run.records().get(0).text("text")).isEqualTo("日本 😀\n\"\\");
    assertThat(run.out()).contains("日本 😀\\n");
  }

  @Test
  void unknown_fields_blank_lines_and_windows_line_ends_are_no_problem() {
    String in =
        """

        {"id":"a","prompt":"p","more":{"id":1}}\r
        \r
        {"prompt":"q","id":"b"}\
        """;
    CommandRun run = generate(in);
    assertThat(run.status()).isZero();
    assertThat(run.records()).extracting(line -> line.text("text")).containsExactly("<p>", "<q>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\uFEFF\r\n"})
  void empty_input_gives_no_output(String in) {
    assertThat(generate(in)).isEqualTo(new CommandRun(0, "", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"prompt\":\"p\"} | field 'id' is missing",
        "{\"id\":null,\"prompt\":\"p\"} | field 'id' must be a string or a number",
        "{\"id\":true,\"prompt\":\"p\"} | field 'id' must be a string or a number",
        "{\"id\":\" \",\"prompt\":\"p\"} | a request's id is blank",
        "{\"id\":\"b\"} | field 'prompt' is missing",
        "{\"id\":\"b\",\"prompt\":3} | field 'prompt' must be a string, but is the number 3",
        "{\"id\":\"b\",\"prompt\":\"\"} | request 'b': the prompt is empty",
        "{\"id\":\"b\",\"prompt\":\"\\ud800\"} | field 'prompt' has an unpaired surrogate",
        "{\"id\":\"a\",\"prompt\":\"q\"} | id 'a' is also at stdin:1; make ids unique",
        "[] | expected a JSON object, but found an array; write one {...} per line",
        "{\"id\": | not valid JSON at column 7",
        "hello | not valid JSON",
      })
  void a_wrong_line_is_named_and_nothing_is_generated(String line, String message) {
    CommandRun run = generate(ONE + "\n" + line + "\n" + ONE.replace("a", "z"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("selfalign generate: stdin:3: " + message).endsWith("\n");
    assertThat(run.err().lines()).hasSize(1);
    assertThat(model.generations()).isZero();
  }

  @Test
  void a_prompt_that_does_not_fit_the_context_is_named_and_nothing_is_generated() {
    CommandRun run =
        generate(ONE + "{\"id\":\"b\",\"prompt\":\"0123456789\"}", "--max-new-tokens=595");
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "selfalign generate: stdin:2: request 'b' needs 605 tokens (prompt 10 + new 595),"
                    + " but the model's context is 600; shorten the prompt or ask for fewer new"
                    + " tokens\n"));
    assertThat(model.generations()).isZero();
  }

  @Test
  void invalid_utf_8_is_named() {
    CommandRun run =
        generate((ONE + "{\"id\":\"b\",\"prompt\":\"\u00ff\"}\n").getBytes(ISO_8859_1));
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "selfalign generate: stdin:2: not valid UTF-8 at column 21 (byte 0xFF); save the"
                    + " text as UTF-8\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max-new-tokens=0 | --max-new-tokens is 0, but must be at least 1",
        "--max-new-tokens=x | Invalid value for option '--max-new-tokens': 'x' is not a number",
        "--max-new-tokens=1.5 | Invalid value for option '--max-new-tokens': "
            + "'1.5' is not a whole number",
        "--max-new-tokens=9999999999 | Invalid value for option '--max-new-tokens': "
            + "'9999999999' is not a number that fits",
        "--max-new-tokens=1e3 | Invalid value for option '--max-new-tokens': '1e3' is not a whole"
            + " number",
        "--temperature=hot | Invalid value for option '--temperature': 'hot' is not a number",
        "--temperature=-1 | --temperature is -1.0, but must be 0 or more, and finite",
        "--temperature=NaN | --temperature is NaN, but must be 0 or more, and finite",
        "--top-p=0 | --top-p is 0.0, but must be over 0 and at most 1",
        "--top-k=-1 | --top-k is -1, but must be 0 (off) or more",
        "--min-p=2 | --min-p is 2.0, but must be between 0 and 1",
        "--seed=9223372036854775808 | Invalid value for option '--seed': "
            + "'9223372036854775808' is not a number that fits",
        "--stop= | --stop is '', but must be not empty: it would stop at once",
        "--stop=\\q | Invalid value for option '--stop' (TEXT): '\\q' has '\\q'; use \\n"
            + ", \\t or \\\\",
        "--stop=a\\ | Invalid value for option '--stop' (TEXT): 'a\\' has '\\'; use \\n"
            + ", \\t or \\\\",
        "--stop=\uFFFD | Invalid value for option '--stop' (TEXT): '\uFFFD' has characters that are"
            + " lost",
        "--dtype=f8 | Invalid value for option '--dtype': expected one of [F32, BF16, F16]",
        "--device=gpu | Invalid value for option '--device': device 'gpu' is not known",
        "--batch-size=0 | --batch-size is 0, but must be 1 to",
        "--adaptor=x | Unknown option: '--adaptor=x'",
        "extra | Unmatched argument at index 3: 'extra'",
      })
  void a_wrong_option_is_wrong_usage(String option, String message) {
    CommandRun run = generate(ONE, option);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("selfalign generate: " + message)
        .endsWith("; see selfalign generate --help\n");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void a_missing_model_option_is_wrong_usage() {
    CommandRun run = CommandRun.of((folder, options) -> model, ONE, "generate");
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "selfalign generate: Missing required option: '--model=DIR'; see selfalign generate"
                    + " --help\n"));
  }

  @Test
  void options_that_do_not_go_together_are_wrong_usage() {
    ModelOpener opener =
        (folder, options) -> {
          throw new IllegalArgumentException("f16 needs CUDA");
        };
    CommandRun run = CommandRun.of(opener, ONE, "generate", "--model=x", "--dtype=f16");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("selfalign generate: f16 needs CUDA; see");
  }

  @Test
  void a_failure_is_one_line_and_verbose_adds_the_stack_trace() {
    ModelOpener opener =
        (folder, options) -> {
          throw new ModelLoadException("tiny: config.json is missing;\n\tadd it");
        };
    CommandRun plain = CommandRun.of(opener, ONE, "generate", "--model=tiny");
    String line = "selfalign generate: tiny: config.json is missing; add it\n";
    assertThat(plain).isEqualTo(new CommandRun(1, "", line));
    CommandRun verbose = CommandRun.of(opener, ONE, "generate", "--model=tiny", "--verbose");
    assertThat(verbose.status()).isEqualTo(1);
    assertThat(verbose.err())
        .startsWith(line)
        .contains("ModelLoadException", "\tat " + GenerateCommandTest.class.getName());
  }

  @Test
  void a_failure_during_generation_leaves_whole_records_behind() {
    ScriptedModel failing =
        ScriptedModel.builder()
            .groupSize(1)
            .otherwise("x")
            .failAt(2, () -> new IllegalStateException("the model was closed"))
            .build();
    CommandRun run =
        CommandRun.of(
            (folder, options) -> failing, ONE + ONE.replace("a", "b"), "generate", "--model=x");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.records()).extracting(line -> line.text("id")).containsExactly("a");
    assertThat(run.err())
        .isEqualTo(
            "selfalign generate: internal error: java.lang.IllegalStateException: the model was"
                + " closed; run again with --verbose and report it\n");
  }

  @Test
  void a_closed_pipe_ends_the_command_quietly() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        SelfAlignCli.run(
            (folder, options) -> model,
            new ByteArrayInputStream(ONE.getBytes(UTF_8)),
            failingWith("Broken pipe"),
            new PrintStream(err, true, UTF_8),
            false,
            "generate",
            "--model=x");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void a_full_disk_is_told() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        SelfAlignCli.run(
            (folder, options) -> model,
            new ByteArrayInputStream(ONE.getBytes(UTF_8)),
            failingWith("No space left on device"),
            new PrintStream(err, true, UTF_8),
            false,
            "generate",
            "--model=x");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .isEqualTo("selfalign generate: stdout: can't be written: No space left on device\n");
  }

  @Test
  void the_model_is_closed_also_after_a_failure() {
    List<String> events = new ArrayList<>();
    Deliveries closeable = new Deliveries(List.of(), () -> {}, () -> events.add("closed"));
    CommandRun.of((folder, options) -> closeable, "", "generate", "--model=x");
    assertThat(events).containsExactly("closed");
    Deliveries failing =
        new Deliveries(List.of("nobody's"), () -> {}, () -> events.add("closed again"));
    CommandRun run = CommandRun.of((folder, options) -> failing, ONE, "generate", "--model=x");
    assertThat(run.status()).isEqualTo(1);
    assertThat(events).containsExactly("closed", "closed again");
  }

  private static OutputStream failingWith(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  /** Passes on the ids of the records alone. */
  private static final class OutputStreamOfIds extends OutputStream {
    private final ByteArrayOutputStream ids;
    private final StringBuilder line = new StringBuilder();

    OutputStreamOfIds(ByteArrayOutputStream ids) {
      this.ids = ids;
    }

    @Override
    public void write(int b) {
      if (b == '\n') {
        ids.write(line.charAt("{\"id\":\"".length()));
        line.setLength(0);
      } else {
        line.append((char) b);
      }
    }
  }

  /** Delivers empty generations in a chosen order. */
  private record Deliveries(List<String> order, Runnable afterEach, Runnable onClose)
      implements BaseModel, AutoCloseable {
    Deliveries(List<String> order, Runnable afterEach) {
      this(order, afterEach, () -> {});
    }

    @Override
    public String name() {
      return "deliveries";
    }

    @Override
    public String fingerprint() {
      return "deliveries";
    }

    @Override
    public int contextLength() {
      return 100;
    }

    @Override
    public int countTokens(String text) {
      return 1;
    }

    @Override
    public void generate(
        List<GenerationRequest> requests,
        GenerationOptions options,
        Consumer<? super Generation> onComplete) {
      ScriptedModel empty = ScriptedModel.replying("");
      for (String id : order) {
        onComplete.accept(empty.generate(List.of(new GenerationRequest(id, "x")), options).get(0));
        afterEach.run();
      }
    }

    @Override
    public List<Score> score(List<ScoreRequest> requests) {
      return List.of();
    }

    @Override
    public void close() {
      onClose.run();
    }
  }
}
