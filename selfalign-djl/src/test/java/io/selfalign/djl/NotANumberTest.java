package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorEntry;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are not numbers, as a broken training run or conversion leaves them. */
class NotANumberTest {
  private static final String FIXTURE = "bf16-weights"; // Its embeddings are not tied.
  private static final int NAN = 0x7fc0;
  private static final int INFINITY = 0x7f80;
  private static final int MINUS_INFINITY = 0xff80;

  private static final GenerationOptions GREEDY =
      GenerationOptions.builder().temperature(0).maxNewTokens(4).build();
  private static final GenerationOptions SAMPLED = GREEDY.toBuilder().temperature(1).build();

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(Fixtures.folder(FIXTURE).resolve(name), folder.resolve(name));
    }
  }

  @Test
  void a_model_of_nan_neither_scores_nor_generates() throws IOException {
    put("model.layers.1.mlp.down_proj.weight", 7, NAN);
    for (DType type : new DType[] {DType.F32, DType.BF16}) {
      try (DjlModel model = open(type)) {
        assertScoreFails(model, "Hello", " there");
        assertGenerateFails(model, "Hello");
      }
    }
  }

  @Test
  void infinite_logits_are_no_scores_either() throws IOException {
    int width = width("lm_head.weight");
    put("lm_head.weight", 50 * width, INFINITY);
    put("lm_head.weight", 51 * width, MINUS_INFINITY);
    try (DjlModel model = open(DType.F32)) {
      // One of the two has the logit infinity, which leaves all others a probability of 0.
      assertScoreFails(model, "Hello", " there");
      assertGenerateFails(model, "Hello");
    }
  }

  @Test
  void a_nan_that_only_one_prompt_meets_does_no_harm_to_others() throws IOException {
    try (DjlModel whole = DjlModel.open(Fixtures.folder(FIXTURE), f32());
        DjlModel sound = open(DType.F32)) {
      assertThat(sound.generate("Hello", GREEDY)).isEqualTo(whole.generate("Hello", GREEDY));
      int z = whole.score(List.of(new ScoreRequest("z", "Hello", "Z"))).get(0).tokenIds().get(0);
      put("model.embed_tokens.weight", z * width("model.embed_tokens.weight"), NAN);
      try (DjlModel broken = open(DType.F32)) {
        assertGenerateFails(broken, "Hello Z");
        assertScoreFails(broken, "Hello Z", "ebra");
        assertThat(broken.generate("Hello", GREEDY)).isEqualTo(whole.generate("Hello", GREEDY));
        List<ScoreRequest> request = List.of(new ScoreRequest("a", "Hello", " there"));
        List<Score> scores = broken.score(request);
        assertThat(scores).isEqualTo(whole.score(request));
      }
    }
  }

  private static void assertScoreFails(DjlModel model, String prompt, String continuation) {
    assertThatThrownBy(() -> model.score(List.of(new ScoreRequest("a", prompt, continuation))))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("the model's logits are not")
        .hasMessageContaining("use another data type");
  }

  private static void assertGenerateFails(DjlModel model, String prompt) {
    for (GenerationOptions options : List.of(GREEDY, SAMPLED)) {
      assertThatThrownBy(() -> model.generate(prompt, options))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("the model's logits are not finite numbers")
          .hasMessageContaining("use another data type");
    }
  }

  private DjlModel open(DType type) {
    return DjlModel.open(folder, DjlModelOptions.builder().dtype(type).build());
  }

  private static DjlModelOptions f32() {
    return DjlModelOptions.builder().dtype(DType.F32).build();
  }

  private int width(String tensor) {
    return Math.toIntExact(entry(tensor).shape().get(1));
  }

  /** Overwrites an element of a tensor of bfloat16. */
  private void put(String tensor, int element, int bits) throws IOException {
    TensorEntry entry = entry(tensor);
    try (RandomAccessFile file = new RandomAccessFile(entry.file().toFile(), "rw")) {
      file.seek(entry.offset() + 2L * element);
      file.write(bits);
      file.write(bits >> 8);
    }
  }

  private TensorEntry entry(String tensor) {
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      TensorEntry entry = tensors.entries().get(tensor);
      assertThat(entry).isNotNull();
      return entry;
    }
  }
}
