package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.IdentityPair;
import io.selfalign.error.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityPairsTest {
  private static final IdentityPairs PAIRS = IdentityPairs.of("Juno", "the Example Institute");

  @TempDir Path temporary;

  @Test
  void there_are_910_distinct_pairs_and_more_on_at_least_60_questions() {
    List<IdentityPair> all = PAIRS.all();
    assertThat(all).hasSize(1056).hasSizeGreaterThanOrEqualTo(IdentityPairs.DEFAULT_COUNT);
    assertThat(all).extracting(IdentityPair::id).doesNotHaveDuplicates();
    assertThat(all).extracting(pair -> pair.query() + "\n" + pair.answer()).doesNotHaveDuplicates();
    assertThat(all.stream().map(IdentityPair::query).distinct()).hasSize(66);
  }

  @Test
  void every_answer_is_of_whole_sentences_with_names_in_their_places() {
    assertThat(PAIRS.all())
        .allSatisfy(
            pair -> {
              assertThat(pair.query() + pair.answer()).doesNotContain("{", "}", "  ");
              assertThat(pair.answer()).matches("(?s)[A-Z].*[.?]");
              assertThat(pair.answer()).doesNotContain(". the Example");
            });
    assertThat(PAIRS.all())
        .anyMatch(pair -> pair.answer().startsWith("The Example Institute made me"))
        .anyMatch(pair -> pair.answer().contains("made by the Example Institute"));
  }

  @Test
  void a_choice_is_even_random_and_the_same_for_a_seed() {
    List<IdentityPair> chosen = PAIRS.pairs(910, 3);
    assertThat(chosen).hasSize(910).doesNotHaveDuplicates().isEqualTo(PAIRS.pairs(910, 3));
    assertThat(chosen).isNotEqualTo(PAIRS.pairs(910, 4));
    assertThat(PAIRS.pairs(100, 3)).isEqualTo(chosen.subList(0, 100));
    assertThat(
            chosen.stream()
                .collect(Collectors.groupingBy(IdentityPair::query, Collectors.counting()))
                .values())
        .allMatch(count -> count == 13 || count == 14);
    assertThat(PAIRS.pairs(1056, 3)).containsExactlyInAnyOrderElementsOf(PAIRS.all());
  }

  @Test
  void too_many_and_names_that_are_none_are_refused() {
    assertThatThrownBy(() -> PAIRS.pairs(1057, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count is 1057, but must be 0 to 1056, the number of pairs");
    assertThatThrownBy(() -> IdentityPairs.of(" ", "x")).hasMessageContaining("persona is ' '");
    assertThatThrownBy(() -> IdentityPairs.of("x", "a\nb")).hasMessageContaining("maker is");
  }

  @Test
  void templates_of_ones_own_are_read() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("own.jsonl"),
            "{\"about\":\"a\",\"questions\":[\"Who?\"],\"openings\":[\"{persona}.\"],"
                + "\"additions\":[\"By {maker}.\",\"Hi.\"]}\n");
    assertThat(IdentityPairs.read(file, "Juno", "us").all())
        .containsExactly(
            new IdentityPair("identity-a-1-1", "Who?", "Juno. By us."),
            new IdentityPair("identity-a-1-2", "Who?", "Juno. Hi."));
    String line = Files.readString(file);
    assertRefused(line.replace("[\"Who?\"]", "[]"), ":1: field 'questions' must be a list");
    assertRefused(line.replace("\"Hi.\"", "\"By {maker}.\""), ":1: field 'additions' has a text");
    assertRefused(line + line, ":2: field 'about' is 'a' a second time");
    assertRefused("\n", ": has no templates");
  }

  private void assertRefused(String content, String message) throws IOException {
    Path file = Files.writeString(temporary.resolve("wrong.jsonl"), content);
    assertThatThrownBy(() -> IdentityPairs.read(file, "Juno", "us"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + message);
  }
}
