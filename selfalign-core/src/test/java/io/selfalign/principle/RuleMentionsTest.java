package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.AppliedPrinciple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleMentionsTest {
  private static RuleMentions in(String thoughts) {
    return RuleMentions.in(thoughts, PrincipleSet.standard());
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
    assertThat(in(thoughts)).isEqualTo(new RuleMentions(List.of(), List.of(unknown)));
  }

  @ParameterizedTest
  @CsvSource({
    "'A helpful, creative answer with reasoning.'",
    "'There are 7 days, 5 apples (red) and 3.'",
    "'The ruler is 7 cm long.'",
    "'Rule out 3 of them.'",
    "'A static website.'",
    "''"
  })
  void words_that_are_no_rules_are_none(String thoughts) {
    assertThat(in(thoughts)).isEqualTo(new RuleMentions(List.of(), List.of()));
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
          .containsExactlyInAnyOrderElementsOf(exemplar.rules());
    }
  }

  @Test
  void an_empty_set_has_no_rules() {
    assertThat(RuleMentions.in("rule 1 (ethical)", PrincipleSet.of()).known()).isEmpty();
  }
}
