package io.selfalign.pipeline;

import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.JsonLines;
import io.selfalign.model.GenerationOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that decides a stage's output besides its input and the seed: options, prompts, the
 * model's fingerprint. Kept as JSON, so that a run's manifest shows it and a resumed run can say
 * which option differs.
 *
 * <pre>{@code
 * Settings.builder()
 *     .add("model", model.fingerprint())
 *     .add("temperature", 0.7)
 *     .build();
 * }</pre>
 *
 * <p>What does not change the output, such as a number of workers, is left out. Immutable.
 */
public final class Settings {
  private static final int SHOWN = 60;

  private final String json;

  private Settings(String json) {
    this.json = json;
  }

  /** Settings of a stage that has nothing to set. */
  public static Settings none() {
    return builder().build();
  }

  /** A builder without settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** How texts are sampled, but for the seed, which every stage has its own of. */
  public static Settings of(GenerationOptions sampling) {
    List<Double> penalties = new ArrayList<>();
    for (int n = 1; n <= GenerationOptions.MAX_NGRAM; n++) {
      penalties.add(sampling.ngramPenalty(n));
    }
    TreeMap<String, String> bias = new TreeMap<>();
    sampling.logitBias().forEach((text, value) -> bias.put(text, String.valueOf(value)));
    return builder()
        .add("temperature", sampling.temperature())
        .add("top_p", sampling.topP())
        .add("top_k", sampling.topK())
        .add("min_p", sampling.minP())
        .add("max_new_tokens", sampling.maxNewTokens())
        .add("ngram_penalties", penalties)
        .add("logit_bias", bias)
        .add("forbid_end_of_sequence", sampling.forbidEndOfSequence())
        .add("stop", sampling.stop())
        .build();
  }

  static Settings of(ObjectNode tree) {
    return new Settings(tree.toString());
  }

  /** The settings as one JSON object, in the order in which they were added. */
  public String json() {
    return json;
  }

  /** SHA-256 of the settings in hexadecimal; their order does not matter. */
  public String fingerprint() {
    return sha256(sorted(tree()).toString());
  }

  /**
   * What is different now, one sentence each: {@code option 'temperature' is 0.7, but was 0.5}.
   * Nested settings are named by their path, such as {@code sampling.top_p}.
   */
  public List<String> differencesFrom(Settings before) {
    List<String> differences = new ArrayList<>();
    compare("", tree(), before.tree(), differences);
    return differences;
  }

  ObjectNode tree() {
    return JsonLines.parse("settings", 1, json).object();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Settings settings && fingerprint().equals(settings.fingerprint());
  }

  @Override
  public int hashCode() {
    return fingerprint().hashCode();
  }

  @Override
  public String toString() {
    return json;
  }

  static String sha256(String text) {
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
  }

  private static void compare(String path, ObjectNode now, ObjectNode before, List<String> out) {
    Set<String> names = new LinkedHashSet<>(now.propertyNames());
    names.addAll(before.propertyNames());
    for (String name : names) {
      JsonNode is = now.get(name);
      JsonNode was = before.get(name);
      String option = path + name;
      if (is instanceof ObjectNode a && was instanceof ObjectNode b) {
        compare(option + ".", a, b, out);
      } else if (is == null) {
        out.add("option '" + option + "' is not set, but was " + shown(was));
      } else if (was == null) {
        out.add("option '" + option + "' is " + shown(is) + ", but was not set");
      } else if (!sorted(is).equals(sorted(was))) {
        out.add("option '" + option + "' is " + shown(is, was) + ", but was " + shown(was, is));
      }
    }
  }

  private static String shown(@Nullable JsonNode value) {
    String text = String.valueOf(value);
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  /** A long value from a little before the place where it differs from another. */
  private static String shown(JsonNode value, JsonNode other) {
    String text = value.toString();
    String compared = other.toString();
    int same = 0;
    while (same < Math.min(text.length(), compared.length())
        && text.charAt(same) == compared.charAt(same)) {
      same++;
    }
    int start = Math.max(0, Math.min(same, text.length()) - SHOWN / 3);
    if (text.length() <= SHOWN || start == 0) {
      return shown(value);
    }
    int end = Math.min(text.length(), start + SHOWN);
    return "…" + text.substring(start, end) + (end < text.length() ? "…" : "");
  }

  /** The same value with the fields of every object in alphabetical order. */
  private static JsonNode sorted(JsonNode value) {
    if (!value.isObject() && !value.isArray()) {
      return value;
    }
    JsonNode copy = value.deepCopy();
    sortInPlace(copy);
    return copy;
  }

  private static void sortInPlace(JsonNode value) {
    if (value instanceof ObjectNode object) {
      Map<String, JsonNode> fields = new TreeMap<>();
      object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      object.removeAll();
      fields.forEach(object::set);
    }
    for (JsonNode child : value) {
      sortInPlace(child);
    }
  }

  /** Collects settings; not safe for use by several threads. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a setting.
     *
     * @param name a name in the style of JSON fields, such as {@code top_p}
     * @param value a string, number, boolean, Java record, or a list or map of such
     * @throws IllegalArgumentException if the name was added before, or the value makes no JSON
     */
    @CanIgnoreReturnValue
    public Builder add(String name, Object value) {
      if (values.containsKey(name)) {
        throw new IllegalArgumentException("setting '" + name + "' is added twice");
      }
      JsonLines.encode(Map.of(name, value)); // complains here, where the caller is
      values.put(name, value);
      return this;
    }

    /** Adds the settings of something that is part of the stage, under one name. */
    @CanIgnoreReturnValue
    public Builder add(String name, Settings nested) {
      return add(name, (Object) nested.tree());
    }

    /** The settings. */
    public Settings build() {
      return new Settings(new String(JsonLines.encode(values), StandardCharsets.UTF_8).strip());
    }
  }
}
