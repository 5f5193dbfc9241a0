package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.JsonLine;
import io.selfalign.djl.DjlModel;
import io.selfalign.testing.ScriptedModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train}, {@code merge} and {@code --adapter}, on a tiny random checkpoint. */
class TrainCommandTest {
  private static final String MODEL =
      "../selfalign-djl/src/test/resources/fixtures/llama2-gqa-tied";

  @TempDir Path folder;

  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lines.add("{\"prompt\":\"Number " + i + " is\",\"completion\":\" " + (i * 7) % 10 + "\"}");
    }
    data = Files.write(folder.resolve("data.jsonl"), lines);
  }

  private CommandRun run(String... args) {
    return CommandRun.of(DjlModel::open, "", args);
  }

  private CommandRun train(String... options) {
    List<String> args = new ArrayList<>(List.of("train", "--model", MODEL));
    args.addAll(List.of("--data", data.toString(), "--out", folder.resolve("out").toString()));
    args.addAll(List.of(options));
    return run(args.toArray(String[]::new));
  }

  private CommandRun generate(String in, String... options) {
    List<String> args = new ArrayList<>(List.of("generate", "--temperature", "0"));
    args.addAll(List.of(options));
    return CommandRun.of(DjlModel::open, in, args.toArray(String[]::new));
  }

  @Test
  void fifty_pairs_are_learnt_by_heart_and_generate_and_merge_take_the_adapter()
      throws IOException {
    List<String> pairs = new ArrayList<>();
    List<String> questions = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String prompt = "\"id\":" + i + ",\"prompt\":\"Number " + i + " is called\"";
      answers.add(" " + (i * 37 + 11) % 100);
      questions.add("{" + prompt + "}");
      pairs.add("{" + prompt + ",\"completion\":\"" + answers.get(i) + "\"}");
    }
    Files.write(data, pairs);
    CommandRun trained =
        train(
            "--epochs",
            "300",
            "--batch-size",
            "25",
            "--lr",
            "0.015",
            "--max-grad-norm",
            "1",
            "--dropout",
            "0",
            "--targets",
            "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj");
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();
    assertThat(trained.records()).hasSize(600);
    JsonLine last = trained.records().get(599);
    assertThat(last.integer("step")).isEqualTo(600);
    assertThat(last.number("loss")).isLessThan(0.05);
    assertThat(last.object().propertyNames())
        .contains("learning_rate", "grad_norm", "tokens", "tokens_per_second");

    String adapter = folder.resolve("out").toString();
    String in = String.join("\n", questions);
    CommandRun answered = generate(in, "--model", MODEL, "--adapter", adapter);
    assertThat(answered.records())
        .extracting(record -> record.text("text"))
        .containsExactlyElementsOf(answers);
    assertThat(answered.records()).allMatch(record -> record.text("finish_reason").equals("eos"));

    CommandRun merged =
        run(
            "merge",
            "--model",
            MODEL,
            "--adapter",
            adapter,
            "--out",
            folder.resolve("merged").toString());
    assertThat(merged.status()).isZero();
    assertThat(merged.records().get(0).number("max_logit_difference")).isLessThan(1e-3);
    CommandRun same = generate(in, "--model", folder.resolve("merged").toString());
    assertThat(same.out()).isEqualTo(answered.out());
  }

  @Test
  void a_step_s_record_is_there_as_soon_as_it_is_made() {
    List<Integer> sizes = new ArrayList<>();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            sizes.add(size());
          }
        };
    int status =
        SelfAlignCli.run(
            DjlModel::open,
            new ByteArrayInputStream(new byte[0]),
            out,
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            false,
            new String[] {
              "train",
              "--model",
              MODEL,
              "--data",
              data.toString(),
              "--batch-size",
              "5",
              "--out",
              folder.resolve("out").toString()
            });
    assertThat(status).isZero();
    assertThat(sizes.get(0)).isPositive().isLessThan(out.size());
  }

  @Test
  void training_goes_on_where_it_stopped_if_asked_to() {
    String[] options = {"--batch-size", "2", "--checkpoint-every", "2", "--no-shuffle"};
    assertThat(train(options).records()).hasSize(5);
    CommandRun again = train(options);
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("has a training already");
    List<String> resumed = new ArrayList<>(List.of(options));
    resumed.add("--resume");
    CommandRun complete = train(resumed.toArray(String[]::new));
    assertThat(complete.status()).isZero();
    assertThat(complete.records()).isEmpty();
  }

  @Test
  void training_starts_from_an_adapter() {
    train("--rank", "3", "--alpha", "6", "--targets", "q_proj,down_proj", "--no-eos");
    CommandRun second =
        run(
            "train",
            "--model",
            MODEL,
            "--data",
            data.toString(),
            "--out",
            folder.resolve("second").toString(),
            "--init-adapter",
            folder.resolve("out").toString());
    assertThat(second.status()).isZero();
    assertThat(folder.resolve("second/adapter_config.json"))
        .content()
        .contains("\"r\" : 3", "\"lora_alpha\" : 6", "\"down_proj\"");
  }

  @Test
  void all_weights_become_a_checkpoint() {
    assertThat(train("--all-weights", "--dtype", "f32").status()).isZero();
    CommandRun scored =
        CommandRun.of(
            DjlModel::open,
            "{\"id\":1,\"prompt\":\"Number\",\"continuation\":\" 3\"}",
            "score",
            "--model",
            folder.resolve("out").toString());
    assertThat(scored.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--rank; 0; --rank is 0, but must be 1 to 4096",
        "--dropout; 1; --dropout is 1.0, but must be at least 0 and less than 1",
        "--targets; q_proj,lm_head; unknown projection 'lm_head'; use some of q_proj",
        "--lr; -1; --lr is -1.0, but must be more than 0",
        "--batch-size; 0; --batch-size is 0",
        "--schedule; step; Invalid value for option '--schedule'"
      })
  void values_that_can_not_be_are_wrong_usage(String option, String value, String message) {
    CommandRun wrong = train(option, value);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains(message);
  }

  @ParameterizedTest
  @CsvSource({
    "--all-weights, --rank, 4",
    "--all-weights, --dropout, 0.1",
    "--all-weights, --init-adapter, out",
    "--init-adapter=out, --rank, 4",
    "--init-adapter=out, --alpha, 4",
    "--init-adapter=out, --targets, q_proj",
    "--init-adapter=out, --rslora, --no-eos"
  })
  void options_without_effect_are_wrong_usage(String decisive, String idle, String next) {
    CommandRun wrong = train(decisive, idle, next);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err())
        .contains(idle + " has no effect with " + decisive.replace("=out", "") + "; leave out one");
  }

  @Test
  void bad_data_is_named_by_its_line() throws IOException {
    Files.writeString(data, "{\"prompt\":\"a\",\"completion\":\" b\"}\n{\"prompt\":\"a\"}\n");
    CommandRun bad = train();
    assertThat(bad.status()).isEqualTo(1);
    assertThat(bad.err()).contains("data.jsonl:2: field 'completion' is missing");
    Files.writeString(data, "\n");
    assertThat(train().err()).contains("has no examples");
    Files.writeString(data, "{\"prompt\":\"a\",\"completion\":\" b\"}\n");
    assertThat(train("--max-length", "2").err()).contains("'line-1' has", "at most 2 are allowed");
  }

  @Test
  void a_model_that_can_not_be_trained_is_told() {
    CommandRun wrong =
        CommandRun.of(
            (path, options) -> ScriptedModel.builder().otherwise("x").build(),
            "",
            "train",
            "--model",
            "m",
            "--data",
            data.toString(),
            "--out",
            folder.toString());
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("can't be trained");
  }
}
