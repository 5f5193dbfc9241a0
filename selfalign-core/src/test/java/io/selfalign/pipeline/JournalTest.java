package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.error.InvalidDataException;
import io.selfalign.pipeline.SampleRun.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final String FINGERPRINT = "f00d";
  private static final Journal.Header HEADER =
      new Journal.Header("s", Manifest.FORMAT, FINGERPRINT, Map.of());

  @TempDir Path temporary;

  // Properties

  @Property(tries = 60)
  void what_is_committed_is_read_again_by_another_process(
      @ForAll("units") List<Unit<Answer>> units) {
    inFolder(
        folder -> {
          write(folder, units, true);
          StageFolder.State state = folder.verify("s", FINGERPRINT);
          assertThat(state.complete()).isTrue();
          assertSame(folder, state, units);
        });
  }

  @Property(tries = 60)
  void any_prefix_of_a_journal_is_the_units_wholly_inside_it(
      @ForAll("units") List<Unit<Answer>> units, @ForAll double where) {
    inFolder(
        folder -> {
          List<Long> ends = write(folder, units, false);
          byte[] journal = Files.readAllBytes(folder.journal());
          int length = (int) (Math.abs(where % 1) * (journal.length + 1));
          Files.write(folder.journal(), Arrays.copyOf(journal, length));
          if (new String(journal, 0, length, UTF_8).indexOf('\n') < 0) {
            // Data comes after the whole first line; without it, data would be damage.
            Files.delete(folder.records());
            Files.delete(folder.drops());
          }

          StageFolder.State state = folder.verify("s", FINGERPRINT);

          int whole = (int) ends.stream().filter(end -> end <= length).count();
          assertSame(folder, state, units.subList(0, whole));
          // And the rest can be committed again, to the same bytes.
          try (StageStore store = StageStore.open(new FileStorage(), folder, HEADER, state)) {
            units.subList(whole, units.size()).forEach(unit -> store.commit(unit));
          }
          assertThat(Files.readAllBytes(folder.journal())).isEqualTo(journal);
        });
  }

  @Property(tries = 200)
  void a_changed_byte_is_noticed(
      @ForAll("units") List<Unit<Answer>> units,
      @ForAll int which,
      @ForAll double where,
      @ForAll byte change) {
    inFolder(
        folder -> {
          write(folder, units, true);
          List<Path> files =
              Stream.of(folder.journal(), folder.records(), folder.drops())
                  .filter(file -> file.toFile().length() > 0)
                  .toList();
          Path file = files.get(Math.floorMod(which, files.size()));
          byte[] bytes = Files.readAllBytes(file);
          bytes[(int) (Math.abs(where % 1) * bytes.length)] ^= change == 0 ? 1 : change;
          Files.write(file, bytes);

          // A line feed that is gone at the journal's very end looks like a torn last line: then
          // the stage is not complete, and what was committed before is as it was.
          if (file.equals(folder.journal()) && bytes[bytes.length - 1] != '\n') {
            assertThat(folder.verify("s", FINGERPRINT).complete()).isFalse();
          } else {
            assertThatThrownBy(() -> folder.verify("s", FINGERPRINT))
                .isInstanceOf(InvalidDataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("it was changed after it was written");
          }
        });
  }

  @Provide
  Arbitrary<List<Unit<Answer>>> units() {
    Arbitrary<String> text =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(
                8, Arbitraries.strings().ofMaxLength(30).filter(JournalTest::valid)),
            net.jqwik.api.Tuple.of(
                1, Arbitraries.just("x\u0000\u2028\r\n\"\\é😀 ".repeat(20_000))));
    Arbitrary<String> id = Arbitraries.integers().greaterOrEqual(0).map(i -> "id-" + i);
    Arbitrary<Answer> records =
        Combinators.combine(id, id.list().ofMaxSize(3), text).as(Answer::new);
    Arbitrary<Drop> drops =
        Combinators.combine(id, id.list().ofMaxSize(2), Arbitraries.of("a", "ü b"), text, text)
            .as(Drop::new);
    return Combinators.combine(
            records.list().ofMaxSize(4),
            drops.list().ofMaxSize(3),
            Arbitraries.integers().between(0, 9))
        .as(JournalTest::unit)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  private static Unit<Answer> unit(List<Answer> records, List<Drop> drops, int advance) {
    Unit.Builder<Answer> unit = Unit.builder();
    records.forEach(unit::keep);
    drops.forEach(unit::drop);
    return unit.count("n", advance).advance(advance).build();
  }

  private static boolean valid(String text) {
    return UTF_8.newEncoder().canEncode(text);
  }

  // Damage by hand

  @Test
  void damage_in_the_middle_is_named_with_its_place() throws IOException {
    StageFolder folder = new StageFolder(temporary);
    write(folder, tenUnits(), true);
    List<String> journal = Files.readAllLines(folder.journal());
    List<String> records = Files.readAllLines(folder.records());

    assertDamaged(folder, folder.journal(), without(journal, 4), "journal.jsonl:4: the line does");
    assertDamaged(
        folder, folder.journal(), with(journal, 4, "{}"), "journal.jsonl:5: the line does");
    assertDamaged(folder, folder.journal(), with(journal, 4, ""), "journal.jsonl:5: the line does");
    assertDamaged(
        folder,
        folder.journal(),
        with(journal, 4, journal.get(3)),
        "journal.jsonl:5: the line does");
    assertDamaged(
        folder, folder.journal(), with(journal, 12, journal.get(11)), "journal.jsonl:13: the line");
    assertDamaged(
        folder, folder.records(), without(records, 20), "the file has ", "but unit 9 ends at");
    assertDamaged(
        folder,
        folder.records(),
        with(without(records, 7), 7, records.get(8)),
        "records.jsonl:7: lines 7 to 8 (unit 3) do not have the checksum");
    assertDamaged(folder, folder.records(), with(records, 20, records.get(0)), "something follows");
    assertDamaged(folder, folder.drops(), List.of("{\"id\":\"foreign\"}"), "something follows");
  }

  private void assertDamaged(StageFolder folder, Path file, List<String> lines, String... parts)
      throws IOException {
    byte[] before = Files.readAllBytes(file);
    Files.write(file, lines);
    assertThatThrownBy(() -> folder.verify("s", FINGERPRINT))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContainingAll(parts)
        .hasMessageContaining("RunDirectory.setAside");
    Files.write(file, before);
    assertThat(folder.verify("s", FINGERPRINT).complete()).isTrue();
  }

  @Test
  void a_missing_file_is_damage() throws IOException {
    StageFolder folder = new StageFolder(temporary);
    write(folder, tenUnits(), false);
    Files.delete(folder.records());
    assertThatThrownBy(() -> folder.verify("s", FINGERPRINT))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("records.jsonl: the file has 0 bytes, but unit 0 ends at");
  }

  @Test
  void the_journal_of_other_work_is_refused() {
    StageFolder folder = new StageFolder(temporary);
    write(folder, tenUnits(), true);
    assertThatThrownBy(() -> folder.verify("s", "beef"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("with other options or input than the manifest says");
  }

  private static List<Unit<Answer>> tenUnits() {
    List<Unit<Answer>> units = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Answer one = new Answer("a" + i, List.of(), "one " + i);
      units.add(unit(List.of(one, new Answer("b" + i, List.of("a" + i), "two")), List.of(), 1));
    }
    return units;
  }

  private static List<String> without(List<String> lines, int number) {
    List<String> copy = new ArrayList<>(lines);
    copy.remove(number - 1);
    return copy;
  }

  private static List<String> with(List<String> lines, int after, String line) {
    List<String> copy = new ArrayList<>(lines);
    copy.add(after, line);
    return copy;
  }

  /** Commits the units and returns where each one's journal line ends. */
  private static List<Long> write(StageFolder folder, List<Unit<Answer>> units, boolean complete) {
    List<Long> ends = new ArrayList<>();
    StageFolder.State none = folder.verify("s", FINGERPRINT);
    try (StageStore store = StageStore.open(new FileStorage(), folder, HEADER, none)) {
      for (Unit<Answer> unit : units) {
        assertThat(store.commit(unit).unit()).isEqualTo(ends.size());
        ends.add(folder.journal().toFile().length());
      }
      if (complete) {
        store.complete();
      }
    }
    return ends;
  }

  private static void assertSame(
      StageFolder folder, StageFolder.State state, List<Unit<Answer>> units) {
    assertThat(folder.records(Answer.class, state.totals()).toList())
        .isEqualTo(units.stream().flatMap(unit -> unit.records().stream()).toList());
    assertThat(folder.drops(state.totals()).toList())
        .isEqualTo(units.stream().flatMap(unit -> unit.drops().stream()).toList());
    try (Stream<CommittedUnit> read = folder.units(state.totals().units())) {
      assertThat(read.map(CommittedUnit::counters))
          .isEqualTo(units.stream().map(unit -> Map.copyOf(unit.counters())).toList());
    }
    assertThat(state.totals().advance()).isEqualTo(units.stream().mapToLong(Unit::advance).sum());
  }

  private interface Action {
    void in(StageFolder folder) throws IOException;
  }

  private static void inFolder(Action action) {
    try {
      Path path = Files.createTempDirectory("journal");
      try {
        action.in(new StageFolder(path));
      } finally {
        try (Stream<Path> files = Files.walk(path)) {
          files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
