package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that come from outside. */
class SourceTest {
  @TempDir Path temporary;

  private Pipeline copying(Dataset<Seed> seeds) {
    Pipeline.Builder builder = Pipeline.builder();
    builder.stage(
        TestStages.mapping(
            "copies",
            Seed.class,
            Answer.class,
            s -> new Answer("a-" + s.id(), List.of(s.id()), s.text())),
        builder.source("seeds", seeds));
    return builder.build();
  }

  @Test
  void a_file_that_changed_between_two_runs_is_told_and_begins_anew_on_demand() throws IOException {
    Path file = temporary.resolve("seeds.jsonl");
    Path directory = temporary.resolve("run");
    Files.writeString(file, "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":\"b\"}\n");
    copying(Dataset.read(file, Seed.class)).in(directory).run();
    var data = SampleRun.data(directory);

    // What a record is counts, not how it is written.
    Files.writeString(file, "{\"text\": \"a\", \"id\": \"1\"}\n\n{\"id\":\"2\",\"text\":\"b\"}");
    copying(Dataset.read(file, Seed.class)).in(directory).run();
    assertThat(SampleRun.data(directory)).isEqualTo(data);

    Files.writeString(file, "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":\"c\"}\n");
    Pipeline changed = copying(Dataset.read(file, Seed.class));
    assertThatThrownBy(() -> changed.in(directory).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("stage 'seeds': option 'sha256' is ")
        .hasMessageContaining("begins seeds, copies anew");
    assertThat(SampleRun.data(directory)).isEqualTo(data);

    changed.in(directory, RunOptions.builder().restartWhenChanged(true).build()).run();
    assertThat(RunDirectory.open(directory).records("copies", Answer.class).toList())
        .extracting(Answer::text)
        .containsExactly("a", "c");
  }

  @Test
  void an_id_that_two_lines_have_is_named_with_both() throws IOException {
    Path file = temporary.resolve("seeds.jsonl");
    Files.writeString(
        file,
        "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":\"b\"}\n\n{\"id\":\"1\",\"text\":\"c\"}\n");
    Pipeline pipeline = copying(Dataset.read(file, Seed.class));
    assertThatThrownBy(() -> pipeline.in(temporary.resolve("run")).run())
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            file + ":4: id '1' is also at " + file + ":1; make the ids of source 'seeds' unique");
  }

  @Test
  void an_id_that_two_records_in_memory_have_is_named_with_both() {
    List<Seed> seeds = new ArrayList<>(SampleRun.seeds());
    seeds.add(seeds.get(2));
    Pipeline pipeline = copying(Dataset.of(Seed.class, seeds));
    assertThatThrownBy(() -> pipeline.in(temporary).run())
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "record 6: id 'seed-2' is also at record 3; make the ids of source 'seeds' unique");
  }

  @Test
  void ids_are_told_apart_where_their_hashes_are_equal_and_in_parts() {
    ToLongFunction<String> few = id -> id.charAt(0) - 'm';
    List<Seed> seeds =
        new ArrayList<>(
            IntStream.range(0, 260)
                .mapToObj(i -> new Seed((char) ('a' + i % 26) + "-" + i, ""))
                .toList());
    for (int atOnce : new int[] {1, 7, 100, 1000}) {
      assertThat(find(seeds, atOnce, few)).isEmpty();
      assertThat(find(seeds, atOnce, String::hashCode)).isEmpty();
      for (int twice : new int[] {0, 1, 100, 259}) {
        seeds.add(seeds.get(twice));
        assertThat(find(seeds, atOnce, few)).contains(seeds.get(twice).id());
        assertThat(find(seeds, atOnce, String::hashCode)).contains(seeds.get(twice).id());
        seeds.remove(260);
      }
    }
  }

  private static Optional<String> find(List<Seed> seeds, int atOnce, ToLongFunction<String> hash) {
    SharedIds ids = new SharedIds(seeds.size(), atOnce, hash);
    seeds.forEach(seed -> ids.add(seed.id()));
    return ids.find(Dataset.of(Seed.class, seeds));
  }
}
