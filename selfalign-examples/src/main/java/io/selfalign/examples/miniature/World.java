package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Subject.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** All that the corpus speaks of: subjects, persons and towns. Immutable. */
final class World {
  private static final int HELD_OUT_EVERY = 5;

  private final Map<Kind, List<Subject>> subjects = new EnumMap<>(Kind.class);
  private final Map<String, List<String>> names = new HashMap<>();
  private final List<String> surnames;
  private final List<String> heldOutSurnames;
  private final List<String> towns;
  private final List<String> heldOutTowns;
  private final List<String> openWords;
  private final Grammar grammar;

  World(Grammar grammar) {
    this.grammar = grammar;
    for (Kind kind : Kind.values()) {
      List<Subject> list = new ArrayList<>();
      for (List<String> row : Resource.table(kind.file)) {
        boolean heldOut = row.get(0).startsWith("*");
        String name = heldOut ? row.get(0).substring(1) : row.get(0);
        list.add(new Subject(kind, name, row.subList(1, row.size()), heldOut));
      }
      subjects.put(kind, List.copyOf(list));
    }
    for (List<String> row : Resource.table("names.txt")) {
      names.put(row.get(0), List.of(row.get(1).split(" ")));
    }
    surnames = joined("surname", false);
    heldOutSurnames = joined("surname", true);
    towns = joined("town", false);
    heldOutTowns = joined("town", true);
    openWords = words(subject -> !subject.heldOut()).distinct().toList();
  }

  private List<String> joined(String what, boolean heldOut) {
    List<String> joined = new ArrayList<>();
    List<String> starts = names(what + "-start");
    List<String> ends = names(what + "-end");
    for (int i = 0; i < starts.size(); i++) {
      for (int j = 0; j < ends.size(); j++) {
        if (((3 * i + j) % HELD_OUT_EVERY == 0) == heldOut) {
          joined.add(starts.get(i) + ends.get(j));
        }
      }
    }
    return joined;
  }

  private List<String> names(String what) {
    return names.getOrDefault(what, List.of());
  }

  List<Subject> all(Kind kind) {
    return subjects.getOrDefault(kind, List.of());
  }

  List<Subject> of(Kind kind, boolean heldOut) {
    return all(kind).stream().filter(subject -> subject.heldOut() == heldOut).toList();
  }

  /** Kinds whose facts are asked for in questions of fact. */
  static List<Kind> kindsOfFacts() {
    return List.of(
        Kind.COUNTRY, Kind.ANIMAL, Kind.ELEMENT, Kind.PLANT, Kind.INSTRUMENT, Kind.RIVER);
  }

  List<String> personas() {
    return names("persona");
  }

  List<String> towns(boolean heldOut) {
    return heldOut ? heldOutTowns : towns;
  }

  List<String> surnames(boolean heldOut) {
    return heldOut ? heldOutSurnames : surnames;
  }

  List<String> firstNames() {
    return names("first");
  }

  String person(boolean heldOut, Draw draw) {
    return draw.pick(names("first")) + " " + draw.pick(surnames(heldOut));
  }

  /** All names and values of one word, of subjects, persons and towns that begin or are names. */
  Stream<String> words() {
    return words(subject -> true);
  }

  /** The same without those of subjects that are held out, each once. */
  List<String> openWords() {
    return openWords;
  }

  private Stream<String> words(Predicate<Subject> which) {
    Stream<String> cells =
        subjects.values().stream()
            .flatMap(List::stream)
            .filter(which)
            .flatMap(
                subject -> Stream.concat(Stream.of(subject.name()), subject.values().stream()));
    return Stream.of(cells, names("first").stream(), personas().stream())
        .flatMap(words -> words)
        .filter(word -> word.chars().allMatch(Character::isLetter));
  }

  /** Slots of everything that a sentence may need beside its subject. */
  Map<String, String> scene(boolean heldOut, Draw draw) {
    Map<String, String> scene = new HashMap<>();
    scene.put("person", person(heldOut, draw));
    scene.put("person2", person(heldOut, draw));
    scene.put("first", draw.pick(names("first")));
    scene.put("town", draw.pick(towns(heldOut)));
    scene.put("thing", draw.pick(of(Kind.THING, false)).name());
    scene.put("year", String.valueOf(draw.between(2031, 2079)));
    scene.put("number", String.valueOf(draw.between(2, 98)));
    scene.put("place", grammar.write("place", Map.of(), draw));
    scene.put("relative", grammar.write("relative", Map.of(), draw));
    scene.put("event", grammar.write("event", Map.of(), draw));
    return scene;
  }
}
