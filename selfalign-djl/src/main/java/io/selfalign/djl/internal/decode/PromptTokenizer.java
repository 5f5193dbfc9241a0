package io.selfalign.djl.internal.decode;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.selfalign.djl.internal.checkpoint.TokenizerFile;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.Requests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A checkpoint's tokenizer: text to tokens, with the special tokens that {@code tokenizer.json}
 * puts before a text, and back. Thread-safe.
 */
public final class PromptTokenizer implements AutoCloseable {
  private static final Map<String, String> PLAIN =
      Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD");
  private static final String SENTENCEPIECE_SPACE = "\u2581";
  private static final String BYTE_LEVEL_SPACE = "\u0120";

  private final HuggingFaceTokenizer tokenizer;
  private final int vocabularySize;
  private final int appended;
  private final Map<String, Integer> vocabulary;
  private final BitSet wordStarts = new BitSet();
  private final Map<String, Integer> specialTokens;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private PromptTokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file, int vocabularySize) {
    this.tokenizer = tokenizer;
    this.vocabulary = file.vocabulary();
    this.specialTokens = file.specialTokens();
    this.vocabularySize = vocabularySize;
    this.appended = trailingSpecials(tokenizer.encode("a", true, false));
    vocabulary.forEach(this::noteWordStart);
  }

  /**
   * Opens {@code tokenizer.json} of a checkpoint.
   *
   * @param vocabularySize the number of token ids that the model knows
   * @throws ModelLoadException if the file is missing or not a tokenizer
   */
  public static PromptTokenizer open(Path folder, int vocabularySize) {
    TokenizerFile file = TokenizerFile.read(folder);
    try (InputStream in = file.open()) {
      HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(in, PLAIN);
      try {
        return new PromptTokenizer(tokenizer, file, vocabularySize);
      } catch (RuntimeException | Error e) {
        tokenizer.close();
        throw e;
      }
    } catch (ModelLoadException e) {
      throw e;
    } catch (RuntimeException e) {
      throw file.unusable(e);
    } catch (IOException e) {
      throw new ModelLoadException(file.path() + ": can't be read: " + e, e);
    } catch (LinkageError e) {
      throw new ModelLoadException(
          "the tokenizer's native library can't be loaded: " + e.getMessage(), e);
    }
  }

  /**
   * A text's tokens, beginning with the special tokens that the tokenizer puts before a text. Those
   * that it would put behind are left out, since the text is to go on.
   *
   * @throws IllegalArgumentException if the text has an unpaired surrogate
   * @throws SelfAlignException if the tokenizer knows more tokens than the model
   */
  public int[] encode(String text) {
    Requests.checkUnicode("the text", text);
    long[] ids = use(() -> tokenizer.encode(text, true, false)).getIds();
    return checked(Arrays.copyOf(ids, Math.max(0, ids.length - appended)));
  }

  /**
   * The token with exactly this text, or if there is none the first one of the text's encoding,
   * without special tokens.
   *
   * @throws IllegalArgumentException if the text has no tokens
   */
  int tokenOf(String text) {
    for (String space : new String[] {SENTENCEPIECE_SPACE, BYTE_LEVEL_SPACE}) {
      Integer exact = vocabulary.get(text.replace(" ", space));
      if (exact != null && exact < vocabularySize) {
        return exact;
      }
    }
    long[] ids = use(() -> tokenizer.encode(text, false, false)).getIds();
    if (ids.length == 0) {
      throw new IllegalArgumentException("the text '" + text + "' has no tokens in this model");
    }
    return checked(ids)[0];
  }

  /** The text of tokens {@code [from, to)}, without special ones. */
  public String decode(int[] ids, int from, int to) {
    long[] range = Arrays.stream(ids, from, to).asLongStream().toArray();
    return use(() -> tokenizer.decode(range, true));
  }

  /**
   * The text that tokens {@code [from, to)} add to the tokens before them: what decoding all gives
   * beyond decoding those, because a token's text depends on what is before it.
   */
  String continuation(int[] ids, int from, int to) {
    String before = decode(ids, 0, from);
    String all = decode(ids, 0, to);
    return all.startsWith(before) ? all.substring(before.length()) : decode(ids, from, to);
  }

  /** The id of a special token, if the text is one. */
  OptionalInt specialToken(String text) {
    Integer id = specialTokens.get(text);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Whether a token begins with the space before a word. */
  boolean startsWord(int token) {
    return wordStarts.get(token);
  }

  private void noteWordStart(String token, int id) {
    boolean starts =
        token.startsWith(SENTENCEPIECE_SPACE)
            || token.startsWith(BYTE_LEVEL_SPACE)
            || token.startsWith(" ");
    if (starts && id < vocabularySize) {
      wordStarts.set(id);
    }
  }

  private static int trailingSpecials(Encoding encoding) {
    long[] special = encoding.getSpecialTokenMask();
    int count = 0;
    while (count < special.length && special[special.length - 1 - count] == 1) {
      count++;
    }
    return count;
  }

  private int[] checked(long[] ids) {
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabularySize) {
        throw new SelfAlignException(
            String.format(
                "the tokenizer gives token %d, but the model's vocabulary has %d tokens;"
                    + " tokenizer.json does not belong to this checkpoint",
                ids[i], vocabularySize));
      }
      result[i] = (int) ids[i];
    }
    return result;
  }

  private <T> T use(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        tokenizer.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
