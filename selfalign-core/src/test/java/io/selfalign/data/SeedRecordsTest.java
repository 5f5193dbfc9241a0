package io.selfalign.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SeedRecordsTest {
  private static final Optional<String> NONE = Optional.empty();

  @Test
  void a_seed_task_says_which_field_to_change() {
    assertRefused(() -> new SeedTask(" ", "x", NONE, "y", false), "field 'id' is blank");
    assertRefused(() -> new SeedTask("a", "", NONE, "y", false), "field 'instruction' is blank");
    assertRefused(
        () -> new SeedTask("a", "x", Optional.of("\n"), "y", false), "field 'input' is blank");
    assertRefused(() -> new SeedTask("a", "x", NONE, "\t", false), "field 'output' is blank");
    assertRefused(
        () -> new SeedTask("a", "x", Optional.of("z\udc00"), "y", false),
        "field 'input' has an unpaired surrogate \\udc00 at index 1");
  }

  @Test
  void a_topic_seed_says_which_field_to_change() {
    assertRefused(() -> new TopicSeed("", "a", "t", "q"), "field 'id' is blank");
    assertRefused(() -> new TopicSeed("i", "", "t", "q"), "field 'topic' is blank");
    assertRefused(() -> new TopicSeed("i", "a", " ", "q"), "field 'question_type' is blank");
    assertRefused(() -> new TopicSeed("i", "a", "t", ""), "field 'question' is blank");
    assertRefused(() -> new TopicSeed("i", "a\n", "t", "q"), "field 'topic' has a line break");
    assertRefused(
        () -> new TopicSeed("i", "a", "t\r\nu", "q"), "field 'question_type' has a line break");
    assertRefused(() -> new TopicSeed("i", "a", "t", "q\rr"), "field 'question' has a line break");
    assertRefused(
        () -> new TopicSeed("i", "a", "t", "\ud83d"), "field 'question' has an unpaired surrogate");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
