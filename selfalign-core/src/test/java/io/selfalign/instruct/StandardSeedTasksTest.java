package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.SeedTask;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the library's own seed tasks promise, as far as a program can tell. */
class StandardSeedTasksTest {
  private static final List<SeedTask> TASKS = SeedTasks.standard();

  private static final Pattern FENCED = Pattern.compile("(?ms)^```([a-z]+)\n.*?\n```$");

  /** A line that begins or ends as one of a program does, but no line of prose or verse. */
  private static final Pattern CODE =
      Pattern.compile("(?m)^\\s*(def|import|static|SELECT|return) |^<\\w+>|^[\\[{]|[{}]$");

  /** Common words as they are spelt in America; -ize but not size or prize. */
  private static final Pattern AMERICAN =
      Pattern.compile(
          "(?i)\\b((?!size|prize|seize|capsize)\\w+i(ze[sdr]?|zing|zation)|\\w+yz(e[sdr]?|ing)"
              + "|(col|flav|hon|lab|hum|neighb|harb|rum|behavi)or(s|ed|ing)?|favorites?"
              + "|(cent|lit|theat|fib|(milli|centi|kilo)met)ers?|gray|aluminum|mom"
              + "|(travel|cancel|model|label|signal|level)(ed|ing)|(de|of)fense|skeptic\\w*|catalog"
              + "|dialog|plow|pajamas|gotten|percent|fulfill|enroll|judgment|yogurt|cozy|airplanes?"
              + "|learned|spelled|apartments?|sidewalks?|vacations?|trash|garbage|faucets?|dish soap"
              + "|eggplants?|zucchini|cookies?|math|soccer|skillets?)\\b");

  /** How an answer says what the assistant can't know or do. */
  private static final Pattern LIMIT = Pattern.compile("\\bI (can't|don't know|haven't)\\b");

  @Test
  void there_are_175_with_unique_ids() {
    assertThat(TASKS).hasSize(175);
    assertThat(TASKS).extracting(SeedTask::id).doesNotHaveDuplicates();
    assertThat(TASKS).extracting(SeedTask::id).allMatch(id -> id.matches("[a-z0-9]+(-[a-z0-9]+)*"));
  }

  @Test
  void the_list_is_immutable_and_read_once() {
    assertThat(TASKS).isUnmodifiable().isSameAs(SeedTasks.standard());
  }

  @Test
  void a_fifth_are_classification_and_each_has_an_input() {
    List<SeedTask> classification = TASKS.stream().filter(SeedTask::isClassification).toList();
    assertThat(classification).hasSizeBetween(30, 40);
    assertThat(classification).allMatch(task -> task.input().isPresent());
  }

  @Test
  void about_half_have_an_input_and_four_in_ten_are_questions() {
    assertThat(share(task -> task.input().isPresent())).isBetween(0.40, 0.50);
    assertThat(share(task -> task.instruction().endsWith("?"))).isBetween(0.35, 0.45);
  }

