package io.selfalign.djl.internal.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the rotary embedding's settings, in the keys of published checkpoints ({@code rope_theta}
 * and {@code rope_scaling}) or in those of transformers 5 ({@code rope_parameters}).
 */
final class RopeConfigReader {
  private static final String SCALING = "rope_scaling";
  private static final String PARAMETERS = "rope_parameters";
  private static final String PARTIAL = "partial_rotary_factor";
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final Set<String> LAYER_TYPES = Set.of("full_attention", "sliding_attention");

  private final JsonFields config;
  private final JsonFields fields;
  private final double theta;
  private final int contextLength;

  private RopeConfigReader(JsonFields config, JsonFields fields, double theta, int contextLength) {
    this.config = config;
    this.fields = fields;
    this.theta = theta;
    this.contextLength = contextLength;
  }

  static RopeConfig read(JsonFields config, double defaultTheta, int contextLength) {
    checkFullRotation(config);
    double theta = config.positiveOr("rope_theta", defaultTheta);
    // As in transformers, the older key wins where a file has both.
    Optional<JsonFields> settings =
        config.object(SCALING).filter(f -> !f.keys().isEmpty()).or(() -> config.object(PARAMETERS));
    if (settings.isEmpty()) {
      return RopeConfig.standard(theta);
    }
    JsonFields fields = settings.get();
    List<String> perLayerType = fields.keys().stream().filter(LAYER_TYPES::contains).toList();
    List<RopeConfig> ropes =
        perLayerType.isEmpty()
            ? List.of(new RopeConfigReader(config, fields, theta, contextLength).read())
            : perLayerType.stream()
                .flatMap(type -> fields.object(type).stream())
                .map(f -> new RopeConfigReader(config, f, theta, contextLength).read())
                .distinct()
                .toList();
    if (ropes.size() > 1) {
      throw config.error(
          "the rotary embedding differs between " + perLayerType + ", which is not supported");
    }
    return ropes.isEmpty() ? RopeConfig.standard(theta) : ropes.get(0);
  }

  private RopeConfig read() {
    checkFullRotation(fields);
    double base = fields.positiveOr("rope_theta", theta);
    return switch (type()) {
      case DEFAULT -> RopeConfig.standard(base);
      case LINEAR -> RopeConfig.linear(base, fields.positive("factor"));
      case DYNAMIC -> {
        fields.positive("factor"); // It has no effect within the context, but must make sense.
        yield RopeConfig.dynamic(base);
      }
      case LLAMA3 -> llama3(base);
      case YARN -> yarn(base);
    };
  }

  private RopeConfig.Type type() {
    String key = fields.has("rope_type") ? "rope_type" : "type";
    String name = fields.text(key).orElse(RopeConfig.Type.DEFAULT.jsonName());
    return Arrays.stream(RopeConfig.Type.values())
        .filter(type -> type.jsonName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                fields.error(
                    key,
                    Arrays.stream(RopeConfig.Type.values())
                        .map(RopeConfig.Type::jsonName)
                        .collect(Collectors.joining(", ", "one of ", ""))));
  }

  private RopeConfig llama3(double base) {
    double low = fields.positive("low_freq_factor");
    double high = fields.positive("high_freq_factor");
    if (high <= low) {
      throw fields.error("high_freq_factor", "greater than 'low_freq_factor' (" + low + ")");
    }
    return RopeConfig.llama3(base, fields.positive("factor"), originalContextLength(), low, high);
  }

  private RopeConfig yarn(double base) {
    if (base <= 1) {
      throw fields.error("rope_theta", "greater than 1 for yarn");
    }
    double original = originalContextLength();
    double factor = fields.positiveOr("factor", contextLength / original);
    return new RopeConfig(
        RopeConfig.Type.YARN,
        base,
        factor,
        original,
        0,
        0,
        nonZeroOr("beta_fast", 32),
        nonZeroOr("beta_slow", 1),
        // In Python a null is false, an absent key is true.
        fields.lacks("truncate") || fields.flag("truncate", false),
        fields.positiveOr("attention_factor", yarnAttentionScaling(factor)));
  }

  private double yarnAttentionScaling(double factor) {
    double scale = fields.number("mscale", 0);
    double scaleOfAll = fields.number("mscale_all_dim", 0);
    double scaling =
        scale != 0 && scaleOfAll != 0
            ? logScale(factor, scale) / logScale(factor, scaleOfAll)
            : logScale(factor, 1);
    if (!Double.isFinite(scaling) || scaling <= 0) {
      throw fields.error("mscale_all_dim", "such that the attention factor is greater than 0");
    }
    return scaling;
  }

  private static double logScale(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  /** A number of at least 0, where 0 means the default. */
  private double nonZeroOr(String key, double byDefault) {
    double value = fields.number(key, 0);
    if (value < 0) {
      throw fields.error(key, "a number of at least 0");
    }
    return value == 0 ? byDefault : value;
  }

  /** Beside the settings (as Phi 3 has it) before inside them; by default the whole context. */
  private double originalContextLength() {
    return config.has(ORIGINAL)
        ? config.positive(ORIGINAL)
        : fields.positiveOr(ORIGINAL, contextLength);
  }

  private static void checkFullRotation(JsonFields fields) {
    if (fields.number(PARTIAL, 1) != 1) {
      throw fields.error(PARTIAL, "1: rotating a part of a head is not supported");
    }
  }
}
