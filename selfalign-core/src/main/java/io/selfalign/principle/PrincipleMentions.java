package io.selfalign.principle;

import io.selfalign.data.AppliedPrinciple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The principles that thoughts name, checked against a set. Read are, with {@code principle},
 * {@code principle} or {@code guideline} before them, numbers with or without a name, names in
 * brackets or quotes, and lists of those; after a colon, as in {@code Rules that apply: 12 (dated
 * knowledge), candor}, names by themselves too; a number with a name of the set, and a name of the
 * set in brackets, anywhere; and a name before one of the three words.
 *
 * <p>Where number and name do not go together, the name counts: models confuse numbers more easily
 * than words. The number is kept as one of {@link AppliedPrinciple#otherNumbers}. Whether the
 * thoughts say that a principle applies or that it doesn't is not told apart.
 *
 * @param known the set's principles that are named, each once, in the order of their numbers
 * @param unknown what is named and is no principle of the set, each once, as it is written
 */
public record PrincipleMentions(List<AppliedPrinciple> known, List<String> unknown) {
  private static final Pattern LEAD = Pattern.compile("(?i)" + PrincipleReferences.LEAD);
  private static final Pattern BRACKETS = Pattern.compile("\\(([^(){}]{1,80})\\)");
  private static final Pattern PAIR = Pattern.compile("(\\d{1,4})\\s*" + BRACKETS);
  private static final Pattern PUNCTUATION = Pattern.compile("[\"“”'‘’:;,.()]");
  private static final Pattern LINK = Pattern.compile("^(?:(?:of|on|for|about|named|called) )+");

  /** So many characters beside the word may be a name. */
  private static final int BESIDE = 80;

  /** Copies the lists. */
  public PrincipleMentions {
    known = List.copyOf(known);
    unknown = List.copyOf(unknown);
  }

  /** The principles that thoughts name. */
  public static PrincipleMentions in(String thoughts, PrincipleSet principles) {
    return new Search(thoughts, principles).run();
  }

  /** Whether a principle is named with a number that is not its own. */
  public boolean disagree() {
    return known.stream().anyMatch(AppliedPrinciple::disagrees);
  }

  /** How a principle is named. */
  private static final class Naming {
    private boolean byNumber;
    private boolean byName;
    private final Set<Integer> otherNumbers = new TreeSet<>();

    AppliedPrinciple of(int number, String name) {
      String by = byName ? AppliedPrinciple.NAME : AppliedPrinciple.NUMBER;
      return new AppliedPrinciple(
          number, name, byNumber && byName ? AppliedPrinciple.BOTH : by, List.copyOf(otherNumbers));
    }
  }

  private static final class Search {
    private final String text;
    private final PrincipleSet principles;
    private final SortedMap<Integer, Naming> known = new TreeMap<>();
    private final Set<String> unknown = new LinkedHashSet<>();

    Search(String text, PrincipleSet principles) {
      this.text = text;
      this.principles = principles;
    }

    PrincipleMentions run() {
      new PrincipleReferences(principles).in(text).forEach(this::add);
      PAIR.matcher(text)
          .results()
          .forEach(pair -> addName(Optional.of(Integer.valueOf(pair.group(1))), pair.group(2)));
      BRACKETS.matcher(text).results().forEach(name -> addName(Optional.empty(), name.group(1)));
      namesBesideTheWord();
      List<AppliedPrinciple> applied = new ArrayList<>();
      known.forEach(
          (number, naming) ->
              applied.add(naming.of(number, principles.find(number).orElseThrow().name())));
      return new PrincipleMentions(applied, new ArrayList<>(unknown));
    }

    private void add(PrincipleReferences.Item item) {
      Optional<Integer> number = item.number().filter(n -> principles.find(n).isPresent());
      boolean isPrinciple =
          item.name().isPresent() ? addName(item.number(), item.name().get()) : number.isPresent();
      if (item.name().isEmpty()) {
        number.ifPresent(n -> naming(n).byNumber = true);
      }
      if (!isPrinciple) {
        unknown.add(item.text());
      }
    }

    /** Counts a name of the set, with the number that stands beside it; false if it is none. */
    private boolean addName(Optional<Integer> number, String name) {
      Optional<Integer> principle = principles.number(name);
      principle.ifPresent(
          own -> {
            Naming naming = naming(own);
            naming.byName = true;
            naming.byNumber |= number.equals(principle);
            number.filter(n -> !n.equals(own)).ifPresent(naming.otherNumbers::add);
          });
      return principle.isPresent();
    }

    private Naming naming(int principle) {
      return known.computeIfAbsent(principle, number -> new Naming());
    }

    /** "the candor rule", "rule of candor", "principle: candor". */
    private void namesBesideTheWord() {
      Matcher word = LEAD.matcher(text);
      while (word.find()) {
        String before = text.substring(Math.max(0, word.start() - BESIDE), word.start());
        String after = text.substring(word.end(), Math.min(text.length(), word.end() + BESIDE));
        String left = Principle.key(PUNCTUATION.matcher(before).replaceAll(" "));
        String right =
            LINK.matcher(Principle.key(PUNCTUATION.matcher(after).replaceAll(" ")))
                .replaceFirst("");
        addLongest(key -> (" " + left).endsWith(" " + key));
        addLongest(key -> (right + " ").startsWith(key + " "));
      }
    }

    /** The principle with the longest of the names that fit, for one may end in another. */
    private void addLongest(Predicate<String> fits) {
      principles.names().stream()
          .map(Principle::key)
          .filter(fits)
          .max(Comparator.comparingInt(String::length))
          .ifPresent(name -> addName(Optional.empty(), name));
    }
  }
}
