package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.data.SeedTask;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedTasksTest {
  @TempDir Path folder;

  @Test
  void both_forms_are_read_from_one_file_in_its_order() {
    Path file =
        file(
            """
            {"id":"a","instruction":"Add.","input":"1 2","output":"3","is_classification":false}

            {"id":"b","name":"parity","instruction":"Odd or even?",\
            "instances":[{"input":"7","output":"odd"},{"input":"8","output":"even"}],\
            "is_classification":true}
            """);
    assertThat(SeedTasks.read(file))
        .containsExactly(
            new SeedTask("a", "Add.", Optional.of("1 2"), "3", false),
            new SeedTask("b", "Odd or even?", Optional.of("7"), "odd", true))
        .isUnmodifiable();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"a\",\"instruction\":\"Sing.\",\"output\":\"La\"}",
        "{\"id\":\"a\",\"instruction\":\"Sing.\",\"input\":\"\",\"output\":\"La\"}",
        "{\"id\":\"a\",\"instruction\":\"Sing.\",\"input\":\" \\n\",\"output\":\"La\"}",
        "{\"id\":\"a\",\"instruction\":\"Sing.\",\"input\":null,\"output\":\"La\"}",
        "{\"id\":\"a\",\"instruction\":\"Sing.\",\"instances\":[{\"input\":\"\",\"output\":\"La\"}]}",
        "{\"id\":\"a\",\"instruction\":\"Sing.\",\"instances\":[{\"output\":\"La\"}]}",
      })
  void a_task_may_lack_input_and_flag(String line) {
    assertThat(SeedTasks.read(file(line)))
        .containsExactly(new SeedTask("a", "Sing.", Optional.empty(), "La", false));
  }

  @Test
  void texts_are_kept_as_they_stand() {
    assertThat(
            SeedTasks.read(
                file(
                    "{\"id\":\"a\",\"instruction\":\"Indent.\\n\",\"input\":\"  x\","
                        + "\"output\":\"\\tx\"}")))
        .containsExactly(new SeedTask("a", "Indent.\n", Optional.of("  x"), "\tx", false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"instruction\":\"x\",\"output\":\"y\"} | field 'id' is missing",
        "{\"id\":7,\"instruction\":\"x\",\"output\":\"y\"} | field 'id' must be a string, but is the"
            + " number 7",
        "{\"id\":\"a\",\"instruction\":\" \",\"output\":\"y\"} | field 'instruction' is blank",
        "{\"id\":\"a\",\"instruction\":\"x\"} | field 'output' is missing",
        "{\"id\":\"a\",\"instruction\":\"x\",\"output\":\"\"} | field 'output' is blank",
        "{\"id\":\"a\",\"instruction\":\"x\",\"input\":[],\"output\":\"y\"} | field 'input' must be a"
            + " string, but is an array",
        "{\"id\":\"a\",\"instruction\":\"x\",\"output\":\"y\",\"is_classification\":\"no\"} | field"
            + " 'is_classification' must be true or false, but is a string",
        "{\"id\":\"a\",\"instruction\":\"x\",\"instances\":\"y\"} | field 'instances' must be an"
            + " array, but is a string",
        "{\"id\":\"a\",\"instruction\":\"x\",\"instances\":[]} | field 'instances' is empty; write"
            + " one {\"input\", \"output\"}",
        "{\"id\":\"a\",\"instruction\":\"x\",\"instances\":[null]} | field 'instances[0]' must be an"
            + " object, but is null",
        "{\"id\":\"a\",\"instruction\":\"x\",\"instances\":[{\"input\":\"z\"}]} | field"
            + " 'instances[0].output' is missing",
        "{\"id\":\"a\",\"instruction\":\"x\",\"instances\":[{\"output\":\"\\t\"}]} | field"
            + " 'instances[0].output' is blank",
        "{\"id\":\"a\",\"instruction\":\"x\",\"instances\":[{\"output\":\"\\ud800\"}]} | field"
            + " 'output' has an unpaired surrogate \\ud800 at index 0; it is not valid Unicode",
        "{\"id\":\"ok\",\"instruction\":\"x\",\"output\":\"y\"} | field 'id' is 'ok', as in line 1;"
            + " give each task its own",
      })
  void a_malformed_line_is_named(String line, String message) {
    Path file = file("{\"id\":\"ok\",\"instruction\":\"x\",\"output\":\"y\"}\n\n" + line + "\n");
    assertThatThrownBy(() -> SeedTasks.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ":3: " + message);
  }

  @Test
  void a_file_may_be_read_twice() {
    Path file = file("{\"id\":\"a\",\"instruction\":\"x\",\"output\":\"y\"}");
    assertThat(SeedTasks.read(file)).isEqualTo(SeedTasks.read(file));
  }

  @ParameterizedTest
  @CsvSource({"''", "' \n\n'"})
  void a_file_without_seeds_is_refused(String text) {
    Path file = file(text);
    assertThatThrownBy(() -> SeedTasks.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": has no seeds; write one {...} per line");
  }

  @Test
  void a_missing_file_is_named() {
    Path file = folder.resolve("absent.jsonl");
    assertThatThrownBy(() -> SeedTasks.read(file))
        .isInstanceOf(SelfAlignException.class)
        .hasMessage(file + ": can't be opened: no such file or folder");
  }

  @Test
  void written_tasks_are_read_back() {
    Path file = folder.resolve("copy.jsonl");
    try (JsonLinesWriter writer = JsonLines.write(file)) {
      SeedTasks.standard().forEach(writer::write);
    }
    assertThat(SeedTasks.read(file)).isEqualTo(SeedTasks.standard());
  }

  /** Needs {@code -Dtest.excluded= -Dselfalign.shared.data=FOLDER}. */
  @Test
  @Tag("shared-data")
  void the_published_seed_tasks_are_read() {
    String data = System.getProperty("selfalign.shared.data");
    assertThat(data).as("the system property selfalign.shared.data").isNotNull();
    List<SeedTask> tasks =
        SeedTasks.read(Path.of(data).resolve("self_instruct").resolve("seed_tasks.jsonl"));
    assertThat(tasks).hasSize(175);
    assertThat(tasks).filteredOn(SeedTask::isClassification).hasSize(26);
    assertThat(tasks).filteredOn(task -> task.input().isPresent()).hasSize(125);
    assertThat(tasks.get(0).id()).isEqualTo("seed_task_0");
    assertThat(tasks)
        .extracting(SeedTask::instruction)
        .doesNotContainAnyElementsOf(
            SeedTasks.standard().stream().map(SeedTask::instruction).toList());
  }

  private Path file(String text) {
    try {
      return Files.writeString(folder.resolve("seeds.jsonl"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
