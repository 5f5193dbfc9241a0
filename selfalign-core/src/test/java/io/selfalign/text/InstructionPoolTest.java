package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 6,000 real instructions, which are not part of the project: {@code mvn verify -Dtest.excluded=
 * -Dselfalign.shared.data=FOLDER} runs these tests on {@code
 * FOLDER/self_instruct/instructions-pool.jsonl}.
 */
@Tag("shared-data")
class InstructionPoolTest {
  private static List<String> instructions() {
    String data = System.getProperty("selfalign.shared.data");
    assertThat(data).as("the system property selfalign.shared.data").isNotNull();
    Path file = Path.of(data).resolve("self_instruct").resolve("instructions-pool.jsonl");
    try (JsonLinesReader lines = JsonLines.read(file)) {
      return lines.stream().map(line -> line.text("instruction")).toList();
    }
  }

  @Test
  void verdicts_are_those_of_comparing_with_all_by_published_tokens() {
    List<String> instructions = instructions();
    assertThat(instructions).hasSize(6_000);
    NearDuplicateIndex index = NearDuplicateIndex.builder().build();
    BruteForce all = new BruteForce(0.7, RougeTokenizer.PUBLISHED);
    for (String instruction : instructions) {
      assertThat(index.addIfNew(instruction)).isEqualTo(all.addIfNew(instruction));
    }
    assertThat(index.size()).isEqualTo(1_302);
    assertThat(index.statistics().overlaps()).isLessThan(index.statistics().pairs() / 50);
  }
}
