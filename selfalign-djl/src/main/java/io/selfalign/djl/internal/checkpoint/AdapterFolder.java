package io.selfalign.djl.internal.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.error.ModelLoadException;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * LoRA adapters in PEFT's format: a folder with {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. What is written also has a {@code selfalign.json} with the
 * fingerprint of the base checkpoint, which PEFT does not look at.
 */
public final class AdapterFolder {
  /** The name of the configuration. */
  public static final String CONFIG = "adapter_config.json";

  /** The name of the file of weights. */
  public static final String WEIGHTS = "adapter_model.safetensors";

  /** The names of both. */
  public static final List<String> FILES = List.of(CONFIG, WEIGHTS);

  private static final String ORIGIN = "selfalign.json";
  private static final String BASE_FINGERPRINT = "base_fingerprint";

  private static final Pattern TENSOR =
      Pattern.compile(
          "base_model\\.model\\.(model\\.layers\\.(\\d{1,6})\\.(?:self_attn|mlp)\\.(\\w+))"
              + "\\.lora_([AB])\\.weight");

  private AdapterFolder() {}

  /**
   * Reads an adapter.
   *
   * @param config the model that it is for
   * @param baseFingerprint gives the fingerprint of that model's checkpoint
   * @throws ModelLoadException naming file and key or tensor, if a file is missing or damaged, the
   *     adapter is of another kind than LoRA on the linear maps of layers, or it does not fit the
   *     model
   */
  public static LoraAdapter read(
      Path folder, ModelConfig config, Supplier<String> baseFingerprint) {
    if (!Files.exists(folder)) {
      throw new ModelLoadException(folder + ": folder not found");
    }
    for (String name : FILES) {
      if (!CheckpointFolder.isThere(folder.resolve(name))) {
        String hint =
            name.equals(WEIGHTS) && CheckpointFolder.isThere(folder.resolve("adapter_model.bin"))
                ? "; adapter_model.bin is there, but pickled weights are not read, because they can"
                    + " run code: save the adapter with safe_serialization=True"
                : "; an adapter is a folder with " + CONFIG + " and " + WEIGHTS;
        throw new ModelLoadException(folder.resolve(name) + ": file not found" + hint);
      }
    }
    LoraOptions.Builder options = readConfig(folder.resolve(CONFIG));
    checkOrigin(folder.resolve(ORIGIN), baseFingerprint);
    return readPairs(folder.resolve(WEIGHTS), options, config);
  }

  private static void checkOrigin(Path file, Supplier<String> baseFingerprint) {
    if (!Files.exists(file)) {
      return;
    }
    Optional<String> trainedOn =
        JsonFields.read(file, CheckpointFolder.MAX_CONFIG_BYTES).text(BASE_FINGERPRINT);
    if (trainedOn.isPresent() && !trainedOn.get().equals(baseFingerprint.get())) {
      throw new ModelLoadException(
          String.format(
              "%s: the adapter was trained on another model, of fingerprint %s; open that one, or"
                  + " delete this file to use the adapter all the same",
              file, trainedOn.get()));
    }
  }

