package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.AppliedPrinciple;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Declining;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerFiltersTest {
  private static final AnswerFilter LEAK =
      AnswerFilters.exemplarLeak(
          AnswerFilters.DEFAULT_LEAK_THRESHOLD,
          AnswerFilters.DEFAULT_LEAK_RUN,
          AnswerFilters.DEFAULT_LEAK_SENTENCE);
  private static final AnswerFilter ECHO = AnswerFilters.echo(AnswerFilters.DEFAULT_ECHO_THRESHOLD);

  @Test
  void the_standard_ones_stand_in_this_order() {
    assertThat(AnswerFilters.standard())
        .extracting(AnswerFilter::name)
        .containsExactly("too_short", "apology", "frame_speech", "exemplar_leak", "echo", "loop");
  }

  @Test
  void shortness_is_counted_in_characters_of_any_script() {
    AnswerFilter filter = AnswerFilters.tooShort(3);
    assertThat(filter.reject(Candidates.of("q", "😀😀"))).contains("2 characters");
    assertThat(filter.reject(Candidates.of("q", "😀😀😀"))).isEmpty();
    assertThat(AnswerFilters.tooShort(160).reject(Candidates.of("q", "x".repeat(159)))).isPresent();
    assertThat(AnswerFilters.tooShort(160).reject(Candidates.of("q", "x".repeat(160)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sorry, I can't.",
        "I'm sorry, but no.",
        "I’m very sorry; I do not know.",
        "I am sorry that I cannot help.",
        "I apologize for that.",
        "I must apologise.",
        "My apologies, but",
        "Please accept my sincere apologies.",
        "We're so sorry.",
        "  \"Sorry\" is all",
        "Please forgive me."
      })
  void an_apology_at_the_opening_is_dropped(String answer) {
    assertThat(AnswerFilters.apology().reject(Candidates.of("Where is it?", answer))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "I'm sorry to hear that your cat is ill.",
        "I am so sorry for your loss.",
        "The word sorry is old.",
        "Unfortunately, nobody knows.",
        "Sorrys Lane is closed.",
        "An apology is due."
      })
  void other_openings_stay(String answer) {
    assertThat(AnswerFilters.apology().reject(Candidates.of("Where is it?", answer))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"so ", "I must ", "I do ", "no ", "as a ", "unfortunately, "})
  void a_loop_at_the_opening_is_read_to_its_end(String loop) {
    String answer = loop.repeat(20_000);
    assertThat(AnswerFilters.apology().reject(Candidates.of("Where is it?", answer))).isEmpty();
    assertThat(AnswerOpenings.declining("Why?", answer)).isEqualTo(Declining.NONE);
  }

  @Test
  void an_apology_that_was_asked_for_stays() {
    assertThat(
            AnswerFilters.apology()
                .reject(Candidates.of("Write an apology to Ann.", "I'm sorry, Ann.")))
        .isEmpty();
  }

  @Test
  void an_exemplars_answer_is_a_leak_whole_changed_a_little_or_in_part() {
    Exemplar exemplar = Exemplars.standard().get(5);
    String shown = exemplar.turns().get(0).answer();
    List<Exemplar> exemplars = Exemplars.standard();
    assertThat(LEAK.reject(Candidates.of("q", shown, exemplars)))
        .contains("exemplar 'antikythera', F 1.0");
    assertThat(LEAK.reject(Candidates.of("q", shown.replace("Greek", "Roman"), exemplars)))
        .isPresent();
    String part = shown.substring(0, 190);
    assertThat(
            LEAK.reject(
                Candidates.of(
                    "q", part + "\n\n" + "Something else entirely. ".repeat(30), exemplars)))
        .hasValueSatisfying(reason -> assertThat(reason).endsWith("words in a row"));
    assertThat(LEAK.reject(Candidates.of("q", shown, List.of()))).isEmpty();
  }

  @Test
  void a_good_answer_on_an_exemplars_subject_is_no_leak() {
    String answer =
        "No astronomer of the time left a description of the Antikythera mechanism, so researchers"
            + " rely on X-ray images of its gears. They found that one train of gears follows the"
            + " Moon's uneven pace through the sky, by means of a pin in a slot. Cicero mentions"
            + " similar devices by Archimedes and by Posidonius.";
    assertThat(LEAK.reject(Candidates.of("q", answer, Exemplars.standard()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is the capital of France? | What is the capital of France? | true",
        "What is the capital of France? | What is the capital of France. What is the capital |"
            + " true",
        "Hi | hi! | true",
        "What is the capital of France? | What is the capital of France? It is Paris, which has"
            + " been its seat of government for centuries. | false",
        "Correct: she go to school every day | She goes to school every day. | false",
        "Is it? | Yes. | false",
        "天空为什么是蓝色的 | 天空为什么是蓝色的？ | true",
      })
  void an_echo_asks_the_same_again(String query, String answer, boolean dropped) {
    assertThat(ECHO.reject(Candidates.of(query, answer)).isPresent()).isEqualTo(dropped);
  }

  @Test
  void a_list_caught_in_a_loop_is_dropped() {
    AnswerFilter filter = AnswerFilters.loop();
    assertThat(filter.reject(Candidates.of("q", "- Be kind.\n".repeat(20)))).isPresent();
    assertThat(filter.reject(Candidates.of("q", "- Be kind.\n- Be fair.\n- Be kind.\n- Be true.")))
        .isEmpty();
  }

  @Test
  void an_answer_that_speaks_of_the_frame_is_dropped() {
    AnswerFilter filter = AnswerFilters.frameSpeech();
    assertThat(filter.reject(Candidates.of("q", "By rule 7 (candor) I don't know.")))
        .contains("cites '7 (candor)'");
    assertThat(filter.reject(Candidates.of("q", "I don't know."))).isEmpty();
  }

  @Test
  void a_closed_answer_may_be_short_and_a_fragment_may_not() {
    AnswerFilter filter = AnswerFilters.standard().get(0);
    Candidate whole = Candidates.of("q", "The capital of Mexico is Mexico City.");
    Candidate fragment =
        new Candidate(
            whole.query(),
            whole.prompt(),
            whole.written(),
            new Reply("thoughts", "The capital of Mexico is Mexico", false, List.of()),
            whole.mentions(),
            whole.speech());
    assertThat(filter.reject(whole)).isEmpty();
    assertThat(filter.reject(fragment)).contains("31 characters");
    assertThat(filter.reject(Candidates.of("q", "Yes."))).contains("4 characters");
  }

  @Test
  void optional_ones_look_at_the_end_and_the_rules() {
    Candidate open =
        new Candidate(
            Query.of("q", "q"),
            new Prompt("p", List.of()),
            "t",
            new Reply("t", "a", false, List.of()),
            new PrincipleMentions(List.of(), List.of("17 (bravery)")),
            FrameSpeech.none());
    assertThat(AnswerFilters.unclosed().reject(open)).isPresent();
    assertThat(AnswerFilters.noPrinciple().reject(open)).isPresent();
    assertThat(AnswerFilters.unknownPrinciple().reject(open)).contains("17 (bravery)");
    Candidate whole =
        new Candidate(
            Query.of("q", "q"),
            new Prompt("p", List.of()),
            "t",
            new Reply("t", "a", true, List.of()),
            new PrincipleMentions(
                List.of(new AppliedPrinciple(7, "candor", AppliedPrinciple.BOTH, List.of())),
                List.of()),
            FrameSpeech.none());
    assertThat(AnswerFilters.unclosed().reject(whole)).isEmpty();
    assertThat(AnswerFilters.noPrinciple().reject(whole)).isEmpty();
    assertThat(AnswerFilters.unknownPrinciple().reject(whole)).isEmpty();
  }

  @Test
  void wrong_thresholds_are_refused() {
    assertThatThrownBy(() -> AnswerFilters.tooShort(-1))
        .hasMessageContaining("closed answers is -1");
    assertThatThrownBy(() -> AnswerFilters.echo(1.5)).hasMessageContaining("threshold is 1.5");
    assertThatThrownBy(() -> AnswerFilters.echo(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> AnswerFilters.exemplarLeak(0.5, 0, 8))
        .hasMessageContaining("run is 0");
    assertThatThrownBy(() -> AnswerFilters.exemplarLeak(0.5, 9, 0))
        .hasMessageContaining("sentence is 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "I can't tell you, because | true",
        "I won't help with that | true",
        "I don't know. | true",
        "Unfortunately, I am not able to | true",
        "As an AI model, I cannot | true",
        "Sorry, no. | true",
        "It is Paris. | false",
        "I think it is Paris. | false",
      })
  void refusals_are_known_by_their_opening(String answer, boolean refusal) {
    assertThat(AnswerOpenings.declining("Why?", answer) != Declining.NONE).isEqualTo(refusal);
  }

  @Test
  void an_exemplars_answer_is_compared_as_it_was_shown() {
    Exemplar late =
        new Exemplar(
            "late",
            List.of(
                new Exemplar.Turn(
                    "Who won?",
                    List.of("It is late."),
                    "What {persona} has read goes up to {cutoff}, so the winner of that race is not"
                        + " in it.")));
    PromptFrame frame =
        PromptFrame.builder()
            .cutoff("May 2024")
            .exemplars(ExemplarSelector.all(List.of(late)))
            .build();
    Prompt prompt = frame.prompt(Query.of("q", "Who?"), RecordRandom.of(0, "s", "q"));
    assertThat(prompt.exemplars().get(0).turns().get(0).answer())
        .startsWith("What Alina has read goes up to May 2024");
  }
}
