package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.primitives.Floats;
import io.selfalign.djl.internal.checkpoint.AdapterFolder;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.program.NativeValue;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.error.TrainingDivergedException;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.ScoreRequest;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on tiny random checkpoints; every test also checks for leaks. */
@Timeout(300)
class TrainingTest {
  private static final Path BASE = Fixtures.folder("llama2-gqa-tied");
  private static final String PROBE = "User: What is rain?\nAssistant: Rain is";

  @TempDir Path temporary;

  private DjlModel model;
  private long openBefore;

  @BeforeEach
  void open() {
    openBefore = NativeValue.openCount();
    model = DjlModel.open(BASE);
  }

  @AfterEach
  void close() {
    model.close();
    assertThat(NativeValue.openCount()).isEqualTo(openBefore);
  }

  private static TrainingOptions.Builder options() {
    return TrainingOptions.builder().batchSize(8).learningRate(0.01);
  }

  private static LoraOptions lora(double dropout) {
    return LoraOptions.builder()
        .rank(4)
        .dropout(dropout)
        .targets(EnumSet.allOf(Projection.class))
        .build();
  }

  private Path folder(String name) {
    return temporary.resolve(name);
  }

  private TrainingResult train(TrainingOptions options, String name) throws IOException {
    return model.train(PeftParityTest.examples(), options, folder(name));
  }

  private LoraAdapter adapter(String name) {
    return AdapterFolder.read(
        folder(name), ModelConfig.read(BASE), () -> model.fingerprint().split("-", -1)[0]);
  }

  /** The log-probabilities of a text's tokens. */
  private static List<Double> probe(BaseModel probed) {
    return probed
        .score(List.of(new ScoreRequest("p", "User", PROBE)))
        .get(0)
        .tokenLogProbabilities();
  }

  @Test
  void a_batch_may_be_split_in_any_way_with_dropout_too() throws IOException {
    TrainingOptions whole =
        options().lora(lora(0.3)).epochs(2).shuffle(false).microBatchTokens(100_000).build();
    train(whole, "1x8");
    train(whole.toBuilder().microBatchSize(4).build(), "2x4");
    train(whole.toBuilder().microBatchSize(1).build(), "8x1");
    train(whole.toBuilder().microBatchTokens(70).build(), "by tokens");
    train(whole.toBuilder().microBatchSize(4).gradientCheckpointing(true).build(), "recomputed");
    LoraAdapter expected = adapter("1x8");
    for (String other : List.of("2x4", "8x1", "by tokens", "recomputed")) {
      LoraAdapter actual = adapter(other);
      expected
          .pairs()
          .forEach(
              (module, pair) -> {
                assertThat(actual.pairs().get(module).a())
                    .as("%s %s", other, module)
                    .containsExactly(pair.a(), within(1e-5f));
                assertThat(actual.pairs().get(module).b())
                    .as("%s %s", other, module)
                    .containsExactly(pair.b(), within(1e-5f));
              });
    }
    // Dropout does something at all.
    train(whole.toBuilder().lora(lora(0)).build(), "none");
    assertThat(adapter("none").pairs().values().iterator().next().b())
        .isNotEqualTo(expected.pairs().values().iterator().next().b());
  }

  @Test
  void training_leaves_the_model_as_it_is_and_is_what_the_adapter_adds() throws IOException {
    List<Double> before = probe(model);
    TrainingResult result = train(options().lora(lora(0)).epochs(5).build(), "a");
    assertThat(result.steps()).isEqualTo(15);
    assertThat(probe(model)).isEqualTo(before);
    try (AdaptedModel adapted = model.withAdapter(folder("a"))) {
      assertThat(probe(adapted)).isNotEqualTo(before);
      assertThat(adapted.fingerprint()).startsWith(model.fingerprint() + "+");
      assertThat(adapted.name()).isEqualTo("llama2-gqa-tied+a");
    }
    assertThat(probe(model)).isEqualTo(before);
  }

