package io.selfalign.principle;

import io.selfalign.data.AppliedPrinciple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules that thoughts name, checked against a set. Read are, with {@code rule}, {@code
 * principle} or {@code guideline} before them, numbers with or without a name, names in brackets or
 * quotes, and lists of those; a number with a name of the set, and a name of the set in brackets,
 * anywhere; and a name before one of the three words.
 *
 * <p>Where number and name do not go together, the name counts: models confuse numbers more easily
 * than words. Whether the thoughts say that a rule applies or that it doesn't is not told apart.
 *
 * @param known the set's rules that are named, each once, in the order of their numbers
 * @param unknown what is named and is no rule of the set, each once, as it is written
 */
public record RuleMentions(List<AppliedPrinciple> known, List<String> unknown) {
  private static final String WORD = "(?:rules?|principles?|guidelines?)";

  private static final Pattern LEAD =
      Pattern.compile("(?i)\\b" + WORD + "\\b\\s*(?:numbers?\\b|no\\.|nos\\.|#)?\\s*:?\\s*");

  /** A number, perhaps with a name; or a name in brackets or quotes. */
  private static final Pattern ITEM =
      Pattern.compile(
          "#?(\\d{1,4})(?![\\d.]*\\d)\\s*(?:\\(([^(){}]{1,80})\\))?"
              + "|\\(([^(){}]{1,80})\\)|[\"“'‘]([^\"”'’(){}\\n]{1,80})[\"”'’]");

  private static final Pattern BETWEEN =
      Pattern.compile(
          "(?i)\\s*(?:,\\s*and\\b|,\\s*or\\b|,|;|/|&|\\band\\b|\\bor\\b|\\bas well as\\b|\\bplus\\b)"
              + "\\s*");

  private static final Pattern PUNCTUATION = Pattern.compile("[\"“”'‘’:;,.()]");
  private static final Pattern LINK = Pattern.compile("^(?:(?:of|on|for|about|named|called) )+");

  /** So many characters beside the word may be a name. */
  private static final int BESIDE = 80;

  private static final Pattern PAIR = Pattern.compile("(\\d{1,4})\\s*\\(([^(){}]{1,80})\\)");
  private static final Pattern BRACKETS = Pattern.compile("\\(([^(){}]{1,80})\\)");

  /** Copies the lists. */
  public RuleMentions {
    known = List.copyOf(known);
    unknown = List.copyOf(unknown);
  }

  /** The rules that thoughts name. */
  public static RuleMentions in(String thoughts, PrincipleSet principles) {
    return new Search(thoughts, principles).run();
  }

  private static final class Search {
    private final String text;
    private final PrincipleSet principles;
    private final Set<Integer> known = new TreeSet<>();
    private final Set<String> unknown = new LinkedHashSet<>();

    Search(String text, PrincipleSet principles) {
      this.text = text;
      this.principles = principles;
    }

    RuleMentions run() {
      Matcher lead = LEAD.matcher(text);
      int from = 0;
      while (lead.find(from)) {
        from = Math.max(lead.end(), listAt(lead.end()));
      }
      matches(PAIR).forEach(pair -> principles.number(pair.get(1)).ifPresent(known::add));
      matches(BRACKETS).forEach(name -> principles.number(name.get(0)).ifPresent(known::add));
      namesBesideTheWord();
      return new RuleMentions(
          known.stream().map(principles::applied).toList(), new ArrayList<>(unknown));
    }

    /** Reads the items that stand one after the other, and returns where they end. */
    private int listAt(int start) {
      Matcher item = ITEM.matcher(text);
      Matcher between = BETWEEN.matcher(text);
      int end = start;
      int at = start;
      boolean named = false;
      while (item.region(at, text.length()).lookingAt()) {
        boolean bare = item.group(1) != null && item.group(2) == null;
        if (bare && named) {
          break; // "rule 13 (step-by-step) and 3 examples"
        }
        add(item);
        named = !bare;
        end = item.end();
        if (!between.region(end, text.length()).lookingAt()) {
          break;
        }
        at = between.end();
      }
      return end;
    }

    private void add(Matcher item) {
      Optional<String> number = Optional.ofNullable(item.group(1));
      Optional<String> name =
          Optional.ofNullable(item.group(2))
              .or(() -> Optional.ofNullable(item.group(3)))
              .or(() -> Optional.ofNullable(item.group(4)));
      Optional<Integer> rule =
          name.isPresent()
              ? principles.number(name.get())
              : number.map(Integer::parseInt).filter(n -> principles.find(n).isPresent());
      rule.ifPresentOrElse(known::add, () -> unknown.add(item.group().strip()));
    }

    private List<List<String>> matches(Pattern pattern) {
      List<List<String>> all = new ArrayList<>();
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        List<String> groups = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
          groups.add(matcher.group(i));
        }
        all.add(groups);
      }
      return all;
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
        longest(key -> (" " + left).endsWith(" " + key)).ifPresent(known::add);
        longest(key -> (right + " ").startsWith(key + " ")).ifPresent(known::add);
      }
    }

    /** The rule with the longest of the names that fit, for one may end in another. */
    private Optional<Integer> longest(Predicate<String> fits) {
      return principles.names().stream()
          .map(Principle::key)
          .filter(fits)
          .max(Comparator.comparingInt(String::length))
          .flatMap(principles::number);
    }
  }
}
