package io.selfalign.examples.miniature;

import io.selfalign.data.Instruction;
import io.selfalign.data.SeedTask;
import io.selfalign.data.TopicSeed;
import io.selfalign.pipeline.Dataset;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far stage 1 went beyond its seeds.
 *
 * @param instructions how many were kept
 * @param onNewTopics how many of them name subjects, persons or towns of the world, and none of
 *     those is named by a seed
 */
public record Invention(long instructions, long onNewTopics) {
  private static final MiniatureSeeds SEEDS = new MiniatureSeeds();

  /** Looks at what was kept. */
  static Invention of(Dataset<Instruction> kept) {
    Pattern names = names();
    Set<String> old = named(names, seeds());
    long instructions = 0;
    long onNewTopics = 0;
    try (Stream<Instruction> all = kept.stream()) {
      for (Instruction instruction : (Iterable<Instruction>) all::iterator) {
        Set<String> named =
            named(names, Stream.of(instruction.instruction(), instruction.input().orElse("")));
        instructions++;
        onNewTopics += !named.isEmpty() && named.stream().noneMatch(old::contains) ? 1 : 0;
      }
    }
    return new Invention(instructions, onNewTopics);
  }

  private static Stream<String> seeds() {
    return Stream.concat(
        SEEDS.tasks().stream().flatMap(Invention::texts),
        SEEDS.topics().stream().flatMap(Invention::texts));
  }

  private static Stream<String> texts(SeedTask task) {
    return Stream.of(task.instruction(), task.input().orElse(""), task.output());
  }

  private static Stream<String> texts(TopicSeed topic) {
    return Stream.of(topic.topic(), topic.question());
  }

  private static Pattern names() {
    World world = new World(Corpus.grammar());
    Stream<String> subjects =
        Stream.of(Subject.Kind.values())
            .flatMap(kind -> world.all(kind).stream())
            .map(subject -> Pattern.quote(subject.name()));
    Stream<String> towns = Stream.of(false, true).flatMap(heldOut -> world.towns(heldOut).stream());
    String surnames =
        Stream.of(false, true)
            .flatMap(heldOut -> world.surnames(heldOut).stream())
            .collect(Collectors.joining("|", " (?:", ")"));
    String persons =
        world.firstNames().stream().collect(Collectors.joining("|", "(?:", ")")) + surnames;
    String any =
        Stream.of(Stream.of(persons), subjects, towns)
            .flatMap(names -> names)
            .collect(Collectors.joining("|"));
    return Pattern.compile("\\b(?:" + any + ")\\b", Pattern.CASE_INSENSITIVE);
  }

  private static Set<String> named(Pattern names, Stream<String> texts) {
    Set<String> found = new HashSet<>();
    for (String text : texts.toList()) {
      Matcher matcher = names.matcher(text);
      while (matcher.find()) {
        found.add(matcher.group().toLowerCase(Locale.ROOT));
      }
    }
    return found;
  }

  /** In a sentence. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d instructions invented, %,d (%.0f%%) of them on topics that no seed names",
        instructions,
        onNewTopics,
        100.0 * onNewTopics / Math.max(1, instructions));
  }
}
