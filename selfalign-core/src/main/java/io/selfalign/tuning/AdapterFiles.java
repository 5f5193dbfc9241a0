package io.selfalign.tuning;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Funnels;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The files that PEFT's format for adapters has. */
final class AdapterFiles {
  private static final List<String> NAMES =
      List.of("adapter_config.json", "adapter_model.safetensors");

  private AdapterFiles() {}

  /** The SHA-256 of names, lengths and contents. */
  static String sha256(Path folder) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (String name : NAMES) {
      Path file = folder.resolve(name);
      try {
        hasher.putString(name, UTF_8).putLong(java.nio.file.Files.size(file));
        MoreFiles.asByteSource(file).copyTo(Funnels.asOutputStream(hasher));
      } catch (IOException e) {
        throw new SelfAlignException(
            file
                + ": can't be read: "
                + e
                + "; restore the adapter from a copy, or set the stage that trained it aside with"
                + " RunDirectory.setAside and run again",
            e);
      }
    }
    return hasher.hash().toString();
  }
}
