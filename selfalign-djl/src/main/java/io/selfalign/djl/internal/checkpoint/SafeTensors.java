package io.selfalign.djl.internal.checkpoint;

import io.selfalign.djl.internal.checkpoint.SafeTensorsHeader.StoredTensor;
import io.selfalign.error.ModelLoadException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All tensors of a checkpoint folder: those of {@code model.safetensors}, or of the shards that
 * {@code model.safetensors.index.json} names.
 *
 * <p>Opening reads and checks every header, but no weights. Weights are read on demand, straight
 * into the caller's buffer, and no file stays open between reads. All methods may be called from
 * any thread, {@link #close} included: a read under way then completes.
 */
public final class SafeTensors implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";

  private final Path folder;
  private final List<Path> files;
  private final Map<String, TensorEntry> entries;
  private final Map<String, Unreadable> unreadable;
  private volatile boolean closed;

  /** A tensor of a type that weights are not read in. */
  private record Unreadable(Path file, String type) {}

  private SafeTensors(
      Path folder,
      List<Path> files,
      Map<String, TensorEntry> entries,
      Map<String, Unreadable> unreadable) {
    this.folder = folder;
    this.files = List.copyOf(files);
    this.entries = Collections.unmodifiableMap(entries);
    this.unreadable = unreadable;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws ModelLoadException naming the file, and the tensor if one is to blame, if a file is
   *     missing or damaged, or contradicts the index or itself
   */
  public static SafeTensors open(Path folder) {
    CheckpointFolder.check(folder);
    Path single = folder.resolve(SINGLE);
    Path index = folder.resolve(SafeTensorsIndex.NAME);
    if (CheckpointFolder.isThere(single)) {
      return open(folder, List.of(single));
    }
    if (CheckpointFolder.isThere(index)) {
      SafeTensorsIndex shards = SafeTensorsIndex.read(index);
      SafeTensors tensors = open(folder, shards.files());
      tensors.check(shards);
      return tensors;
    }
    throw noWeights(folder);
  }

  /**
   * Opens a single file.
   *
   * @throws ModelLoadException naming the file, if it is damaged
   */
  public static SafeTensors openFile(Path file) {
    return open(file, List.of(file));
  }

  private static SafeTensors open(Path folder, List<Path> files) {
    Map<String, Path> owners = new HashMap<>();
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    Map<String, Unreadable> unreadable = new HashMap<>();
    for (Path file : files) {
      for (StoredTensor tensor : SafeTensorsHeader.read(file)) {
        Path owner = owners.putIfAbsent(tensor.name(), file);
        if (owner != null) {
          throw new ModelLoadException(
              String.format(
                  "%s: tensor %s is also in %s", file, JsonFields.quoted(tensor.name()), owner));
        }
        TensorType.of(tensor.type())
            .ifPresentOrElse(
                type -> entries.put(tensor.name(), entry(tensor, type, file)),
                () -> unreadable.put(tensor.name(), new Unreadable(file, tensor.type())));
      }
    }
    return new SafeTensors(folder, files, entries, unreadable);
  }

  private static TensorEntry entry(StoredTensor tensor, TensorType type, Path file) {
    return new TensorEntry(
        tensor.name(), type, tensor.shape(), file, tensor.offset(), tensor.byteSize());
  }

  /** The safetensors files, each once. */
  public List<Path> files() {
    return files;
  }

  /**
   * The tensors of type F32, F16 and BF16 by name, file by file in the order of their data. Tensors
   * of other types may be in the files, but are an error only when one is required.
   */
  public Map<String, TensorEntry> entries() {
    return entries;
  }

  /**
   * A tensor that must be there.
   *
   * @param shape the sizes that it must have, outermost first
   * @throws ModelLoadException if there is none of the name, or it has another shape, or a type
   *     that weights are not read in
   */
  public TensorEntry require(String name, long... shape) {
    TensorEntry entry = entries.get(name);
    if (entry == null) {
      throw missing(name);
    }
    List<Long> expected = Arrays.stream(shape).boxed().toList();
    if (!entry.shape().equals(expected)) {
      throw new ModelLoadException(
          String.format(
              "%s: tensor '%s' has the shape %s, but config.json makes it %s",
              entry.file(), name, entry.shape(), expected));
    }
    return entry;
  }

  /**
   * Reads bytes {@code [from, from + target.remaining())} of a tensor. The target's position is
   * advanced to its limit, or by what was read before an error. A direct buffer costs no second
   * copy.
   *
   * @param entry one of {@link #entries()}
   * @param from the first byte to read, relative to the tensor's first
   * @throws ModelLoadException if the file can't be read, or was truncated since it was opened
   * @throws io.selfalign.error.CancelledException if the thread was interrupted
   * @throws IllegalArgumentException if the entry is not of this checkpoint, or the range not
   *     within the tensor
   * @throws IllegalStateException if this is closed
   */
  public void read(TensorEntry entry, long from, ByteBuffer target) {
    if (closed) {
      throw new IllegalStateException("the checkpoint " + folder + " is closed");
    }
    if (!entry.equals(entries.get(entry.name()))) {
      throw new IllegalArgumentException(entry + " is not a tensor of " + folder);
    }
    if (from < 0 || from > entry.byteSize() - target.remaining()) {
      throw new IllegalArgumentException(
          String.format(
              "%d bytes from %d on are not within the %d bytes of tensor '%s'",
              target.remaining(), from, entry.byteSize(), entry.name()));
    }
    PositionalReads.read(entry.file(), entry.offset() + from, target);
  }

  /**
   * Checks that every tensor has a type that weights are read in.
   *
   * @throws ModelLoadException naming one that has not
   */
  void checkAllReadable() {
    for (String name : unreadable.keySet()) {
      throw missing(name);
    }
  }

  /**
   * All elements of a tensor, as floats.
   *
   * @throws ModelLoadException if the tensor has too many elements for an array, or can't be read
   */
  public float[] readFloats(TensorEntry entry) {
    long count = entry.byteSize() / entry.type().bytes();
    if (count > Integer.MAX_VALUE - 8) {
      throw new ModelLoadException(
          String.format(
              "%s: tensor '%s' has %d elements, too many to be read at once",
              entry.file(), entry.name(), count));
    }
    float[] values = new float[(int) count];
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (long from = 0; from < entry.byteSize(); from += buffer.limit()) {
      read(
          entry,
          from,
          buffer.clear().limit((int) Math.min(buffer.capacity(), entry.byteSize() - from)));
      buffer.flip();
      while (buffer.hasRemaining()) {
        values[at++] = FloatCodec.get(buffer, entry.type());
      }
    }
    return values;
  }

  /** Refuses later reads. Nothing is held that would have to be freed. */
  @Override
  public void close() {
    closed = true;
  }

  private void check(SafeTensorsIndex index) {
    index
        .fileOfTensor()
        .forEach(
            (name, file) -> {
              TensorEntry entry = entries.get(name);
              Unreadable other = unreadable.get(name);
              Path actual = entry != null ? entry.file() : other != null ? other.file() : null;
              if (!file.equals(actual)) {
                throw new ModelLoadException(
                    String.format(
                        "%s: tensor %s is not in this file, where %s says it is",
                        file, JsonFields.quoted(name), SafeTensorsIndex.NAME));
              }
            });
  }

  private ModelLoadException missing(String name) {
    Unreadable other = unreadable.get(name);
    if (other != null) {
      return new ModelLoadException(
          String.format(
              "%s: tensor '%s' has the type %s, but must be one of %s",
              other.file(), name, other.type(), Arrays.toString(TensorType.values())));
    }
    Path place = files.size() == 1 ? files.get(0) : folder.resolve(SafeTensorsIndex.NAME);
    String first =
        entries.isEmpty()
            ? ""
            : ", the first is " + JsonFields.quoted(entries.keySet().iterator().next());
    return new ModelLoadException(
        String.format(
            "%s: tensor '%s' is missing; the checkpoint has %d tensors%s",
            place, name, entries.size() + unreadable.size(), first));
  }

  private static ModelLoadException noWeights(Path folder) {
    List<String> pickles =
        CheckpointFolder.namesEndingIn(folder, List.of(".bin", ".pt", ".pth", ".bin.index.json"));
    if (!pickles.isEmpty()) {
      return new ModelLoadException(
          String.format(
              "%s: has weights in %s, but only safetensors are read, because pickled weights can"
                  + " run code; convert them in Python with transformers:"
                  + " AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder)",
              folder, pickles.get(0)));
    }
    List<String> others = CheckpointFolder.namesEndingIn(folder, List.of(".safetensors", ".gguf"));
    return new ModelLoadException(
        String.format(
            "%s: has neither %s nor %s%s",
            folder,
            SINGLE,
            SafeTensorsIndex.NAME,
            others.isEmpty() ? "" : "; what it has under other names is not read: " + others));
  }
}
