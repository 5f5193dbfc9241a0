package io.selfalign.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The linear maps of a decoder layer that LoRA can adapt, by their names in checkpoints. */
public enum Projection {
  /** Attention: hidden states to queries. */
  Q_PROJ("q_proj"),
  /** Attention: hidden states to keys. */
  K_PROJ("k_proj"),
  /** Attention: hidden states to values. */
  V_PROJ("v_proj"),
  /** Attention: the heads' outputs to hidden states. */
  O_PROJ("o_proj"),
  /** MLP: hidden states to the gate. */
  GATE_PROJ("gate_proj"),
  /** MLP: hidden states to what the gate lets through. */
  UP_PROJ("up_proj"),
  /** MLP: back to hidden states. */
  DOWN_PROJ("down_proj");

  private final String moduleName;

  Projection(String moduleName) {
    this.moduleName = moduleName;
  }

  /** The name that PEFT's {@code target_modules} has for it, such as {@code q_proj}. */
  public String moduleName() {
    return moduleName;
  }

  /**
   * The projection of a name.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static Projection of(String moduleName) {
    return find(moduleName)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown projection '"
                        + moduleName
                        + "'; use some of "
                        + Arrays.stream(values())
                            .map(Projection::moduleName)
                            .collect(Collectors.joining(", "))));
  }

  /** The projection of a name, if it is one. */
  public static Optional<Projection> find(String moduleName) {
    return Arrays.stream(values()).filter(p -> p.moduleName.equals(moduleName)).findFirst();
  }
}
