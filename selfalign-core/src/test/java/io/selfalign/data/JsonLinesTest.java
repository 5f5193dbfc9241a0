package io.selfalign.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
  private static final String NAME = "seeds.jsonl";

  /** A record of every kind of component. */
  record Sample(
      String id,
      List<Integer> tokenIds,
      double score,
      int count,
      boolean kept,
      Optional<String> parentId) {
    Sample {
      if (id.isBlank()) {
        throw new IllegalArgumentException("field 'id' is blank");
      }
    }
  }

  @Test
  void reads_records_with_their_line_numbers() {
    assertThat(lines("{\"a\":1}\n{\"a\":2}\n"))
        .extracting(JsonLine::line, JsonLine::place, line -> line.integer("a"))
        .containsExactly(tuple(1L, "seeds.jsonl:1", 1L), tuple(2L, "seeds.jsonl:2", 2L));
  }

  @Test
  void blank_lines_are_skipped_and_counted() {
    assertThat(lines("\n{\"a\":1}\n \t\r\n\r\n{\"a\":2}\n\n"))
        .extracting(JsonLine::line)
        .containsExactly(2L, 5L);
  }

  @Test
  void windows_line_ends_byte_order_mark_and_missing_last_newline_are_accepted() {
    assertThat(lines("\uFEFF{\"a\":\"x\"}\r\n{\"a\":\"y\"}"))
        .extracting(line -> line.text("a"))
        .containsExactly("x", "y");
  }

  @Test
  void a_byte_order_mark_elsewhere_is_refused() {
    assertThatThrownBy(() -> lines("{}\n\uFEFF{}"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("seeds.jsonl:2: not valid JSON at column 1");
  }

  @Test
  void the_limits_of_the_parser_are_told_without_its_names() {
    for (String line : new String[] {"[".repeat(600), "9".repeat(2000), "NaN", "/* */ 1"}) {
      assertThatThrownBy(() -> lines("{\"a\":" + line + "}"))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith("seeds.jsonl:1: not valid JSON")
          .hasMessageNotContainingAny("`", "Constraints", "Feature", "Source");
    }
  }

  @Test
  void only_line_feeds_end_lines() {
    String separators = "a\u0085b\u2028c\u2029d";
    String json = "{\"a\":\"" + separators + "\"}";
    assertThat(lines(json)).extracting(line -> line.text("a")).containsExactly(separators);
  }

  @Test
  void empty_input_has_no_records() {
    assertThat(lines("")).isEmpty();
    assertThat(lines("\uFEFF")).isEmpty();
    assertThat(lines("\n\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1,2] | expected a JSON object, but found an array; write one {...} per line",
        "[ | expected a JSON object, but found an array; write one {...} per line",
        "\"text\" | expected a JSON object, but found a string; write one {...} per line",
        "12 | expected a JSON object, but found a number; write one {...} per line",
        "null | expected a JSON object, but found null; write one {...} per line",
        "{\"a\":1} {\"a\":2} | more follows after the JSON object, at column 9; write one {...} per"
            + " line",
        "{\"a\":1}, | more follows after the JSON object, at column 8; write one",
        "{\"a\":1}} | more follows after the JSON object, at column 8; write one",
        "{ | not valid JSON at column 2: Unexpected end-of-input",
        "{\"a\":1,} | not valid JSON at column 8: Unexpected character ('}'",
        "{'a':1} | not valid JSON at column 2",
        "{\"a\":NaN} | not valid JSON at column 9: Non-standard token 'NaN'; write one",
        "{\"a\":1,\"a\":2} | not valid JSON at column",
        "instruction: x | not valid JSON at column",
      })
  void what_is_no_object_is_refused_with_its_place(String bad, String message) {
    assertThatThrownBy(() -> lines("{\"ok\":true}\n\n" + bad + "\n"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("seeds.jsonl:3: " + message)
        .hasMessageNotContainingAny("\n", "Source", "REDACTED", "JsonReadFeature");
  }

  @ParameterizedTest
  @CsvSource({
    "FF, 9, 0xFF", // never a byte of UTF-8
    "C3, 9, 0xC3", // cut off
    "C0AF, 9, 0xC0", // overlong
    "EDA080, 9, 0xED", // a surrogate
    "F4908080, 9, 0xF4", // beyond U+10FFFF
    "E282AC80, 10, 0x80" // a lone continuation after the euro sign
  })
  void malformed_utf8_is_refused_with_its_place(String hex, int column, String found) {
    String bytes = new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    byte[] file = ("{}\n{\"abc\":\"" + bytes + "\"}").getBytes(ISO_8859_1);
    assertThatThrownBy(() -> lines(file, JsonLines.DEFAULT_MAX_LINE_BYTES))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "seeds.jsonl:2: not valid UTF-8 at column %d (byte %s); save the text as UTF-8",
            column, found);
  }

  @Test
  void deep_nesting_is_an_error_and_no_stack_overflow() {
    assertThatThrownBy(() -> lines("{\"a\":" + "[".repeat(200_000)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("seeds.jsonl:1: not valid JSON");
  }

  @Test
  void a_line_at_the_limit_is_read_and_one_byte_more_is_refused() {
    String nine = "{\"a\":123}";
    assertThat(lines((nine + "\r\n" + nine + "\n" + nine).getBytes(UTF_8), 9)).hasSize(3);
    assertThatThrownBy(() -> lines((nine + "\n" + nine + " \n").getBytes(UTF_8), 9))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "seeds.jsonl:2: the line is longer than 9 bytes; write one JSON object per line, or"
                + " raise the limit");
  }

  @Test
  void a_line_without_end_is_refused_after_the_limit() {
    AtomicInteger delivered = new AtomicInteger();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            Arrays.fill(bytes, offset, offset + length, (byte) 'x');
            delivered.addAndGet(length);
            return length;
          }
        };
    assertThatThrownBy(() -> JsonLines.read(endless, NAME, 1 << 20).next())
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("seeds.jsonl:1: the line is longer than 1048576 bytes");
    assertThat(delivered.get()).isLessThan(2 << 20);
  }

  @Test
  void a_line_longer_than_every_buffer_is_read_whole() {
    String text = "é".repeat(300_000);
    assertThat(lines("{\"a\":\"" + text + "\"}\n{\"a\":\"end\"}"))
        .extracting(line -> line.text("a"))
        .containsExactly(text, "end");
  }

  @Test
  void getters_return_values_of_their_type() {
    JsonLine line =
        line(
            "{\"t\":\" x"
                + " \",\"e\":\"\",\"n\":null,\"i\":-9223372036854775808,\"d\":1.5,\"b\":true}");
    assertThat(line.text("t")).isEqualTo(" x ");
    assertThat(line.nonBlankText("t")).isEqualTo(" x ");
    assertThat(line.text("e")).isEmpty();
    assertThat(line.optionalText("t")).contains(" x ");
    assertThat(line.optionalText("n")).isEmpty();
    assertThat(line.optionalText("absent")).isEmpty();
    assertThat(line.integer("i")).isEqualTo(Long.MIN_VALUE);
    assertThat(line.number("i")).isEqualTo(-0x1.0p63);
    assertThat(line.number("d")).isEqualTo(1.5);
    assertThat(line.flag("b")).isTrue();
    assertThat(line.object().has("n")).isTrue();
  }

  @Test
  void getters_name_the_place_the_field_and_what_is_wrong() {
    JsonLine line =
        line(
            "{\"blank\":\" \\n"
                + "\",\"number\":7,\"null\":null,\"text\":\"7\",\"list\":[],\"object\":{},"
                + "\"bool\":true,\"fraction\":1.5,\"big\":9223372036854775808,\"huge\":1e400,"
                + "\"surrogate\":\"ab\\ud83d!\"}");
    assertError(() -> line.nonBlankText("blank"), "field 'blank' is blank");
    assertError(() -> line.text("absent"), "field 'absent' is missing");
    assertError(() -> line.text("number"), "field 'number' must be a string, but is the number 7");
    assertError(() -> line.text("null"), "field 'null' must be a string, but is null");
    assertError(() -> line.text("list"), "field 'list' must be a string, but is an array");
    assertError(() -> line.text("object"), "field 'object' must be a string, but is an object");
    assertError(() -> line.optionalText("bool"), "field 'bool' must be a string, but is true");
    assertError(() -> line.integer("text"), "field 'text' must be a whole number, but is a string");
    assertError(
        () -> line.integer("fraction"),
        "field 'fraction' must be a whole number, but is the number 1.5");
    assertError(
        () -> line.integer("big"),
        "field 'big' is 9223372036854775808, which does not fit 64 bits");
    assertError(() -> line.number("text"), "field 'text' must be a number, but is a string");
    assertError(() -> line.number("huge"), "field 'huge' is 1E+400, which is too large");
    assertError(
        () -> line.flag("number"), "field 'number' must be true or false, but is the number 7");
    assertError(
        () -> line.text("surrogate"),
        "field 'surrogate' has an unpaired surrogate \\ud83d at index 2; it is not valid Unicode");
    assertThat(line.error("is odd")).hasMessage("seeds.jsonl:1: is odd");
  }

  @Test
  void a_record_is_written_in_declared_order_and_read_back() {
    Sample sample = new Sample("a", List.of(1, 2), -0.25, 3, true, Optional.of("p"));
    String json = written(sample);
    assertThat(json)
        .isEqualTo(
            "{\"id\":\"a\",\"token_ids\":[1,2],\"score\":-0.25,\"count\":3,\"kept\":true,"
                + "\"parent_id\":\"p\"}\n");
    assertThat(line(json).as(Sample.class)).isEqualTo(sample);
  }

  @Test
  void a_record_may_lack_optional_components_and_unknown_fields_are_ignored() {
    String json =
        "{\"id\":\"a\",\"token_ids\":[],\"score\":1,\"count\":0,\"kept\":false,\"new\":{}}";
    assertThat(line(json).as(Sample.class))
        .isEqualTo(new Sample("a", List.of(), 1, 0, false, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "id | null | field 'id' must be a string, but is null",
        "id | 5 | field 'id' must be a string, but is the number 5",
        "id | \" \" | field 'id' is blank",
        "token_ids | \"1\" | field 'token_ids' must be an array, but is a string",
        "token_ids | [1,2.5] | field 'token_ids[1]' must be a whole number of 32 bits, but is the"
            + " number 2.5",
        "score | \"1.5\" | field 'score' must be a number, but is a string",
        "count | 4294967296 | field 'count' must be a whole number of 32 bits, but is the number"
            + " 4294967296",
        "count | null | field 'count' must be a whole number of 32 bits, but is null",
        "kept | 1 | field 'kept' must be true or false, but is the number 1",
      })
  void a_record_with_a_wrong_component_is_refused(String field, String value, String message) {
    assertError(() -> line(sampleWith(field, value)).as(Sample.class), message);
  }

  @ParameterizedTest
  @CsvSource({"id", "token_ids", "score", "count", "kept"})
  void a_record_without_a_required_component_is_refused(String field) {
    assertError(
        () -> line(sampleWith(field, null)).as(Sample.class), "field '" + field + "' is missing");
  }

  @Property(tries = 300)
  void any_texts_survive_writing_and_reading(@ForAll("unicode") Map<String, String> record) {
    String json = written(record);
    assertThat(json.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    JsonLine line = line(json);
    record.forEach((field, text) -> assertThat(line.text(field)).isEqualTo(text));
    assertThat(written(line.object())).isEqualTo(json);
  }

  @Test
  void every_code_point_survives_writing_and_reading() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        all.appendCodePoint(c);
      }
    }
    assertThat(line(written(Map.of("all", all.toString()))).text("all")).isEqualTo(all.toString());
  }

  @Property(tries = 200)
  void chunks_in_which_bytes_arrive_do_not_matter(
      @ForAll("unicode") Map<String, String> record, @ForAll @IntRange(min = 1, max = 5) int size) {
    byte[] bytes = written(record).repeat(3).replace("\n", "\r\n").getBytes(UTF_8);
    InputStream trickle =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] b, int offset, int length) {
            return super.read(b, offset, Math.min(length, size));
          }
        };
    assertThat(JsonLines.read(trickle, NAME).stream().map(line -> line.object().toString()))
        .hasSize(3)
        .allMatch(json -> (json + "\n").equals(written(record)));
  }

  @Test
  void numbers_come_back_as_they_were_written() {
    String json = "{\"a\":1.10,\"b\":123456789012345678901234567890,\"c\":0.1234567890123456789}\n";
    assertThat(written(line(json).object())).isEqualTo(json);
  }

  @Test
  void what_is_no_object_is_not_written() {
    assertThatThrownBy(() -> written(List.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("makes no JSON object");
    assertThatThrownBy(() -> written(Map.of("a", "\uD800")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("has a text with an unpaired surrogate");
  }

  @Test
  void a_refused_record_leaves_no_trace() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonLinesWriter writer = JsonLines.write(bytes, NAME)) {
      writer.write(Map.of("a", 1));
      assertThatThrownBy(() -> writer.write(Map.of("a", "\uDC00")))
          .isInstanceOf(IllegalArgumentException.class);
      writer.write(Map.of("a", 2));
    }
    assertThat(bytes.toString(UTF_8)).isEqualTo("{\"a\":1}\n{\"a\":2}\n");
  }

  @Test
  void flush_makes_a_record_visible() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonLinesWriter writer = JsonLines.write(bytes, NAME)) {
      writer.write(Map.of("a", 1));
      assertThat(bytes.size()).isZero();
      writer.flush();
      assertThat(bytes.toString(UTF_8)).isEqualTo("{\"a\":1}\n");
    }
  }

  @Test
  void files_are_written_and_read(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("out.jsonl");
    Files.writeString(file, "old content");
    try (JsonLinesWriter writer = JsonLines.write(file)) {
      writer.write(Map.of("a", "ü"));
    }
    try (JsonLinesReader reader = JsonLines.read(file);
        Stream<JsonLine> lines = reader.stream()) {
      assertThat(lines.map(line -> line.text("a"))).containsExactly("ü");
    }
    assertThat(Files.readAllBytes(file)).isEqualTo("{\"a\":\"ü\"}\n".getBytes(UTF_8));
  }

  @Test
  void a_missing_file_is_named(@TempDir Path folder) {
    Path file = folder.resolve("absent.jsonl");
    assertThatThrownBy(() -> JsonLines.read(file))
        .isInstanceOf(SelfAlignException.class)
        .hasMessage(file + ": can't be opened: no such file or folder");
  }

  @Test
  void a_failing_stream_is_named() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("cable pulled");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() -> JsonLines.read(broken, NAME).next())
        .isInstanceOf(SelfAlignException.class)
        .hasMessage("seeds.jsonl: can't be read after line 0: cable pulled");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("disk full");
          }
        };
    JsonLinesWriter writer = JsonLines.write(full, NAME);
    writer.write(Map.of());
    assertThatThrownBy(writer::flush)
        .isInstanceOf(SelfAlignException.class)
        .hasMessage("seeds.jsonl: can't be written: disk full")
        .hasCauseInstanceOf(IOException.class);
  }

  /** Texts over all of Unicode, rich in what JSON escapes. */
  @Provide
  Arbitrary<Map<String, String>> unicode() {
    Arbitrary<Integer> special =
        Arbitraries.of(0, 0x7, 0x9, 0xA, 0xD, 0x1F, 0x22, 0x2F, 0x5C, 0x7F, 0x85, 0x2028, 0xFEFF);
    Arbitrary<Integer> any =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    Arbitrary<String> text =
        Arbitraries.oneOf(special, any)
            .list()
            .ofMaxSize(40)
            .map(
                codePoints -> {
                  StringBuilder builder = new StringBuilder();
                  codePoints.forEach(builder::appendCodePoint);
                  return builder.toString();
                });
    return Arbitraries.maps(text, text).ofMaxSize(4);
  }

  private static String sampleWith(String field, String value) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("id", "\"a\"");
    fields.put("token_ids", "[1]");
    fields.put("score", "0.5");
    fields.put("count", "1");
    fields.put("kept", "true");
    if (value == null) {
      fields.remove(field);
    } else {
      fields.put(field, value);
    }
    return fields.entrySet().stream()
        .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static void assertError(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("seeds.jsonl:1: " + message);
  }

  private static String written(Object record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonLinesWriter writer = JsonLines.write(bytes, NAME)) {
      writer.write(record);
    }
    return bytes.toString(UTF_8);
  }

  private static JsonLine line(String json) {
    return lines(json).get(0);
  }

  private static List<JsonLine> lines(String text) {
    return lines(text.getBytes(UTF_8), JsonLines.DEFAULT_MAX_LINE_BYTES);
  }

  private static List<JsonLine> lines(byte[] bytes, int maxLineBytes) {
    try (JsonLinesReader reader =
        JsonLines.read(new ByteArrayInputStream(bytes), NAME, maxLineBytes)) {
      return reader.stream().toList();
    }
  }
}
