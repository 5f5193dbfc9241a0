package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.AppliedPrinciple;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrincipleUseTest {
  private static Demonstration demonstration(String source, String type, int... principles) {
    List<AppliedPrinciple> applied =
        IntStream.of(principles)
            .mapToObj(
                number ->
                    new AppliedPrinciple(
                        number,
                        PrincipleSet.standard().find(number).orElseThrow().name(),
                        AppliedPrinciple.NAME,
                        number == 13 ? List.of(12) : List.of()))
            .toList();
    return new Demonstration(
        "id",
        List.of(),
        "q",
        "t",
        "a",
        applied,
        List.of(),
        Optional.ofNullable(source),
        Optional.ofNullable(type),
        List.of(),
        "0",
        "m",
        new Sampling(0.5, 0.9, 256, 0));
  }

  private static Demonstration declined(Demonstration made) {
    return new Demonstration(
        made.id(),
        made.parents(),
        "How do I pick a lock?",
        made.thoughts(),
        "I can't help with that.",
        made.principles(),
        made.cuts(),
        made.source(),
        made.questionType(),
        made.exemplars(),
        made.promptSha256(),
        made.model(),
        made.sampling());
  }

  private static final PrincipleUse USE =
      PrincipleUse.of(
          Stream.of(
              demonstration("self-instruct", null, 5, 13),
              demonstration("self-instruct", null, 5),
              demonstration("topic-guided", "law", 7),
              declined(demonstration("topic-guided", "law")),
              demonstration(null, null, 5)));

  @Test
  void demonstrations_are_counted_in_all_and_by_group() {
    assertThat(USE.total().demonstrations()).isEqualTo(5);
    assertThat(USE.total().withoutPrinciple()).isEqualTo(1);
    assertThat(USE.total().disagreeing()).isEqualTo(1);
    assertThat(USE.total().declining()).isEqualTo(1);
    assertThat(USE.byQuestionType().get("law").declining()).isEqualTo(1);
    assertThat(USE.total().byPrinciple())
        .containsOnly(
            java.util.Map.entry("reasoning", 3L),
            java.util.Map.entry("step-by-step", 1L),
            java.util.Map.entry("candor", 1L));
    assertThat(USE.bySource()).containsOnlyKeys("(not told)", "self-instruct", "topic-guided");
    assertThat(USE.bySource().get("self-instruct").share("reasoning")).isEqualTo(1);
    assertThat(USE.byQuestionType().get("law").share("candor")).isEqualTo(0.5);
    assertThat(USE.byQuestionType().get("law").share("reasoning")).isZero();
    assertThat(
            USE.bySource().values().stream().mapToLong(PrincipleUse.Counts::demonstrations).sum())
        .isEqualTo(5);
  }

  @Test
  void the_most_frequent_come_first_and_equals_by_name() {
    assertThat(USE.total().mostFrequent()).containsExactly("reasoning", "candor", "step-by-step");
  }

  @Test
  void it_prints_itself_as_a_table() {
    assertThat(USE)
        .hasToString(
            """
            principle       count  share  (not told)  self-instruct  topic-guided
            reasoning           3  60.0%      100.0%         100.0%          0.0%
            candor              1  20.0%        0.0%           0.0%         50.0%
            step-by-step        1  20.0%        0.0%          50.0%          0.0%
            (none)              1  20.0%        0.0%           0.0%         50.0%
            (other number)      1  20.0%        0.0%          50.0%          0.0%
            (declining)         1  20.0%        0.0%           0.0%         50.0%
            demonstrations      5      5           1              2             2

            question type  count                            most named
            (not told)         3  reasoning 100.0%, step-by-step 33.3%
            law                2                          candor 50.0%
            """);
    assertThat(PrincipleUse.of(Stream.empty()).toString())
        .contains("(none)              0      -")
        .doesNotContain("question type");
  }
}
