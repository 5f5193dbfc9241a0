package io.selfalign.principle;

import io.selfalign.data.IdentityPair;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Questions about the assistant itself with answers, made from templates: questions of six subjects
 * (its name, its maker, its nature, its abilities, its limits, its training), each with all answers
 * of its subject, which consist of an opening and an addition. The standard templates have 66
 * questions and 16 answers to each, 1,056 pairs; the paper mixes 910 into stage 3.
 *
 * <pre>{@code
 * List<IdentityPair> pairs = IdentityPairs.of("Juno", "the Example Institute").pairs(910, seed);
 * }</pre>
 *
 * <p>Immutable.
 */
public final class IdentityPairs {
  /** How many pairs the paper mixes in. */
  public static final int DEFAULT_COUNT = 910;

  private static final String PERSONA = "{persona}";
  private static final String MAKER = "{maker}";

  /** One subject of a file of templates. */
  record Template(
      String about, List<String> questions, List<String> openings, List<String> additions) {
    Template {
      checkTexts("questions", questions);
      checkTexts("openings", openings);
      checkTexts("additions", additions);
    }

    private static void checkTexts(String field, List<String> texts) {
      if (texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException(
            "field '" + field + "' must be a list of at least one text, none of them blank");
      }
      if (new HashSet<>(texts).size() < texts.size()) {
        throw new IllegalArgumentException("field '" + field + "' has a text twice");
      }
    }
  }

  /** For each question its pairs, in the order of the templates. */
  private final List<List<IdentityPair>> byQuestion = new ArrayList<>();

  private IdentityPairs(List<Template> templates, String persona, String maker) {
    checkName("persona", persona);
    checkName("maker", maker);
    for (Template template : templates) {
      int number = 0;
      for (String question : template.questions()) {
        number++;
        List<IdentityPair> pairs = new ArrayList<>();
        for (String opening : template.openings()) {
          for (String addition : template.additions()) {
            String id = "identity-" + template.about() + "-" + number + "-" + (pairs.size() + 1);
            String answer = opening + " " + addition;
            pairs.add(
                new IdentityPair(
                    id, filled(question, persona, maker), filled(answer, persona, maker)));
          }
        }
        byQuestion.add(List.copyOf(pairs));
      }
    }
  }

  /**
   * Pairs of the standard templates.
   *
   * @param persona the assistant's name, as in the {@link PromptFrame}
   * @param maker who made it, such as {@code the Example Institute}, to follow "made by"
   * @throws IllegalArgumentException if one of them is blank or has a line break
   */
  public static IdentityPairs of(String persona, String maker) {
    return new IdentityPairs(
        Resources.lines("identity.jsonl", line -> line.as(Template.class)), persona, maker);
  }

  /**
   * Pairs of one's own templates, from JSON Lines with a subject each; {@code {persona}} and {@code
   * {maker}} stand for the two names:
   *
   * <pre>{@code
   * {"about": "name", "questions": ["..."], "openings": ["..."], "additions": ["..."]}
   * }</pre>
   *
   * @throws InvalidDataException naming file and line, if one is wrong, or there are none
   * @throws SelfAlignException if the file can't be read
   * @throws IllegalArgumentException if one of the names is blank or has a line break
   */
  public static IdentityPairs read(Path file, String persona, String maker) {
    Set<String> subjects = new HashSet<>();
    List<Template> templates =
        Resources.lines(
            file,
            line -> {
              Template template = line.as(Template.class);
              if (!subjects.add(template.about())) {
                throw line.error("field 'about' is '" + template.about() + "' a second time");
              }
              return template;
            });
    if (templates.isEmpty()) {
      throw new InvalidDataException(
          file
              + ": has no templates; write one {\"about\", \"questions\", \"openings\","
              + " \"additions\"} per line");
    }
    return new IdentityPairs(templates, persona, maker);
  }

  /** All pairs, in the order of the templates. */
  public List<IdentityPair> all() {
    return byQuestion.stream().flatMap(List::stream).toList();
  }

  /**
   * Some of the pairs in random order. Every question comes as often as every other, or once more.
   * The same for the same seed; a smaller number gives the beginning of a larger one.
   *
   * @param count how many
   * @throws IllegalArgumentException if there are fewer
   */
  public List<IdentityPair> pairs(int count, long seed) {
    List<IdentityPair> all = new ArrayList<>();
    List<List<IdentityPair>> shuffled =
        byQuestion.stream().map(pairs -> shuffled(pairs, seed, "answers")).toList();
    int rounds = shuffled.stream().mapToInt(List::size).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      List<IdentityPair> once = new ArrayList<>();
      for (List<IdentityPair> pairs : shuffled) {
        if (round < pairs.size()) {
          once.add(pairs.get(round));
        }
      }
      all.addAll(shuffled(once, seed, "questions"));
    }
    if (count < 0 || count > all.size()) {
      throw new IllegalArgumentException(
          "count is " + count + ", but must be 0 to " + all.size() + ", the number of pairs");
    }
    return List.copyOf(all.subList(0, count));
  }

  private static List<IdentityPair> shuffled(List<IdentityPair> pairs, long seed, String purpose) {
    return pairs.stream()
        .sorted(
            Comparator.comparingDouble(
                pair -> RecordRandom.of(seed, "identity-" + purpose, pair.id()).uniform(0)))
        .toList();
  }

  private static String filled(String template, String persona, String maker) {
    String text = template.replace(PERSONA, persona).replace(MAKER, maker);
    // A maker as "the Example Institute" may begin a sentence.
    return template.startsWith(MAKER)
        ? text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1)
        : text;
  }

  private static void checkName(String what, String name) {
    if (name.isBlank() || name.lines().count() > 1) {
      throw new IllegalArgumentException(what + " is '" + name + "', but must be a name");
    }
  }
}
