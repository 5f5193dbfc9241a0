package io.selfalign.answer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The labels with which at least half of all thoughts begin a sentence, such as "Topic:", and no
 * exemplar's answer does. An answer that has two of them, or one with a value that recurs in
 * thoughts ("Limit: none"), was written as thoughts are.
 */
final class ThoughtLabels {
  /** A label of up to three words, and the value up to the end of the sentence. */
  private static final Pattern LABEL =
      Pattern.compile(
          "(?m)(?:^|(?<=[.!?…。！？)(\\[])|(?<=[.!?…。！？]\\s))[ \\t]*+[(\\[*_]*+"
              + "(\\p{L}[\\p{L}\\p{M}'’-]*+(?:[ ]\\p{L}[\\p{L}\\p{M}'’-]*+){0,2})[*_]*+\\s?[:：]"
              + "\\s{0,4}+([^.!?…。！？\\n]{0,200})");

  /** So many thoughts must have a label, or a label with a value. */
  private static final int LEAST = 2;

  /** So many labels are no accident. */
  private static final int ENOUGH = 2;

  private final Set<String> labels;
  private final Set<String> values;

  /** Looks for labels in one text for each turn. */
  ThoughtLabels(List<String> thoughts, List<String> answers) {
    Map<String, Integer> byLabel = new HashMap<>();
    Map<String, Integer> byValue = new HashMap<>();
    for (String text : thoughts) {
      labelled(text, 1).forEach(label -> byLabel.merge(label, 1, Integer::sum));
      labelled(text, 2).forEach(value -> byValue.merge(value, 1, Integer::sum));
    }
    answers.forEach(answer -> byLabel.keySet().removeAll(labelled(answer, 1)));
    labels = frequent(byLabel, Math.max(LEAST, (thoughts.size() + 1) / 2));
    values = frequent(byValue, LEAST);
  }

  /** What an answer has of the thoughts' form; what the query says itself does not count. */
  Optional<String> find(String said, String answer) {
    if (labels.isEmpty()) {
      return Optional.empty();
    }
    Set<String> found = labelled(answer, 1);
    found.retainAll(labels);
    found.removeIf(label -> Words.says(said, label));
    Optional<String> value =
        labelled(answer, 2).stream()
            .filter(values::contains)
            .filter(both -> found.stream().anyMatch(label -> both.startsWith(label + ": ")))
            .findFirst();
    return value.or(
        () -> found.size() < ENOUGH ? Optional.empty() : Optional.of(String.join(", ", found)));
  }

  private static Set<String> frequent(Map<String, Integer> counts, int least) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() >= least)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** The labels of a text, with their values if two groups are asked for. */
  private static Set<String> labelled(String text, int groups) {
    Set<String> found = new LinkedHashSet<>();
    Matcher matcher = LABEL.matcher(text);
    while (matcher.find()) {
      String label = matcher.group(1).toLowerCase(Locale.ROOT);
      String value = matcher.group(2).strip().toLowerCase(Locale.ROOT);
      if (groups == 1) {
        found.add(label);
      } else if (!value.isEmpty()) {
        found.add(label + ": " + value);
      }
    }
    return found;
  }
}
