package io.selfalign.examples.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Writes texts that share words as instructions do: 30 words on average (8 to 80), two fifths of
 * them in phrases that many texts have in common, such as an instruction's beginning, and the rest
 * from a vocabulary with Zipf's distribution. A tenth are near-duplicates of one before, with up to
 * a fifth of the words replaced, inserted, left out or swapped. The same seed gives the same texts.
 */
final class InstructionGenerator {
  private static final int VOCABULARY = 30_000;
  private static final int PHRASES = 2_000;
  private static final int OPENINGS = 300;

  private final Random random;
  private final double[] words = zipf(VOCABULARY);
  private final double[] phraseRanks = zipf(PHRASES);
  private final double[] openingRanks = zipf(OPENINGS);
  private final String[][] phrases = new String[PHRASES][];
  private final String[][] openings = new String[OPENINGS][];

  InstructionGenerator(long seed) {
    random = new Random(seed);
    Arrays.setAll(phrases, i -> words(2 + random.nextInt(4)));
    Arrays.setAll(openings, i -> words(3 + random.nextInt(5)));
  }

  /** The first texts of the seed. */
  List<String> texts(int count) {
    List<String> texts = new ArrayList<>(count);
    while (texts.size() < count) {
      texts.add(
          random.nextInt(10) == 0 && !texts.isEmpty()
              ? edited(texts.get(random.nextInt(texts.size())))
              : String.join(" ", fresh()));
    }
    return texts;
  }

  private List<String> fresh() {
    // The sum of three exponential variables has a long tail to the right, as lengths have.
    double length = 8;
    for (int i = 0; i < 3; i++) {
      length -= 7.5 * Math.log(1 - random.nextDouble());
    }
    int target = (int) Math.min(80, length);
    List<String> text = new ArrayList<>(List.of(openings[draw(openingRanks)]));
    while (text.size() < target) {
      text.addAll(
          random.nextInt(10) == 0 ? List.of(phrases[draw(phraseRanks)]) : List.of(words(1)));
    }
    return text;
  }

  private String edited(String original) {
    List<String> text = new ArrayList<>(List.of(original.split(" ")));
    int edits = random.nextInt(text.size() / 5 + 1);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(text.size());
      switch (random.nextInt(4)) {
        case 0 -> text.set(at, words(1)[0]);
        case 1 -> text.add(at, words(1)[0]);
        case 2 -> text.remove(at);
        default -> text.add(random.nextInt(text.size()), text.remove(at));
      }
    }
    return String.join(" ", text);
  }

  private String[] words(int count) {
    String[] drawn = new String[count];
    Arrays.setAll(drawn, i -> "w" + draw(words));
    return drawn;
  }

  /** The rank at which a uniform number falls into the distribution. */
  private int draw(double[] cumulative) {
    int place = Arrays.binarySearch(cumulative, random.nextDouble());
    return Math.min(cumulative.length - 1, place < 0 ? -1 - place : place);
  }

  private static double[] zipf(int size) {
    double[] cumulative = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += 1.0 / (i + 1);
      cumulative[i] = sum;
    }
    for (int i = 0; i < size; i++) {
      cumulative[i] /= sum;
    }
    return cumulative;
  }
}
