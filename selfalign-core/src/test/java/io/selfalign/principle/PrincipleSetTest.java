package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipleSetTest {
  private static final PrincipleSet TWO =
      PrincipleSet.of(new Principle("candor", "Say it."), new Principle("static", "Stay."));

  @TempDir Path temporary;

  @Test
  void the_standard_ones_are_the_16_of_the_paper_by_name_and_order() {
    assertThat(PrincipleSet.standard().names())
        .containsExactly(
            "ethical",
            "informative",
            "helpful",
            "question assessment",
            "reasoning",
            "multi-aspect",
            "candor",
            "knowledge recitation",
            "static",
            "clarification",
            "numerical sensitivity",
            "dated knowledge",
            "step-by-step",
            "balanced & informative perspectives",
            "creative",
            "operational");
    assertThat(PrincipleSet.standard()).isSameAs(PrincipleSet.standard());
  }

  @Test
  void each_standard_principle_is_one_or_two_sentences() {
    assertThat(PrincipleSet.standard().principles())
        .allSatisfy(
            principle -> {
              assertThat(principle.text().split("(?<=[.])\\s")).hasSizeLessThanOrEqualTo(2);
              assertThat(principle.text().length()).isBetween(50, 140);
            });
  }

  @Test
  void a_set_prints_itself_as_the_rules_of_a_prompt() {
    assertThat(TWO).hasToString("1 (candor). Say it.\n2 (static). Stay.");
    assertThat(PrincipleSet.of()).hasToString("");
  }

  @ParameterizedTest
  @CsvSource({
    "STEP BY STEP, 13",
    "step-by-step, 13",
    "Balanced and Informative  Perspectives, 14",
    "balanced&informative perspectives, 14",
    "Candor, 7"
  })
  void a_name_is_found_in_any_spelling(String name, int number) {
    PrincipleSet set = PrincipleSet.standard();
    assertThat(set.number(name)).contains(number);
    assertThat(set.find(name)).isEqualTo(set.find(number));
  }

  @Test
  void what_is_not_there_is_not_found() {
    assertThat(TWO.find("bravery")).isEmpty();
    assertThat(TWO.find(0)).isEmpty();
    assertThat(TWO.find(3)).isEmpty();
  }

  @Test
  void extended_replaced_dropped_and_reordered_sets_are_new_ones() {
    Principle third = new Principle("metric", "Use metres.");
    assertThat(TWO.with(third).names()).containsExactly("candor", "static", "metric");
    assertThat(TWO.with(third).without("Candor").names()).containsExactly("static", "metric");
    assertThat(TWO.with(third).startingWith("metric", "static").names())
        .containsExactly("metric", "static", "candor");
    assertThat(TWO.replacing(new Principle("static", "Other.")))
        .hasToString("1 (candor). Say it.\n2 (static). Other.");
    assertThat(TWO.names()).containsExactly("candor", "static");
    assertThat(TWO.without("candor", "static").isEmpty()).isTrue();
  }

  @Test
  void wrong_changes_name_what_there_is() {
    assertThatThrownBy(() -> TWO.without("bravery"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no principle 'bravery'; there are [candor, static]");
    assertThatThrownBy(() -> TWO.startingWith("bravery"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TWO.replacing(new Principle("bravery", "x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TWO.with(new Principle("Static", "Again.")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two principles are named 'Static'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a (b)", "7", "a\nb", "{a}"})
  void a_principle_needs_a_name_that_a_prompt_can_show(String name) {
    assertThatThrownBy(() -> new Principle(name, "Text."))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_principle_needs_a_text_of_one_line() {
    assertThatThrownBy(() -> new Principle("a", " ")).hasMessageContaining("'a' is blank");
    assertThatThrownBy(() -> new Principle("a", "b\nc")).hasMessageContaining("line break");
  }

  @Test
  void written_and_read_it_is_the_same() throws IOException {
    Path json = temporary.resolve("rules.jsonl");
    PrincipleSet.standard().write(json);
    assertThat(PrincipleSet.read(json)).isEqualTo(PrincipleSet.standard());
    Path text = Files.writeString(temporary.resolve("rules.txt"), "" + PrincipleSet.standard());
    assertThat(PrincipleSet.read(text)).isEqualTo(PrincipleSet.standard());
    Path marked = Files.writeString(temporary.resolve("bom.txt"), "\uFEFF" + TWO);
    assertThat(PrincipleSet.read(marked)).isEqualTo(TWO);
  }

  @Test
  void a_wrong_file_is_named_with_the_line() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("rules.jsonl"), "{\"name\":\"a\",\"text\":\"b\"}\n{\"name\":\"c\"}");
    assertThatThrownBy(() -> PrincipleSet.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ":2: field 'text' is missing");
    Path twice =
        Files.writeString(
            temporary.resolve("twice.jsonl"), "{\"name\":\"a\",\"text\":\"b\"}\n".repeat(2));
    assertThatThrownBy(() -> PrincipleSet.read(twice))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(twice + ": two principles are named 'a'");
    Path empty = Files.writeString(temporary.resolve("empty.txt"), " \n");
    assertThatThrownBy(() -> PrincipleSet.read(empty))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(empty + ": has no principles");
    Path latin = Files.write(temporary.resolve("latin.txt"), new byte[] {'1', (byte) 0xE9});
    assertThatThrownBy(() -> PrincipleSet.read(latin))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("not valid UTF-8");
    assertThatThrownBy(() -> PrincipleSet.read(temporary.resolve("none")))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("none");
  }

  @Test
  void numbered_rules_are_found_in_a_whole_prompt_whatever_its_line_breaks() {
    PrincipleSet set =
        PrincipleSet.parse(
            """
            # Prompt of June (2024). It has these rules:

            1 (kind). Be kind to all 3 (three)
              kinds of users.

            2 (balanced &
            fair). Weigh both
            sides. 3 (short). Be brief.\r
            4. (last) Stop
            in time.

            User: 5 (five) apples?
            """);
    assertThat(set)
        .hasToString(
            """
            1 (kind). Be kind to all 3 (three) kinds of users.
            2 (balanced & fair). Weigh both sides.
            3 (short). Be brief.
            4 (last). Stop in time.\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Be kind. | principles: has no principles",
        "1 (a). x;3 (c). y | principles:2: principle 3 follows, but principle 2 is missing",
        "1 (a). x;2 (b).;3 (c). y | principles:2: the text of principle 'b' is blank",
        "1 (a). x;2 (A). y | principles: two principles are named 'A'",
      })
  void wrong_numbered_rules_are_named(String text, String message) {
    assertThatThrownBy(() -> PrincipleSet.parse(text.replace(';', '\n')))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void sets_are_equal_by_their_rules_in_order() {
    assertThat(TWO)
        .isEqualTo(PrincipleSet.of(List.copyOf(TWO.principles())))
        .hasSameHashCodeAs(PrincipleSet.parse(TWO.toString()));
    assertThat(TWO).isNotEqualTo(TWO.startingWith("static"));
  }
}
