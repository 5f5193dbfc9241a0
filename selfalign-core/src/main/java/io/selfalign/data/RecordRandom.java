package io.selfalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random numbers that depend on what they are drawn for, not on when: every number is a pure
 * function of (run seed, stage, record id, position, draw). Batch size, order, resume and sharding
 * therefore do not change what is drawn.
 *
 * <p>Algorithm. The key is the first 16 bytes, as two big-endian longs {@code k0} and {@code k1},
 * of the SHA-256 of: the seed as 8 bytes, then for the stage and the record id each its UTF-8
 * length as 4 bytes and its UTF-8 bytes, all big-endian. The 64 bits at a position and draw are
 *
 * <pre>{@code
 * m(m(m(k0 + position * 0x9E3779B97F4A7C15) ^ k1) + draw * 0xD1B54A32D192ED03)
 * }</pre>
 *
 * where {@code m} is the finaliser of SplitMix64. Only integer arithmetic and SHA-256 are used, so
 * the numbers are the same on every Java version and platform.
 *
 * <p>Instances are immutable and safe for use by several threads. Creating one costs about a
 * microsecond, drawing a number a few nanoseconds.
 */
public final class RecordRandom {
  private static final double UNIT = 0x1.0p-53;

  private final long key0;
  private final long key1;

  private RecordRandom(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /**
   * The generator of one record.
   *
   * @param seed the run's seed
   * @param stage what the numbers are for; different stages draw independent numbers
   * @param recordId the record's id within the stage
   */
  public static RecordRandom of(long seed, String stage, String recordId) {
    MessageDigest sha = sha256();
    sha.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
    for (String part : new String[] {stage, recordId}) {
      byte[] bytes = part.getBytes(UTF_8);
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      sha.update(bytes);
    }
    ByteBuffer digest = ByteBuffer.wrap(sha.digest());
    return new RecordRandom(digest.getLong(), digest.getLong());
  }

  /** 64 uniformly distributed bits for a position and draw, both any value. */
  public long bits(long position, long draw) {
    long z = mix(key0 + position * 0x9E3779B97F4A7C15L);
    z = mix(z ^ key1);
    return mix(z + draw * 0xD1B54A32D192ED03L);
  }

  /** A number uniform in [0, 1), a multiple of 2^-53, for a position and draw. */
  public double uniform(long position, long draw) {
    return (bits(position, draw) >>> 11) * UNIT;
  }

  /** The first draw at a position: {@code uniform(position, 0)}. */
  public double uniform(long position) {
    return uniform(position, 0);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
