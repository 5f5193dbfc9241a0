package io.selfalign.djl.internal.checkpoint;

import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A LoRA adapter of a model: for some modules a pair of matrices whose product, scaled, is added to
 * the module's weight.
 *
 * @param options rank, alpha and the like; {@link LoraOptions#targets()} are the projections that
 *     have a pair in some layer
 * @param pairs the matrices by module, in the order of layers and projections
 */
public record LoraAdapter(LoraOptions options, Map<Module, Pair> pairs) {
  /** A linear map of one layer. Its natural order is by layer, then projection. */
  public record Module(int layer, Projection projection) implements Comparable<Module> {
    /** The module's name in checkpoints, such as {@code model.layers.0.self_attn.q_proj}. */
    public String fullName() {
      String block =
          switch (projection) {
            case Q_PROJ, K_PROJ, V_PROJ, O_PROJ -> "self_attn";
            case GATE_PROJ, UP_PROJ, DOWN_PROJ -> "mlp";
          };
      return "model.layers." + layer + "." + block + "." + projection.moduleName();
    }

    /** How many numbers the map takes in a model. */
    public int inputs(ModelConfig config) {
      return switch (projection) {
        case O_PROJ -> config.heads() * config.headDim();
        case DOWN_PROJ -> config.intermediateSize();
        default -> config.hiddenSize();
      };
    }

    /** How many numbers the map gives in a model. */
    public int outputs(ModelConfig config) {
      return switch (projection) {
        case Q_PROJ -> config.heads() * config.headDim();
        case K_PROJ, V_PROJ -> config.kvHeads() * config.headDim();
        case GATE_PROJ, UP_PROJ -> config.intermediateSize();
        case O_PROJ, DOWN_PROJ -> config.hiddenSize();
      };
    }

    @Override
    public int compareTo(Module other) {
      return layer != other.layer
          ? Integer.compare(layer, other.layer)
          : projection.compareTo(other.projection);
    }
  }

  /**
   * The matrices of a module. The arrays are the caller's to leave alone.
   *
   * @param rank the rows of A and columns of B
   * @param scaling what B A is multiplied by
   * @param a {@code (rank, inputs)}, row by row
   * @param b {@code (outputs, rank)}, row by row
   */
  @SuppressWarnings("ArrayRecordComponent") // Millions of numbers; nobody compares pairs.
  public record Pair(int rank, double scaling, float[] a, float[] b) {}

  /** Copies the map. */
  public LoraAdapter {
    pairs = Collections.unmodifiableMap(new LinkedHashMap<>(pairs));
  }

  /** Every module of a model, in natural order. */
  public static List<Module> modules(ModelConfig config) {
    List<Module> modules = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) {
        modules.add(new Module(layer, projection));
      }
    }
    return modules;
  }
}
