package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class RopeConfigPropertyTest {
  @Property(tries = 200)
  void llama3_keeps_short_wavelengths_and_stretches_long_ones(
      @ForAll @DoubleRange(min = 2, max = 64) double factor,
      @ForAll @IntRange(min = 16, max = 32768) int originalContext) {
    RopeConfig rope = RopeConfig.llama3(500_000, factor, originalContext, 1, 4);
    float[] unscaled = RopeConfig.standard(500_000).inverseFrequencies(128);
    float[] scaled = rope.scale(unscaled);
    assertThat(IntStream.range(0, scaled.length))
        .allSatisfy(
            i -> {
              double wavelength = 2 * Math.PI / unscaled[i];
              assertThat(scaled[i])
                  .isLessThanOrEqualTo(unscaled[i] * 1.000001f)
                  .isGreaterThanOrEqualTo((float) (unscaled[i] / factor * 0.999999));
              if (wavelength < originalContext / 4.0 * 0.999) {
                assertThat(scaled[i]).isEqualTo(unscaled[i]);
              } else if (wavelength > originalContext * 1.001) {
                assertThat(scaled[i]).isEqualTo(unscaled[i] / (float) factor);
              }
            });
  }

  @Property(tries = 100)
  void scaling_changes_a_copy(@ForAll RopeConfig.Type type) {
    float[] unscaled = {1, 0.1f, 0.01f, 0.001f};
    RopeConfig rope = new RopeConfig(type, 10_000, 4, 64, 1, 4, 32, 1, true, 1);
    assertThat(rope.scale(unscaled)).isNotSameAs(unscaled).hasSize(4);
    assertThat(unscaled).containsExactly(1, 0.1f, 0.01f, 0.001f);
  }
}
