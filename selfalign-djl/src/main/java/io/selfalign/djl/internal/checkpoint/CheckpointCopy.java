package io.selfalign.djl.internal.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes checkpoints that are like another one, with other weights. */
public final class CheckpointCopy {
  private static final String WEIGHTS = "model.safetensors";

  /** The names of the files that {@link #write} always makes. */
  public static final List<String> FILES = List.of(CheckpointFolder.CONFIG, WEIGHTS);

  private static final List<String> COMPANIONS =
      List.of(
          "tokenizer",
          "special_tokens_map",
          "added_tokens",
          "vocab",
          "merges",
          "chat_template",
          "generation_config",
          SafeTensorsIndex.NAME);

  private CheckpointCopy() {}

  /** Whether a folder has a checkpoint, or is to have one. */
  public static boolean isCheckpoint(Path folder) {
    return Files.exists(folder.resolve(CheckpointFolder.CONFIG));
  }

  /**
   * Writes weights in float32 into a folder that is there, with the other files of a checkpoint,
   * config.json last.
   *
   * @throws IOException if a file can't be written
   */
  public static void write(Path source, Path folder, List<SafeTensorsWriter.Tensor> tensors)
      throws IOException {
    DurableFiles.replace(
        folder.resolve(WEIGHTS),
        file -> SafeTensorsWriter.write(file, Map.of("format", "pt"), tensors));
    copyCompanions(source, folder, List.of(SafeTensorsIndex.NAME));
    ObjectNode config =
        (ObjectNode)
            JsonMapper.shared()
                .readTree(Files.readAllBytes(source.resolve(CheckpointFolder.CONFIG)));
    for (String key : List.of("dtype", "torch_dtype")) {
      if (config.has(key)) {
        config.put(key, "float32");
      }
    }
    byte[] json = (config.toPrettyString() + "\n").getBytes(UTF_8);
    DurableFiles.replace(
        folder.resolve(CheckpointFolder.CONFIG), file -> DurableFiles.write(file, json));
  }

  /**
   * Writes a checkpoint whose weights have an adapter's products added, in the same files and
   * types. The folder is there whole afterwards, or not at all.
   *
   * @param target where nothing may be
   * @throws ModelLoadException if the checkpoint can't be read, or has a tensor of a type that is
   *     not read
   * @throws IOException if the folder can't be written
   */
  public static void merge(Path source, LoraAdapter adapter, ModelConfig config, Path target)
      throws IOException {
    try (SafeTensors tensors = SafeTensors.open(source)) {
      tensors.checkAllReadable();
      DurableFiles.replaceFolder(
          target,
          folder -> {
            for (Path file : tensors.files()) {
              List<SafeTensorsWriter.Tensor> merged = new ArrayList<>();
              for (TensorEntry entry : tensors.entries().values()) {
                if (entry.file().equals(file)) {
                  merged.add(merged(tensors, entry, adapter, config));
                }
              }
              SafeTensorsWriter.write(
                  folder.resolve(file.getFileName()), Map.of("format", "pt"), merged);
            }
            copyCompanions(source, folder, List.of());
            DurableFiles.copy(
                source.resolve(CheckpointFolder.CONFIG), folder.resolve(CheckpointFolder.CONFIG));
          });
    }
  }

  private static SafeTensorsWriter.Tensor merged(
      SafeTensors tensors, TensorEntry entry, LoraAdapter adapter, ModelConfig config) {
    for (Map.Entry<LoraAdapter.Module, LoraAdapter.Pair> pair : adapter.pairs().entrySet()) {
      LoraAdapter.Module module = pair.getKey();
      if (entry.name().equals(module.fullName() + ".weight")) {
        tensors.require(entry.name(), module.outputs(config), module.inputs(config));
        return new SafeTensorsWriter.Tensor(
            entry.name(),
            entry.type(),
            entry.shape(),
            sink -> add(tensors.readFloats(entry), pair.getValue(), module.inputs(config), sink));
      }
    }
    return new SafeTensorsWriter.Tensor(
        entry.name(),
        entry.type(),
        entry.shape(),
        sink -> {
          ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
          for (long from = 0; from < entry.byteSize(); from += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), entry.byteSize() - from));
            tensors.read(entry, from, buffer);
            sink.put(buffer.flip());
          }
        });
  }

  /** Writes {@code weight + scaling B A}, computed in double. */
  private static void add(
      float[] weight, LoraAdapter.Pair pair, int inputs, SafeTensorsWriter.Sink sink)
      throws IOException {
    double[] row = new double[inputs];
    for (int out = 0; out < weight.length / inputs; out++) {
      Arrays.fill(row, 0);
      for (int r = 0; r < pair.rank(); r++) {
        double factor = pair.scaling() * pair.b()[out * pair.rank() + r];
        for (int in = 0; in < inputs; in++) {
          row[in] += factor * pair.a()[r * inputs + in];
        }
      }
      for (int in = 0; in < inputs; in++) {
        sink.put((float) (weight[out * inputs + in] + row[in]));
      }
    }
  }

  /** Copies tokenizer, generation settings and the like, but no weights and not config.json. */
  private static void copyCompanions(Path source, Path folder, List<String> without)
      throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(source)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      boolean wanted = COMPANIONS.stream().anyMatch(name::startsWith) && !without.contains(name);
      if (wanted) {
        DurableFiles.replace(folder.resolve(name), copy -> DurableFiles.copy(file, copy));
      }
    }
  }
}