  @Test
  void a_fresh_adapter_changes_nothing() throws IOException {
    // The first step of a warm-up has the rate 0.
    train(options().lora(lora(0)).batchSize(100).warmupSteps(10).build(), "fresh");
    assertThat(adapter("fresh").pairs().values())
        .allSatisfy(pair -> assertThat(pair.b()).containsOnly(0f));
    float[] drawn = adapter("fresh").pairs().values().iterator().next().a();
    assertThat(drawn).hasSize(4 * 32).doesNotHaveDuplicates();
    assertThat(Floats.max(drawn)).isPositive().isLessThan((float) (1 / Math.sqrt(32)));
    assertThat(Floats.min(drawn)).isNegative().isGreaterThan((float) (-1 / Math.sqrt(32)));
    try (AdaptedModel adapted = model.withAdapter(folder("fresh"))) {
      assertThat(probe(adapted)).isEqualTo(probe(model));
    }
  }

  @Test
  void several_adapters_are_used_side_by_side_over_one_set_of_weights() throws IOException {
    train(options().lora(lora(0)).epochs(3).build(), "a");
    train(options().lora(lora(0)).epochs(3).seed(9).build(), "b");
    List<GenerationRequest> requests =
        List.of(new GenerationRequest("1", PROBE), new GenerationRequest("2", "User: What is"));
    GenerationOptions greedy = GenerationOptions.builder().temperature(0).maxNewTokens(20).build();
    AdaptedModel a = model.withAdapter(folder("a"));
    try (AdaptedModel b = model.withAdapter(folder("b"))) {
      List<Generation> plain = model.generate(requests, greedy);
      List<Generation> withA = a.generate(requests, greedy);
      List<Generation> withB = b.generate(requests, greedy);
      assertThat(withA).isNotEqualTo(plain).isNotEqualTo(withB);
      assertThat(withB).isNotEqualTo(plain);
      assertThat(model.generate(requests, greedy)).isEqualTo(plain);
      assertThat(a.generate(requests, greedy)).isEqualTo(withA);
    }
    a.close();
    a.close();
    assertThatThrownBy(() -> a.generate(PROBE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("llama2-gqa-tied+a' is closed");
    assertThat(model.generate(PROBE, greedy)).isNotEmpty();
  }

  @Test
  void closing_the_model_closes_what_is_attached_to_it() throws IOException {
    train(options().lora(lora(0)).build(), "a");
    AdaptedModel adapted = model.withAdapter(folder("a"));
    model.close();
    assertThatThrownBy(() -> adapted.generate(PROBE)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.withAdapter(folder("a")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> train(options().build(), "b"))
        .isInstanceOf(IllegalStateException.class);
    adapted.close();
  }

  @Test
  void a_merged_checkpoint_is_base_and_adapter() throws IOException {
    train(options().lora(lora(0)).epochs(5).build(), "a");
    double difference = model.mergeAdapter(folder("a"), folder("merged"), PROBE);
    assertThat(difference).isGreaterThan(0).isLessThan(1e-4);
    model.mergeAdapter(folder("a"), folder("again"), PROBE);
    assertThat(FolderContents.of(folder("again"))).isEqualTo(FolderContents.of(folder("merged")));
    try (DjlModel merged = DjlModel.open(folder("merged"));
        AdaptedModel apart = model.withAdapter(folder("a"))) {
      List<Double> expected = probe(apart);
      List<Double> actual = probe(merged);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-4));
      }
    }
    assertThatThrownBy(() -> model.mergeAdapter(folder("a"), folder("merged"), PROBE))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("is there already");
  }

