package io.selfalign.examples.cli;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import io.selfalign.trial.PromptTrial;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tokenizers of models that need not be there, by which a trial counts the tokens of prompts. */
final class TokenizerFiles implements AutoCloseable {
  private static final Map<String, String> WHOLE =
      Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD");

  private final List<HuggingFaceTokenizer> open = new ArrayList<>();

  /**
   * Lets a trial count with a tokenizer, which is named as its folder.
   *
   * @param place a {@code tokenizer.json}, or a folder that has one
   * @throws SelfAlignException if there is none
   */
  void addTo(PromptTrial trial, Path place) {
    Path file = Files.isDirectory(place) ? place.resolve("tokenizer.json") : place;
    HuggingFaceTokenizer tokenizer = open(file);
    open.add(tokenizer);
    Path folder = file.toAbsolutePath().normalize().getParent();
    trial.tokenizer(
        String.valueOf(folder == null ? file : folder.getFileName()),
        text -> tokenizer.encode(text, true, false).getIds().length);
  }

  private static HuggingFaceTokenizer open(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return HuggingFaceTokenizer.newInstance(in, WHOLE);
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    } catch (RuntimeException e) {
      throw new SelfAlignException(file + ": is not a tokenizer: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    open.forEach(HuggingFaceTokenizer::close);
  }
}
