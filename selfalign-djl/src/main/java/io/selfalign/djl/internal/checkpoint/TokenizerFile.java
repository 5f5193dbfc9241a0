package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A checkpoint's {@code tokenizer.json}: where it is, and the tokens it names. The rest of it is
 * for the tokenizer to judge, which is given the text.
 *
 * @param path the file
 * @param vocabulary the model's tokens as they stand in the file, with their ids
 * @param specialTokens the texts of the special tokens, with their ids
 */
public record TokenizerFile(
    Path path, Map<String, Integer> vocabulary, Map<String, Integer> specialTokens) {
  private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

  /** Copies the maps. */
  public TokenizerFile {
    vocabulary = Map.copyOf(vocabulary);
    specialTokens = Map.copyOf(specialTokens);
  }

  /**
   * Reads the tokens of {@code folder/tokenizer.json}.
   *
   * @throws ModelLoadException naming the file, if it is missing, too large, not valid JSON or has
   *     no vocabulary
   */
  public static TokenizerFile read(Path folder) {
    Path file = CheckpointFolder.tokenizer(folder);
    JsonFields json = JsonFields.read(file, CheckpointFolder.MAX_LARGE_JSON_BYTES);
    JsonFields model = json.object("model").orElseThrow(() -> json.missing("model"));
    Map<String, Integer> special = new HashMap<>();
    for (JsonFields token : json.objects("added_tokens").orElse(List.of())) {
      if (token.flag("special", false)) {
        String content = token.text("content").orElseThrow(() -> token.missing("content"));
        special.put(content, token.integer("id", 0, Integer.MAX_VALUE));
      }
    }
    return new TokenizerFile(file, vocabulary(model), special);
  }

  /** An object of ids, or, in a Unigram model, a list of tokens and scores. */
  private static Map<String, Integer> vocabulary(JsonFields model) {
    Map<String, Integer> vocabulary = new HashMap<>();
    if (model.isList("vocab")) {
      List<String> tokens = model.firstTexts("vocab");
      for (int id = 0; id < tokens.size(); id++) {
        vocabulary.put(tokens.get(id), id);
      }
    } else {
      JsonFields ids = model.object("vocab").orElseThrow(() -> model.missing("vocab"));
      for (String token : ids.keys()) {
        vocabulary.put(token, ids.integer(token, 0, Integer.MAX_VALUE));
      }
    }
    return vocabulary;
  }

  /** The text of the file, for the caller to close. */
  public InputStream open() throws IOException {
    return CheckpointFolder.openJson(path, CheckpointFolder.MAX_LARGE_JSON_BYTES);
  }

  /**
   * The refusal of a tokenizer that can't be made of the file.
   *
   * @param problem what went wrong; its message is in the terms of the native library, and only
   *     tells where in the file it was
   */
  public ModelLoadException unusable(Exception problem) {
    Matcher place = PLACE.matcher(String.valueOf(problem.getMessage()));
    return new ModelLoadException(
        path
            + (place.find() ? ":" + place.group(1) + ":" + place.group(2) : "")
            + ": is no tokenizer as transformers writes it; write it anew"
            + CheckpointFolder.WITH_TRANSFORMERS,
        problem);
  }
}
