package io.selfalign.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.RecordRandom;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoopsTest {
  private static String lines(int count, String... forms) {
    return IntStream.range(0, count)
        .mapToObj(i -> forms[i % forms.length].replace("#", String.valueOf(i + 1)))
        .collect(Collectors.joining("\n"));
  }

  static Stream<String> loops() {
    return Stream.of(
        "I am not sure: ".repeat(60),
        "The answer is: " + "I am not sure: ".repeat(8),
        "Bread is old. " + "It rises because of yeast, which makes gas. ".repeat(4),
        "so ".repeat(40),
        "No, no, no, no, no, no, no, no, no, no, no, no, no, no, no.",
        "Water boils at 100 °C, and then it boils, ".repeat(5),
        lines(20, "- Be kind."),
        lines(12, "- Be kind.", "- Be fair."),
        lines(15, "#. Take a deep breath and count to ten."),
        lines(12, "Step #: Write down what you have to do today and tomorrow."),
        "It is possible to speak with people from many countries. ".repeat(5)
            + "It is possible to speak with",
        "The city of the north is the city of the south. The city of the south is the city of the"
            + " west. The city of the west is the city of the north. The city of the north is the"
            + " city of the east.",
        IntStream.range(0, 9)
            .mapToObj(i -> "The " + (char) ('a' + i) + " of the house is a part of the house that")
            .collect(Collectors.joining(" ")),
        lines(9, "- You can use it to make a cake for the whole family on Sunday, and also a #."),
        lines(30, "- You can use it to cook #."),
        "```bash\nsudo apt-get install libxml2" + "-dev".repeat(30),
        "我不确定。".repeat(20),
        "答案是巴黎，而且巴黎是首都，".repeat(6),
        "ฉันไม่แน่ใจ".repeat(15),
        "分からない、".repeat(12),
        "Я не знаю, что сказать. ".repeat(9),
        "a b ".repeat(30),
        "So it is.\n\n"
            + "The first thing is to ask, the next is to wait and to look.\n\n".repeat(6),
        "print print print print print print print print print print print print print");
  }

  static Stream<String> good() {
    String verse = "%s\n%s\nOh row, my lads, oh row, my lads,\noh row for home again!";
    return Stream.of(
        "Ha ha ha ha ha! That is a good one.",
        "Row, row, row your boat, gently down the stream.",
        "Happy birthday to you,\nhappy birthday to you,\nhappy birthday, dear Ann,\nhappy birthday"
            + " to you!",
        lines(9, "- # kg is #.2 lb"),
        lines(12, "# kg is # times 2.2 lb"),
        lines(10, "7 times # is a multiple of 7"),
        "I have been speaking\nyou have been speaking\nhe has been speaking\nwe have been"
            + " speaking\nyou have been speaking\nthey have been speaking",
        "I would have been speaking\nyou would have been speaking\nhe would have been speaking\n"
            + "we would have been speaking\nyou would have been speaking\nthey would have been"
            + " speaking",
        Stream.of(
                verse.formatted("The boats go out before the dawn,", "the harbour lies asleep;"),
                verse.formatted("The gulls cry out above the mast,", "and all the nets are deep."),
                verse.formatted(
                    "The wind is up, the sail is torn,", "the moon looks through a tear;"),
                verse.formatted("A bell is rung, a lamp is lit,", "and somebody is there."))
            .collect(Collectors.joining("\n\n")),
        "```python\n" + lines(20, "print(\"ok\", flush=True, end=\"\")  # line #") + "\n```",
        "| day | run |\n|---|---|\n" + lines(12, "| # | run for 2 min, walk for 1 min |"),
        "Yes.\nNo.\nYes.\nYes.\nNo.",
        "The United States of America has 50 states. The capital of the United States of America is"
            + " Washington. Most people speak English, and many speak Spanish, above all in the"
            + " south and in the larger towns. Presidents of the United States of America are elected"
            + " for four years, by electors whom every state sends. Alaska is the largest state by area, California by population,"
            + " and the first to join was Delaware, in 1787. Hawaii joined the United States of"
            + " America last, in 1959.",
        "1. Boil the water.\n2. Add the salt.\n3. Add the rice.\n4. Lower the heat.\n5. Wait.",
        "Paris is the capital of France, Rome is the capital of Italy, Oslo is the capital of"
            + " Norway, and Bern is the capital of Switzerland.",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20",
        "a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z",
        "他是老师，她是医生，我是学生，他们是工人。",
        "不知道的事情就说不知道，知道的事情就说知道，这样才是真正的知道。",
        "Very, very, very good.",
        "",
        "One.");
  }

  @ParameterizedTest
  @MethodSource("loops")
  void loops_are_found(String answer) {
    assertThat(Loops.find("Why?", answer)).isPresent();
  }

  @ParameterizedTest
  @MethodSource("good")
  void form_and_emphasis_are_no_loops(String answer) {
    assertThat(Loops.find("Why?", answer)).isEmpty();
  }

  @Test
  void what_was_found_is_told() {
    assertThat(Loops.find("Why?", "I am not sure: ".repeat(60)))
        .contains("'i am not sure' in a row");
    assertThat(Loops.find("Why?", lines(20, "- Be kind."))).isPresent();
    assertThat(Loops.find("Why?", "```\n" + "beep()\n".repeat(10) + "```"))
        .contains("share 0.85 in lines written before");
  }

  private static String words(int count, int place) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> Long.toString(RecordRandom.of(1, "w", place + "-" + i).bits(0, 0) >>> 40, 36))
        .collect(Collectors.joining(" "));
  }

  @Property(tries = 200)
  void a_loop_of_any_period_is_found_after_any_beginning(
      @ForAll @IntRange(min = 1, max = 80) int period,
      @ForAll @IntRange(min = 0, max = 100) int before) {
    String round = words(period, 1) + " ";
    int rounds = Math.max(4, 12 / period + 5);
    assertThat(Loops.find("Why?", words(before, 2) + ". " + round.repeat(rounds))).isPresent();
  }

  @Property(tries = 100)
  void words_at_random_are_no_loop(@ForAll @IntRange(min = 0, max = 400) int count) {
    assertThat(Loops.find("Why?", words(count, count))).isEmpty();
  }

  @Test
  void a_long_text_is_read_quickly() {
    List<String> texts = List.of("so ".repeat(100_000), words(50_000, 3), "a\n".repeat(100_000));
    Assertions.assertTimeout(
        Duration.ofSeconds(20), () -> texts.forEach(text -> Loops.find("Why?", text)));
  }

  @Test
  void a_text_that_goes_round_in_a_few_words_is_a_loop() {
    String round =
        "The tree is a plant, and the plant is a leaf. The leaf is of the tree, which is the plant of"
            + " a leaf.\n\nThe plant has a tree, and a leaf has the plant. The tree, which has a leaf,"
            + " is the leaf, and the plant that is a tree is a plant that has the leaf.";
    assertThat(Loops.find("What is a tree?", round))
        .hasValueSatisfying(what -> assertThat(what).startsWith("lexical diversity"));
  }

  @Test
  void what_was_asked_for_ten_times_is_no_loop() {
    String lines = "I will be on time. ".repeat(10);
    assertThat(Loops.find("Write 'I will be on time' ten times.", lines)).isEmpty();
    assertThat(Loops.find("Write something.", lines)).isPresent();
  }

  @Test
  void a_text_half_of_which_stands_before_is_a_loop() {
    String text =
        "Our village lies between two green hills, where every morning the shepherds lead their"
            + " flocks along a narrow path towards water. Our village lies between two brown hills,"
            + " where every evening the shepherds lead their flocks along a narrow path towards"
            + " home. Our village lies between two high hills, where every night the shepherds lead"
            + " their flocks along a narrow path towards sleep.";
    assertThat(Loops.find("Where is it?", text))
        .hasValueSatisfying(what -> assertThat(what).contains("in phrases written before"));
    assertThat(Loops.find("Where is it?", text.substring(0, text.indexOf(". Our") + 1))).isEmpty();
  }
}
