package io.selfalign.examples.miniature;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Learns a byte-level byte-pair encoding: words, as GPT-2 cuts a text, begin as bytes, and the most
 * frequent pair of neighbours becomes a token, again and again. Of equally frequent pairs the one
 * with the lower ids comes first, so the same texts give the same tokens.
 */
final class BytePairs {
  static final String BEGIN = "<|begin|>";
  static final String END = "<|end|>";

  private static final int BYTES = 256;
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final List<String> tokens = new ArrayList<>();
  private final List<String> merges = new ArrayList<>();

  /** A word as the ids of its parts, and how often it occurs. */
  private static final class Word {
    private int[] parts;
    private final long count;

    Word(int[] parts, long count) {
      this.parts = parts;
      this.count = count;
    }
  }

  private BytePairs() {}

  /**
   * Learns from texts.
   *
   * @param size the number of tokens, special ones included
   * @param whole words, perhaps with a space before them, that are to be single tokens
   */
  static BytePairs learn(Stream<String> texts, int size, List<String> whole) {
    BytePairs pairs = new BytePairs();
    pairs.tokens.add(BEGIN);
    pairs.tokens.add(END);
    for (int value = 0; value < BYTES; value++) {
      pairs.tokens.add(String.valueOf(character(value)));
    }
    pairs.learn(words(texts, whole), size);
    return pairs;
  }

  /** All tokens in the order of their ids, as {@code tokenizer.json} spells them. */
  Map<String, Integer> vocabulary() {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    return vocabulary;
  }

  /** The merges in their order, each two tokens with a space between. */
  List<String> merges() {
    return List.copyOf(merges);
  }

  private static List<Word> words(Stream<String> texts, List<String> whole) {
    Map<String, Long> counts = new TreeMap<>();
    texts.forEach(
        text -> {
          Matcher matcher = WORD.matcher(text);
          while (matcher.find()) {
            counts.merge(matcher.group(), 1L, Long::sum);
          }
        });
    long most = counts.values().stream().mapToLong(count -> count).max().orElse(1);
    whole.forEach(word -> counts.merge(word, most, Long::sum));
    List<Word> words = new ArrayList<>();
    counts.forEach(
        (word, count) -> {
          byte[] bytes = word.getBytes(UTF_8);
          int[] parts = new int[bytes.length];
          for (int i = 0; i < bytes.length; i++) {
            parts[i] = 2 + (bytes[i] & 0xFF);
          }
          words.add(new Word(parts, count));
        });
    return words;
  }

  private void learn(List<Word> words, int size) {
    Map<Long, Long> counts = new HashMap<>();
    words.forEach(word -> count(word, 1, counts));
    while (tokens.size() < size && !counts.isEmpty()) {
      long best = -1;
      long most = 0;
      for (Map.Entry<Long, Long> entry : counts.entrySet()) {
        long count = entry.getValue();
        if (count > most || (count == most && entry.getKey() < best)) {
          most = count;
          best = entry.getKey();
        }
      }
      if (most < 2) {
        return;
      }
      int left = (int) (best >>> 32);
      int right = (int) best;
      int merged = tokens.size();
      merges.add(tokens.get(left) + " " + tokens.get(right));
      tokens.add(tokens.get(left) + tokens.get(right));
      for (Word word : words) {
        merge(word, left, right, merged, counts);
      }
    }
  }

  private static void merge(Word word, int left, int right, int merged, Map<Long, Long> counts) {
    boolean found = false;
    for (int i = 0; i + 1 < word.parts.length && !found; i++) {
      found = word.parts[i] == left && word.parts[i + 1] == right;
    }
    if (!found) {
      return;
    }
    count(word, -1, counts);
    int[] parts = new int[word.parts.length];
    int length = 0;
    for (int i = 0; i < word.parts.length; i++) {
      boolean pair =
          i + 1 < word.parts.length && word.parts[i] == left && word.parts[i + 1] == right;
      parts[length++] = pair ? merged : word.parts[i];
      i += pair ? 1 : 0;
    }
    word.parts = Arrays.copyOf(parts, length);
    count(word, 1, counts);
  }

  private static void count(Word word, int sign, Map<Long, Long> counts) {
    for (int i = 0; i + 1 < word.parts.length; i++) {
      long pair = ((long) word.parts[i] << 32) | word.parts[i + 1];
      counts.merge(pair, sign * word.count, Long::sum);
    }
  }

  /**
   * The character that stands for a byte: its own if that can be seen, one from 256 up otherwise,
   * in the order of the bytes.
   */
  static char character(int value) {
    int unseen = 0;
    for (int other = 0; other <= value; other++) {
      boolean seen =
          (other >= '!' && other <= '~')
              || (other >= 0xA1 && other <= 0xAC)
              || (other >= 0xAE && other <= 0xFF);
      if (other == value) {
        return (char) (seen ? value : BYTES + unseen);
      }
      unseen += seen ? 0 : 1;
    }
    throw new IllegalArgumentException("byte " + value + " is negative");
  }
}
