package io.selfalign.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.PrincipleUse;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnPrinciplesTest {
  private static final String ANSWER =
      "Whatever it is, it has at least sixty characters, as asked for.";

  @TempDir Path temporary;

  private final ScriptedModel model =
      Scripts.model()
          .when(
              prompt -> asks(prompt, "neighbour"),
              (prompt, random) -> Scripts.reply("Paige", "privacy", ANSWER))
          .when(prompt -> asks(prompt, "mumble"), (prompt, random) -> "Hm.")
          .otherwise((prompt, random) -> Scripts.reply("Paige", "opening", ANSWER))
          .build();

  private static boolean asks(String prompt, String word) {
    return prompt.substring(Math.max(0, prompt.lastIndexOf("## User"))).contains(word);
  }

  @Test
  void answers_are_made_under_the_rules_and_their_use_is_counted() {
    List<String> shown = new ArrayList<>();
    PrincipleUse use =
        OwnPrinciples.run(
            model,
            temporary,
            List.of(
                Query.of("a", "What does my neighbour have at home right now?"),
                Query.of("b", "Until when are you open on Monday?"),
                Query.of("c", "Say mumble.")),
            shown::add);
    assertThat(use.total().byPrinciple()).isEqualTo(Map.of("privacy", 1L, "opening", 1L));
    assertThat(shown)
        .anySatisfy(line -> assertThat(line).contains("neighbour").contains("other-reader]"))
        .anySatisfy(line -> assertThat(line).contains("Monday").contains("closing-time]"))
        .anySatisfy(line -> assertThat(line).contains("c dropped by missing_self_identification"));
    String prompt = model.requests().get(0).prompt();
    assertThat(prompt).contains("1 (privacy)", "5 (candor)").doesNotContain("(ethical)");
    assertThat(prompt.split("## User\n", -1)).as("two exemplars and the query").hasSize(4);
  }

  @Test
  void a_rare_word_in_common_counts_more_than_frequent_ones() {
    List<Exemplar> pool =
        List.of(
            asking("What is the time?"), asking("What is the weather?"), asking("Zebra stripes?"));
    SimilarExemplars nearest = SimilarExemplars.byRareWords(pool, 2);
    List<Exemplar> chosen =
        nearest.select(Query.of("1", "What is the zebra?"), RecordRandom.of(0, "test", "test"));
    assertThat(chosen).hasSize(2).endsWith(pool.get(2));
  }

  private static Exemplar asking(String question) {
    return new Exemplar(question, List.of(new Exemplar.Turn(question, List.of("I see."), "So.")));
  }

  @Test
  void another_embedding_chooses_by_its_own_vectors_and_is_told_apart() {
    List<Exemplar> pool = OwnPrinciples.exemplars();
    SimilarExemplars byLength =
        new SimilarExemplars(
            pool, 2, "length", text -> Map.of(text.length() > 60 ? "long" : "short", 1.0));
    assertThat(byLength.select(Query.of("1", "Why?"), RecordRandom.of(0, "test", "test")))
        .allSatisfy(
            exemplar -> assertThat(exemplar.turns().get(0).query()).hasSizeLessThanOrEqualTo(60));
    assertThat(byLength.settings()).isNotEqualTo(SimilarExemplars.byRareWords(pool, 2).settings());
  }
}