  private static LoraOptions.Builder readConfig(Path file) {
    JsonFields fields = JsonFields.read(file, CheckpointFolder.MAX_CONFIG_BYTES);
    String kind = fields.text("peft_type").orElseThrow(() -> fields.missing("peft_type"));
    if (!kind.equals("LORA")) {
      throw fields.error("peft_type", "LORA");
    }
    for (String variant :
        List.of("use_dora", "fan_in_fan_out", "lora_bias", "use_qalora", "use_bdlora")) {
      if (fields.flag(variant, false)) {
        throw fields.error(variant, "false: this variant of LoRA is not supported");
      }
    }
    if (fields.has("bias") && !fields.text("bias").orElse("").equals("none")) {
      throw fields.error("bias", "none: trained biases are not supported");
    }
    for (String other :
        List.of("modules_to_save", "trainable_token_indices", "layer_replication")) {
      if (fields.has(other) && !(fields.isList(other) && fields.isEmptyList(other))) {
        throw fields.error(other, "null: only linear maps of layers can be adapted");
      }
    }
    for (String variant :
        List.of("alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config")) {
      if (fields.has(variant)) {
        throw fields.error(variant, "null: this variant of LoRA is not supported");
      }
    }
    Optional<String> init = fields.textIfAny("init_lora_weights");
    if (init.isPresent() && !Set.of("gaussian", "eva", "orthogonal").contains(init.get())) {
      throw fields.error(
          "init_lora_weights",
          "true, false, gaussian, eva or orthogonal: others change the base weights too");
    }
    LoraOptions.Builder options =
        LoraOptions.builder()
            .rank(fields.integer("r", 1, 4096))
            .alpha(fields.positive("lora_alpha"))
            .dropout(Math.min(0.999, Math.max(0, fields.number("lora_dropout", 0))))
            .rankStabilized(fields.flag("use_rslora", false));
    fields
        .object("rank_pattern")
        .ifPresent(
            pattern ->
                pattern
                    .keys()
                    .forEach(
                        key ->
                            patterned(
                                fields,
                                () -> options.rankFor(key, pattern.integer(key, 1, 4096)))));
    fields
        .object("alpha_pattern")
        .ifPresent(
            pattern ->
                pattern
                    .keys()
                    .forEach(
                        key ->
                            patterned(fields, () -> options.alphaFor(key, pattern.positive(key)))));
    return options;
  }

  private static void patterned(JsonFields fields, Runnable add) {
    try {
      add.run();
    } catch (IllegalArgumentException e) {
      throw fields.error(String.valueOf(e.getMessage()));
    }
  }

  private static LoraAdapter readPairs(Path file, LoraOptions.Builder options, ModelConfig config) {
    Map<LoraAdapter.Module, TensorEntry> downs = new TreeMap<>();
    Map<LoraAdapter.Module, TensorEntry> ups = new HashMap<>();
    try (SafeTensors tensors = SafeTensors.openFile(file)) {
      for (TensorEntry entry : tensors.entries().values()) {
        Matcher name = TENSOR.matcher(entry.name());
        Optional<Projection> projection =
            name.matches() ? Projection.find(name.group(3)) : Optional.empty();
        if (projection.isEmpty()) {
          throw new ModelLoadException(
              String.format(
                  "%s: tensor %s belongs to no linear map of a layer; only those can be adapted",
                  file, JsonFields.quoted(entry.name())));
        }
        LoraAdapter.Module module =
            new LoraAdapter.Module(Integer.parseInt(name.group(2)), projection.get());
        if (!module.fullName().equals(name.group(1)) || module.layer() >= config.layers()) {
          throw new ModelLoadException(
              String.format(
                  "%s: tensor '%s' is for a module that the model, which has %d layers, does not"
                      + " have; the adapter belongs to another model",
                  file, entry.name(), config.layers()));
        }
        (name.group(4).equals("A") ? downs : ups).put(module, entry);
      }
      if (downs.isEmpty()) {
        throw new ModelLoadException(file + ": has no tensor of an adapter");
      }
      for (LoraAdapter.Module module : ups.keySet()) {
        if (!downs.containsKey(module)) {
          throw new ModelLoadException(
              file + ": " + module.fullName() + " has lora_B but no lora_A");
        }
      }
      EnumSet<Projection> targets = EnumSet.noneOf(Projection.class);
      downs.keySet().forEach(module -> targets.add(module.projection()));
      LoraOptions complete = options.targets(targets).build();
      Map<LoraAdapter.Module, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
      downs.forEach(
          (module, down) -> {
            TensorEntry up = ups.get(module);
            if (up == null) {
              throw new ModelLoadException(
                  file + ": " + module.fullName() + " has lora_A but no lora_B");
            }
            int rank = complete.rankOf(module.fullName());
            checkShape(down, List.of((long) rank, (long) module.inputs(config)));
            checkShape(up, List.of((long) module.outputs(config), (long) rank));
            pairs.put(
                module,
                new LoraAdapter.Pair(
                    rank,
                    complete.scalingOf(module.fullName()),
                    tensors.readFloats(down),
                    tensors.readFloats(up)));
          });
      return new LoraAdapter(complete, pairs);
    }
  }