  @Test
  void instructions_are_short_and_long() {
    List<Integer> words = words(SeedTask::instruction);
    assertThat(words).allMatch(count -> count >= 4 && count <= 60);
    assertThat(words).filteredOn(count -> count <= 5).hasSizeGreaterThanOrEqualTo(5);
    assertThat(words).filteredOn(count -> count >= 40).hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void answers_are_one_word_and_several_paragraphs() {
    List<Integer> words = words(SeedTask::output);
    assertThat(words).filteredOn(count -> count == 1).hasSizeGreaterThanOrEqualTo(10);
    assertThat(words).filteredOn(count -> count >= 80).hasSizeGreaterThanOrEqualTo(40);
  }

  /** What {@link TaskListTemplate#standard} says of every task of its list. */
  @Test
  void tasks_are_as_the_introduction_of_their_list_says() {
    assertThat(TaskListTemplate.standard().introduction())
        .contains("An instruction is one or two sentences", "has at most 100 words")
        .contains("without blanks to fill in", "in at most 100 words");
    for (SeedTask task : TASKS) {
      String input = task.input().orElse("");
      assertThat(task.instruction().split("(?<=[.!?])[\"')]*\\s+"))
          .as(task.id())
          .hasSizeBetween(1, 2);
      assertThat(input).as(task.id()).doesNotContain("__", "[...]", "<noinput>");
      assertThat(words(input)).as(task.id()).isLessThanOrEqualTo(100);
      assertThat(words(task.output())).as(task.id()).isBetween(1, 100);
    }
  }

  @Test
  void code_in_answers_is_fenced_and_says_its_language() {
    Map<String, String> languages = new TreeMap<>();
    for (SeedTask task : TASKS) {
      Matcher fence = FENCED.matcher(task.output());
      if (fence.find()) {
        languages.put(task.id(), fence.group(1));
      }
      String prose = FENCED.matcher(task.output()).replaceAll("");
      assertThat(prose).as(task.id()).doesNotContain("```").doesNotContainPattern(CODE);
      assertThat(prose.chars().filter(c -> c == '`').count() % 2).as(task.id()).isZero();
    }
    assertThat(languages)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "rotate-list", "python",
                "vowel-bug", "python",
                "test-leap-year", "python",
                "java-stream", "java",
                "late-books-query", "sql",
                "opening-hours-html", "html",
                "csv-to-json", "json",
                "dates-and-sums", "json",
                "largest-folders", "sh"));
  }

  @Test
  void the_spelling_is_british() {
    for (SeedTask task : TASKS) {
      String output = FENCED.matcher(task.output()).replaceAll("");
      assertThat(List.of(task.instruction(), task.input().orElse("-"), output))
          .as(task.id())
          .noneMatch(text -> AMERICAN.matcher(text).find());
    }
  }

  @Test
  void the_check_of_spelling_knows_its_words() {
    assertThat(
            Stream.of("We apologize.", "Gray colors", "to analyze it", "ten percent", "kilometers"))
        .allMatch(text -> AMERICAN.matcher(text).find());
    assertThat(
            Stream.of(
                "We apologise.", "Grey colours", "a prize of this size", "a metre", "gas meter"))
        .noneMatch(text -> AMERICAN.matcher(text).find());
  }

  /** A model that sees only limits declines everything, so these answer first. */
  @Test
  void a_few_answers_end_with_an_honest_limit() {
    assertThat(TASKS.stream().filter(task -> LIMIT.matcher(task.output()).find()))
        .extracting(SeedTask::id)
        .containsExactlyInAnyOrder(
            "action-items",
            "coffee-study",
            "lifetime-heartbeats",
            "loan-or-savings",
            "mansa-musa",
            "poem-in-newsletter",
            "rotate-list",
            "yellow-tomato-leaves");
    assertThat(TASKS)
        .allMatch(
            task ->
                LIMIT
                    .matcher(task.output())
                    .results()
                    .allMatch(limit -> words(task.output().substring(0, limit.start())) >= 25),
            "says what it can before it says what it can't");
  }

  @Test
  void no_two_instructions_are_alike() {
    for (int i = 0; i < TASKS.size(); i++) {
      for (int j = 0; j < i; j++) {
        String one = TASKS.get(i).instruction();
        String other = TASKS.get(j).instruction();
        assertThat(rougeL(one, other)).as("%s / %s", one, other).isLessThanOrEqualTo(0.5);
      }
    }
  }

  @Test
  void rouge_l_of_this_test_is_right() {
    assertThat(rougeL("Name the planets, please.", "name the planets please")).isEqualTo(1);
    assertThat(rougeL("a b c d", "a x c y d z")).isEqualTo(0.6);
    assertThat(rougeL("a b", "c d")).isZero();
  }

  @Test
  void no_opening_is_worn_out() {
    Map<String, Long> openings =
        TASKS.stream()
            .collect(
                Collectors.groupingBy(
                    task -> task.instruction().split(" ", 2)[0], Collectors.counting()));
    assertThat(openings).hasSizeGreaterThanOrEqualTo(90);
    openings.forEach(
        (opening, count) ->
            assertThat(count)
                .as(opening)
                .isLessThanOrEqualTo(
                    List.of("How", "Which", "What", "Why", "Is").contains(opening) ? 10 : 6));
  }

  /** Instructions that stage 1 would refuse are poor examples for it. */
  @Test
  void instructions_start_with_a_letter_and_ask_for_text_only() {
    assertThat(TASKS)
        .extracting(SeedTask::instruction)
        .allMatch(text -> text.matches("(?s)[A-Z].*"))
        .noneMatch(
            text ->
                Stream.of(text.toLowerCase(Locale.ROOT).split("[^a-z]+"))
                    .anyMatch(
                        List.of("image", "images", "picture", "file", "map", "draw", "plot", "go")
                            ::contains));
  }

  @Test
  void texts_are_clean() {
    for (SeedTask task : TASKS) {
      assertThat(List.of(task.instruction(), task.input().orElse("-"), task.output()))
          .as(task.id())
          .allMatch(text -> text.equals(text.strip()) && !text.matches("(?s).*[ \t]\n.*"))
          .noneMatch(text -> text.contains("###") || text.contains("\r"));
    }
  }

  private static double share(Predicate<SeedTask> property) {
    return (double) TASKS.stream().filter(property).count() / TASKS.size();
  }

  private static List<Integer> words(Function<SeedTask, String> text) {
    return TASKS.stream().map(task -> words(text.apply(task))).toList();
  }

  /** The pieces between spaces that have a letter or digit: no bullets, no bars of tables. */
  private static int words(String text) {
    return (int)
        Stream.of(text.split("\\s+")).filter(word -> word.matches(".*[\\p{L}\\p{N}].*")).count();
  }

  private static double rougeL(String one, String other) {
    List<String> a = tokens(one);
    List<String> b = tokens(other);
    int[][] lcs = new int[a.size() + 1][b.size() + 1];
    IntStream.range(0, a.size())
        .forEach(
            i ->
                IntStream.range(0, b.size())
                    .forEach(
                        j ->
                            lcs[i + 1][j + 1] =
                                a.get(i).equals(b.get(j))
                                    ? lcs[i][j] + 1
                                    : Math.max(lcs[i][j + 1], lcs[i + 1][j])));
    return 2.0 * lcs[a.size()][b.size()] / (a.size() + b.size());
  }

  private static List<String> tokens(String text) {
    return Stream.of(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
        .filter(token -> !token.isEmpty())
        .toList();
  }
}
