package io.selfalign.djl;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Optional;

/**
 * How to open and run a model. Immutable. Only the data type changes results (and the device, in
 * the last digits); the other options trade memory for speed.
 */
public final class DjlModelOptions {
  private final Optional<DType> dtype;
  private final ComputeDevice device;
  private final int maxBatchSize;
  private final boolean prefixReuse;
  private final long prefixCacheBytes;
  private final long batchCacheBytes;

  private DjlModelOptions(Builder builder) {
    dtype = builder.dtype;
    device = builder.device;
    maxBatchSize = builder.maxBatchSize;
    prefixReuse = builder.prefixReuse;
    prefixCacheBytes = builder.prefixCacheBytes;
    batchCacheBytes = builder.batchCacheBytes;
  }

  /** The checkpoint's data type, on the processor, 64 rows a batch, prefix reuse within 1 GiB. */
  public static DjlModelOptions defaults() {
    return builder().build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The data type to run in. When absent, it is the checkpoint's own; a half-precision (F16)
   * checkpoint runs in F32 on the processor, which has no fast F16 arithmetic.
   */
  public Optional<DType> dtype() {
    return dtype;
  }

  /** Where the model runs. */
  public ComputeDevice device() {
    return device;
  }

  /** The most requests that generate at the same time. */
  public int maxBatchSize() {
    return maxBatchSize;
  }

  /** Whether prompts share the keys/values of common prefixes. */
  public boolean prefixReuse() {
    return prefixReuse;
  }

  /** The most bytes of prompts' keys/values that are kept for reuse between batches and calls. */
  public long prefixCacheBytes() {
    return prefixCacheBytes;
  }

  /**
   * About how many bytes of keys/values the requests of one call may need at the same time; fewer
   * requests run together when prompts are long. A single request always runs.
   */
  public long batchCacheBytes() {
    return batchCacheBytes;
  }

  /** Builds {@link DjlModelOptions}. */
  public static final class Builder {
    private Optional<DType> dtype = Optional.empty();
    private ComputeDevice device = ComputeDevice.cpu();
    private int maxBatchSize = 64;
    private boolean prefixReuse = true;
    private long prefixCacheBytes = 1L << 30;
    private long batchCacheBytes = 4L << 30;

    private Builder() {}

    /** See {@link DjlModelOptions#dtype()}. */
    @CanIgnoreReturnValue
    public Builder dtype(DType dtype) {
      this.dtype = Optional.of(dtype);
      return this;
    }

    /** See {@link DjlModelOptions#device()}. */
    @CanIgnoreReturnValue
    public Builder device(ComputeDevice device) {
      this.device = device;
      return this;
    }

    /** See {@link DjlModelOptions#maxBatchSize()}; 1 to 4096. */
    @CanIgnoreReturnValue
    public Builder maxBatchSize(int maxBatchSize) {
      check(maxBatchSize >= 1 && maxBatchSize <= 4096, "maxBatchSize", maxBatchSize, "1 to 4096");
      this.maxBatchSize = maxBatchSize;
      return this;
    }

    /** See {@link DjlModelOptions#prefixReuse()}. */
    @CanIgnoreReturnValue
    public Builder prefixReuse(boolean prefixReuse) {
      this.prefixReuse = prefixReuse;
      return this;
    }

    /** See {@link DjlModelOptions#prefixCacheBytes()}; 0 keeps nothing between calls. */
    @CanIgnoreReturnValue
    public Builder prefixCacheBytes(long bytes) {
      check(bytes >= 0, "prefixCacheBytes", bytes, "0 or more");
      this.prefixCacheBytes = bytes;
      return this;
    }

    /** See {@link DjlModelOptions#batchCacheBytes()}; more than 0. */
    @CanIgnoreReturnValue
    public Builder batchCacheBytes(long bytes) {
      check(bytes > 0, "batchCacheBytes", bytes, "more than 0");
      this.batchCacheBytes = bytes;
      return this;
    }

    /** The options. */
    public DjlModelOptions build() {
      return new DjlModelOptions(this);
    }

    private static void check(boolean holds, String what, long actual, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(what + " is " + actual + ", but must be " + expected);
      }
    }
  }
}
