package io.selfalign.examples.cli;

import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.BaseModel;
import java.nio.file.Path;

/** Where the commands' models come from: the seam at which tests put a scripted one. */
@FunctionalInterface
interface ModelOpener {
  /** Opens a model, which the command closes if it is {@link AutoCloseable}. */
  BaseModel open(Path folder, DjlModelOptions options);
}
