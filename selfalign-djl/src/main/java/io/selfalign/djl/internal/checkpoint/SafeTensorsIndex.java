package io.selfalign.djl.internal.checkpoint;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which shard a tensor is in, as {@code model.safetensors.index.json} says.
 *
 * @param fileOfTensor the shard of each tensor, all within the checkpoint's folder
 */
record SafeTensorsIndex(Map<String, Path> fileOfTensor) {
  static final String NAME = "model.safetensors.index.json";

  static SafeTensorsIndex read(Path file) {
    JsonFields index = JsonFields.read(file, CheckpointFolder.MAX_LARGE_JSON_BYTES);
    JsonFields map = index.object("weight_map").orElseThrow(() -> index.missing("weight_map"));
    Map<String, Path> shards = new LinkedHashMap<>();
    for (String tensor : map.keys()) {
      String shard = map.text(tensor).orElseThrow(() -> map.missing(tensor));
      shards.put(tensor, shard(file, map, tensor, shard));
    }
    if (shards.isEmpty()) {
      throw index.error("weight_map", "an object that names the file of each tensor");
    }
    return new SafeTensorsIndex(shards);
  }

  /** The shards, each once, in the order of their names. */
  List<Path> files() {
    return fileOfTensor.values().stream().distinct().sorted().toList();
  }

  /**
   * A plain file name. Links may lead elsewhere, as in the cache of Hugging Face, but a downloaded
   * text may not.
   */
  private static Path shard(Path index, JsonFields map, String tensor, String name) {
    try {
      Path file = index.resolveSibling(name);
      boolean plain =
          name.equals(String.valueOf(file.getFileName()))
              && name.indexOf('\\') < 0
              && name.chars().noneMatch(Character::isISOControl);
      if (plain && name.endsWith(".safetensors")) {
        return file;
      }
    } catch (InvalidPathException e) {
      // Refused below.
    }
    throw map.error(tensor, "the name of a .safetensors file in the same folder");
  }
}
