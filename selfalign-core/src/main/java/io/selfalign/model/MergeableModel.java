package io.selfalign.model;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;

/** A model whose checkpoint can be written with an adapter merged into its weights. */
public interface MergeableModel extends TrainableModel {
  /**
   * Writes a checkpoint of this model with an adapter merged into its weights, in the checkpoint's
   * own data types, opens it with this model's options, and compares the two.
   *
   * @param adapter the adapter's folder
   * @param target where to write the checkpoint; nothing may be there
   * @param probe a text, the logits after whose tokens are compared
   * @return the largest difference of a logit: what rounding the merged weights changes
   * @throws ModelLoadException if the adapter or this model's checkpoint can't be read
   * @throws SelfAlignException if the target is there or can't be written
   * @throws CancelledException if the thread is interrupted
   * @throws IllegalStateException if the model is closed
   */
  double mergeAdapter(Path adapter, Path target, String probe);
}
