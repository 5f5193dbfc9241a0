package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.text.NearDuplicateIndex.Match;
import io.selfalign.text.NearDuplicateIndex.Statistics;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearDuplicateIndexTest {
  private final NearDuplicateIndex index = NearDuplicateIndex.builder().build();

  @Test
  void a_near_duplicate_is_found_and_not_added() {
    assertThat(index.addIfNew("Write a short poem about the sea.")).isEmpty();
    assertThat(index.addIfNew("Name three rivers in Europe.")).isEmpty();
    Optional<Match> match = index.addIfNew("Write a short poem about the sky!");
    assertThat(match).contains(new Match(0, RougeL.f(6, 7, 7)));
    assertThat(index.size()).isEqualTo(2);
    assertThat(index.find("Write a short poem about the sky!")).isEqualTo(match);
    assertThat(index.find("Explain photosynthesis.")).isEmpty();
    assertThat(index.size()).isEqualTo(2);
  }

  @Test
  void adding_does_not_ask() {
    index.add("same text");
    index.add("same text");
    assertThat(index.size()).isEqualTo(2);
    assertThat(index.find("same text")).contains(new Match(0, 1));
  }

  @Test
  void the_best_match_is_told_and_of_equals_the_earliest() {
    index.add("a b c d e f g h i x");
    index.add("a b c d e f g h i j");
    index.add("a b c d e f g h i y");
    index.add("a b c d e f g h i j");
    assertThat(index.find("a b c d e f g h i j")).contains(new Match(1, 1));
    assertThat(index.find("a b c d e f g h i z")).contains(new Match(0, RougeL.f(9, 10, 10)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "!!!", "\n\u3000…"})
  void a_text_without_tokens_matches_nothing(String text) {
    NearDuplicateIndex any = NearDuplicateIndex.builder().threshold(0).build();
    any.add("!!!");
    any.add("word");
    assertThat(any.addIfNew(text)).isEmpty();
    assertThat(any.addIfNew(text)).isEmpty();
    assertThat(any.size()).isEqualTo(4);
    assertThat(any.find("word")).contains(new Match(1, 1));
  }

  @Test
  void texts_in_other_scripts_do_not_collapse() {
    List<String> texts =
        List.of(
            "写3首诗",
            "给我3个苹果",
            "用Python写排序算法",
            "اكتب قصة",
            "ما الجديد",
            "😀😀",
            "🌧️🌧️",
            "Что нового?");
    for (String text : texts) {
      assertThat(index.addIfNew(text)).as(text).isEmpty();
    }
    for (int i = 0; i < texts.size(); i++) {
      assertThat(index.addIfNew(texts.get(i))).contains(new Match(i, 1));
    }
    assertThat(index.addIfNew("请写3首诗")).isPresent();
  }

  @Test
  void the_published_tokens_can_be_asked_for() {
    NearDuplicateIndex published =
        NearDuplicateIndex.builder().tokenizer(RougeTokenizer.PUBLISHED).build();
    published.add("写3首诗");
    published.add("你好");
    assertThat(published.find("给我3个苹果")).contains(new Match(0, 1));
    assertThat(published.find("你好")).isEmpty();
  }

  @Test
  void a_tokenizer_may_be_ones_own() {
    NearDuplicateIndex byLetter =
        NearDuplicateIndex.builder().tokenizer(text -> List.of(text.split(""))).build();
    byLetter.add("kitten");
    assertThat(byLetter.find("mitten")).contains(new Match(0, RougeL.f(5, 6, 6)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void a_threshold_outside_of_0_to_1_is_refused(double threshold) {
    assertThatThrownBy(() -> NearDuplicateIndex.builder().threshold(threshold))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threshold is " + threshold + ", but must be between 0 and 1");
  }

  @Test
  void at_0_one_token_in_common_suffices_and_at_1_nothing_does() {
    NearDuplicateIndex any = NearDuplicateIndex.builder().threshold(0).build();
    any.add("a b c d e f g h");
    assertThat(any.find("x y z h")).contains(new Match(0, RougeL.f(1, 4, 8)));
    assertThat(any.find("x y z")).isEmpty();
    NearDuplicateIndex none = NearDuplicateIndex.builder().threshold(1).build();
    none.add("a b");
    assertThat(none.find("a b")).isEmpty();
    assertThat(none.threshold()).isEqualTo(1);
    assertThat(index.threshold()).isEqualTo(0.7).isEqualTo(NearDuplicateIndex.DEFAULT_THRESHOLD);
  }

  /** Half of the exact ties are over 0.7 in doubles, half are not. */
  @Test
  void exact_ties_fall_on_the_side_of_the_published_arithmetic() {
    int over = 0;
    int ties = 0;
    for (int m = 1; m <= 60; m++) {
      for (int n = 1; n <= 60; n++) {
        int common = 7 * (m + n) / 20;
        if (20 * common == 7 * (m + n) && common <= Math.min(m, n)) {
          NearDuplicateIndex one = NearDuplicateIndex.builder().build();
          one.add(text("c", common) + text("a", n - common));
          boolean found = one.find(text("b", m - common) + text("c", common)).isPresent();
          assertThat(found).as("%d %d %d", common, m, n).isEqualTo(RougeL.f(common, m, n) > 0.7);
          ties++;
          over += found ? 1 : 0;
        }
      }
    }
    assertThat(ties).isEqualTo(86);
    assertThat(over).isEqualTo(50);
  }

  @Test
  void very_long_texts_are_compared() {
    String first = text("w", 100_000);
    String second = text("v", 100_000);
    String edited = first.replace("3 ", "x ");
    index.add(first);
    assertThat(index.addIfNew(second)).isEmpty();
    assertThat(index.addIfNew(edited))
        .hasValueSatisfying(
            match -> {
              assertThat(match.index()).isZero();
              assertThat(match.f()).isEqualTo(RougeL.f(90_000, 100_000, 100_000));
            });
    assertThat(index.addIfNew(text("w", 40_000))).isEmpty();
  }

  /** Longer than an entry of postings can tell, and with more rare tokens. */
  @Test
  void extremely_long_texts_are_compared() {
    index.add(text("w", 600_000));
    assertThat(index.addIfNew(text("w", 540_000) + text("v", 60_000)))
        .contains(new Match(0, RougeL.f(540_000, 600_000, 600_000)));
    assertThat(index.addIfNew(text("w", 1_000_000)))
        .contains(new Match(0, RougeL.f(600_000, 600_000, 1_000_000)));
    assertThat(index.addIfNew(text("w", 250_000))).isEmpty();
  }

  @Test
  void one_token_many_times_is_a_text_like_others() {
    index.add("la ".repeat(5_000));
    assertThat(index.find("la ".repeat(3_000)))
        .contains(new Match(0, RougeL.f(3_000, 3_000, 5_000)));
    assertThat(index.find("la ".repeat(2_000))).isEmpty();
  }

  /** Words that come late, and from then on in every text, are rare until ranked anew. */
  @Test
  void frequent_words_are_not_looked_up() {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      index.add(text("r" + i + "x", 12));
    }
    for (int i = 0; i < 3_900; i++) {
      index.add(rareWords(random, 6) + text("f", 6));
    }
    for (int i = 0; i < 1_000; i++) {
      index.find(rareWords(random, 6) + text("f", 6));
    }
    Statistics statistics = index.statistics();
    assertThat(statistics.pairs()).isEqualTo(4_200_000);
    assertThat(statistics.lengths()).isEqualTo(4_200_000);
    assertThat(statistics.rareTokens()).isLessThan(30_000);
  }

  /** The number of texts does not double while the second words are rare, but looking up costs. */
  @Test
  void words_that_become_frequent_are_noticed() {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      index.add(text("r" + i + "x", 12));
    }
    for (int i = 0; i < 3_900; i++) {
      index.add(rareWords(random, 6) + text("f", 6));
    }
    for (int i = 0; i < 3_900; i++) {
      index.addIfNew(rareWords(random, 6) + text("g", 6));
    }
    Statistics statistics = index.statistics();
    assertThat(statistics.pairs()).isBetween(20_000_000L, 24_000_000L);
    assertThat(statistics.rareTokens()).isLessThan(statistics.pairs() / 4);
  }

  @Test
  void statistics_tell_what_each_test_leaves_over() {
    index.add("a b c d e f g h i j");
    index.add("j i h g f e d c b a");
    index.add("a b c");
    index.add("k l m n o p q r s t");
    index.find("a b c d e f g h i x");
    assertThat(index.statistics().pairs()).isEqualTo(4);
    assertThat(index.statistics().lengths()).isEqualTo(3);
    assertThat(index.statistics().bits()).isEqualTo(2);
    assertThat(index.statistics().overlaps()).isEqualTo(2);
    assertThat(index.statistics().matches()).isEqualTo(1);
  }

  /** Words that few texts have. */
  private static String rareWords(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "r" + random.nextInt(300) + "x" + random.nextInt(12) + " ")
        .collect(Collectors.joining());
  }

  /** Tokens with a prefix, numbered. */
  private static String text(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i + " ").collect(Collectors.joining());
  }

  @Test
  void a_text_s_nearest_other_is_not_itself() {
    NearDuplicateIndex index = NearDuplicateIndex.builder().threshold(0).build();
    index.add("write a poem about the sea");
    index.add("write a poem about the sky");
    index.add("name three rivers");
    assertThat(index.findOther(0))
        .contains(new Match(1, RougeL.between("a b c d e f", "a b c d e g").f()));
    assertThat(index.findOther(1).orElseThrow().index()).isZero();
    assertThat(index.findOther(2)).isEmpty();
    assertThatThrownBy(() -> index.findOther(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
