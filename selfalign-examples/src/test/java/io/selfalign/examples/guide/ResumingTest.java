package io.selfalign.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Query;
import io.selfalign.examples.guide.Resuming.Recording;
import io.selfalign.principle.PrincipleDrivenAlignment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumingTest {
  @TempDir Path temporary;

  @Test
  void a_cancelled_run_goes_on_and_asks_nothing_twice() {
    Recording model =
        Recording.of(
            Scripts.model()
                .otherwise(
                    (prompt, random) -> Scripts.reply("Alina", "candor", Scripts.words(random, 40)))
                .build());
    PrincipleDrivenAlignment.Builder stage = PrincipleDrivenAlignment.builder(model);
    Scripts.roomForCharacters(stage);
    List<Query> queries =
        IntStream.range(0, 10).mapToObj(i -> Query.of("q" + i, "What is " + i + "?")).toList();
    List<String> shown = new ArrayList<>();
    List<String> asked = Resuming.run(model, stage, queries, temporary, shown::add);
    assertThat(asked)
        .containsExactlyInAnyOrderElementsOf(
            queries.stream().flatMap(q -> Stream.of(q.id(), q.id() + "/answer")).toList());
    assertThat(shown)
        .containsExactly(
            "cancelled after 4 of 10 queries",
            "'demonstrations' goes on after 3 units: 4 answers, 0 dropped",
            "10 queries, 20 requests, 0 of them repeated, 10 answers");
  }
}
