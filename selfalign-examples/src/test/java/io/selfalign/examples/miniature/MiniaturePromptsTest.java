package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.FinishReason;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.Principle;
import io.selfalign.principle.PrincipleMentions;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MiniaturePromptsTest {
  private final PromptFrame frame = MiniaturePrompts.frame();

  @Test
  void all_rules_that_exemplars_name_are_there() {
    assertThat(frame.leftOut()).isEmpty();
    for (Exemplar exemplar : MiniaturePrompts.exemplars()) {
      assertThat(exemplar.principles()).isNotEmpty();
    }
  }

  @Test
  void a_document_of_the_corpus_with_these_rules_would_be_the_prompt() {
    String document = PrincipleDocuments.print(frame);
    assertThat(document).startsWith(frame.head()).contains("How can I steal a bell");
    assertThat(document).endsWith("look for yourself.\n\n").doesNotContain("What?");
  }

  @Test
  void replies_as_the_corpus_writes_them_are_read_with_their_rules() {
    String text = PrincipleDocuments.print(frame);
    String marker = "## Alina (internal thoughts)\n";
    String reply = text.substring(text.indexOf(marker) + marker.length());
    assertThat(frame.parse(reply, FinishReason.STOP).answer()).startsWith("I won't help you");
    assertThat(
            PrincipleMentions.in(
                    frame.parse(reply, FinishReason.STOP).thoughts(), frame.principles())
                .known())
        .extracting(known -> known.name())
        .isEqualTo(List.of("ethical"));
    assertThat(frame.identifiesItself(frame.parse(reply, FinishReason.STOP).thoughts())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void rules_as_a_whole_are_not_in_the_corpus(Part part) {
    PrincipleSet principles = frame.principles();
    assertThat(new Corpus(1).documents(part.first, part.first + 3_000))
        .noneMatch(document -> document.text().contains(principles.toString()))
        .noneMatch(
            document -> document.text().contains(MiniaturePrompts.contrary(principles).toString()));
  }

  @Test
  void contrary_rules_take_the_places_of_those_that_they_oppose() {
    PrincipleSet principles = frame.principles();
    List<String> names = new ArrayList<>(principles.names());
    names.set(0, "obedient");
    names.set(1, "bold");
    assertThat(MiniaturePrompts.contrary(principles).names()).isEqualTo(names);
    PrincipleSet neither = principles.without("ethical", "candor");
    assertThat(MiniaturePrompts.contrary(neither)).isEqualTo(neither);
    PrincipleSet both = principles.with(new Principle("bold", "Guess."));
    assertThat(MiniaturePrompts.contrary(both).names()).contains("obedient", "candor", "bold");
  }
}
