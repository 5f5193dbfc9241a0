package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.Topic;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.NoProgressException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many topics are found, which are kept, and when a type is asked for no more. */
class TopicBrainstormingTest {
  @TempDir Path temporary;

  private RunDirectory brainstorm(ScriptedModel model, TopicOptions.Builder options) {
    return brainstorm(model, options, "run");
  }

  private RunDirectory brainstorm(
      ScriptedModel model, TopicOptions.Builder options, String directory) {
    Pipeline.Builder builder = Pipeline.builder();
    var seeds = builder.source("topic-seeds", Dataset.of(TopicSeed.class, Writers.topicSeeds()));
    var ideas = builder.stage(new TopicBrainstorming(model, options.build()), seeds);
    builder.stage(new TopicBalancing(), ideas);
    return builder.build().in(temporary.resolve(directory)).run().directory();
  }

  @Test
  void types_are_evened_out_to_the_smallest_and_the_rest_is_surplus() {
    RunDirectory made = brainstorm(Writers.good().build(), Writers.topics());
    List<Topic> ideas = made.records("topic-ideas", Topic.class).toList();
    List<Topic> topics = made.records("topics", Topic.class).toList();
    Map<String, Long> before = perType(ideas);
    Map<String, Long> after = perType(topics);
    long smallest = before.values().stream().min(Long::compare).orElseThrow();
    assertThat(new HashSet<>(before.values()).size()).isGreaterThan(1);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.values()).containsOnly(smallest);
    assertThat(made.drops("topics").toList())
        .hasSize(ideas.size() - topics.size())
        .allMatch(drop -> drop.reason().equals("surplus"))
        .allMatch(drop -> drop.detail().endsWith("the smallest " + smallest));
  }

  private static Map<String, Long> perType(Collection<Topic> topics) {
    return topics.stream()
        .collect(Collectors.groupingBy(Topic::questionType, Collectors.counting()));
  }

  @Test
  void topics_are_filtered_and_known_once_for_their_type() {
    RunDirectory made = brainstorm(Writers.good().build(), Writers.topics());
    assertThat(made.records("topic-ideas", Topic.class).toList())
        .extracting(topic -> topic.questionType() + topic.topic().toLowerCase(Locale.ROOT))
        .doesNotHaveDuplicates();
    List<Drop> drops = made.drops("topic-ideas").toList();
    assertThat(drops)
        .extracting(Drop::reason)
        .contains("too_long", "no_capital", "final_punctuation", "duplicate", "stray_text");
    assertThat(drops)
        .filteredOn(drop -> drop.reason().equals("duplicate"))
        .anyMatch(drop -> drop.detail().equals("tides") && drop.text().equals("51. TIDES"));
    // Known for another type, a topic is new.
    assertThat(made.records("topic-ideas", Topic.class).toList())
        .filteredOn(topic -> topic.topic().equals("TIDES"))
        .extracting(Topic::questionType)
        .containsExactlyInAnyOrder("Questions on tomorrow", "Questions on my house");
  }

  @Test
  void later_epochs_show_what_earlier_ones_found() {
    ScriptedModel model = Writers.good().build();
    RunDirectory made = brainstorm(model, Writers.topics().topicsShown(4));
    List<Topic> ideas = made.records("topic-ideas", Topic.class).toList();
    assertThat(ideas.get(0).parents()).containsExactly("tides");
    Set<String> shown =
        ideas.stream().flatMap(topic -> topic.parents().stream()).collect(Collectors.toSet());
    assertThat(shown).anyMatch(id -> id.startsWith("topic-ideas-0-"));
    assertThat(ideas).allMatch(topic -> topic.parents().size() <= 4);
    assertThat(model.requests()).hasSize(9);
  }

  /** Six topics at a time for one type of question, and two for the others. */
  private static ScriptedModel.Builder unevenly() {
    return ScriptedModel.builder()
        .contextLength(20_000)
        .whenPromptContains("Questions on now", (prompt, random) -> capitalised(random, 6))
        .otherwise((prompt, random) -> capitalised(random, 2));
  }

  private static String capitalised(RecordRandom random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> (i == 0 ? " " : (20 + i) + ". ") + Writers.words(random, i, 2))
        .collect(Collectors.joining("\n"));
  }

  private static List<String> requestIds(ScriptedModel model) {
    return model.requests().stream().map(GenerationRequest::id).toList();
  }

  @Test
  void a_type_with_enough_topics_is_asked_for_no_more() {
    ScriptedModel model = unevenly().build();
    RunDirectory made = brainstorm(model, Writers.topics().epochs(10).topicsPerType(5));
    assertThat(requestIds(model))
        .containsExactly(
            "topic-ideas-0-0",
            "topic-ideas-0-1",
            "topic-ideas-0-2",
            "topic-ideas-1-1",
            "topic-ideas-1-2",
            "topic-ideas-2-1",
            "topic-ideas-2-2");
    assertThat(perType(made.records("topic-ideas", Topic.class).toList()).values())
        .containsOnly(6L);
  }

  @Test
  void a_type_that_never_has_enough_is_asked_for_in_every_epoch_and_no_more() {
    ScriptedModel model = unevenly().build();
    RunDirectory made = brainstorm(model, Writers.topics().epochs(4).topicsPerType(9));
    assertThat(requestIds(model)).hasSize(2 + 4 + 4).doesNotHaveDuplicates();
    assertThat(perType(made.records("topics", Topic.class).toList()).values()).containsOnly(8L);
  }

  /** The model dies at each of its requests, and the run is started again. */
  @Test
  void enough_topics_are_told_from_what_is_committed() {
    TopicOptions.Builder options = Writers.topics().epochs(10).topicsPerType(5);
    ScriptedModel whole = unevenly().groupSize(1).build();
    brainstorm(whole, options, "whole");
    Map<String, String> data = Writers.data(temporary.resolve("whole"));
    for (long request = 1; request <= whole.generations(); request++) {
      String name = "died-" + request;
      ScriptedModel dying =
          unevenly().failAt(request, () -> new SelfAlignException("out of memory")).build();
      assertThatThrownBy(() -> brainstorm(dying, options, name)).hasMessage("out of memory");
      brainstorm(unevenly().build(), options, name);
      assertThat(Writers.data(temporary.resolve(name))).isEqualTo(data);
    }
  }

  @Test
  void another_number_of_topics_per_type_is_another_run() {
    brainstorm(unevenly().build(), Writers.topics().topicsPerType(5));
    assertThatThrownBy(() -> brainstorm(unevenly().build(), Writers.topics().topicsPerType(6)))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("topics_per_type");
  }

  /** Three types of question, of which a request finds two topics, or six. */
  @ParameterizedTest
  @CsvSource({
    "1, 3, 5", // never under five topics a type
    "7, 3, 5",
    "12, 4, 8",
    "15, 5, 10",
    "400, 10, 20" // as many epochs as there are
  })
  void what_is_made_is_bounded_by_what_is_asked_for(int instructions, int requests, int topics) {
    ScriptedModel model = unevenly().build();
    Writers.compose(
            Writers.stages(model, 0, instructions)
                .topics(Writers.topics().epochs(10).build())
                .topicInstruct(
                    Writers.topicInstruct(instructions).patience(1).acceptFewer(true).build()))
        .pipeline()
        .in(temporary)
        .run();
    RunDirectory made = RunDirectory.open(temporary);
    assertThat(requestIds(model))
        .filteredOn(id -> id.startsWith("topic-ideas-") && id.endsWith("-1"))
        .hasSize(requests);
    assertThat(perType(made.records("topics", Topic.class).toList()).values())
        .hasSize(3)
        .allMatch(count -> count >= topics && count < topics + 2);
  }

  @Test
  void a_number_of_topics_that_is_set_is_left_alone() {
    ScriptedModel model = unevenly().build();
    Writers.compose(
            Writers.stages(model, 0, 400)
                .topics(Writers.topics().epochs(10).topicsPerType(2).build())
                .topicInstruct(Writers.topicInstruct(400).patience(1).acceptFewer(true).build()))
        .pipeline()
        .in(temporary)
        .run();
    assertThat(requestIds(model)).filteredOn(id -> id.startsWith("topic-ideas-")).hasSize(3);
  }

  private static ScriptedModel silentOn(String type) {
    return ScriptedModel.builder()
        .contextLength(20_000)
        .whenPromptContains(type, " nothing at all comes to my mind")
        .otherwise(Writers::topics)
        .build();
  }

  @Test
  void a_type_that_yields_nothing_is_named() {
    ScriptedModel model = silentOn("Questions on tomorrow");
    assertThatThrownBy(() -> brainstorm(model, Writers.topics().patience(2)))
        .isInstanceOf(NoProgressException.class)
        .hasMessageStartingWith(
            "stage 'topic-ideas' has no topic for 1 of 3 types of question after 5 epochs:"
                + " 'Questions on tomorrow'.");
    // Three epochs of all types, and two more of the one.
    assertThat(model.requests()).hasSize(9 + 2);
  }

  @Test
  void a_type_that_yields_nothing_may_be_left_out() {
    ScriptedModel model = silentOn("Questions on tomorrow");
    RunDirectory made = brainstorm(model, Writers.topics().patience(0).acceptFewer(true));
    assertThat(made.stage("topic-ideas").counters()).containsEntry("types_without_topics", 1L);
    assertThat(perType(made.records("topics", Topic.class).toList()))
        .containsOnlyKeys("Questions on now", "Questions on my house");
  }

  @Test
  void no_topics_at_all_are_never_accepted() {
    assertThatThrownBy(
            () ->
                brainstorm(
                    ScriptedModel.builder().contextLength(20_000).otherwise(" no").build(),
                    Writers.topics().patience(0).acceptFewer(true)))
        .isInstanceOf(NoProgressException.class)
        .hasMessageContaining("3 of 3 types");
  }
}
