package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrammarTest {
  private static Set<String> all(Grammar grammar, String rule, Map<String, String> slots) {
    Set<String> written = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      written.add(grammar.write(rule, slots, Draw.of(1, "test", "draw-" + i)));
    }
    return written;
  }

  @Test
  void all_ways_of_a_rule_its_choices_and_the_rules_in_it_are_written() {
    Grammar grammar =
        Grammar.parse(
            List.of("== start", "[a|b[c|]] {end}", "{x^}!", "== end", "{x}", "== nothing"));
    assertThat(all(grammar, "start", Map.of("x", "[egg]")))
        .containsExactlyInAnyOrder("a [egg]", "b [egg]", "bc [egg]", "[egg]!");
    assertThat(all(grammar, "start", Map.of("x", "egg"))).contains("Egg!");
    assertThat(grammar.write("nothing", Map.of(), Draw.of(1, "test", "draw"))).isEmpty();
  }

  @Test
  void errors_name_the_line_or_the_rule() {
    assertThatThrownBy(() -> Grammar.parse(List.of("== a", "[b|c")))
        .hasMessage("the line '[b|c' lacks a ']'");
    assertThatThrownBy(() -> Grammar.parse(List.of("== a", "b]")))
        .hasMessage("the line 'b]' has a ']' too many");
    assertThatThrownBy(() -> Grammar.parse(List.of("== a", "{b")))
        .hasMessage("the line '{b' lacks a '}'");
    assertThatThrownBy(() -> Grammar.parse(List.of("== a", "== a")))
        .hasMessage("the rule '== a' occurs twice");
    Grammar grammar = Grammar.parse(List.of("== a", "{b}"));
    assertThatThrownBy(() -> grammar.write("a", Map.of(), Draw.of(1, "test", "draw")))
        .hasMessage("there is no slot or rule 'b'");
  }
}
