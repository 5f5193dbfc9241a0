package io.selfalign.verbose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.answer.ExemplarCopies.Shown;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Query;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerboseFiltersTest {
  private static final String A = "Water boils when its vapour pressure reaches that of the air. ";
  private static final String B = "High on a mountain, that is so at a lower temperature. ";
  private static final String C = "Eggs therefore take longer there, as climbers well know. ";

  private static VerboseCandidate candidate(String query, String answer) {
    return candidate(query, answer, true, Optional.empty());
  }

  private static VerboseCandidate candidate(
      String query, String answer, boolean closed, Optional<String> engraved) {
    FrameSpeech speech =
        FrameSpeech.builder()
            .persona("Alina")
            .marker("## Alina")
            .text("It opens with the answer itself, then explains it in several paragraphs.")
            .build();
    List<Shown> shown = List.of(new Shown("worked", "Salt makes water boil at a higher point."));
    return new VerboseCandidate(Query.of("q", query), answer, closed, engraved, speech, shown);
  }

  /** The reason of the first standard filter that drops an answer. */
  private static String reason(VerboseCandidate candidate) {
    return VerboseFilters.standard().stream()
        .filter(filter -> filter.reject(candidate).isPresent())
        .map(VerboseFilter::name)
        .findFirst()
        .orElse("kept");
  }

  @Test
  void the_standard_ones_come_in_this_order() {
    assertThat(VerboseFilters.standard())
        .extracting(VerboseFilter::name)
        .containsExactly(
            "unclosed",
            "apology",
            "frame_speech",
            "exemplar_leak",
            "echo",
            "loop",
            "asks_back",
            "repetitive",
            "too_short");
  }

  @Test
  void a_good_answer_is_kept() {
    assertThat(reason(candidate("Why?", A + B + C))).isEqualTo("kept");
  }

  @Test
  void an_answer_that_the_limit_cut_off_is_dropped() {
    VerboseCandidate cut = candidate("Why?", A + B + C + "So", false, Optional.empty());
    assertThat(reason(cut)).isEqualTo("unclosed");
  }

  @Test
  void an_apology_is_dropped_unless_it_was_asked_for() {
    String sorry = "I'm sorry, I can't say why. " + A + B + C;
    assertThat(reason(candidate("Why?", sorry))).isEqualTo("apology");
    assertThat(reason(candidate("Write an apology.", sorry))).isEqualTo("kept");
  }

  @ParameterizedTest
  @CsvSource({
    "Plan a trip., 'Where do you want to go? When do you leave? How long will you stay?', asks_back",
    "Plan a trip., 'Where do you want to go?\nI need to know that first.', asks_back",
    "Plan a trip., 'Why not Rome? It has ruins. It has good food. It has much art.', kept",
    "Plan a trip., 'Rome has ruins. Rome has food. Shall I say more? Or is it enough?', kept",
    "Write three quiz questions., 'Where is Rome? What is it? Who was Nero?', kept",
  })
  void an_answer_that_rather_asks_is_dropped(String query, String answer, String reason) {
    VerboseCandidate candidate = candidate(query, answer);
    assertThat(VerboseFilters.asksBack(0.5).reject(candidate).isPresent() ? "asks_back" : "kept")
        .isEqualTo(reason);
  }

  @Test
  void an_echo_is_dropped() {
    String query = "Why do eggs take so long to boil on a mountain that is high?";
    assertThat(reason(candidate(query, (query + " ").repeat(4).strip()))).isEqualTo("echo");
  }

  @Test
  void what_speaks_of_the_prompt_or_copies_what_it_shows_is_dropped() {
    String system = "It opens with the answer itself, then explains it in several paragraphs. ";
    assertThat(reason(candidate("Why?", system + A + B + C))).isEqualTo("frame_speech");
    assertThat(reason(candidate("Why?", A + B + C + "## Alina Is it so?")))
        .isEqualTo("frame_speech");
    assertThat(reason(candidate("Why?", A + B + "Salt makes water boil at a higher point. " + C)))
        .isEqualTo("exemplar_leak");
  }

  @Test
  void repeated_sentences_and_lines_are_a_share_of_the_answer() {
    assertThat(reason(candidate("Why?", A + B + C + A + B + C))).isEqualTo("repetitive");
    assertThat(reason(candidate("Why?", "- Keep the lid on the pot.\n".repeat(20))))
        .isEqualTo("loop");
    assertThat(reason(candidate("Why?", (A + B + C).repeat(4)))).isEqualTo("loop");
    assertThat(reason(candidate("Why?", A + B + C + "Be patient. Be patient."))).isEqualTo("kept");
  }

  @Test
  void an_answer_is_no_shorter_than_stage_2s() {
    assertThat(reason(candidate("Why?", A))).isEqualTo("too_short");
    VerboseCandidate shorter =
        candidate("Why?", A + B + C, true, Optional.of(A + B + C + "Indeed."));
    assertThat(reason(shorter)).isEqualTo("too_short");
    assertThat(VerboseFilters.tooShort(160).reject(shorter))
        .contains("174 characters, the answer of stage 2 has 181");
    VerboseCandidate equal = candidate("Why?", A + B + C, true, Optional.of(A + B + C));
    assertThat(reason(equal)).isEqualTo("kept");
    assertThat(VerboseFilters.tooShort(2).reject(candidate("Why?", "😀😀"))).isEmpty();
    assertThat(VerboseFilters.tooShort(3).reject(candidate("Why?", "😀😀")))
        .contains("2 characters");
  }

  @Test
  void options_out_of_range_are_refused() {
    assertThatThrownBy(() -> VerboseFilters.echo(2)).hasMessageContaining("threshold is 2.0");
    assertThatThrownBy(() -> VerboseFilters.asksBack(-1)).hasMessageContaining("is -1.0");
    assertThatThrownBy(() -> VerboseFilters.repetitive(Double.NaN)).hasMessageContaining("is NaN");
    assertThatThrownBy(() -> VerboseFilters.tooShort(-1)).hasMessageContaining("is -1");
  }
}
