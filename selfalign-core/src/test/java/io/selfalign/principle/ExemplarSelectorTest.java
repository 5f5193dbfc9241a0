package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExemplarSelectorTest {
  private static final List<Exemplar> POOL =
      List.of(
          exemplar("bread", "How do I bake bread?", "Knead flour and water.", "helpful"),
          exemplar("rolls", "How do I bake rolls?", "Knead flour and milk.", "helpful", "candor"),
          exemplar("stars", "Why do stars twinkle?", "Air bends light.", "reasoning", "static"),
          exemplar("poem", "Write verses on rain.", "Drops on roofs.", "creative"));

  private static Exemplar exemplar(String id, String query, String answer, String... principles) {
    List<String> thoughts =
        List.of(principles).stream().map(r -> "By {principle: " + r + "}.").toList();
    return new Exemplar(id, List.of(new Exemplar.Turn(query, thoughts, answer)));
  }

  private static List<String> chosen(ExemplarSelector selector, String query) {
    return chosen(selector, query, "id");
  }

  private static List<String> chosen(ExemplarSelector selector, String query, String id) {
    return selector.select(Query.of(id, query), RecordRandom.of(1, "stage", id)).stream()
        .map(Exemplar::id)
        .toList();
  }

  @Test
  void all_are_in_their_order() {
    assertThat(chosen(ExemplarSelector.all(POOL), "x"))
        .containsExactly("bread", "rolls", "stars", "poem");
    assertThat(ExemplarSelector.all().pool()).isEqualTo(Exemplars.standard());
    assertThat(chosen(ExemplarSelector.none(), "x")).isEmpty();
  }

  @Test
  void random_ones_depend_on_the_record_alone_and_keep_the_order() {
    ExemplarSelector selector = ExemplarSelector.random(POOL, 2);
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      List<String> once = chosen(selector, "x", "id-" + i);
      assertThat(chosen(selector, "another text", "id-" + i)).isEqualTo(once);
      counts.merge(once, 1, Integer::sum);
    }
    assertThat(counts).hasSize(6);
    assertThat(counts.values()).allMatch(count -> count > 400 && count < 600);
    assertThat(counts).doesNotContainKey(List.of("rolls", "bread"));
  }

  @Test
  void the_nearest_share_rare_words_with_the_query_and_come_last() {
    ExemplarSelector selector = ExemplarSelector.nearest(POOL, 2);
    assertThat(chosen(selector, "How do I knead rolls?")).containsExactly("bread", "rolls");
    assertThat(chosen(selector, "why does light from stars flicker")).endsWith("stars");
    assertThat(chosen(selector, "how do verses")).endsWith("poem");
    assertThat(chosen(selector, "qqq")).containsExactly("rolls", "bread");
  }

  @Test
  void diverse_ones_leave_out_the_neighbour() {
    assertThat(chosen(ExemplarSelector.diverse(POOL, 3), "x"))
        .doesNotContainSequence("bread", "rolls");
    assertThat(chosen(ExemplarSelector.diverse(POOL, 4), "x"))
        .containsExactly("bread", "rolls", "stars", "poem");
  }

  @Test
  void diverse_ones_are_far_from_each_other_not_only_from_the_rest() {
    List<Exemplar> pool =
        List.of(
            exemplar("suns", "Why do suns twinkle?", "Air bends light.", "static"),
            exemplar("stars", "Why do stars twinkle?", "Air bends light.", "static"),
            exemplar("bread", "Bake me bread now", "Knead flour and water.", "helpful"),
            exemplar("rolls", "Bake us rolls soon", "Knead flour and milk.", "helpful"));
    assertThat(chosen(ExemplarSelector.diverse(pool, 2), "x")).containsExactly("suns", "bread");
  }

  @Test
  void coverage_takes_what_adds_most_rules() {
    assertThat(chosen(ExemplarSelector.principleCoverage(POOL, 2), "x"))
        .containsExactly("rolls", "stars");
    assertThat(chosen(ExemplarSelector.principleCoverage(POOL, 3), "x"))
        .containsExactly("rolls", "stars", "poem");
  }

  @Test
  void the_choice_is_in_the_settings() {
    assertThat(ExemplarSelector.principleCoverage(POOL, 2).settings().json())
        .isEqualTo("{\"selector\":\"principle_coverage\",\"chosen\":[\"rolls\",\"stars\"]}");
    assertThat(ExemplarSelector.random(POOL, 2).settings())
        .isNotEqualTo(ExemplarSelector.random(POOL, 3).settings());
  }

  @Test
  void wrong_pools_and_numbers_are_refused() {
    assertThatThrownBy(() -> ExemplarSelector.random(POOL, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k is 5, but must be 0 to 4, the number of exemplars");
    assertThatThrownBy(() -> ExemplarSelector.nearest(POOL, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ExemplarSelector.all(List.of(POOL.get(0), POOL.get(0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two exemplars have the id 'bread'");
  }
}
