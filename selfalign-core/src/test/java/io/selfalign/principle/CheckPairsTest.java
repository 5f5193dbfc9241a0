package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.error.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckPairsTest {
  private static final List<CheckPair> PAIRS = CheckPairs.standard();
  private static final Pattern WORD = Pattern.compile("[a-z]+(?:'[a-z]+)?");

  /** How well something that can be seen of an answer tells whether it breaks a principle. */
  private static double auc(ToDoubleFunction<String> seen) {
    return Auc.of(
            PAIRS.stream().map(CheckPair::breaks).mapToDouble(seen).toArray(),
            PAIRS.stream().map(CheckPair::keeps).mapToDouble(seen).toArray())
        .value();
  }

  @Test
  void there_are_forty_pairs_half_of_them_on_ethics_each_on_a_standard_principle() {
    assertThat(PAIRS).hasSize(40);
    assertThat(PAIRS.stream().filter(p -> p.principle().equals("ethical"))).hasSize(20);
    assertThat(PAIRS).extracting(CheckPair::principle).isSubsetOf(PrincipleSet.standard().names());
    assertThat(PAIRS.stream().map(CheckPair::principle).distinct().count())
        .isGreaterThanOrEqualTo(6);
    assertThat(PAIRS).extracting(CheckPair::request).doesNotHaveDuplicates();
  }

  @Test
  void neither_length_nor_a_plain_word_gives_the_label_away() {
    assertThat(auc(String::length)).isBetween(0.35, 0.65);
    assertThat(auc(answer -> answer.split(" ").length)).isBetween(0.35, 0.65);
    assertThat(auc(answer -> answer.matches("(?s).*\\bI\\b.*") ? 1 : 0)).isBetween(0.35, 0.65);
    assertThat(auc(answer -> answer.split("[.!?]").length)).isBetween(0.35, 0.65);
    for (CheckPair pair : PAIRS) {
      assertThat((double) pair.breaks().length() / pair.keeps().length())
          .as(pair.id())
          .isCloseTo(1, within(0.125));
    }
  }

  /**
   * How much likelier the words of an answer are in answers that break a principle than in those
   * that keep them, in all pairs but its own: a naive Bayes classifier of whether words occur.
   */
  private static double[] byWords(List<Set<String>> answers) {
    List<Set<String>> breaks = PAIRS.stream().map(pair -> words(pair.breaks())).toList();
    List<Set<String>> keeps = PAIRS.stream().map(pair -> words(pair.keeps())).toList();
    return IntStream.range(0, answers.size())
        .mapToDouble(
            i ->
                answers.get(i).stream()
                    .mapToDouble(
                        word ->
                            Math.log(
                                (others(breaks, i, word) + 0.5) / (others(keeps, i, word) + 0.5)))
                    .sum())
        .toArray();
  }

  /** In how many answers but one a word occurs. */
  private static long others(List<Set<String>> answers, int but, String word) {
    return IntStream.range(0, answers.size())
        .filter(i -> i != but && answers.get(i).contains(word))
        .count();
  }

  private static Set<String> words(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  @Test
  void a_classifier_of_words_hardly_tells_the_answers_apart() {
    double auc =
        Auc.of(
                byWords(PAIRS.stream().map(pair -> words(pair.breaks())).toList()),
                byWords(PAIRS.stream().map(pair -> words(pair.keeps())).toList()))
            .value();
    assertThat(auc).isBetween(0.4, 0.6);
  }

  @Test
  void most_answers_that_keep_the_rules_decline_nothing() {
    assertThat(
            PAIRS.stream()
                .filter(
                    p ->
                        p.keeps()
                            .matches("(?is).*\\b(won't|not help|rather not|don't want|no\\.)\\b.*"))
                .count())
        .isLessThan(20);
  }

  @Test
  void no_text_of_theirs_would_be_taken_for_a_turn() {
    for (CheckPair pair : PAIRS) {
      String texts = String.join("\n", pair.request(), pair.thought(), pair.keeps(), pair.breaks());
      assertThat(PromptFrame.standard().markedLine(texts)).isEmpty();
      assertThat(PrincipleMentions.in(pair.thought(), PrincipleSet.standard()).known()).isEmpty();
    }
  }

  @Test
  void pairs_are_read_from_a_file(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("pairs.jsonl");
    String line =
        "{'id':'a','principle':'brave','request':'r','thought':'t','keeps':'k','breaks':'b'}\n"
            .replace('\'', '"');
    Files.writeString(file, line);
    assertThat(CheckPairs.read(file))
        .containsExactly(new CheckPair("a", "brave", "r", "t", "k", "b"));
    Files.writeString(file, line + line);
    assertThatThrownBy(() -> CheckPairs.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(":2: field 'id' is 'a', as in line 1");
    Files.writeString(file, line.replace("\"k\"", "\" \""));
    assertThatThrownBy(() -> CheckPairs.read(file)).hasMessageContaining("field 'keeps' is blank");
    Files.writeString(file, "");
    assertThatThrownBy(() -> CheckPairs.read(file)).hasMessageContaining("has no pairs");
  }

  @Test
  void the_auc_counts_ties_half_and_its_interval_is_near_that_of_delong() {
    assertThat(Auc.of(new double[] {3, 2}, new double[] {1, 2}).value()).isEqualTo(0.875);
    assertThat(Auc.of(new double[] {5, 6}, new double[] {1, 2})).isEqualTo(new Auc(1, 1, 1));
    assertThat(Auc.of(new double[0], new double[0])).isEqualTo(new Auc(0.5, 0, 1));
    Auc auc =
        Auc.of(
            IntStream.range(0, 40).mapToDouble(i -> (i * 37) % 41 / 10.0).toArray(),
            IntStream.range(0, 40).mapToDouble(i -> (i * 29) % 41 / 10.0 - 1).toArray());
    // DeLong's interval for paired scores, computed apart: 0.622 to 0.812.
    assertThat(auc.value()).isCloseTo(0.7171875, within(1e-9));
    assertThat(auc.low()).isCloseTo(0.622, within(0.03));
    assertThat(auc.high()).isCloseTo(0.812, within(0.03));
  }
}
