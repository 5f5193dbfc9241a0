package io.selfalign.pipeline;

import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves stages out of a run so that they begin anew: their folders to {@code aside/N/}, with the
 * manifest they were made under, the last stage first. A crash in between leaves a run whose later
 * stages are not begun.
 */
final class Aside {
  private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

  private Aside() {}

  /** The given stages and all that depend on them, in the manifest's order. */
  static List<String> withDependents(Manifest manifest, Set<String> stages) {
    Set<String> affected = new HashSet<>(stages);
    List<String> inOrder = new ArrayList<>();
    for (Manifest.Entry entry : manifest.stages()) {
      if (affected.contains(entry.name())
          || entry.upstream().stream().anyMatch(affected::contains)) {
        affected.add(entry.name());
        inOrder.add(entry.name());
      }
    }
    return inOrder;
  }

  /** Moves the stages and returns the manifest without them, which is not written yet. */
  static Manifest move(Storage storage, Path directory, Manifest manifest, List<String> stages) {
    try {
      int number = 1;
      while (Files.exists(directory.resolve("aside/" + number))) {
        number++;
      }
      Path aside = directory.resolve("aside").resolve(String.valueOf(number));
      storage.createFolder(aside);
      manifest.write(storage, aside);
      for (int i = stages.size() - 1; i >= 0; i--) {
        Path folder = RunDirectory.stageFolder(directory, stages.get(i)).path();
        if (Files.exists(folder)) {
          storage.rename(folder, aside.resolve(stages.get(i)));
        }
      }
      storage.forceFolder(aside);
      LOG.info("{}: stages {} begin anew; their data so far is in {}", directory, stages, aside);
      return manifest.withStages(
          manifest.stages().stream().filter(entry -> !stages.contains(entry.name())).toList());
    } catch (IOException e) {
      throw new SelfAlignException(
          directory
              + ": stages can't be set aside: "
              + JsonLines.reason(e)
              + "; make it writable or free some space and run again",
          e);
    }
  }
}
