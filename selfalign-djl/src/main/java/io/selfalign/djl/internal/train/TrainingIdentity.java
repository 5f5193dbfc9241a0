package io.selfalign.djl.internal.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.error.SelfAlignException;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.TrainingOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Everything that decides what a training computes, so that only the same one is resumed. */
final class TrainingIdentity {
  private final Map<String, String> parts = new LinkedHashMap<>();

  TrainingIdentity(
      String modelFingerprint,
      TrainingOptions options,
      String initialAdapterFingerprint,
      List<TokenizedExample> examples) {
    parts.put("model", modelFingerprint);
    parts.put("examples", digest(examples));
    if (options.initialAdapter().isPresent()) {
      parts.put("initial_adapter", initialAdapterFingerprint);
    } else {
      options.lora().ifPresent(this::putLora);
    }
    parts.put("trains", options.lora().isPresent() ? "adapter" : "all weights");
    parts.put(
        "lora_dropout", options.lora().map(lora -> String.valueOf(lora.dropout())).orElse("none"));
    parts.put("epochs", String.valueOf(options.epochs()));
    parts.put("batch_size", String.valueOf(options.batchSize()));
    parts.put("learning_rate", String.valueOf(options.learningRate()));
    parts.put("schedule", options.schedule().toString());
    parts.put("warmup_steps", String.valueOf(options.warmupSteps()));
    parts.put("weight_decay", String.valueOf(options.weightDecay()));
    parts.put("adam_beta1", String.valueOf(options.beta1()));
    parts.put("adam_beta2", String.valueOf(options.beta2()));
    parts.put("adam_epsilon", String.valueOf(options.epsilon()));
    parts.put("max_grad_norm", String.valueOf(options.maxGradientNorm()));
    parts.put("seed", String.valueOf(options.seed()));
    parts.put("shuffle", String.valueOf(options.shuffle()));
    parts.put("validation_share", String.valueOf(options.validationShare()));
  }

  private void putLora(LoraOptions lora) {
    parts.put("rank", String.valueOf(lora.rank()));
    parts.put("alpha", String.valueOf(lora.alpha()));
    parts.put("rank_stabilized", String.valueOf(lora.rankStabilized()));
    parts.put(
        "targets",
        lora.targets().stream().map(Projection::moduleName).collect(Collectors.joining(",")));
    parts.put("rank_pattern", lora.rankPattern().toString());
    parts.put("alpha_pattern", lora.alphaPattern().toString());
  }

  void writeTo(ObjectNode json) {
    parts.forEach(json::put);
  }

  /**
   * Checks that an earlier training was the same.
   *
   * @param file where the earlier one is described
   * @throws SelfAlignException naming the first difference
   */
  void check(JsonNode earlier, Path file) {
    parts.forEach(
        (name, value) -> {
          String before = earlier.path(name).asString("");
          if (!before.equals(value)) {
            throw new SelfAlignException(
                String.format(
                    "%s: can't resume: %s was '%s' and is now '%s'; use the same again, or train"
                        + " into another folder",
                    file, name.replace('_', ' '), before, value));
          }
        });
  }

  private static String digest(List<TokenizedExample> examples) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (TokenizedExample example : examples) {
        byte[] id = example.id().getBytes(UTF_8);
        ByteBuffer bytes =
            ByteBuffer.allocate(id.length + Integer.BYTES * (3 + example.tokens().length));
        bytes.putInt(id.length).put(id).putInt(example.learnFrom());
        bytes.putInt(example.tokens().length);
        bytes.asIntBuffer().put(example.tokens());
        sha.update(bytes.array());
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
