package io.selfalign.instruct;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedSet;
import io.selfalign.internal.text.TextMeasures;
import io.selfalign.pipeline.Settings;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The filters of Self-Instruct (arXiv 2212.10560, section 2.2), and one more: {@link #echo}.
 * Near-duplicates are found apart from these, for that takes all instructions and not one.
 */
public final class InstructionFilters {
  /** What {@link #notText()} looks for. */
  public static final Set<String> NOT_TEXT_WORDS =
      ImmutableSortedSet.of(
          "attachment",
          "attachments",
          "audio",
          "clip",
          "clips",
          "diagram",
          "diagrams",
          "draw",
          "file",
          "files",
          "flowchart",
          "flowcharts",
          "graph",
          "graphs",
          "hyperlink",
          "image",
          "images",
          "infographic",
          "jpeg",
          "jpg",
          "mp3",
          "pdf",
          "photo",
          "photograph",
          "photographs",
          "photos",
          "picture",
          "pictures",
          "png",
          "podcast",
          "screenshot",
          "screenshots",
          "slideshow",
          "url",
          "video",
          "videos",
          "webpage",
          "website");

  private static final List<InstructionFilter> STANDARD =
      List.of(
          tooShort(3),
          tooLong(150),
          startsWithPunctuation(),
          startsWithNonAscii(),
          notText(),
          echo());

  private InstructionFilters() {}

  /**
   * The filters that stage 1 uses unless told otherwise, in this order: {@code too_short} (at most
   * 3 words), {@code too_long} (more than 150), {@code starts_with_punctuation}, {@code
   * starts_with_non_ascii}, {@code not_text}, {@code echo}. The first that says no names the drop.
   */
  public static List<InstructionFilter> standard() {
    return STANDARD;
  }

  /**
   * {@code too_short}: the instruction has at most this many words.
   *
   * @param words 0 or more
   */
  public static InstructionFilter tooShort(int words) {
    checkWords(words);
    return new WithSettings(
        "too_short",
        Settings.builder().add("words", words).build(),
        candidate -> {
          int count = TextMeasures.countWords(candidate.instruction());
          return count <= words ? Optional.of(words(count)) : Optional.empty();
        });
  }

  /**
   * {@code too_long}: the instruction has more than this many words.
   *
   * @param words 0 or more
   */
  public static InstructionFilter tooLong(int words) {
    checkWords(words);
    return new WithSettings(
        "too_long",
        Settings.builder().add("words", words).build(),
        candidate -> {
          int count = TextMeasures.countWords(candidate.instruction());
          return count > words ? Optional.of(words(count)) : Optional.empty();
        });
  }

  /** {@code starts_with_punctuation}: the first character is punctuation or a symbol of ASCII. */
  public static InstructionFilter startsWithPunctuation() {
    return InstructionFilter.of(
        "starts_with_punctuation",
        candidate ->
            first(candidate).filter(InstructionFilters::isPunctuation).map(Character::toString));
  }

  /**
   * {@code starts_with_non_ascii}: the first character is not ASCII, as in most other languages
   * than English. Take this filter away to generate in those.
   */
  public static InstructionFilter startsWithNonAscii() {
    return InstructionFilter.of(
        "starts_with_non_ascii",
        candidate -> first(candidate).filter(c -> c >= 0x80).map(Character::toString));
  }

  /** {@link #notText(Collection)} with {@link #NOT_TEXT_WORDS}. */
  public static InstructionFilter notText() {
    return notText(NOT_TEXT_WORDS);
  }

  /**
   * {@code not_text}: the instruction has one of these words, which hint at something that isn't
   * text. Upper and lower case are the same; {@code profile} doesn't have the word {@code file}.
   *
   * @throws IllegalArgumentException if there are no words, or one is blank
   */
  public static InstructionFilter notText(Collection<String> words) {
    ImmutableSortedSet<String> sorted =
        words.stream()
            .map(word -> word.strip().toLowerCase(Locale.ROOT))
            .collect(ImmutableSortedSet.toImmutableSortedSet(String::compareTo));
    if (sorted.isEmpty() || sorted.contains("")) {
      throw new IllegalArgumentException("not_text needs words, none of them blank: " + sorted);
    }
    String any = String.join("|", sorted.stream().map(Pattern::quote).toList());
    Pattern pattern =
        Pattern.compile(
            "(?<![\\p{L}\\p{N}_])(?:" + any + ")(?![\\p{L}\\p{N}_])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    return new WithSettings(
        "not_text",
        Settings.builder().add("words", ImmutableList.copyOf(sorted)).build(),
        candidate -> {
          Matcher matcher = pattern.matcher(candidate.instruction());
          return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
        });
  }

  /**
   * {@code echo}: the instruction stands word for word in the prompt, or has a line of the prompt
   * of at least 6 words in it.
   */
  public static InstructionFilter echo() {
    return new EchoFilter();
  }

  private static void checkWords(int words) {
    if (words < 0) {
      throw new IllegalArgumentException("words is " + words + ", but must be 0 or more");
    }
  }

  private static String words(int count) {
    return count + (count == 1 ? " word" : " words");
  }

  private static Optional<Integer> first(Candidate candidate) {
    return candidate.instruction().codePoints().boxed().findFirst();
  }

  private static boolean isPunctuation(int codePoint) {
    if (codePoint < 0x80) {
      return codePoint > ' ' && !Character.isLetterOrDigit(codePoint);
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private record WithSettings(
      String name, Settings settings, Function<Candidate, Optional<String>> verdict)
      implements InstructionFilter {
    @Override
    public Optional<String> reject(Candidate candidate) {
      return verdict.apply(candidate);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
