package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Corpus.Kind;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How well a model finds in its context what it must say next, on documents that no training of the
 * miniature reads.
 */
final class Reading {
  private static final long FIRST = 10_000_000;
  private static final int EACH = 100;

  /** Documents of a kind, and where in them something is to be found; the group is what. */
  private record Place(String title, Kind kind, Pattern pattern, boolean last) {
    Optional<Lookup> in(String document) {
      List<MatchResult> all = pattern.matcher(document).results().toList();
      if (all.isEmpty()) {
        return Optional.empty();
      }
      MatchResult match = all.get(last ? all.size() - 1 : 0);
      return Optional.of(new Lookup(document.substring(0, match.start(1)), match.group(1)));
    }
  }

  /** What stands before, and what comes; a space between them is of what comes. */
  private record Lookup(String before, String expected) {}

  private static final List<Place> PLACES =
      List.of(
          place("the last word of a row", Kind.ROW, "( \\S+)\\s*$", true),
          place("a rule's name by its number", Kind.REGISTER, "rule \\d+ \\(([^)]+\\))", false),
          place("a rule's number by its name", Kind.REGISTER, "\\w: rule( \\d+)", false),
          place("a rule's number by its text", Kind.REGISTER, "\\. is my rule( \\d+)", false),
          place("the rule that applies", Kind.CASES, "Because of my rule( \\d+)", false));

  private Reading() {}

  private static Place place(String title, Kind kind, String pattern, boolean last) {
    return new Place(title, kind, Pattern.compile(pattern), last);
  }

  /** What share of each a greedy reading finds. */
  static Map<String, Double> of(BaseModel model, Corpus corpus) {
    Map<String, Double> shares = new LinkedHashMap<>();
    for (Place place : PLACES) {
      List<Lookup> lookups =
          LongStream.iterate(FIRST, number -> number + 1)
              .mapToObj(number -> place.in(corpus.document(number, place.kind()).text()))
              .flatMap(Optional::stream)
              .limit(EACH)
              .toList();
      shares.put(place.title(), (double) found(model, lookups) / EACH);
    }
    return shares;
  }

  private static long found(BaseModel model, List<Lookup> lookups) {
    GenerationOptions greedy = GenerationOptions.builder().temperature(0).maxNewTokens(12).build();
    List<GenerationRequest> requests =
        IntStream.range(0, lookups.size())
            .mapToObj(i -> new GenerationRequest("lookup-" + i, lookups.get(i).before()))
            .toList();
    List<Generation> written = model.generate(requests, greedy);
    return IntStream.range(0, lookups.size())
        .filter(i -> begins(written.get(i).text(), lookups.get(i).expected()))
        .count();
  }

  /** Whether a text begins with a word or number, which may not go on. */
  private static boolean begins(String text, String expected) {
    return text.startsWith(expected)
        && (text.length() == expected.length()
            || !Character.isLetterOrDigit(text.charAt(expected.length())));
  }
}
