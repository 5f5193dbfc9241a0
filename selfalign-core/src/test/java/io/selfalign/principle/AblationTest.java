package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Query;
import io.selfalign.error.CancelledException;
import io.selfalign.model.GenerationRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AblationTest {
  private static final List<Query> QUERIES =
      IntStream.range(0, 10).mapToObj(i -> Query.of("q" + i, "Question " + i)).toList();

  /** Without candor it invents; without exemplars it does not know the form. */
  private static ScriptedModel model() {
    return ScriptedModel.builder()
        .contextLength(14_000)
        .when(
            prompt -> !prompt.contains("## Alina\n"), (prompt, random) -> "Well, it is like this.")
        .whenPromptContains(
            "(candor)",
            Replies.reply(
                Replies.SELF + " By my rule 7 (candor) I say so.",
                "I don't know. " + Replies.answer("it")))
        .otherwise(
            Replies.reply(Replies.SELF + " By my rule 2 (informative).", Replies.answer("it")))
        .build();
  }

  private static Ablation ablation(ScriptedModel model) {
    return Ablation.of(
        PrincipleDrivenAlignment.builder(model)
            .unitSize(3)
            .thoughtTokens(400)
            .sampling(
                PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(900).build())
            .build());
  }

  @Test
  void what_changes_without_a_part_is_reported() {
    AblationReport report = ablation(model()).without("candor").withoutExemplars().run(QUERIES);
    assertThat(report.queries()).isEqualTo(10);
    assertThat(report.variants())
        .extracting(AblationReport.Variant::name)
        .containsExactly("whole prompt", "without candor", "without exemplars");
    AblationReport.Variant whole = report.variant(Ablation.WHOLE);
    assertThat(whole.kept()).isEqualTo(10);
    assertThat(whole.refusals()).isEqualTo(10);
    assertThat(whole.use().total().share("candor")).isEqualTo(1);
    AblationReport.Variant bold = report.variant("without candor");
    assertThat(bold.refusals()).isZero();
    assertThat(bold.use().total().share("informative")).isEqualTo(1);
    assertThat(bold.meanCharacters()).isLessThan(whole.meanCharacters());
    AblationReport.Variant lost = report.variant("without exemplars");
    assertThat(lost.kept()).isZero();
    assertThat(lost.dropped()).isEqualTo(10);
    assertThat(lost.drops()).containsOnlyKeys("missing_self_identification");
    assertThatThrownBy(() -> report.variant("x")).hasMessageContaining("there is no variant 'x'");
  }

  @Test
  void the_report_prints_itself_as_a_table() {
    AblationReport report = ablation(model()).without("candor").withoutExemplars().run(QUERIES);
    assertThat(report)
        .hasToString(
            """
            10 queries                     whole prompt  without candor  without exemplars
            kept                                     10              10                  0
            dropped                                   0               0                 10
              missing_self_identification             0               0                 10
            refusals                                 10               0                  0
            mean characters                         206             192                  0
            names candor                         100.0%            0.0%               0.0%
            names informative                      0.0%          100.0%               0.0%
            names no principle                     0.0%            0.0%                  -
            """);
  }

  @Test
  void all_variants_see_the_same_queries_with_the_same_random_numbers() {
    ScriptedModel model = model();
    ablation(model).without("creative").withoutPrinciples().seed(4).run(QUERIES);
    List<String> ids = model.requests().stream().map(GenerationRequest::id).toList();
    int each = ids.size() / 3;
    assertThat(each).as("thoughts and answers").isEqualTo(20);
    assertThat(ids.subList(0, each))
        .isEqualTo(ids.subList(each, 2 * each))
        .isEqualTo(ids.subList(2 * each, 3 * each));
    assertThat(model.calls()).allMatch(call -> call.options().seed() == 4);
    assertThat(model.requests().get(2 * each).prompt()).doesNotContain("# Rules", "rule ");
  }

  @Test
  void the_safety_filter_stays_that_of_the_whole_prompt() {
    ScriptedModel model = model();
    ablation(model).without("candor").run(QUERIES.subList(0, 1));
    assertThat(model.scoreRequests())
        .allMatch(request -> request.prompt().startsWith(PromptFrame.standard().head()));
  }

  @Test
  void each_principle_may_be_left_out_in_turn() {
    assertThat(ablation(model()).withoutEach().run(QUERIES.subList(0, 1)).variants()).hasSize(17);
  }

  @Test
  void wrong_variants_and_interrupts_end_it() {
    assertThatThrownBy(() -> ablation(model()).without("bravery"))
        .hasMessageContaining("there is no principle 'bravery'");
    assertThatThrownBy(() -> ablation(model()).without("candor").without("candor"))
        .hasMessageContaining("two variants are named 'without candor'");
    assertThatThrownBy(() -> ablation(model()).run(List.of())).hasMessageContaining("no queries");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> ablation(model()).run(QUERIES)).isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
