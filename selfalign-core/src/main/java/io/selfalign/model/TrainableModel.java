package io.selfalign.model;

import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.error.TrainingDivergedException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A model that can be trained, and used with adapters. Training leaves the model itself as it is:
 * what is learnt is written to a folder.
 */
public interface TrainableModel extends BaseModel {
  /**
   * Attaches an adapter in PEFT's format, which the model itself does not notice.
   *
   * @param folder has {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @return the model with the adapter, which the caller closes
   * @throws ModelLoadException naming file and key or tensor, if the adapter is incomplete or
   *     damaged, is of another kind than LoRA, or belongs to another model
   * @throws IllegalStateException if the model is closed
   */
  AdaptedModel withAdapter(Path folder);

  /**
   * Learns the examples' completions.
   *
   * <p>The folder gets the adapter in PEFT's format, or a checkpoint if all weights are trained,
   * after the last step; {@code training_log.jsonl}, a line for each optimizer step; and in {@code
   * checkpoint-N} what is needed to resume after step N. Each is complete or not there. A cancelled
   * training keeps its last checkpoint.
   *
   * <p>The loss of an optimizer step is the mean over all its completion tokens, so that it does
   * not depend on how the batch is split.
   *
   * @param examples read once, on the calling thread; kept as 4 bytes a token
   * @param folder where to write; created if missing. No other process may train into it
   * @param listener receives what happens, on the calling thread; an exception of its ends training
   * @throws InvalidDataException if there is no example, or one is too long or has no completion
   *     token, naming it
   * @throws TrainingDivergedException if the loss is not finite or explodes, or the gradient is not
   *     finite or 0
   * @throws ModelLoadException if the initial adapter or a checkpoint can't be read
   * @throws CancelledException if the thread is interrupted, within one forward and backward pass
   * @throws IllegalStateException if the model is closed, also when it is closed during the call
   * @throws SelfAlignException if the folder can't be written, holds another training, or the model
   *     fails
   */
  TrainingResult train(
      Iterable<TrainingExample> examples,
      TrainingOptions options,
      Path folder,
      Consumer<? super TrainingEvent> listener);

  /** Trains without a listener. See {@link #train(Iterable, TrainingOptions, Path, Consumer)}. */
  default TrainingResult train(
      Iterable<TrainingExample> examples, TrainingOptions options, Path folder) {
    return train(examples, options, folder, event -> {});
  }
}
