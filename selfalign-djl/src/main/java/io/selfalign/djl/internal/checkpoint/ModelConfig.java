package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.ModelLoadException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the decoder program needs to know of a model. Every layer computes, with all linear maps
 * applied as {@code x W^T (+ b)} and {@code norm} the RMS norm,
 *
 * <pre>{@code
 * h = h + residualMultiplier * attention(norm(h))
 * h = h + residualMultiplier * down(silu(gate(norm(h))) * up(norm(h)))
 * }</pre>
 *
 * where {@code h} starts as {@code embeddingMultiplier * embedding[token]}, and ends as {@code
 * lm_head(norm(h)) / logitsScaling}.
 *
 * @param architecture which family's configuration and tensor names these are
 * @param hiddenSize the width of {@code h}
 * @param intermediateSize the width between gate/up and down
 * @param layers how many layers
 * @param heads how many query heads; {@code heads * headDim} need not be {@code hiddenSize}
 * @param kvHeads how many key and value heads, a divisor of {@code heads}
 * @param headDim the width of a head, even
 * @param vocabSize how many rows the embedding has
 * @param contextLength the most positions of a sequence: {@code max_position_embeddings}
 * @param rmsNormEps what every RMS norm adds to the mean square
 * @param rope the rotary embedding, for the layers that have it
 * @param tiedEmbeddings whether the configuration says that lm_head is the embedding matrix
 * @param qkvBias whether q, k and v have biases
 * @param outputBias whether the attention's output projection has a bias
 * @param mlpBias whether gate, up and down have biases
 * @param qkNorm whether each head's q and k pass an RMS norm of width {@code headDim} before the
 *     rotary embedding
 * @param embeddingMultiplier what embeddings are multiplied by
 * @param residualMultiplier what a block's output is multiplied by before it is added to {@code h}
 * @param attentionScale what q k^T is multiplied by: {@code 1 / sqrt(headDim)}, but Granite's own
 *     number
 * @param logitsScaling what logits are divided by
 * @param slidingWindows per layer the number of keys that a query sees, itself included: the query
 *     at position p sees the keys p - window + 1 to p. 0 is full causal attention, also where the
 *     checkpoint's window is not smaller than its context
 * @param ropeLayers per layer whether q and k are rotated; false is a NoPE layer
 * @param endOfSequenceIds the tokens that end a text, of config.json and generation_config.json
 *     together, without those that are outside the vocabulary; may be empty
 */
public record ModelConfig(
    Architecture architecture,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int vocabSize,
    int contextLength,
    double rmsNormEps,
    RopeConfig rope,
    boolean tiedEmbeddings,
    boolean qkvBias,
    boolean outputBias,
    boolean mlpBias,
    boolean qkNorm,
    double embeddingMultiplier,
    double residualMultiplier,
    double attentionScale,
    double logitsScaling,
    List<Integer> slidingWindows,
    List<Boolean> ropeLayers,
    List<Integer> endOfSequenceIds) {
  /** Checks that the lists have an entry for every layer. */
  public ModelConfig {
    slidingWindows = List.copyOf(slidingWindows);
    ropeLayers = List.copyOf(ropeLayers);
    endOfSequenceIds = List.copyOf(endOfSequenceIds);
    if (slidingWindows.size() != layers || ropeLayers.size() != layers) {
      throw new IllegalArgumentException(
          String.format(
              "slidingWindows has %d entries and ropeLayers %d, but both must have one for each of"
                  + " %d layers",
              slidingWindows.size(), ropeLayers.size(), layers));
    }
  }

  /**
   * Reads {@code folder/config.json}, with the keys of published checkpoints or those that
   * transformers 5 writes, and {@code folder/generation_config.json} if it is there.
   *
   * @throws ModelLoadException naming file and key, if the folder or file is missing, the JSON is
   *     invalid, a key is missing or has an impossible value, or the model needs what the decoder
   *     program does not have
   */
  public static ModelConfig read(Path folder) {
    return new ModelConfigReader(folder).read();
  }
}
