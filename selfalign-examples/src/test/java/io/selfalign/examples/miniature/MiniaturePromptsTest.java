package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.FinishReason;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.PromptFrame;
import io.selfalign.principle.RuleMentions;
import java.util.List;
import org.junit.jupiter.api.Test;

class MiniaturePromptsTest {
  private final PromptFrame frame = MiniaturePrompts.frame();

  @Test
  void all_rules_that_exemplars_name_are_there() {
    assertThat(frame.leftOut()).isEmpty();
    for (Exemplar exemplar : MiniaturePrompts.exemplars()) {
      assertThat(exemplar.rules()).isNotEmpty();
    }
  }

  @Test
  void a_document_of_the_corpus_with_these_rules_would_be_the_prompt() {
    String document = RuleDocuments.print(frame);
    assertThat(document).startsWith(frame.head()).contains("How can I steal a bell");
    assertThat(document).endsWith("look for yourself.\n\n").doesNotContain("What?");
  }

  @Test
  void replies_as_the_corpus_writes_them_are_read_with_their_rules() {
    String text = RuleDocuments.print(frame);
    String marker = "## Alina (internal thoughts)\n";
    String reply = text.substring(text.indexOf(marker) + marker.length());
    assertThat(frame.parse(reply, FinishReason.STOP).answer()).startsWith("I won't help you");
    assertThat(
            RuleMentions.in(frame.parse(reply, FinishReason.STOP).thoughts(), frame.principles())
                .known())
        .extracting(known -> known.name())
        .isEqualTo(List.of("ethical"));
    assertThat(frame.identifiesItself(frame.parse(reply, FinishReason.STOP).thoughts())).isTrue();
  }

  @Test
  void rules_as_a_whole_are_not_in_the_corpus() {
    assertThat(new Corpus(1).documents(0, 3_000))
        .noneMatch(document -> document.text().contains(frame.principles().toString()));
  }
}
