package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.text.NearDuplicateIndex.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That an index answers as comparing with every text does. */
class NearDuplicateIndexPropertyTest {
  private enum Call {
    ADD,
    ADD_IF_NEW,
    FIND
  }

  private record Step(Call call, String text) {}

  @Property(tries = 500)
  void answers_are_those_of_comparing_with_all(
      @ForAll("thresholds") double threshold, @ForAll("steps") List<Step> steps) {
    NearDuplicateIndex index = NearDuplicateIndex.builder().threshold(threshold).build();
    BruteForce all = new BruteForce(threshold, RougeTokenizer.ADAPTIVE);
    for (Step step : steps) {
      switch (step.call()) {
        case ADD -> {
          index.add(step.text());
          all.add(step.text());
        }
        case ADD_IF_NEW ->
            assertThat(index.addIfNew(step.text())).isEqualTo(all.addIfNew(step.text()));
        case FIND -> assertThat(index.find(step.text())).isEqualTo(all.find(step.text()));
      }
    }
  }

  /** Texts long enough for several machine words and many, so that tokens are ranked often. */
  @ParameterizedTest
  @CsvSource({
    "0.7,  2000, 30, 3000",
    "0.7,  1500,  8,   40",
    "0.7,   200, 200, 400",
    "0.7,  1500, 60,    4",
    "0.5,  1000, 20,  500",
    "0.9,  1500, 20,  300",
    "0.1,   400, 20,  300",
    "0.0,   300, 10,  300",
  })
  void answers_in_large_are_those_of_comparing_with_all(
      double threshold, int count, int length, int vocabulary) {
    NearDuplicateIndex index = NearDuplicateIndex.builder().threshold(threshold).build();
    BruteForce all = new BruteForce(threshold, RougeTokenizer.ADAPTIVE);
    int dropped = 0;
    for (String text : texts(count, length, vocabulary)) {
      Optional<Match> match = all.addIfNew(text);
      assertThat(index.addIfNew(text)).as(text).isEqualTo(match);
      dropped += match.isPresent() ? 1 : 0;
    }
    assertThat(dropped).isBetween(count / 100, count - 1);
  }

  /** Every fifth a new subject, whose frequent words come late and are ranked as rare at first. */
  @ParameterizedTest
  @CsvSource({"0.7, 12", "0.4, 12"})
  void answers_do_not_depend_on_when_words_became_frequent(double threshold, int length) {
    NearDuplicateIndex index = NearDuplicateIndex.builder().threshold(threshold).build();
    BruteForce all = new BruteForce(threshold, RougeTokenizer.ADAPTIVE);
    for (int subject = 0; subject < 5; subject++) {
      for (String text : texts(400, length, 200)) {
        String own = text.replace("w", "s" + subject % 4 + "w");
        index.add(own);
        all.add(own);
        assertThat(index.find(own + " s1w3")).isEqualTo(all.find(own + " s1w3"));
      }
    }
  }

  @Provide
  Arbitrary<Double> thresholds() {
    return Arbitraries.oneOf(
        Arbitraries.of(0.0, 0.5, 2.0 / 3, 0.7, 0.8, 1.0), Arbitraries.doubles().between(0, 1));
  }

  /** Few and many different tokens, short texts and those of two machine words. */
  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> texts =
        Combinators.combine(Arbitraries.of(3, 12, 1000), Arbitraries.of(6, 12, 24, 90))
            .flatAs(
                (vocabulary, length) ->
                    Arbitraries.integers()
                        .between(1, vocabulary)
                        .map(token -> "t" + token)
                        .list()
                        .ofMaxSize(length)
                        .map(tokens -> String.join(" ", tokens)));
    return Combinators.combine(Arbitraries.of(Call.class), texts)
        .as(Step::new)
        .list()
        .ofMaxSize(120);
  }

  /** Texts of rare and frequent words, and edited ones around the threshold. */
  private static List<String> texts(int count, int length, int vocabulary) {
    Random random = new Random(count + length + vocabulary);
    List<String> texts = new ArrayList<>();
    while (texts.size() < count) {
      List<String> words =
          IntStream.range(0, 1 + random.nextInt(2 * length))
              .mapToObj(i -> word(random, vocabulary))
              .collect(Collectors.toCollection(ArrayList::new));
      if (!texts.isEmpty() && random.nextInt(3) == 0) {
        words = new ArrayList<>(List.of(texts.get(random.nextInt(texts.size())).split(" ")));
        for (int edits = random.nextInt(2 + words.size() / 2); edits > 0; edits--) {
          int place = random.nextInt(words.size());
          if (random.nextBoolean() || words.size() == 1) {
            words.set(place, word(random, vocabulary));
          } else {
            words.add(random.nextInt(words.size() - 1), words.remove(place));
          }
        }
      }
      texts.add(String.join(" ", words));
    }
    return texts;
  }

  private static String word(Random random, int vocabulary) {
    return "w" + (int) Math.pow(vocabulary, random.nextDouble());
  }
}
