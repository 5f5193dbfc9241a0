package io.selfalign.principle;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The principles of an assistant, in order; a principle's number is its place, from 1. Names are
 * unique, whatever their case. A set may be empty, as in an ablation.
 *
 * <pre>{@code
 * PrincipleSet principles = PrincipleSet.standard()
 *     .without("creative")
 *     .with(new Principle("metric", "Give measures in metric units first."));
 * System.out.println(principles);   // the principles as the prompt has them
 * }</pre>
 *
 * <p>Immutable: every method that changes something returns another set.
 */
public final class PrincipleSet {
  private static final Supplier<PrincipleSet> STANDARD =
      Suppliers.memoize(
          () ->
              new PrincipleSet(
                  Resources.lines("principles.jsonl", line -> line.as(Principle.class))));

  private final List<Principle> principles;
  private final Map<String, Integer> numbers = new HashMap<>();

  private PrincipleSet(List<Principle> principles) {
    this.principles = List.copyOf(principles);
    for (Principle principle : this.principles) {
      Integer earlier = numbers.putIfAbsent(Principle.key(principle.name()), numbers.size() + 1);
      if (earlier != null) {
        throw new IllegalArgumentException(
            "two principles are named '" + principle.name() + "'; give each a name of its own");
      }
    }
  }

  /**
   * The 16 principles of SELF-ALIGN (arXiv 2305.03047, appendix C) by name and intent, in this
   * library's own words.
   */
  public static PrincipleSet standard() {
    return STANDARD.get();
  }

  /**
   * A set of principles, in order.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static PrincipleSet of(List<Principle> principles) {
    return new PrincipleSet(principles);
  }

  /**
   * A set of principles, in order.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static PrincipleSet of(Principle... principles) {
    return of(List.of(principles));
  }

  /**
   * Reads a file of one of two forms: JSON Lines, <code>{"name": "candor", "text": "..."}</code>,
   * as {@link #write} makes; or numbered principles, as {@link #parse} reads.
   *
   * @throws InvalidDataException naming file and line, if it has no principles or one is wrong
   * @throws SelfAlignException if the file can't be read
   */
  public static PrincipleSet read(Path file) {
    String content = Resources.text(file);
    if (!content.stripLeading().startsWith("{")) {
      return NumberedPrinciples.parse(file.toString(), content);
    }
    return named(file.toString(), Resources.lines(file, line -> line.as(Principle.class)));
  }

  /**
   * Reads principles of the form {@code 7 (candor). Say openly what is unknown.}, as published
   * prompts have them. Numbers count up from 1. Line breaks within a principle, even within its
   * name, are taken for spaces; the last principle ends at a blank line. What is before the first
   * and after the last principle is ignored, so a whole prompt may be given.
   *
   * @throws InvalidDataException if there is no principle, a number is left out, or a principle has
   *     no text
   */
  public static PrincipleSet parse(String text) {
    return NumberedPrinciples.parse("principles", text);
  }

  static PrincipleSet named(String place, List<Principle> principles) {
    if (principles.isEmpty()) {
      throw new InvalidDataException(
          place + ": has no principles; write one {\"name\", \"text\"} per line");
    }
    try {
      return new PrincipleSet(principles);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(place + ": " + e.getMessage(), e);
    }
  }

  /** The principles in order. */
  public List<Principle> principles() {
    return principles;
  }

  /** The names in order. */
  public List<String> names() {
    return principles.stream().map(Principle::name).toList();
  }

  /** How many there are. */
  public int size() {
    return principles.size();
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return principles.isEmpty();
  }

  /** The principle of a number, counted from 1, if there is one. */
  public Optional<Principle> find(int number) {
    return number >= 1 && number <= size()
        ? Optional.of(principles.get(number - 1))
        : Optional.empty();
  }

  /** The principle of a name, of which case, hyphens and spaces do not matter, if there is one. */
  public Optional<Principle> find(String name) {
    return number(name).flatMap(this::find);
  }

  /** The number of the principle of a name, as {@link #find(String)} finds it. */
  public Optional<Integer> number(String name) {
    return Optional.ofNullable(numbers.get(Principle.key(name)));
  }

  /**
   * This set with another principle at its end.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public PrincipleSet with(Principle principle) {
    List<Principle> more = new ArrayList<>(principles);
    more.add(principle);
    return new PrincipleSet(more);
  }

  /**
   * This set with another text for the principle of the same name, which keeps its number.
   *
   * @throws IllegalArgumentException if there is none of this name, naming those there are
   */
  public PrincipleSet replacing(Principle principle) {
    int number = checkedNumber(principle.name());
    List<Principle> changed = new ArrayList<>(principles);
    changed.set(number - 1, principle);
    return new PrincipleSet(changed);
  }

  /**
   * This set without some principles; those after them move up.
   *
   * @throws IllegalArgumentException if there is none of a name, naming those there are
   */
  public PrincipleSet without(String... names) {
    Set<Integer> dropped =
        List.of(names).stream().map(this::checkedNumber).collect(Collectors.toSet());
    List<Principle> left = new ArrayList<>();
    for (int number = 1; number <= size(); number++) {
      if (!dropped.contains(number)) {
        left.add(principles.get(number - 1));
      }
    }
    return new PrincipleSet(left);
  }

  /**
   * This set in another order: the named ones first, in the order given, then the others as they
   * are.
   *
   * @throws IllegalArgumentException if there is none of a name, naming those there are
   */
  public PrincipleSet startingWith(String... names) {
    Set<Principle> ordered = new LinkedHashSet<>();
    for (String name : names) {
      ordered.add(principles.get(checkedNumber(name) - 1));
    }
    ordered.addAll(principles);
    return new PrincipleSet(List.copyOf(ordered));
  }

  /**
   * Writes the set as JSON Lines, which {@link #read} reads.
   *
   * @throws SelfAlignException if the file can't be written
   */
  public void write(Path file) {
    try (JsonLinesWriter writer = JsonLines.write(file)) {
      principles.forEach(writer::write);
    }
  }

  private int checkedNumber(String name) {
    return number(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no principle '" + name + "'; there are " + names()));
  }

  /** The principles as a prompt has them, one a line: {@code 7 (candor). Say openly ...}. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    for (int number = 1; number <= size(); number++) {
      Principle principle = principles.get(number - 1);
      lines
          .append(number == 1 ? "" : "\n")
          .append(number)
          .append(" (")
          .append(principle.name())
          .append("). ")
          .append(principle.text());
    }
    return lines.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PrincipleSet set && principles.equals(set.principles);
  }

  @Override
  public int hashCode() {
    return principles.hashCode();
  }
}
