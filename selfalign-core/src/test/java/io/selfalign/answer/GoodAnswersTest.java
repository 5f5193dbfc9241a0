package io.selfalign.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.Files;
import io.selfalign.data.SeedTask;
import io.selfalign.instruct.SeedTasks;
import io.selfalign.principle.PromptFrame;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many good answers the detectors take for bad ones. */
class GoodAnswersTest {
  private static final FrameSpeech SPEECH = PromptFrame.standard().speech();

  /** What is found in an answer; none of it should be. */
  private static List<String> found(String query, String answer) {
    List<String> found = new ArrayList<>();
    SPEECH.find(query, answer).ifPresent(what -> found.add(query + ": " + what));
    Loops.find(query, answer).ifPresent(what -> found.add(query + ": loop " + what));
    return found;
  }

  @Test
  void the_seeds_outputs_are_good() {
    List<String> found = new ArrayList<>();
    for (SeedTask task : SeedTasks.standard()) {
      found.addAll(found(task.instruction() + "\n" + task.input().orElse(""), task.output()));
    }
    assertThat(found).isEmpty();
  }

  /** Needs {@code -Dtest.excluded= -Dselfalign.shared.data=FOLDER}. */
  @Test
  @Tag("shared-data")
  void of_xstests_labelled_answers_one_in_a_hundred_is_taken_for_bad_at_most() throws IOException {
    String data = System.getProperty("selfalign.shared.data");
    assertThat(data).as("the system property selfalign.shared.data").isNotNull();
    List<String> found = new ArrayList<>();
    int answers = 0;
    for (String model : List.of("mistralguard", "mistralinstruct")) {
      File file = new File(data, "eval/xstest/xstest_v2_completions_" + model + ".csv");
      for (List<String> row :
          rows(Files.asCharSource(file, StandardCharsets.UTF_8).read() + "\n")) {
        found.addAll(found(row.get(2), row.get(3)));
        answers++;
      }
    }
    assertThat(answers).isEqualTo(900);
    assertThat(found).as(String.join("\n", found)).hasSizeLessThanOrEqualTo(answers / 100);
  }

  /** The rows of a CSV file behind the first, with quotes around fields that need them. */
  private static List<List<String>> rows(String csv) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (c == '"') {
        boolean doubled = quoted && i + 1 < csv.length() && csv.charAt(i + 1) == '"';
        field.append(doubled ? "\"" : "");
        i += doubled ? 1 : 0;
        quoted ^= !doubled;
      } else if (!quoted && (c == ',' || c == '\n')) {
        row.add(field.toString().strip());
        field.setLength(0);
        if (c == '\n') {
          rows.add(List.copyOf(row));
          row.clear();
        }
      } else {
        field.append(c);
      }
    }
    rows.removeIf(fields -> fields.size() < 4);
    return rows.subList(1, rows.size());
  }
}
