package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.answer.FrameSpeech;
import io.selfalign.answer.Samples;
import io.selfalign.data.IdentityPair;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of an answer speaks of a frame, told from the frame's own texts. */
class PromptFrameSpeechTest {
  private static final FrameSpeech STANDARD = PromptFrame.standard().speech();

  static List<String> speech() {
    return Samples.lines("frame-speech.txt");
  }

  static Stream<Arguments> good() {
    return Samples.lines("no-frame-speech.txt").stream()
        .map(line -> Arguments.of((Object[]) line.split(" \\|\\|\\| ")));
  }

  @ParameterizedTest
  @MethodSource("speech")
  void an_answer_that_speaks_of_the_frame_is_found(String answer) {
    assertThat(STANDARD.find("Why does bread rise?", answer)).isPresent();
  }

  @ParameterizedTest
  @MethodSource("good")
  void a_good_answer_is_not(String query, String answer) {
    assertThat(STANDARD.find(query, answer)).isEmpty();
  }

  @Test
  void what_was_found_is_told() {
    assertThat(STANDARD.find("Why?", "So. ## User Why?")).contains("marker '## User'");
    assertThat(STANDARD.find("Why?", "By Rule 7 it is.")).contains("cites 'Rule 7'");
    assertThat(STANDARD.find("Why?", "Before each answer it writes notes, which the user likes."))
        .contains("frame's text 'before each answer it writes notes which the'");
    assertThat(talkative().find("Why?", "It keeps to the rules above."))
        .contains("frame's text 'keeps to the rules above'");
    assertThat(talkative().find("Why?", "The user wants more."))
        .contains("as in thoughts 'the user wants'");
  }

  @Test
  void no_pair_about_the_assistant_speaks_of_the_frame() {
    List<IdentityPair> pairs = IdentityPairs.of("Alina", "the Example Institute").pairs(910, 0);
    assertThat(pairs)
        .allSatisfy(pair -> assertThat(STANDARD.find(pair.query(), pair.answer())).isEmpty());
  }

  @Test
  void no_exemplars_answer_speaks_of_the_frame() {
    for (Exemplar exemplar : Exemplars.standard()) {
      for (Exemplar.Turn turn : exemplar.turns()) {
        assertThat(STANDARD.find(turn.query(), turn.answer())).isEmpty();
      }
    }
  }

  /** What a thought and its answer both say is the user's to read. */
  @Test
  void a_limit_that_exemplars_note_and_then_tell_may_be_told() {
    assertThat(STANDARD.find("Is it raining?", "I can't see the present, so I don't know."))
        .isEmpty();
    String limit = "I can't see what the present weather at your place is";
    FrameSpeech untold =
        FrameSpeech.builder().exemplar("Limit: " + limit + ".", "Look outside.").build();
    assertThat(untold.find("Is it raining?", limit + ", so I don't know."))
        .hasValueSatisfying(found -> assertThat(found).startsWith("frame's text"));
  }

  /** A frame whose self-identification speaks of principles and whose thoughts begin alike. */
  private static FrameSpeech talkative() {
    return PromptFrame.builder()
        .selfIdentification("I am {persona}, an AI assistant that keeps to the rules above.")
        .thoughtMarker("## {persona} (internal thoughts)\n")
        .exemplars(
            ExemplarSelector.all(
                List.of(
                    exemplar("a", "The user wants a name.", "By my {principle: candor} I say so."),
                    exemplar("b", "The user needs a list.", "By my {principle: static} I say so."),
                    exemplar("c", "The user asks why.", "By my {principle: ethical} I say so."))))
        .build()
        .speech();
  }

