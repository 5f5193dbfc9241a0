package io.selfalign.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.TrainingOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataScaleTest {
  @ParameterizedTest
  @CsvSource({
    // examples, batch, epochs, steps, warm-up
    "1, 16, 3, 3, 0",
    "10, 16, 3, 3, 0",
    "330, 16, 3, 63, 18",
    "1000, 16, 2, 126, 37",
    "1600, 16, 1, 100, 30",
    "5360, 16, 1, 335, 100",
    "5361, 17, 1, 316, 94",
    "50000, 150, 1, 334, 100",
    "257280, 768, 1, 335, 100",
    "259788, 768, 1, 339, 100",
    "10000000, 768, 1, 13021, 100"
  })
  void small_sets_get_small_batches_and_large_ones_those_of_the_paper(
      long examples, int batchSize, int epochs, long steps, int warmupSteps) {
    TrainingOptions fitted = DataScale.fit(AdapterTraining.paperTraining(), examples);
    assertThat(fitted.batchSize()).isEqualTo(batchSize);
    assertThat(fitted.epochs()).isEqualTo(epochs);
    assertThat((examples + batchSize - 1) / batchSize * epochs).isEqualTo(steps);
    assertThat(fitted.warmupSteps()).isEqualTo(warmupSteps);
    assertThat(fitted.learningRate()).isEqualTo(4e-4);
    assertThat(fitted.maxLength()).isEqualTo(512);
  }

  @ParameterizedTest
  @CsvSource({"8, 0, 5, 8, 0, 5", "64, 3, 1, 16, 3, 3"})
  void what_is_set_limits_what_is_fitted(
      int batchSize, int warmupSteps, int epochs, int batch, int warmup, int times) {
    TrainingOptions set =
        TrainingOptions.builder()
            .batchSize(batchSize)
            .warmupSteps(warmupSteps)
            .epochs(epochs)
            .build();
    TrainingOptions fitted = DataScale.fit(set, 300);
    assertThat(fitted.batchSize()).isEqualTo(batch);
    assertThat(fitted.warmupSteps()).isEqualTo(warmup);
    assertThat(fitted.epochs()).isEqualTo(times);
  }
}
