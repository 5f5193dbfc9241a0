package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.ModelLoadException;
import io.selfalign.internal.data.JsonErrors;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads and checks the header of one safetensors file: 8 bytes, the header's length as a
 * little-endian integer; the header, a JSON object of tensor names to type, shape and place; the
 * data. Nothing in it is believed: what it says of the data must fit the file exactly, with every
 * byte of the data in exactly one tensor.
 *
 * <p>Knows nothing about other files of the checkpoint, nor which types weights may have.
 */
final class SafeTensorsHeader {
  private static final int LENGTH_BYTES = 8;
  // What the format's reference implementation allows. Real headers have some 100 bytes a tensor.
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final int MAX_DIMENSIONS = 16;
  private static final String METADATA = "__metadata__";

  /** The format's types and the bits of an element. */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("F4", 4),
          Map.entry("F6_E2M3", 6),
          Map.entry("F6_E3M2", 6),
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("F8_E4M3FNUZ", 8),
          Map.entry("F8_E5M2FNUZ", 8),
          Map.entry("U16", 16),
          Map.entry("I16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("U32", 32),
          Map.entry("I32", 32),
          Map.entry("F32", 32),
          Map.entry("U64", 64),
          Map.entry("I64", 64),
          Map.entry("F64", 64),
          Map.entry("C64", 64));

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * A tensor of the file.
   *
   * @param type one of the format's types, not only of those in {@link TensorType}
   * @param offset in bytes from the start of the file
   */
  record StoredTensor(String name, String type, List<Long> shape, long offset, long byteSize) {
    private long end() {
      return offset + byteSize;
    }
  }

  private final Path file;
  private final long fileSize;
  private final long dataStart;

  private SafeTensorsHeader(Path file, long fileSize, long dataStart) {
    this.file = file;
    this.fileSize = fileSize;
    this.dataStart = dataStart;
  }

