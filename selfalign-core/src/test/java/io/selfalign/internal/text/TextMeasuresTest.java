package io.selfalign.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextMeasuresTest {
  @Test
  void words_are_what_white_space_separates() {
    assertThat(TextMeasures.countWords("")).isZero();
    assertThat(TextMeasures.countWords(" \n\t")).isZero();
    assertThat(TextMeasures.countWords("one")).isEqualTo(1);
    assertThat(TextMeasures.countWords("  It's  a well-known\nfact , isn't it?")).isEqualTo(7);
    assertThat(TextMeasures.countWords("写一首诗 😀")).isEqualTo(2);
  }

  /** All that str.split() splits at in Python 3.11. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x9, 0xA, 0xB, 0xC, 0xD, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001,
        0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029,
        0x202F, 0x205F, 0x3000
      })
  void every_white_space_separates(int space) {
    assertThat(TextMeasures.countWords("a" + (char) space + "b")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0, 0x8, 0x1B, 0x7F, 0x86, 0x180E, 0x200B, 0x2060, 0xFEFF})
  void nothing_else_does(int character) {
    assertThat(TextMeasures.countWords("a" + (char) character + "b")).isEqualTo(1);
  }
}