  private static Exemplar exemplar(String id, String... thoughts) {
    Exemplar.Turn turn = new Exemplar.Turn("Who?", List.of(thoughts), "Nobody knows.");
    return new Exemplar(id, List.of(turn));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "I keep to the rules above, and so I can't help with this.",
        "The rules above don't let me tell you that.",
        "I am Alina, an AI assistant that keeps to the rules above. Bread rises by yeast.",
        "As an AI assistant that keeps to rules, I can tell you about bread.",
        "I'm an assistant that keeps to the rules above and nothing else.",
        "Yeast makes gas.\n\nAlina's internal thoughts: there is more to say.",
        "Bread rises.\n## ALINA (internal thoughts)\nThe question is easy.",
        "The user wants to know how bread rises. It is the yeast.",
        "The user asks why bread rises.",
        "Bread rises by yeast.\nThe user needs to know more about it.",
        "I can tell you. By my rule it is right to explain: yeast makes gas.",
      })
  void a_frame_with_prose_for_thoughts_is_found_by_its_self_identification_and_openings(
      String answer) {
    assertThat(talkative().find("Why does bread rise?", answer)).isPresent();
  }

  /** A frame in another language, with markers within lines. */
  private static FrameSpeech german() {
    return PromptFrame.builder()
        .persona("Jule")
        .introduction(
            "{persona} ist eine Assistentin, die Texte liest und schreibt und sich an die Regeln"
                + " hält.")
        .principlesHeading("Regeln:")
        .principles(
            PrincipleSet.of(
                new Principle(
                    "ehrlich", "Sage offen, was du nicht weißt, und erfinde nichts dazu."),
                new Principle(
                    "nach und nach",
                    "Gehe bei langen Aufgaben einen Schritt nach dem" + " anderen.")))
        .exemplars(ExemplarSelector.none())
        .selfIdentification("Ich bin {persona} und halte mich an die Regeln oben.")
        .conversationMarker("---\n")
        .userMarker("Nutzer: ")
        .thoughtMarker("Gedanken von {persona}: ")
        .answerMarker("{persona}: ")
        .build()
        .speech();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Nach Regel 1 weiß ich es nicht. | true",
        "Die Regeln 1 und 2 verbieten das. | true",
        "Das folgt aus 1 (ehrlich). | true",
        "Das ist so. Nutzer: Und warum? | true",
        "Das ist so. Jule: Weil es so ist. | true",
        "Das ist so. Gedanken von Jule: Was nun? | true",
        "Ich sage offen, was du nicht weißt, und erfinde nichts dazu. | true",
        "Jule ist eine Assistentin, die Texte liest und schreibt. | true",
        "Ich bin Jule und halte mich an die Regeln. | true",
        "Ich bin Jule, eine Assistentin. | false",
        "In der Regel regnet es dort im Mai an 11 Tagen. | false",
        "Ein Nutzer: das ist jemand, der etwas nutzt. | false",
        "Ehrlich gesagt: Brot geht durch Hefe auf. | false",
        "Hefe macht Gas.\\n---\\nDas hebt den Teig. | false",
      })
  void a_frame_of_ones_own_in_another_language_works_too(String answer, boolean found) {
    assertThat(german().find("Warum geht Brot auf?", answer.replace("\\n", "\n")).isPresent())
        .isEqualTo(found);
  }

  /** Two characters stand for a word where there are no spaces. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "根据规则1，我不知道。 | true",
        "我是小莲，遵守上面的规则的人工智能助手。面包需要酵母。 | true",
        "坦率地说出不知道的事情，不要编造任何东西，这就是答案。 | true",
        "面包因为酵母产生气体而膨胀。 | false",
        "我是小莲，一个助手。 | false",
      })
  void a_frame_in_a_script_without_spaces_works_too(String answer, boolean found) {
    FrameSpeech speech =
        PromptFrame.builder()
            .persona("小莲")
            .introduction("{persona}是一个读写文字的人工智能助手，遵守下面的规则。")
            .principlesHeading("# 规则")
            .principles(PrincipleSet.of(new Principle("坦率", "坦率地说出不知道的事情，不要编造任何东西。")))
            .exemplars(ExemplarSelector.none())
            .selfIdentification("我是{persona}，遵守上面的规则的人工智能助手。")
            .build()
            .speech();
    assertThat(speech.find("面包为什么会发？", answer).isPresent()).isEqualTo(found);
  }

  @Test
  void a_frame_without_principles_or_exemplars_has_its_markers_still() {
    FrameSpeech bare =
        PromptFrame.builder()
            .principles(PrincipleSet.of())
            .exemplars(ExemplarSelector.none())
            .build()
            .speech();
    assertThat(bare.find("Why?", "So. ## User Why?")).isPresent();
    assertThat(bare.find("Why?", "By rule 7 it is.")).isEmpty();
    assertThat(FrameSpeech.none().find("Why?", "So. ## User Why? By rule 7 (candor).")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "\n", " #", "\n#", "# ", "User ", "a: ", "rule "})
  void a_long_row_of_signs_is_read_in_no_time(String sign) {
    String answer = "It is so." + sign.repeat(40_000);
    Assertions.assertTimeout(Duration.ofSeconds(20), () -> STANDARD.find("Why?", answer));
  }
}
