package io.selfalign.examples.miniature;

import com.google.common.collect.ImmutableList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What texts are about: a country, an animal, a thing.
 *
 * @param kind its kind
 * @param name its name, without an article
 * @param values what the kind's attributes are for it
 * @param heldOut whether its questions are kept for measuring
 */
record Subject(Kind kind, String name, List<String> values, boolean heldOut) {
  /** The kinds, with the names of what is known about them and in which column it stands. */
  enum Kind {
    COUNTRY("countries.txt", "countries", ImmutableList.of("capital", "continent", "language")),
    ANIMAL("animals.txt", "animals", ImmutableList.of("kind", "food", "home")),
    ELEMENT("elements.txt", "chemical elements", ImmutableList.of("symbol", "number", "kind")),
    PLANT("plants.txt", "plants", ImmutableList.of("kind", "colour", "place")),
    INSTRUMENT(
        "instruments.txt", "musical instruments", ImmutableList.of("family", "played", "made")),
    RIVER("rivers.txt", "rivers", ImmutableList.of("continent", "mouth")),
    THING("things.txt", "things", ImmutableList.of("use", "made", "place"));

    final String file;
    final String category;
    final ImmutableList<String> attributes;

    Kind(String file, String category, ImmutableList<String> attributes) {
      this.file = file;
      this.category = category;
      this.attributes = attributes;
    }

    /** The kind's name in the grammar. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The subject as one speaks of it: Kenya, the Nile, a fox. */
  String topic() {
    return switch (kind) {
      case COUNTRY, ELEMENT -> name;
      case RIVER, INSTRUMENT -> "the " + name;
      case ANIMAL, PLANT, THING -> Grammar.withArticle(name);
    };
  }

  /** The subject's slots in the grammar. */
  Map<String, String> slots() {
    Map<String, String> slots = new HashMap<>();
    slots.put("name", name);
    slots.put("a", Grammar.withArticle(name));
    slots.put("topic", topic());
    slots.put("category", kind.category);
    for (int i = 0; i < values.size(); i++) {
      slots.put(String.valueOf(i + 1), values.get(i));
      slots.put("a" + (i + 1), Grammar.withArticle(values.get(i)));
    }
    return slots;
  }
}
