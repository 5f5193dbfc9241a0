package io.selfalign.eval;

import java.util.Optional;

/**
 * The model or system whose answers others are compared with.
 *
 * @param name what it is called, such as the name of a model's folder or of a file of answers
 * @param fingerprint the model's fingerprint, if it is known
 */
public record Opponent(String name, Optional<String> fingerprint) {
  /** Checks that the name can be read. */
  public Opponent {
    Texts.check("name", name);
  }

  /** Whether both are the same system: by their fingerprints if both are known, else by name. */
  boolean isSameAs(Opponent other) {
    if (fingerprint.isPresent() && other.fingerprint.isPresent()) {
      return fingerprint.equals(other.fingerprint);
    }
    return name.equals(other.name);
  }

  @Override
  public String toString() {
    return fingerprint.map(f -> name + " (" + f + ")").orElse(name);
  }
}
