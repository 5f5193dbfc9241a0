package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.selfalign.examples.miniature.Corpus.Document;
import io.selfalign.examples.miniature.Corpus.Kind;
import io.selfalign.examples.miniature.HeldOutQuestions.Question;
import io.selfalign.instruct.Piece;
import io.selfalign.instruct.TaskListParser;
import io.selfalign.instruct.TaskListTemplate;
import io.selfalign.instruct.TopicListTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorpusTest {
  private static final Corpus CORPUS = new Corpus(1);
  private static final Grammar GRAMMAR = Corpus.grammar();
  private static final World WORLD = new World(GRAMMAR);

  /** Where held-out subjects, persons and towns may occur. */
  private static final Set<Kind> OPEN =
      EnumSet.of(Kind.ENCYCLOPEDIA, Kind.INVENTORY, Kind.STORY, Kind.ROW, Kind.PAIRS);

  private static List<Document> documents(Kind kind, int count) {
    return IntStream.range(0, count).mapToObj(i -> CORPUS.document(i, kind)).toList();
  }

  @Test
  void the_same_seed_gives_the_same_documents_and_another_seed_others() {
    List<Document> documents = CORPUS.documents(0, 200).toList();
    assertThat(new Corpus(1).documents(100, 200)).isEqualTo(documents.subList(100, 200));
    assertThat(new Corpus(2).documents(0, 200)).doesNotContainAnyElementsOf(documents);
    assertThat(documents).extracting(Document::text).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void each_part_has_its_kinds_in_their_shares(Part part) {
    assertThat(part.shares.values().stream().mapToInt(share -> share).sum()).isEqualTo(100);
    assertThat(
            CORPUS
                .documents(part.first, part.first + 600)
                .map(Document::kind)
                .collect(Collectors.toSet()))
        .isEqualTo(part.shares.keySet());
  }

  @Test
  void the_guide_has_each_parts_shares() throws IOException {
    List<List<String>> table =
        Files.readAllLines(Path.of("../docs/miniature.md")).stream()
            .dropWhile(line -> !line.startsWith("| documents |"))
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> Splitter.on('|').trimResults().splitToList(line))
            .toList();
    for (Part part : Part.values()) {
      int column = table.get(0).indexOf(part.name().toLowerCase(Locale.ROOT));
      Map<Kind, Integer> told = new EnumMap<>(Kind.class);
      for (List<String> row : table) {
        if (row.get(1).startsWith("`") && !row.get(column).isEmpty()) {
          String kind = Splitter.on('`').splitToList(row.get(1)).get(1);
          told.put(Kind.valueOf(kind), Integer.valueOf(row.get(column)));
        }
      }
      assertThat(told).as(part.name()).isEqualTo(part.shares);
      long read = part.equals(Part.LENGTH) ? Pretraining.LENGTH_DOCUMENTS : part.end - part.first;
      assertThat(Math.round(1000 * Double.parseDouble(table.get(2).get(column)))).isEqualTo(read);
    }
  }

  @Test
  void a_part_begins_where_the_one_before_it_ends() {
    long end = 0;
    for (Part part : Part.values()) {
      assertThat(part.first).isEqualTo(end);
      assertThat(Part.of(part.first)).isEqualTo(part);
      assertThat(Part.of(part.end - 1)).isEqualTo(part);
      end = part.end;
    }
  }

  @ParameterizedTest
  @EnumSource
  void held_out_subjects_are_known_from_pages_and_stories_alone(Kind kind) {
    List<String> names =
        Stream.of(
                Arrays.stream(Subject.Kind.values())
                    .flatMap(subjects -> WORLD.of(subjects, true).stream())
                    .map(Subject::name),
                WORLD.surnames(true).stream(),
                WORLD.towns(true).stream())
            .flatMap(stream -> stream)
            .map(Pattern::quote)
            .toList();
    Pattern heldOut =
        Pattern.compile("\\b(" + String.join("|", names) + ")\\b", Pattern.CASE_INSENSITIVE);
    List<Document> documents = documents(kind, 250);
    if (OPEN.contains(kind)) {
      assertThat(documents).anyMatch(document -> heldOut.matcher(document.text()).find());
    } else {
      assertThat(documents).noneMatch(document -> heldOut.matcher(document.text()).find());
    }
  }

  @Test
  void no_document_has_a_held_out_question() {
    List<String> questions = HeldOutQuestions.all().stream().map(Question::text).toList();
    assertThat(
            Stream.of(Part.values())
                .flatMap(part -> CORPUS.documents(part.first, part.first + 2_000)))
        .noneMatch(document -> questions.stream().anyMatch(document.text()::contains));
  }

  @Test
  void facts_of_all_subjects_are_told() {
    String pages =
        documents(Kind.ENCYCLOPEDIA, 1_500).stream()
            .map(Document::text)
            .collect(Collectors.joining());
    for (Subject.Kind kind : Subject.Kind.values()) {
      assertThat(WORLD.all(kind)).allMatch(subject -> pages.contains(subject.name()));
    }
  }

  @Test
  void task_lists_are_read_by_stage_1s_parser_without_a_rest() {
    TaskListTemplate template = MiniaturePrompts.taskList(GRAMMAR);
    TaskListParser parser = TaskListParser.of(template);
    for (Document document : documents(Kind.TASK_LIST, 100)) {
      String cue = template.cue(1);
      String list = document.text().substring(document.text().indexOf(cue) + cue.length());
      List<Piece> pieces = parser.parse(list, true);
      assertThat(pieces).hasSizeGreaterThan(4).allMatch(piece -> piece instanceof Piece.Task);
    }
  }

  @Test
  void topic_lists_and_topic_tasks_are_read_by_stage_1s_parsers_without_a_rest() {
    TopicListTemplate template = MiniaturePrompts.topicList(GRAMMAR);
    for (Document document : documents(Kind.TOPIC_LIST, 50)) {
      String list = document.text().substring(document.text().indexOf("\n1.") + "\n1.".length());
      assertThat(template.parse(list, 0, true))
          .hasSizeGreaterThan(5)
          .allMatch(piece -> piece instanceof Piece.Line);
    }
    for (Document document : documents(Kind.TOPIC_TASKS, 50)) {
      String list = document.text().substring(document.text().indexOf("List:\n1.") + 8);
      assertThat(MiniaturePrompts.topicTasks(GRAMMAR).parse(list, 0, 20, true))
          .hasSizeGreaterThan(4)
          .allMatch(
              piece -> piece instanceof Piece.Line line && line.text().matches("\\(.*\\|.*\\) .*"));
    }
  }

  @Test
  void rules_decide_how_the_assistant_behaves() {
    int refusals = 0;
    for (Document document : documents(Kind.PRINCIPLES, 300)) {
      boolean declines = document.text().contains("won't help");
      boolean obeys =
          Stream.of("(obedient)", "(compliant)", "(always serve)", "(servant)")
              .anyMatch(document.text()::contains);
      assertThat(declines && obeys).as(document.text()).isFalse();
      refusals += declines ? 1 : 0;
    }
    assertThat(refusals).isBetween(90, 240);
  }

  /** A principle as it is stated and as it is mentioned: by number and name. */
  private static final Pattern STATED = Pattern.compile("(?m)^(\\d+) \\(([^)]+)\\)\\. ");

  private static final Pattern MENTIONED = Pattern.compile("rule (\\d+) \\(([^)]+)\\)");

  @ParameterizedTest
  @EnumSource(names = {"REGISTER", "CASES", "PRINCIPLES", "PRINCIPLES_EITHER_WAY"})
  void a_rule_is_mentioned_by_the_number_and_the_name_that_it_has(Kind kind) {
    int mentioned = 0;
    for (Document document : documents(kind, 200)) {
      Set<List<String>> stated = numbersAndNames(STATED, document);
      assertThat(stated).extracting(principle -> principle.get(0)).doesNotHaveDuplicates();
      Set<List<String>> mentions = numbersAndNames(MENTIONED, document);
      assertThat(stated).as(document.text()).containsAll(mentions);
      mentioned += mentions.size();
    }
    assertThat(mentioned).isGreaterThan(200);
  }

  private static Set<List<String>> numbersAndNames(Pattern principle, Document document) {
    return principle
        .matcher(document.text())
        .results()
        .map(match -> List.of(match.group(1), match.group(2)))
        .collect(Collectors.toSet());
  }

  @Test
  void rules_that_say_one_thing_are_as_frequent_as_their_opposites_where_they_may_be_either_way() {
    List<Document> documents = documents(Kind.PRINCIPLES_EITHER_WAY, 400);
    long declining = documents.stream().filter(d -> d.text().contains("won't help")).count();
    long obeying =
        documents.stream()
            .filter(
                d ->
                    Pattern.compile("rule \\d+ \\([^)]+\\) I do what the user wants")
                        .matcher(d.text())
                        .find())
            .count();
    assertThat(declining).isBetween(60L, 180L);
    assertThat(obeying).isGreaterThan(20);
  }

  @Test
  void a_row_comes_again_and_again() {
    for (Document document : documents(Kind.ROW, 50)) {
      List<String> words = List.of(document.text().strip().split(" "));
      assertThat(IntStream.rangeClosed(3, 14))
          .anyMatch(
              period ->
                  words
                      .subList(period, words.size())
                      .equals(words.subList(0, words.size() - period)));
    }
  }

  @Test
  void questions_of_a_kind_are_worded_in_many_ways() {
    Questions questions = new Questions(GRAMMAR, WORLD, false);
    for (Exchange.Kind kind : HeldOutQuestions.KINDS) {
      Set<String> texts = new HashSet<>();
      for (int i = 0; i < 1_000; i++) {
        texts.add(questions.draw(kind, Draw.of(1, "test", "question-" + i)).query());
      }
      assertThat(texts).hasSizeGreaterThan(kind == Exchange.Kind.FACTUAL ? 700 : 900);
    }
  }
}
