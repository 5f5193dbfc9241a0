package io.selfalign.djl;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a model runs.
 *
 * @param kind the processor or a CUDA device
 * @param index which of several CUDA devices, from 0; 0 for the processor
 */
public record ComputeDevice(Kind kind, int index) {
  private static final Pattern NAME = Pattern.compile("cpu|cuda(?::(\\d{1,4}))?");

  /** The kinds of devices. */
  public enum Kind {
    /** The processor. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /** Checks the index. */
  public ComputeDevice {
    if (index < 0 || (kind == Kind.CPU && index != 0)) {
      throw new IllegalArgumentException("there is no device " + kind + " " + index);
    }
  }

  /** The processor. */
  public static ComputeDevice cpu() {
    return new ComputeDevice(Kind.CPU, 0);
  }

  /** A CUDA device, the first one being 0. */
  public static ComputeDevice cuda(int index) {
    return new ComputeDevice(Kind.CUDA, index);
  }

  /**
   * Reads {@code cpu}, {@code cuda} (the first one) or {@code cuda:N}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static ComputeDevice parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "device '" + name + "' is not known; use cpu, cuda or cuda:N");
    }
    if (name.equals("cpu")) {
      return cpu();
    }
    String index = matcher.group(1);
    return cuda(index == null ? 0 : Integer.parseInt(index));
  }

  /** {@code cpu} or {@code cuda:N}. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
