package io.selfalign.examples.miniature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.internal.decode.PromptTokenizer;
import io.selfalign.examples.miniature.Corpus.Document;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizer and random weights of a tiny model, and a pretraining of a few steps. */
class CheckpointTest {
  private static final Corpus CORPUS = new Corpus(1);
  private static final int VOCABULARY = 1_500;

  @TempDir private static Path folder;
  @TempDir private Path work;

  private static BytePairs tokens;

  @BeforeAll
  static void write() throws IOException {
    tokens =
        BytePairs.learn(
            CORPUS.documents(0, 800).map(Document::text), VOCABULARY, MiniaturePrompts.WHOLE_WORDS);
    Checkpoint.write(folder, new Checkpoint.Shape(32, 64, 1, 2, 1, 2048), tokens, 1);
  }

  @Test
  void texts_come_back_from_their_tokens() {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(folder, VOCABULARY)) {
      String strange = "Žluťoučký kůň  \t\n\n… 漢字 🙂 <noinput> 3.14%\r\n";
      List<String> texts =
          CORPUS.documents(900, 1_000).map(Document::text).collect(Collectors.toList());
      texts.add(strange);
      for (String text : texts) {
        int[] ids = tokenizer.encode(text);
        assertThat(ids[0]).isEqualTo(tokens.vocabulary().get(BytePairs.BEGIN));
        assertThat(tokenizer.decode(ids, 1, ids.length)).isEqualTo(text);
      }
    }
  }

  @Test
  void tokens_are_words_of_the_corpus() {
    assertThat(tokens.vocabulary()).hasSize(VOCABULARY).containsKeys("ĠInstruction", "Ġcapital");
    assertThat(tokens.merges()).hasSize(VOCABULARY - 258);
    try (PromptTokenizer tokenizer = PromptTokenizer.open(folder, VOCABULARY)) {
      long characters = 0;
      long count = 0;
      for (Document document : CORPUS.documents(900, 1_000).toList()) {
        characters += document.text().length();
        count += tokenizer.encode(document.text()).length;
      }
      assertThat((double) characters / count).isGreaterThan(2.8);
    }
  }

  @Test
  void words_that_stage_2_forbids_or_scores_are_single_tokens() {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(folder, VOCABULARY)) {
      for (String word : MiniaturePrompts.WHOLE_WORDS) {
        assertThat(tokenizer.encode(word)).as(word).hasSize(2);
      }
    }
  }

  @Test
  void the_prompts_fit_and_the_plain_one_is_a_twentieth_of_that_under_principles() {
    try (DjlModel model = DjlModel.open(folder)) {
      double under = 0;
      double plain = 0;
      for (HeldOutQuestions.Question question : HeldOutQuestions.all()) {
        Query query = Query.of(question.id(), question.text());
        RecordRandom random = RecordRandom.of(1, "test", question.id());
        under += model.countTokens(MiniaturePrompts.frame().prompt(query, random).text());
        plain += model.countTokens(MiniaturePrompts.plain(question.text()));
      }
      assertThat(under / 240).isLessThan(1_400);
      assertThat(plain / under).isLessThan(0.05);
    }
  }

  @Test
  void documents_fit_the_context() {
    try (DjlModel model = DjlModel.open(folder)) {
      assertThat(
              Stream.of(Part.values())
                  .flatMap(part -> CORPUS.documents(part.first, part.first + 1_500)))
          .allMatch(document -> model.countTokens(document.text()) < 2_000);
    }
  }

  @Test
  void pretraining_writes_a_checkpoint_that_samples_and_answers() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, UTF_8);
    int status =
        Miniature.run(
            print,
            "pretrain",
            "--out=" + work,
            "--documents=240",
            "--hidden=32",
            "--intermediate=64",
            "--layers=1",
            "--vocabulary=2800");
    assertThat(status).isZero();
    assertThat(out.toString(UTF_8)).contains("world: 240 documents", "step 10 of 10: loss ");
    Path trained = work.resolve("trained");
    assertThat(Files.readAllLines(trained.resolve("training_log.jsonl"))).hasSize(10);
    assertThat(Miniature.run(print, "sample", "--model=" + trained, "--count=1", "--tokens=5"))
        .isZero();
    assertThat(out.toString(UTF_8)).contains("======== 0");
    assertThat(Miniature.run(print, "reading", "--model=" + trained)).isZero();
    assertThat(out.toString(UTF_8)).containsPattern("the rule that applies +\\d+%");
  }
}