  /**
   * The tensors of a file, in the order of their data.
   *
   * @throws ModelLoadException naming the file, the tensor if one is to blame, and what is wrong
   */
  static List<StoredTensor> read(Path file) {
    CheckpointFolder.checkFile(file, Long.MAX_VALUE);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long fileSize = channel.size();
      long headerSize = headerSize(file, channel, fileSize);
      String header = text(file, channel, (int) headerSize);
      return new SafeTensorsHeader(file, fileSize, LENGTH_BYTES + headerSize).parse(header);
    } catch (IOException e) {
      throw CheckpointFolder.unreadable(file, e);
    }
  }

  private static long headerSize(Path file, FileChannel channel, long fileSize) throws IOException {
    if (fileSize < LENGTH_BYTES) {
      throw new ModelLoadException(
          String.format(
              "%s: has %d bytes, but a safetensors file starts with %d bytes of header length; is"
                  + " the download complete?",
              file, fileSize, LENGTH_BYTES));
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    PositionalReads.read(file, channel, 0, length);
    long headerSize = length.getLong(0);
    if (headerSize < 0 || headerSize > MAX_HEADER_BYTES) {
      throw new ModelLoadException(
          String.format(
              "%s: the header's length is %s bytes, but at most %d are allowed; is this a"
                  + " safetensors file?",
              file, Long.toUnsignedString(headerSize), MAX_HEADER_BYTES));
    }
    if (headerSize > fileSize - LENGTH_BYTES) {
      throw new ModelLoadException(
          String.format(
              "%s: the header's length is %d bytes, but the file has only %d after it; is the"
                  + " download complete?",
              file, headerSize, fileSize - LENGTH_BYTES));
    }
    return headerSize;
  }

  private static String text(Path file, FileChannel channel, int headerSize) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(headerSize);
    PositionalReads.read(file, channel, LENGTH_BYTES, header);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(header.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new ModelLoadException(
          String.format(
              "%s: the header is not valid UTF-8 at byte %d of the file",
              file, LENGTH_BYTES + header.position()),
          e);
    }
  }

  private List<StoredTensor> parse(String header) {
    List<StoredTensor> tensors = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), header)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw error("the header must be a JSON object");
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals(METADATA)) {
          parser.skipChildren();
        } else {
          tensors.add(tensor(name, parser));
        }
      }
      if (parser.nextToken() != null) {
        throw error("the header goes on after its JSON object");
      }
    } catch (JacksonException e) {
      throw new ModelLoadException(
          String.format(
              "%s: the header is not valid JSON at character %d: %s",
              file,
              e.getLocation() == null ? 0 : e.getLocation().getCharOffset(),
              JsonErrors.inWords(e)),
          e);
    }
    tensors.sort(
        Comparator.comparingLong(StoredTensor::offset).thenComparingLong(StoredTensor::end));
    checkCoverage(tensors);
    return tensors;
  }

  /** With the parser on what follows the name. */
  private StoredTensor tensor(String name, JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw error(name, "its entry must be a JSON object");
    }
    String type = null;
    List<Long> shape = null;
    List<Long> place = null;
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case "dtype" -> type = value == JsonToken.VALUE_STRING ? parser.getString() : "";
        case "shape" -> shape = counts(name, key, parser, MAX_DIMENSIONS);
        case "data_offsets" -> place = counts(name, key, parser, 2);
        default -> parser.skipChildren();
      }
    }
    if (type == null || shape == null || place == null) {
      throw error(name, "its entry must have 'dtype', 'shape' and 'data_offsets'");
    }
    if (place.size() != 2) {
      throw error(name, "'data_offsets' is " + place + ", but must be a begin and an end");
    }
    return place(name, type, shape, place.get(0), place.get(1));
  }

  private List<Long> counts(String tensor, String key, JsonParser parser, int max) {
    String expected = "must be a list of at most " + max + " integers from 0 to 2^63 - 1";
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw error(tensor, "'" + key + "' " + expected);
    }
    List<Long> counts = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      boolean isLong =
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!isLong || parser.getLongValue() < 0 || counts.size() == max) {
        throw error(tensor, "'" + key + "' " + expected);
      }
      counts.add(parser.getLongValue());
    }
    return counts;
  }

  private StoredTensor place(String name, String type, List<Long> shape, long begin, long end) {
    Integer bits = BITS.get(type);
    if (bits == null) {
      throw error(
          name,
          "'dtype' is " + JsonFields.quoted(type) + ", which is no type of the safetensors format");
    }
    long dataSize = fileSize - dataStart;
    if (begin > end || end > dataSize) {
      throw error(
          name,
          String.format(
              "'data_offsets' is [%d, %d], but must lie within the file's %d bytes of data; is the"
                  + " download complete?",
              begin, end, dataSize));
    }
    BigInteger needed = BigInteger.valueOf(bits);
    for (long size : shape) {
      needed = needed.multiply(BigInteger.valueOf(size));
    }
    if (!needed.equals(BigInteger.valueOf(end - begin).shiftLeft(3))) {
      throw error(
          name,
          String.format(
              "shape %s of %s needs %s bytes, but 'data_offsets' [%d, %d] gives it %d",
              shape, type, bytes(needed), begin, end, end - begin));
    }
    return new StoredTensor(name, type, List.copyOf(shape), dataStart + begin, end - begin);
  }

  private static String bytes(BigInteger bits) {
    BigInteger[] parts = bits.divideAndRemainder(BigInteger.valueOf(8));
    return parts[0] + (parts[1].signum() == 0 ? "" : " and a part");
  }

  private void checkCoverage(List<StoredTensor> tensors) {
    long covered = dataStart;
    String last = "the header";
    for (StoredTensor tensor : tensors) {
      if (tensor.offset() < covered) {
        throw error(tensor.name(), "its data overlaps that of " + last);
      }
      if (tensor.offset() > covered) {
        throw unused(covered, tensor.offset());
      }
      covered = tensor.end();
      last = JsonFields.quoted(tensor.name());
    }
    if (covered < fileSize) {
      throw unused(covered, fileSize);
    }
  }

  private ModelLoadException unused(long from, long to) {
    return error(
        String.format(
            "the bytes %d to %d of the file belong to no tensor of its header", from, to));
  }

  private ModelLoadException error(String tensor, String message) {
    return error("tensor " + JsonFields.quoted(tensor) + ": " + message);
  }

  private ModelLoadException error(String message) {
    return new ModelLoadException(file + ": " + message);
  }
}
