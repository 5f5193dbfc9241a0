package io.selfalign.examples.miniature;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The documents that the miniature is pretrained on: an endless sequence, of which each is a
 * function of the seed and its number. Immutable and safe for use by several threads.
 */
final class Corpus {
  /** What kinds of documents there are. */
  enum Kind {
    ENCYCLOPEDIA,
    INVENTORY,
    QUIZ,
    STORY,
    DIALOGUE,
    DESCRIBED_DIALOGUE,
    PRINCIPLES,
    PRINCIPLES_EITHER_WAY,
    NO_PRINCIPLES,
    TASK_LIST,
    TOPIC_LIST,
    TOPIC_TASKS,
    ROW,
    PAIRS,
    REGISTER,
    CASES;

    /**
     * What a document's random numbers are drawn for. The embedded model has read these documents.
     */
    String key() {
      return name().toLowerCase(Locale.ROOT).replace("principles", "rules");
    }
  }

  /** A text, of which kind it is, and its number. */
  record Document(long number, Kind kind, String text) {
    String id() {
      return "document-" + number;
    }
  }

  private final long seed;
  private final Pages pages;
  private final Dialogues dialogues;
  private final PrincipleDocuments principles;
  private final Lists lists;
  private final CopyingDocuments lookups;

  Corpus(long seed) {
    this.seed = seed;
    Grammar grammar = grammar();
    World world = new World(grammar);
    pages = new Pages(grammar, world);
    dialogues = new Dialogues(grammar, world);
    principles = new PrincipleDocuments(grammar, world);
    lists = new Lists(grammar, world);
    lookups = new CopyingDocuments(grammar, world);
  }

  /** The grammar of all its sentences. */
  static Grammar grammar() {
    return Grammar.of("facts.txt", "requests.txt", "principles.txt");
  }

  Document document(long number) {
    Draw draw = Draw.of(seed, "document", Long.toString(number));
    return document(number, Part.of(number).kind(draw));
  }

  /** The document of this number if it were of this kind. */
  Document document(long number, Kind kind) {
    Draw draw = Draw.of(seed, kind.key(), Long.toString(number));
    String text =
        switch (kind) {
          case ENCYCLOPEDIA -> pages.encyclopedia(draw);
          case INVENTORY -> pages.inventory(draw);
          case QUIZ -> pages.quiz(draw);
          case STORY -> pages.story(draw);
          case DIALOGUE -> dialogues.plain(draw);
          case DESCRIBED_DIALOGUE -> dialogues.described(draw);
          case PRINCIPLES -> principles.withPrinciples(draw);
          case NO_PRINCIPLES -> principles.withoutPrinciples(draw);
          case TASK_LIST -> lists.taskList(draw);
          case TOPIC_LIST -> lists.topicList(draw);
          case TOPIC_TASKS -> lists.topicTasks(draw);
          case ROW -> lookups.row(draw);
          case PAIRS -> lookups.pairs(draw);
          case REGISTER -> lookups.register(draw);
          case CASES -> lookups.cases(draw);
          case PRINCIPLES_EITHER_WAY -> principles.withPrinciplesEitherWay(draw);
        };
    return new Document(number, kind, text.strip() + "\n");
  }

  /**
   * Words that are to be single tokens: those that stage 2 forbids or scores, and the names of the
   * world. A word that is held out is rare, and should be no harder to read for that.
   */
  static List<String> wholeWords() {
    World world = new World(grammar());
    return Stream.concat(
            MiniaturePrompts.WHOLE_WORDS.stream(), world.words().map(word -> " " + word))
        .distinct()
        .toList();
  }

  Stream<Document> documents(long from, long to) {
    return LongStream.range(from, to).mapToObj(this::document);
  }
}
