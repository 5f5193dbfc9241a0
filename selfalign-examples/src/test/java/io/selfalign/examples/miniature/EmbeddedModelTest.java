package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.djl.DjlModel;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.GenerationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedModelTest {
  private static final long MOST_BYTES = 12_000_000;

  @TempDir Path temporary;

  @Test
  void it_is_a_small_checkpoint_that_knows_facts() throws IOException {
    Path folder = EmbeddedModel.unpack(temporary.resolve("new/base-model"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(MOST_BYTES);
    }
    assertThat(Files.readString(folder.resolve("README.md"))).contains("license: apache-2.0");
    try (DjlModel model = DjlModel.open(folder)) {
      GenerationOptions greedy =
          GenerationOptions.builder().temperature(0).maxNewTokens(20).stop("\n").build();
      assertThat(model.generate(MiniaturePrompts.plain("What is the capital of Kenya?"), greedy))
          .contains("Nairobi");
    }
  }

  @Test
  void it_finds_in_its_context_what_it_must_say() {
    try (DjlModel model = DjlModel.open(EmbeddedModel.unpack(temporary))) {
      Map<String, Double> found = Reading.of(model, new Corpus(1));
      assertThat(found).hasSize(5);
      assertThat(found.values()).allMatch(share -> share > 0.85);
    }
  }

  @Test
  void its_tokenizer_is_learnt_from_the_corpus_and_written_byte_for_byte() throws IOException {
    BytePairs tokens = Miniature.tokens(new Corpus(1), Miniature.VOCABULARY);
    Path initial = temporary.resolve("initial");
    Checkpoint.write(initial, Checkpoint.Shape.standard(), tokens, 1);
    assertThat(EmbeddedModel.unpack(temporary.resolve("embedded")).resolve("tokenizer.json"))
        .hasSameBinaryContentAs(initial.resolve("tokenizer.json"));
  }

  @Test
  void what_is_there_stays_and_what_is_damaged_is_written_again() throws IOException {
    EmbeddedModel.unpack(temporary);
    Path weights = temporary.resolve("model.safetensors");
    Path config = temporary.resolve("config.json");
    byte[] whole = Files.readAllBytes(weights);
    FileTime longAgo = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(config, longAgo);
    Files.write(weights, new byte[7]);
    EmbeddedModel.unpack(temporary);
    assertThat(weights).hasBinaryContent(whole);
    assertThat(Files.getLastModifiedTime(config)).isEqualTo(longAgo);
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void a_folder_that_can_not_be_made_is_named() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    assertThatThrownBy(() -> EmbeddedModel.unpack(file.resolve("base-model")))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining(file.toString());
  }
}
