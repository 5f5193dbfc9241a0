package io.selfalign.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The small random checkpoints that src/test/python/make_fixtures.py writes, and their values. */
public final class Fixtures {
  private static final Path ROOT = Path.of("src/test/resources/fixtures");

  private Fixtures() {}

  /** The names of all fixtures that are checkpoints. */
  public static List<String> checkpoints() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("config.json")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of a checkpoint. */
  public static Path folder(String name) {
    return ROOT.resolve(name);
  }

  /** The golden values of a checkpoint. */
  public static JsonNode golden(String name) {
    return JsonMapper.shared().readTree(folder(name).resolve("golden.json"));
  }

  /** A JSON array of numbers. */
  public static int[] ints(JsonNode array) {
    int[] result = new int[array.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = array.get(i).asInt();
    }
    return result;
  }

  /** A JSON array of numbers. */
  public static double[] doubles(JsonNode array) {
    double[] result = new double[array.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = array.get(i).asDouble();
    }
    return result;
  }

  /** Copies a checkpoint of the fixtures, with other values in its config.json. */
  public static Path copy(String name, Path target, Map<String, Object> config) throws IOException {
    Files.createDirectories(target);
    for (String file : List.of("model.safetensors", "tokenizer.json", "config.json")) {
      Files.copy(folder(name).resolve(file), target.resolve(file));
    }
    JsonMapper json = JsonMapper.shared();
    ObjectNode node = (ObjectNode) json.readTree(target.resolve("config.json"));
    config.forEach(node::putPOJO);
    json.writeValue(target.resolve("config.json"), node);
    return target;
  }
}
