package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.ModelLoadException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the header of a damaged, truncated or lying file is answered with. */
class SafeTensorsHeaderTest {
  static Stream<Arguments> headers_that_lie() {
    return Stream.of(
        lie("a list", "[1]", "the header must be a JSON object"),
        lie("nothing", "   ", "the header must be a JSON object"),
        lie("broken JSON", "{\"a\":", "the header is not valid JSON at character"),
        lie("a second value", "{} {}", "the header goes on after its JSON object"),
        lie("an entry that is a number", "{'a':1}", "tensor 'a': its entry must be a JSON object"),
        lie(
            "no offsets",
            "{'a':{'dtype':'F32','shape':[1]}}",
            "tensor 'a': its entry must have 'dtype', 'shape' and 'data_offsets'"),
        lie(
            "an unknown type",
            "{'a':{'dtype':'F33','shape':[4],'data_offsets':[0,16]}}",
            "tensor 'a': 'dtype' is 'F33', which is no type of the safetensors format"),
        lie("a type that is no text", entry("1", "[4]", "[0,16]"), "tensor 'a': 'dtype' is ''"),
        lie(
            "a negative size",
            entry("'F32'", "[-4]", "[0,16]"),
            "tensor 'a': 'shape' must be a list of at most 16 integers from 0 to 2^63 - 1"),
        lie("a fractional size", entry("'F32'", "[4.5]", "[0,16]"), "'shape' must be a list"),
        lie("a size as text", entry("'F32'", "['4']", "[0,16]"), "'shape' must be a list"),
        lie("a shape that is no list", entry("'F32'", "4", "[0,16]"), "'shape' must be a list"),
        lie(
            "a size over 64 bits",
            entry("'F32'", "[99999999999999999999]", "[0,16]"),
            "'shape' must be a list"),
        lie(
            "too many dimensions",
            entry("'F32'", "[" + "1,".repeat(16) + "4]", "[0,16]"),
            "'shape' must be a list of at most 16"),
        lie(
            "100 TB",
            entry("'F32'", "[5000000,5000000]", "[0,16]"),
            "tensor 'a': shape [5000000, 5000000] of F32 needs 100000000000000 bytes, but"
                + " 'data_offsets' [0, 16] gives it 16"),
        lie(
            "a product over 64 bits",
            entry("'F32'", "[4294967296,4294967296,2]", "[0,16]"),
            "needs 147573952589676412928 bytes"),
        lie(
            "a product that is 16 modulo 2^64",
            entry("'U8'", "[1152921504606846977,16]", "[0,16]"),
            "needs 18446744073709551632 bytes"),
        lie("a shape too small", entry("'F32'", "[3]", "[0,16]"), "needs 12 bytes"),
        lie("half a byte", entry("'F4'", "[31]", "[0,16]"), "needs 15 and a part bytes"),
        lie("one offset", entry("'F32'", "[4]", "[16]"), "'data_offsets' is [16]"),
        lie("three offsets", entry("'F32'", "[4]", "[0,16,32]"), "'data_offsets' must be a list"),
        lie(
            "offsets beyond the file",
            entry("'F32'", "[4]", "[4,20]"),
            "tensor 'a': 'data_offsets' is [4, 20], but must lie within the file's 16 bytes of"
                + " data; is the download complete?"),
        lie("offsets in reverse", entry("'F32'", "[0]", "[16,0]"), "'data_offsets' is [16, 0]"),
        lie(
            "offsets near 2^63",
            entry("'F32'", "[4]", "[9223372036854775791,9223372036854775807]"),
            "must lie within"),
        lie(
            "an overlap",
            "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]},"
                + "'b':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}",
            "tensor 'b': its data overlaps that of 'a'"),
        lie(
            "the same data twice",
            "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},"
                + "'b':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}",
            "overlaps that of"),
        lie(
            "a gap at the start",
            entry("'F32'", "[3]", "[4,16]"),
            "belong to no tensor of its header"),
        lie(
            "more data than tensors",
            entry("'F32'", "[3]", "[0,12]"),
            "belong to no tensor of its header"),
        lie(
            "a name twice",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                + "'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}",
            "the header is not valid JSON"),
        lie("deep nesting", "{'a':" + "[".repeat(100_000), "tensor 'a': its entry"),
        lie(
            "deep nesting in what is skipped",
            "{'__metadata__':" + "[".repeat(100_000),
            "the header is not valid JSON"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void headers_that_lie(String what, String header, String message, @TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    TestSafeTensors.write(file, TestSafeTensors.file(header.replace('\'', '"'), new byte[16]));
    assertThatThrownBy(() -> SafeTensors.open(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  static Stream<Arguments> files_that_are_none() {
    return Stream.of(
        Arguments.of("empty", new byte[0], "has 0 bytes, but a safetensors file starts with 8"),
        Arguments.of("7 bytes", new byte[7], "has 7 bytes, but a safetensors file starts with 8"),
        Arguments.of(
            "a header longer than the file",
            length(100, 50),
            "the header's length is 100 bytes, but the file has only 50 after it"),
        Arguments.of(
            "a header over the cap",
            length(100_000_001, 50),
            "the header's length is 100000001 bytes, but at most 100000000 are allowed"),
        Arguments.of("a length of 2^64 - 1", length(-1, 50), "is 18446744073709551615 bytes"),
        Arguments.of(
            "a zip",
            "PK\3\4 as torch.save writes it, with a pickle in it".getBytes(StandardCharsets.UTF_8),
            "is this a safetensors file?"),
        Arguments.of(
            "invalid UTF-8",
            TestSafeTensors.file(new byte[] {'{', '"', (byte) 0xff, '"'}, new byte[0]),
            "the header is not valid UTF-8 at byte 10 of the file"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void files_that_are_none(String what, byte[] bytes, String message, @TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    TestSafeTensors.write(file, bytes);
    assertThatThrownBy(() -> SafeTensors.open(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void every_truncation_of_a_valid_file_is_refused(@TempDir Path folder) {
    byte[] valid = TestSafeTensors.small();
    Path file = folder.resolve("model.safetensors");
    for (int size = 0; size < valid.length; size++) {
      TestSafeTensors.write(file, Arrays.copyOf(valid, size));
      assertThatThrownBy(() -> SafeTensors.open(folder))
          .as("%d bytes", size)
          .isInstanceOf(ModelLoadException.class);
    }
    TestSafeTensors.write(file, valid);
    SafeTensors.open(folder).close();
  }

  private static Arguments lie(String what, String header, String message) {
    return Arguments.of(what, header, message);
  }

  private static String entry(String type, String shape, String offsets) {
    return String.format("{'a':{'dtype':%s,'shape':%s,'data_offsets':%s}}", type, shape, offsets);
  }

  private static byte[] length(long length, int rest) {
    return ByteBuffer.allocate(8 + rest).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }
}
