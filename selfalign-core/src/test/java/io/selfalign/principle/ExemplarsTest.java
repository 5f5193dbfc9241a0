package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.selfalign.error.InvalidDataException;
import io.selfalign.internal.text.Repetition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExemplarsTest {
  @TempDir Path temporary;

  @Test
  void there_are_six_of_which_two_have_a_follow_up() {
    assertThat(Exemplars.standard())
        .extracting(Exemplar::id, exemplar -> exemplar.turns().size())
        .containsExactly(
            tuple("fried-fish", 1),
            tuple("games-after-cutoff", 1),
            tuple("longest-word", 2),
            tuple("private-person", 1),
            tuple("traffic-now", 1),
            tuple("antikythera", 2));
  }

  @Test
  void all_rules_they_name_are_standard_ones_of_which_four_are_never_shown() {
    List<String> principles =
        Exemplars.standard().stream().flatMap(e -> e.principles().stream()).distinct().toList();
    assertThat(principles)
        .allMatch(principle -> PrincipleSet.standard().find(principle).isPresent());
    assertThat(PrincipleSet.standard().names())
        .filteredOn(name -> !principles.contains(name))
        .containsExactly(
            "question assessment",
            "clarification",
            "balanced & informative perspectives",
            "creative");
    assertThat(PromptFrame.standard().leftOut()).isEmpty();
  }

  @Test
  void the_output_that_is_told_is_the_programs() {
    Exemplar exemplar = Exemplars.standard().get(2);
    String sentence = "Ferries leave at noon.";
    assertThat(exemplar.turns().get(0).answer())
        .contains("word.strip(\".,;:!?\")", "max(words, key=len)");
    assertThat(exemplar.turns().get(1).query()).contains("\"" + sentence + "\"");
    String longest = "";
    List<Integer> lengths = new ArrayList<>();
    for (String word : sentence.split("\\s+")) {
      String bare = word.replaceAll("^[.,;:!?]+|[.,;:!?]+$", "");
      longest = bare.length() > longest.length() ? bare : longest;
      lengths.add(bare.length());
    }
    assertThat(lengths).containsExactly(7, 5, 2, 4);
    assertThat(exemplar.turns().get(1).answer())
        .contains("returns `" + longest + "`", "have 7, 5, 2 and 4 letters");
  }

  @Test
  void each_answer_passes_the_filters_on_its_own() {
    for (Exemplar exemplar : Exemplars.standard()) {
      for (Exemplar.Turn turn : exemplar.turns()) {
        Candidate candidate = Candidates.of(turn.query(), turn.answer());
        assertThat(AnswerFilters.standard())
            .allSatisfy(filter -> assertThat(filter.reject(candidate)).isEmpty());
        assertThat(Repetition.cut(turn.answer(), true).cut()).isEmpty();
      }
    }
  }

  @Test
  void ones_own_are_read_in_order() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("own.jsonl"),
            "{\"id\":\"a\",\"turns\":[{\"query\":\"q\",\"thoughts\":[\"t {principle: candor}\"],"
                + "\"answer\":\"x\"}],\"note\":1}\n");
    assertThat(Exemplars.read(file))
        .containsExactly(
            new Exemplar(
                "a", List.of(new Exemplar.Turn("q", List.of("t {principle: candor}"), "x"))));
    assertThat(Exemplars.read(file).get(0).principles()).containsExactly("candor");
  }

  @Test
  void a_wrong_file_is_named_with_the_line() throws IOException {
    String right =
        "{\"id\":\"a\",\"turns\":[{\"query\":\"q\",\"thoughts\":[\"t\"],\"answer\":\"x\"}]}\n";
    assertRefused(right + right, ":2: field 'id' is 'a', as in line 1; make ids unique");
    assertRefused("\n", ": has no exemplars");
    assertRefused("{\"id\":\"a\",\"turns\":[]}", ":1: field 'turns' is empty");
    assertRefused(right.replace("\"x\"", "\" \""), ":1: field 'answer' is blank");
    assertRefused(right.replace("[\"t\"]", "[]"), ":1: field 'thoughts' is empty");
    assertRefused(right.replace("\"query\"", "\"ask\""), ":1: field 'turns[0].query' is missing");
  }

  private void assertRefused(String content, String message) throws IOException {
    Path file = Files.writeString(temporary.resolve("wrong.jsonl"), content);
    assertThatThrownBy(() -> Exemplars.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + message);
  }
}
