package io.selfalign.djl.internal.checkpoint;

import java.util.Locale;

/**
 * The rotary position embedding: at position p, component i of the first half of a head turns with
 * component i of the second half by the angle {@code p * inverseFrequency[i]}; cosine and sine are
 * multiplied by {@link #attentionScaling()}. Scaling is done in float, operation by operation in
 * the order of transformers 5.18, so that angles at far positions agree with it.
 *
 * @param type how the inverse frequencies are scaled
 * @param theta the base: unscaled, inverse frequency i is {@code theta^(-2i/headDim)}
 * @param factor by how much the context is stretched (LINEAR, LLAMA3, YARN); 1 if unused
 * @param originalContextLength the context before stretching, in tokens (LLAMA3, YARN); else 0
 * @param lowFrequencyFactor LLAMA3: wavelengths above {@code originalContextLength /
 *     lowFrequencyFactor} are stretched fully; else 0
 * @param highFrequencyFactor LLAMA3: wavelengths below {@code originalContextLength /
 *     highFrequencyFactor} are not stretched; else 0
 * @param betaFast YARN: components that turn more often than this in the original context are not
 *     stretched; else 0
 * @param betaSlow YARN: components that turn less often than this are stretched fully; else 0
 * @param truncate YARN: whether the borders between these are rounded to whole components
 * @param attentionScaling what cosine and sine are multiplied by; 1 for all but YARN
 */
public record RopeConfig(
    Type type,
    double theta,
    double factor,
    double originalContextLength,
    double lowFrequencyFactor,
    double highFrequencyFactor,
    double betaFast,
    double betaSlow,
    boolean truncate,
    double attentionScaling) {
  /** How inverse frequencies are scaled. */
  public enum Type {
    /** Not at all. */
    DEFAULT,
    /** All are divided by the factor. */
    LINEAR,
    /** Llama 3.1's: long wavelengths are stretched, short ones kept, a ramp between. */
    LLAMA3,
    /** YaRN (arXiv:2309.00071): the same idea with the ramp over components. */
    YARN,
    /**
     * Dynamic NTK: not at all within the checkpoint's context length, which is all that is ever
     * run; only beyond it would the base grow with the sequence.
     */
    DYNAMIC;

    String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** No scaling. */
  public static RopeConfig standard(double theta) {
    return new RopeConfig(Type.DEFAULT, theta, 1, 0, 0, 0, 0, 0, false, 1);
  }

  /** All frequencies divided by the factor. */
  public static RopeConfig linear(double theta, double factor) {
    return new RopeConfig(Type.LINEAR, theta, factor, 0, 0, 0, 0, 0, false, 1);
  }

  /** Dynamic NTK, which within the context is no scaling. */
  public static RopeConfig dynamic(double theta) {
    return new RopeConfig(Type.DYNAMIC, theta, 1, 0, 0, 0, 0, 0, false, 1);
  }

  /** Llama 3.1's scaling. */
  public static RopeConfig llama3(
      double theta, double factor, double originalContextLength, double low, double high) {
    return new RopeConfig(
        Type.LLAMA3, theta, factor, originalContextLength, low, high, 0, 0, false, 1);
  }

  /** The inverse frequencies, {@code float[headDim / 2]}, in radians per position. */
  public float[] inverseFrequencies(int headDim) {
    float[] frequencies = new float[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 1 / (float) Math.pow((float) theta, 2f * i / headDim);
    }
    return scale(frequencies);
  }

  /**
   * Scales inverse frequencies.
   *
   * @param unscaled {@code float[headDim / 2]}, {@code 1 / theta^(2i/headDim)}
   * @return a new array of the same length
   */
  public float[] scale(float[] unscaled) {
    return switch (type) {
      case DEFAULT, DYNAMIC -> unscaled.clone();
      case LINEAR -> scaleLinear(unscaled);
      case LLAMA3 -> scaleLlama3(unscaled);
      case YARN -> scaleYarn(unscaled);
    };
  }

  private float[] scaleLinear(float[] unscaled) {
    float[] scaled = new float[unscaled.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = unscaled[i] / (float) factor;
    }
    return scaled;
  }

  private float[] scaleLlama3(float[] unscaled) {
    float longest = (float) (originalContextLength / lowFrequencyFactor);
    float shortest = (float) (originalContextLength / highFrequencyFactor);
    float ramp = (float) (highFrequencyFactor - lowFrequencyFactor);
    float[] scaled = new float[unscaled.length];
    for (int i = 0; i < scaled.length; i++) {
      float frequency = unscaled[i];
      // PyTorch divides a number by a tensor as reciprocal times number: two roundings.
      float wavelength = (1 / frequency) * (float) (2 * Math.PI);
      if (wavelength > longest) {
        scaled[i] = frequency / (float) factor;
      } else if (wavelength < shortest) {
        scaled[i] = frequency;
      } else {
        float kept =
            ((1 / wavelength) * (float) originalContextLength - (float) lowFrequencyFactor) / ramp;
        scaled[i] = (1 - kept) * frequency / (float) factor + kept * frequency;
      }
    }
    return scaled;
  }

  private float[] scaleYarn(float[] unscaled) {
    int headDim = 2 * unscaled.length;
    double first = componentTurning(betaFast, headDim);
    double last = componentTurning(betaSlow, headDim);
    if (truncate) {
      first = Math.floor(first);
      last = Math.ceil(last);
    }
    first = Math.max(first, 0);
    last = Math.min(last, headDim - 1);
    if (first == last) {
      last += 0.001; // A step, but no division by zero.
    }
    float[] scaled = new float[unscaled.length];
    for (int i = 0; i < scaled.length; i++) {
      float ramp = Math.min(Math.max((i - (float) first) / (float) (last - first), 0), 1);
      float kept = 1 - ramp;
      scaled[i] = unscaled[i] / (float) factor * (1 - kept) + unscaled[i] * kept;
    }
    return scaled;
  }

  /** The component, as a fractional index, that turns so often in the original context. */
  private double componentTurning(double turns, int headDim) {
    return headDim
        * Math.log(originalContextLength / (turns * 2 * Math.PI))
        / (2 * Math.log(theta));
  }
}
