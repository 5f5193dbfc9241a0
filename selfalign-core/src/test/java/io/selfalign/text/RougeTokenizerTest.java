package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RougeTokenizerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "What's new?| what s new| what s new| what s new",
        "snake_case C3PO 1,000.5| snake case c3po 1 000 5| snake case c3po 1 000 5| snake case c3po 1 000 5",
        "a café| a caf| a caf| a café",
        "Write about 北京| write about| write about| write about 北 京",
        "写3首诗| 3| 写 3 首 诗| 写 3 首 诗",
        "给我3个苹果| 3| 给 我 3 个 苹 果| 给 我 3 个 苹 果",
        "用Python写一个快速排序| python| 用 python 写 一 个 快 速 排 序| 用 python 写 一 个 快 速 排 序",
        "ラーーメン| ``| ラ ー ー メ ン| ラ ー ー メ ン",
        "Что нового, ΣΟΦΌΣ?| ``| что нового σοφός| что нового σοφός",
        "اكتب قصة قصيرة| ``| اكتب قصة قصيرة| اكتب قصة قصيرة",
        "हिन्दी में लिखो| ``| हिन्दी में लिखो| हिन्दी में लिखो",
        "오늘의 날씨| ``| 오늘의 날씨| 오늘의 날씨",
        "ที่นี่| ``| ที่ นี่| ที่ นี่",
        "★ ☂️☂| ``| ★ ☂ ☂| ★ ☂ ☂",
        "😀🫠👍🏿| ``| 😀 🫠 👍 🏿| 😀 🫠 👍 🏿",
        "OK 👍| ok| ok| ok 👍",
        "∀x∈ℝ| x| ∀ x ∈ r| ∀ x ∈ r",
        "Ｈｉ １２| ``| hi 12| hi 12",
        "?! … — «»| ``| ``| ``",
        "$+<=>^~| ``| ``| ``",
        "``| ``| ``| ``",
      })
  void tokens_are_as_documented(String text, String published, String adaptive, String unicode) {
    assertThat(RougeTokenizer.PUBLISHED.tokenize(text)).isEqualTo(words(published));
    assertThat(RougeTokenizer.ADAPTIVE.tokenize(text)).isEqualTo(words(adaptive));
    assertThat(RougeTokenizer.UNICODE.tokenize(text)).isEqualTo(words(unicode));
  }

  @Test
  void half_of_the_letters_are_enough_for_the_published_tokens() {
    assertThat(RougeTokenizer.ADAPTIVE.tokenize("ab 北京")).containsExactly("ab");
    assertThat(RougeTokenizer.ADAPTIVE.tokenize("ab 北京市")).containsExactly("ab", "北", "京", "市");
    assertThat(RougeTokenizer.ADAPTIVE.tokenize("ab 北京, 。、!?…")).containsExactly("ab");
  }

  @Test
  void letters_that_become_ascii_in_lower_case_count_as_published() {
    // In Python, '\u0130'.lower() is 'i' and a combining dot, and '\u212A'.lower() is 'k'.
    assertThat(RougeTokenizer.PUBLISHED.tokenize("\u0130stanbul 300\u212Aelvin x\u0130"))
        .containsExactly("i", "stanbul", "300kelvin", "xi");
  }

  @Test
  void joiners_variation_selectors_and_soft_hyphens_are_as_if_absent() {
    assertThat(RougeTokenizer.UNICODE.tokenize("می\u200Cخواهم so\u00ADlar ☂\uFE0F"))
        .containsExactly("میخواهم", "solar", "☂");
    assertThat(RougeTokenizer.UNICODE.tokenize("👩\u200D🚀")).containsExactly("👩", "🚀");
  }

  @Test
  void marks_belong_to_what_is_before_them() {
    assertThat(RougeTokenizer.UNICODE.tokenize("\u0301x\u0323y 3\uFE0F\u20E3 か\u3099き"))
        .containsExactly("x\u0323y", "3\u20E3", "が", "き");
  }

  @Property
  void plain_ascii_is_the_same_to_all(@ForAll @CharRange(from = '\0', to = '\u007F') String text) {
    List<String> published = RougeTokenizer.PUBLISHED.tokenize(text);
    assertThat(RougeTokenizer.ADAPTIVE.tokenize(text)).isEqualTo(published);
    assertThat(RougeTokenizer.UNICODE.tokenize(text)).isEqualTo(published);
  }

  @Property
  void published_tokens_are_those_of_a_regular_expression(@ForAll("unicode") String text) {
    assertThat(RougeTokenizer.PUBLISHED.tokenize(text))
        .isEqualTo(
            Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(token -> !token.isEmpty())
                .toList());
  }

  @Property
  void no_token_is_empty_and_a_text_that_has_a_letter_has_a_token(@ForAll("unicode") String text) {
    List<String> tokens = RougeTokenizer.ADAPTIVE.tokenize(text);
    assertThat(tokens).doesNotContain("");
    if (text.codePoints().anyMatch(Character::isLetterOrDigit)) {
      assertThat(tokens).isNotEmpty();
    }
  }

  @Property
  void canonically_equivalent_texts_have_the_same_unicode_tokens(@ForAll("unicode") String text) {
    List<String> tokens = RougeTokenizer.UNICODE.tokenize(text);
    for (Normalizer.Form form : Normalizer.Form.values()) {
      assertThat(RougeTokenizer.UNICODE.tokenize(Normalizer.normalize(text, form)))
          .isEqualTo(tokens);
    }
  }

  /** Among them unpaired surrogates, which are no letters to anybody. */
  @Provide
  Arbitrary<String> unicode() {
    Arbitrary<Integer> any = Arbitraries.integers().between(0, Character.MAX_CODE_POINT);
    Arbitrary<Integer> common =
        Arbitraries.of(0x20, 0x41, 0x7A, 0x30, 0x130, 0x212A, 0xE9, 0x301, 0x4E00, 0x1F600, 0xFE0F);
    return Arbitraries.oneOf(any, common, Arbitraries.integers().between(0, 0x2FF))
        .list()
        .ofMaxSize(30)
        .map(
            codePoints -> {
              StringBuilder text = new StringBuilder();
              codePoints.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  private static List<String> words(String joined) {
    return joined.isEmpty() ? List.of() : List.of(joined.split(" "));
  }
}
