package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.AppliedPrinciple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrincipleMentionsTest {
  private static PrincipleMentions in(String thoughts) {
    return PrincipleMentions.in(thoughts, PrincipleSet.standard());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "By my rule 7 (candor) I say so. | 7",
        "By my rule 11 (numerical sensitivity) and my rule 13 (step-by-step) I count. | 11 13",
        "According to rules 5 and 7, yes. | 5 7",
        "Rules 5, 7 and 13 apply. | 5 7 13",
        "Rules 5 (reasoning), 7 (candor), and 13 (step-by-step). | 5 7 13",
        "by principle #7 | 7",
        "rule number 7 says | 7",
        "Rule no. 7: | 7",
        "Principles: 1 (Ethical) & 3 (Helpful) | 1 3",
        "7 (candor) matters here | 7",
        "My (candor) tells me | 7",
        "the candor rule | 7",
        "rule of question assessment | 4",
        "the rule \"dated knowledge\" | 12",
        "the step by step rule | 13",
        "balanced & informative perspectives rule | 14",
        "rule 14 (balanced and informative perspectives) | 14",
        "rule 3 (candor) | 7",
        "rule 13 (step-by-step) and 3 examples | 13",
        "rule 7 (candor). And rule 7 again. | 7",
        "Asked: a name. Rules that apply: 12 (dated knowledge), 7 (candor). | 7 12",
        "Rules: 7 (candor), 9 (static) | 7 9",
        "Rules that apply: 7, 9. | 7 9",
        "Rules that apply here: 7 and 9. | 7 9",
        "Relevant rules: candor, static. | 7 9",
        "Rules to follow: Dated Knowledge; balanced and informative perspectives; step by step | 12 13 14",
        "Principles: candor (7), static (9). | 7 9",
        "Rules: 7 (candor), 9. | 7 9",
        "Rules: 7: candor, 9 - static. | 7 9",
        "Rules that apply: honesty, candor, rule 9 (static). | 7 9",
        "The rules that apply are 7 and 9. | 7 9",
      })
  void known_rules_are_found(String thoughts, String numbers) {
    assertThat(in(thoughts).known())
        .extracting(AppliedPrinciple::number)
        .containsExactlyElementsOf(
            Arrays.stream(numbers.split(" ")).map(Integer::valueOf).toList());
    assertThat(in(thoughts).unknown()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rule 17 (bravery) | 17 (bravery)",
        "my rule 99 | 99",
        "rule 0 | 0",
        "rule 7 (bravery) | 7 (bravery)",
        "the rule (bravery) | (bravery)"
      })
  void rules_that_there_are_not_are_told(String thoughts, String unknown) {
    assertThat(in(thoughts)).isEqualTo(new PrincipleMentions(List.of(), List.of(unknown)));
  }

  @ParameterizedTest
  @CsvSource({
    "'A helpful, creative answer with reasoning.'",
    "'There are 7 days, 5 apples (red) and 3.'",
    "'The ruler is 7 cm long.'",
    "'Rule out 3 of them.'",
    "'The rule is: 3 examples, no more.'",
    "'The rules that are helpful, creative people keep.'",
    "'Rules that apply: creatively, statically.'",
    "'A static website.'",
    "''"
  })
  void words_that_are_no_rules_are_none(String thoughts) {
    assertThat(in(thoughts)).isEqualTo(new PrincipleMentions(List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rule 7 | number |",
        "Rules: 7, 9 | number |",
        "the candor rule | name |",
        "Rules: candor. | name |",
        "my (candor) | name |",
        "rule 7 (candor) | both |",
        "Rules: 9 (static), 7 (candor). | both |",
        "Rule 7 is the candor rule. | both |",
        "rule 9 (candor) | name | 9",
        "Rules that apply: candor (9), 4 (candor). | name | 4 9",
        "rule 42 (candor) | name | 42",
        "By 9 (candor) I do. And by rule 7 (candor). | both | 9",
      })
  void a_rule_tells_what_it_is_named_by_and_which_other_numbers_it_is_given(
      String thoughts, String by, String otherNumbers) {
    PrincipleMentions mentions = in(thoughts);
    AppliedPrinciple candor =
        mentions.known().stream().filter(p -> p.number() == 7).findFirst().orElseThrow();
    List<Integer> others =
        otherNumbers == null
            ? List.of()
            : Arrays.stream(otherNumbers.split(" ")).map(Integer::valueOf).toList();
    assertThat(candor).isEqualTo(new AppliedPrinciple(7, "candor", by, others));
    assertThat(mentions.disagree()).isEqualTo(!others.isEmpty());
    assertThat(mentions.unknown()).isEmpty();
  }

  @Test
  void every_exemplars_rules_are_found_in_its_rendered_thoughts() {
    PromptFrame frame = PromptFrame.standard();
    for (Exemplar exemplar : Exemplars.standard()) {
      ExemplarText text =
          new ExemplarText(frame.principles(), frame.selfIdentification(), frame.markers());
      String thoughts = text.of(exemplar, new ArrayList<>());
      assertThat(in(thoughts).known())
          .extracting(AppliedPrinciple::name)
          .containsExactlyInAnyOrderElementsOf(exemplar.principles());
    }
  }

  @Test
  void an_empty_set_has_no_rules() {
    assertThat(PrincipleMentions.in("rule 1 (ethical)", PrincipleSet.of()).known()).isEmpty();
  }
}