  /** Ends a training after a step, as a kill would. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void trainUntil(int lastStep, TrainingOptions options, String name) {
    assertThatThrownBy(
            () ->
                model.train(
                    PeftParityTest.examples(),
                    options,
                    folder(name),
                    event -> {
                      if (event instanceof TrainingEvent.Step step && step.step() == lastStep) {
                        throw new Stop();
                      }
                    }))
        .isInstanceOf(Stop.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_resumed_training_ends_byte_for_byte_as_an_uninterrupted_one(boolean allWeights)
      throws IOException {
    TrainingOptions.Builder builder =
        options().epochs(4).checkpointEvery(2).validationShare(0.1).validateEvery(5).resume(true);
    TrainingOptions options = (allWeights ? builder.allWeights() : builder.lora(lora(0.2))).build();
    TrainingResult expected = train(options, "whole");
    trainUntil(1, options, "broken");
    trainUntil(5, options, "broken");
    trainUntil(7, options, "broken");
    // What a kill leaves while it writes: a checkpoint that is not whole, and half a line.
    Files.createDirectories(folder("broken").resolve(".checkpoint-7.tmp"));
    Files.createDirectories(folder("broken").resolve(".checkpoint-8.tmp"));
    Path log = folder("broken").resolve("training_log.jsonl");
    Files.writeString(log, Files.readString(log) + "{\"step\":8,\"lo");
    TrainingResult actual = train(options, "broken");
    assertThat(FolderContents.of(folder("broken"))).isEqualTo(FolderContents.of(folder("whole")));
    assertThat(actual.loss()).isEqualTo(expected.loss());
    assertThat(actual.validationLoss()).isEqualTo(expected.validationLoss()).isPresent();
    assertThat(folder("whole").resolve("checkpoint-" + expected.steps())).exists();
    // Once it is complete, there is nothing left to do.
    TrainingResult again =
        model.train(
            PeftParityTest.examples(),
            options,
            folder("broken"),
            event -> {
              throw new Stop();
            });
    assertThat(again.loss()).isEqualTo(expected.loss());
    assertThat(again.steps()).isEqualTo(expected.steps());
  }

  private void trainUntilCheckpoint(int lastStep, TrainingOptions options, String name) {
    assertThatThrownBy(
            () ->
                model.train(
                    PeftParityTest.examples(),
                    options,
                    folder(name),
                    event -> {
                      if (event instanceof TrainingEvent.CheckpointWritten written
                          && written.step() == lastStep) {
                        throw new Stop();
                      }
                    }))
        .isInstanceOf(Stop.class);
  }

  @Test
  void nothing_of_a_step_is_lost_behind_its_checkpoint() throws IOException {
    TrainingOptions options =
        options()
            .lora(lora(0.2))
            .epochs(2)
            .checkpointEvery(2)
            .validationShare(0.1)
            .validateEvery(2)
            .resume(true)
            .build();
    TrainingResult expected = train(options, "whole");
    assertThat(expected.steps()).isEqualTo(6);
    for (int step : new int[] {2, 4, 6}) {
      trainUntilCheckpoint(step, options, "broken");
    }
    TrainingResult actual = train(options, "broken");
    assertThat(FolderContents.of(folder("broken"))).isEqualTo(FolderContents.of(folder("whole")));
    assertThat(actual.loss()).isEqualTo(expected.loss());
    assertThat(actual.validationLoss()).isEqualTo(expected.validationLoss()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"training_state.safetensors", "training_state.json"})
  void a_damaged_checkpoint_is_named_with_the_one_before_it(String file) throws IOException {
    TrainingOptions options =
        options().lora(lora(0.2)).epochs(2).checkpointEvery(2).resume(true).build();
    train(options, "whole");
    trainUntil(5, options, "broken");
    Path newest = folder("broken").resolve("checkpoint-4");
    byte[] bytes = Files.readAllBytes(newest.resolve(file));
    for (int length : new int[] {bytes.length / 2, 0}) {
      Files.write(newest.resolve(file), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> train(options, "broken"))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining(newest.resolve(file).toString())
          .hasMessageContaining("delete " + newest + " and resume")
          .hasMessageContaining("goes on from " + folder("broken").resolve("checkpoint-2"));
    }
    MoreFiles.deleteRecursively(newest, RecursiveDeleteOption.ALLOW_INSECURE);
    train(options, "broken");
    assertThat(FolderContents.of(folder("broken"))).isEqualTo(FolderContents.of(folder("whole")));
  }

  @Test
  void a_batch_may_be_split_in_another_way_on_resuming() throws IOException {
    TrainingOptions options = options().lora(lora(0)).checkpointEvery(1).resume(true).build();
    train(options, "whole");
    trainUntil(2, options, "broken");
    train(options.toBuilder().microBatchSize(1).microBatchTokens(50).build(), "broken");
    adapter("whole")
        .pairs()
        .forEach(
            (module, pair) ->
                assertThat(adapter("broken").pairs().get(module).b())
                    .containsExactly(pair.b(), within(1e-5f)));
  }

  @Test
  void all_weights_do_not_overwrite_a_checkpoint() throws IOException {
    Path copy = Files.createDirectories(folder("copy"));
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(BASE.resolve(file), copy.resolve(file));
    }
    Map<String, String> before = FolderContents.of(copy);
    assertThatThrownBy(() -> train(options().allWeights().resume(true).build(), "copy"))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("has a checkpoint already")
        .hasMessageContaining("choose another folder");
    assertThat(FolderContents.of(copy)).isEqualTo(before);
  }

  @Test
  void closing_the_model_ends_its_training() {
    assertThatThrownBy(
            () ->
                model.train(
                    PeftParityTest.examples(),
                    options().lora(lora(0)).build(),
                    folder("a"),
                    event -> {
                      if (event instanceof TrainingEvent.Step) {
                        model.close();
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void an_interrupt_at_the_beginning_is_no_fault_of_the_folder() {
    assertThatThrownBy(
            () ->
                model.train(
                    PeftParityTest.examples(),
                    options().lora(lora(0)).build(),
                    folder("a"),
                    event -> Thread.currentThread().interrupt()))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void only_the_same_training_is_resumed() throws IOException {
    TrainingOptions options = options().lora(lora(0)).epochs(2).checkpointEvery(1).build();
    trainUntil(2, options, "a");
    assertThatThrownBy(() -> train(options, "a"))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("has a training already (checkpoint-1); resume it");
    assertThatThrownBy(() -> train(options.toBuilder().resume(true).learningRate(0.5).build(), "a"))
        .hasMessageContaining("learning rate was '0.01' and is now '0.5'");
    List<TrainingExample> others = new ArrayList<>(PeftParityTest.examples());
    others.remove(0);
    assertThatThrownBy(
            () -> model.train(others, options.toBuilder().resume(true).build(), folder("a")))
        .hasMessageContaining("examples was");
    assertThat(train(options.toBuilder().resume(true).build(), "a").steps()).isEqualTo(6);
    assertThatThrownBy(() -> train(options, "a"))
        .hasMessageContaining("has a training already (training.json)");
  }

  @Test
  void two_trainings_do_not_share_a_folder() {
    TrainingOptions options = options().lora(lora(0)).build();
    assertThatThrownBy(
            () ->
                model.train(
                    PeftParityTest.examples(),
                    options,
                    folder("a"),
                    event -> {
                      try {
                        train(options.toBuilder().resume(true).build(), "a");
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("another training writes to this folder");
  }

  @Test
  void an_interrupt_ends_training_and_keeps_the_last_checkpoint() {
    TrainingOptions options = options().lora(lora(0)).epochs(3).checkpointEvery(2).build();
    assertThatThrownBy(
            () ->
                model.train(
                    PeftParityTest.examples(),
                    options,
                    folder("a"),
                    event -> {
                      if (event instanceof TrainingEvent.Step step && step.step() == 5) {
                        Thread.currentThread().interrupt();
                      }
                    }))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder("a").resolve("checkpoint-4/adapter_model.safetensors")).exists();
    try (AdaptedModel adapted = model.withAdapter(folder("a").resolve("checkpoint-4"))) {
      assertThat(adapted.generate(PROBE)).isNotNull();
    }
  }

  @Test
  void divergence_stops_training_and_names_the_last_good_checkpoint() {
    TrainingOptions options =
        options()
            .lora(lora(0))
            .learningRate(900)
            .schedule(LearningRateSchedule.CONSTANT)
            .warmupSteps(4)
            .epochs(50)
            .checkpointEvery(1)
            .build();
    assertThatThrownBy(() -> train(options, "a"))
        .isInstanceOfSatisfying(
            TrainingDivergedException.class,
            e -> {
              assertThat(e).hasMessageContainingAll("the gradient is 0", "lower learning rate");
              Path last = e.lastCheckpoint().orElseThrow();
              // The newest checkpoint is the one whose values have overflowed.
              assertThat(folder("a").resolve("checkpoint-" + (e.step() - 1))).exists();
              assertThat(last).isEqualTo(folder("a").resolve("checkpoint-" + (e.step() - 2)));
              assertThat(last.resolve("adapter_model.safetensors")).exists();
            });
  }

  @ParameterizedTest
  @CsvSource({
    // In float32 this epsilon is 0: what has no gradient becomes 0 / 0.
    "false, 0.01, 1e-300, its update is not of finite numbers",
    "true, 900, 1e-8, the loss has exploded to"
  })
  void what_the_last_step_has_spoilt_is_not_written(
      boolean allWeights, double rate, double epsilon, String what) {
    TrainingOptions.Builder builder =
        options()
            .batchSize(100)
            .learningRate(rate)
            .epsilon(epsilon)
            .checkpointEvery(1)
            .resume(true);
    TrainingOptions options = (allWeights ? builder.allWeights() : builder.lora(lora(0))).build();
    assertSpoilt(options, what);
  }

  @Test
  void squares_that_overflow_after_the_last_step_are_no_low_loss() {
    LoraOptions huge =
        LoraOptions.builder()
            .rank(4)
            .alpha(1e20)
            .dropout(0)
            .targets(EnumSet.of(Projection.O_PROJ))
            .build();
    TrainingOptions options =
        options().batchSize(100).learningRate(1).lora(huge).checkpointEvery(1).resume(true).build();
    assertSpoilt(options, "the gradient is 0");
  }

  private void assertSpoilt(TrainingOptions options, String what) {
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> train(options, "a"))
          .isInstanceOfSatisfying(
              TrainingDivergedException.class,
              e -> {
                assertThat(e).hasMessageContaining("in step 1: " + what);
                assertThat(e.lastCheckpoint()).isEmpty();
              });
      assertThat(folder("a"))
          .isDirectoryNotContaining("glob:**/{training.json,*.safetensors}")
          .isDirectoryContaining("glob:**/checkpoint-1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, adapter_model.safetensors",
    "false, adapter_config.json",
    "true, model.safetensors",
    "true, config.json"
  })
  void a_complete_training_whose_result_is_gone_is_no_result(boolean allWeights, String file)
      throws IOException {
    TrainingOptions.Builder builder = options().checkpointEvery(2).resume(true);
    TrainingOptions options = (allWeights ? builder.allWeights() : builder.lora(lora(0))).build();
    train(options, "whole");
    train(options, "a");
    Files.delete(folder("a").resolve(file));
    assertThatThrownBy(() -> train(options, "a"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(folder("a").resolve(file) + ": file not found")
        .hasMessageContaining("delete " + folder("a").resolve("training.json") + " and resume")
        .hasMessageContaining("goes on from " + folder("a").resolve("checkpoint-2"));
    Files.delete(folder("a").resolve("training.json"));
    train(options, "a");
    assertThat(FolderContents.of(folder("a"))).isEqualTo(FolderContents.of(folder("whole")));
  }

  @Test
  void what_can_not_be_trained_on_is_named() {
    assertThatThrownBy(() -> model.train(List.of(), options().build(), folder("a")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("no example");
    List<TrainingExample> one = List.of(new TrainingExample("x", "User:", " " + "ice ".repeat(99)));
    assertThatThrownBy(() -> model.train(one, options().maxLength(50).build(), folder("a")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageMatching("example 'x' has \\d{3,} tokens, but at most 50 are allowed.*")
        .hasMessageContaining("raise maxLength (up to the model's context of 512)");
    List<TrainingExample> over =
        List.of(new TrainingExample("x", "User:", " " + "ice ".repeat(999)));
    assertThatThrownBy(() -> model.train(over, options().build(), folder("a")))
        .hasMessageEndingWith("at most 512 are allowed; shorten it, or skip what is too long");
    assertThatThrownBy(
            () -> model.train(one, options().maxLength(50).skipTooLong(true).build(), folder("a")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("1 are too long");
    assertThatThrownBy(
            () -> model.train(one, options().build(), Files.writeString(folder("file"), "x")))
        .isInstanceOf(SelfAlignException.class)
        .hasMessage(
            folder("file") + ": is a file; choose a folder, which is made if it isn't there");
    assertThat(folder("a")).doesNotExist();
  }

  @Test
  void too_long_examples_are_skipped_if_asked_for() throws IOException {
    List<TrainingExample> examples = new ArrayList<>(PeftParityTest.examples());
    examples.add(2, new TrainingExample("long", "User:", " " + "ice ".repeat(99)));
    TrainingResult result =
        model.train(examples, options().maxLength(100).skipTooLong(true).build(), folder("a"));
    assertThat(result.skipped()).containsExactly("long");
    assertThat(result.examples()).isEqualTo(examples.size() - 1);
    assertThat(folder("a").resolve("training.json"))
        .content()
        .contains("\"examples_trained\" : " + result.examples());
  }

  /** The steps are far smaller than bfloat16's own at most weights: only float32 adds them up. */
  @Test
  void all_weights_of_a_bfloat16_model_are_trained_in_float32() throws IOException {
    TrainingOptions options =
        options().allWeights().batchSize(8).epochs(30).learningRate(3e-4).build();
    List<Double> full = losses(model, options, "full");
    try (DjlModel half = DjlModel.open(BASE, DjlModelOptions.builder().dtype(DType.BF16).build())) {
      List<Double> mixed = losses(half, options, "mixed");
      assertThat(mixed.get(mixed.size() - 1)).isLessThan(mixed.get(0) - 1);
      for (int i = 0; i < full.size(); i++) {
        assertThat(mixed.get(i)).isCloseTo(full.get(i), withinPercentage(2));
      }
    }
  }

  private List<Double> losses(DjlModel trained, TrainingOptions options, String name)
      throws IOException {
    List<Double> losses = new ArrayList<>();
    trained.train(
        PeftParityTest.examples(),
        options,
        folder(name),
        event -> {
          if (event instanceof TrainingEvent.Step step) {
            losses.add(step.loss());
          }
        });
    return losses;
  }

  @Test
  void a_bfloat16_model_trains_a_float32_adapter() throws IOException {
    try (DjlModel half = DjlModel.open(BASE, DjlModelOptions.builder().dtype(DType.BF16).build())) {
      TrainingOptions options = options().lora(lora(0)).epochs(6).learningRate(0.02).build();
      List<Double> losses = losses(half, options, "half");
      assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0) - 2);
    }
    List<Double> full =
        losses(model, options().lora(lora(0)).epochs(6).learningRate(0.02).build(), "full");
    assertThat(full.get(full.size() - 1)).isLessThan(full.get(0) - 2);
  }

  @Test
  void fifty_pairs_are_learnt_by_heart_and_answered_exactly() {
    List<TrainingExample> pairs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      pairs.add(
          new TrainingExample("p" + i, "Number " + i + " is called", " " + (i * 37 + 11) % 100));
    }
    List<Double> losses = new ArrayList<>();
    model.train(
        pairs,
        TrainingOptions.builder()
            .lora(
                LoraOptions.builder()
                    .rank(16)
                    .dropout(0)
                    .targets(EnumSet.allOf(Projection.class))
                    .build())
            .batchSize(10)
            .epochs(150)
            .learningRate(0.01)
            .maxGradientNorm(1)
            .build(),
        folder("a"),
        event -> {
          if (event instanceof TrainingEvent.Step step) {
            losses.add(step.loss());
          }
        });
    assertThat(losses.get(losses.size() - 1)).isLessThan(0.05);
    try (AdaptedModel adapted = model.withAdapter(folder("a"))) {
      List<GenerationRequest> requests =
          pairs.stream().map(pair -> new GenerationRequest(pair.id(), pair.prompt())).toList();
      List<Generation> answers =
          adapted.generate(
              requests, GenerationOptions.builder().temperature(0).maxNewTokens(12).build());
      assertThat(answers)
          .extracting(Generation::text)
          .isEqualTo(pairs.stream().map(TrainingExample::completion).toList());
    }
  }
}