  private static void checkShape(TensorEntry entry, List<Long> expected) {
    if (!entry.shape().equals(expected)) {
      throw new ModelLoadException(
          String.format(
              "%s: tensor '%s' has the shape %s, but the model and %s make it %s; the adapter is"
                  + " damaged or belongs to another model",
              entry.file(), entry.name(), entry.shape(), CONFIG, expected));
    }
  }

  /**
   * Writes an adapter into a folder that is there, weights first.
   *
   * @param baseName what the configuration names as the base model
   * @param baseFingerprint the fingerprint of the base checkpoint
   * @throws IOException if a file can't be written
   */
  public static void write(
      Path folder, LoraAdapter adapter, ModelConfig config, String baseName, String baseFingerprint)
      throws IOException {
    List<SafeTensorsWriter.Tensor> tensors = new ArrayList<>();
    adapter
        .pairs()
        .forEach(
            (module, pair) -> {
              String name = "base_model.model." + module.fullName() + ".lora_";
              tensors.add(
                  SafeTensorsWriter.Tensor.of(
                      name + "A.weight", pair.a(), pair.rank(), module.inputs(config)));
              tensors.add(
                  SafeTensorsWriter.Tensor.of(
                      name + "B.weight", pair.b(), module.outputs(config), pair.rank()));
            });
    ObjectNode origin = JsonMapper.shared().createObjectNode();
    origin.put(BASE_FINGERPRINT, baseFingerprint);
    replace(folder.resolve(ORIGIN), origin);
    DurableFiles.replace(
        folder.resolve(WEIGHTS),
        temporary -> SafeTensorsWriter.write(temporary, Map.of("format", "pt"), tensors));
    replace(folder.resolve(CONFIG), configJson(adapter, config, baseName));
  }

  private static void replace(Path file, ObjectNode json) throws IOException {
    byte[] bytes = (json.toPrettyString() + "\n").getBytes(UTF_8);
    DurableFiles.replace(file, temporary -> DurableFiles.write(temporary, bytes));
  }

  private static ObjectNode configJson(LoraAdapter adapter, ModelConfig config, String baseName) {
    LoraOptions options = adapter.options();
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("peft_type", "LORA");
    json.put("task_type", "CAUSAL_LM");
    json.put("base_model_name_or_path", baseName);
    json.put("inference_mode", true);
    json.put("r", options.rank());
    putNumber(json, "lora_alpha", options.alpha());
    json.put("lora_dropout", options.dropout());
    json.put("use_rslora", options.rankStabilized());
    json.put("use_dora", false);
    json.put("bias", "none");
    json.put("fan_in_fan_out", false);
    json.put("init_lora_weights", true);
    json.putNull("modules_to_save");
    ArrayNode targets = json.putArray("target_modules");
    Set<Integer> layers =
        adapter.pairs().keySet().stream()
            .map(LoraAdapter.Module::layer)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean everywhereTheSame =
        adapter.pairs().size() == (long) layers.size() * options.targets().size();
    if (everywhereTheSame) {
      options.targets().forEach(target -> targets.add(target.moduleName()));
    } else {
      adapter.pairs().keySet().forEach(module -> targets.add(module.fullName()));
    }
    if (everywhereTheSame && layers.size() < config.layers()) {
      layers.forEach(json.putArray("layers_to_transform")::add);
    } else {
      json.putNull("layers_to_transform");
    }
    ObjectNode ranks = json.putObject("rank_pattern");
    options.rankPattern().forEach(ranks::put);
    ObjectNode alphas = json.putObject("alpha_pattern");
    options.alphaPattern().forEach((module, alpha) -> putNumber(alphas, module, alpha));
    return json;
  }

  /** Whole numbers without a point, as PEFT has them. */
  private static void putNumber(ObjectNode json, String key, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      json.put(key, (long) value);
    } else {
      json.put(key, value);
    }
  }

  /** The SHA-256 of an adapter's files, 64 hexadecimal digits. */
  public static String fingerprint(Path folder) {
    return CheckpointFingerprint.of(List.of(folder.resolve(CONFIG), folder.resolve(WEIGHTS)));
  }
}
