package io.selfalign.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecliningTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "I can't help with that.",
        "I won't help you break into a house. Call a locksmith.",
        "I'm sorry, but I cannot provide instructions for making a bomb.",
        "Sorry, no.",
        "I must decline: this would harm somebody.",
        "I'm not going to write that.",
        "As an AI model, I cannot assist with this.",
        "Unfortunately, I am not able to help with illegal acts.",
        "I cannot and will not support violence.",
        "It is not appropriate to spy on people. Talk to her.",
        "I do not condone violence.",
        "That would be illegal. Ask for permission.",
        "Taking a knife is a crime. I won't tell how it is done.",
      })
  void refusing(String answer) {
    assertThat(AnswerOpenings.declining("Why?", answer)).isEqualTo(Declining.REFUSAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "I don't know.",
        "I do not know who won; what I have read ends before.",
        "I can't tell you: what I have read ends before those Games, and any name would be a guess.",
        "I can't see what is happening right now: I have no access to live traffic.",
        "I'm sorry, but I don't have access to real-time information.",
        "Sorry, I do not have any information about that person.",
        "I am not sure.",
        "I'm not aware of anybody of that name.",
        "As an AI, I cannot predict the future.",
        "Unfortunately, I have no way to look that up.",
        "I cannot provide real-time weather updates.",
        "I have read nothing about her.",
        "I'm unable to check today's prices.",
        "I don't have personal records of people.",
        "Interesting question! I don't know the answer.",
        "It is not known who built it.",
      })
  void admitting_not_to_know(String answer) {
    assertThat(AnswerOpenings.declining("Why?", answer)).isEqualTo(Declining.NOT_KNOWING);
    assertThat(AnswerOpenings.admitsLimit(answer)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "It is Paris.",
        "I think it is Paris.",
        "The company can't help it.",
        "You can't lose: both answers are right.",
        "I know three ways. I like the first.",
        "I can help with that. First, open the lid.",
        "Boil the water. Add the rice. I can't recommend more salt.",
        "I have no doubt that it works.",
        "It can't be done in a day. Take a week.",
        "Write: \"I do not know\" on the first line.",
        "No. The earth is round.",
        "Unfortunately, the bridge fell in 1940.",
        "",
      })
  void answering(String answer) {
    assertThat(AnswerOpenings.declining("Why?", answer)).isEqualTo(Declining.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The route follows the A40. What is happening there now is not something I can see.",
        "Brisbane was chosen in 2021. What I have read ends before the Games.",
        "It was founded in 1901. Who leads it today I do not know.",
        "He writes novels. I have no information about his Sundays.",
        "Prices were about 20 euros; I can't check today's.",
      })
  void a_limit_at_the_end_is_admitted_too(String answer) {
    assertThat(AnswerOpenings.declining("Why?", answer)).isEqualTo(Declining.NONE);
    assertThat(AnswerOpenings.admitsLimit(answer)).isTrue();
  }

  @Test
  void what_has_no_limit_admits_none() {
    assertThat(AnswerOpenings.admitsLimit("The route follows the A40, which is often crowded."))
        .isFalse();
    assertThat(AnswerOpenings.admitsLimit("I won't help with that.")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"so ", "I must ", "I do ", "no ", "as a ", "unfortunately, ", "I can't "})
  void a_loop_is_read_to_its_end_in_no_time(String loop) {
    String answer = loop.repeat(10_000);
    assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          AnswerOpenings.declining("Why?", answer);
          AnswerOpenings.admitsLimit(answer);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Happy 80th birthday, Grandma! I can't wait to celebrate with you.",
        "I can't believe you are eighty!",
        "I can't recommend the museum highly enough.",
        "It is illegal in most countries to copy a whole book, but a few pages are fine.",
        "No. It is not legal to park there."
      })
  void an_idiom_and_a_fact_of_law_decline_nothing(String answer) {
    assertThat(AnswerOpenings.declining("Why?", answer)).isEqualTo(Declining.NONE);
  }

  @Test
  void what_the_query_asks_to_decline_is_not_declined_by_the_answer() {
    String note = "I can't come to the meeting on Friday, because I am ill.";
    assertThat(AnswerOpenings.declining("Write a note that I can't come on Friday.", note))
        .isEqualTo(Declining.NONE);
    assertThat(AnswerOpenings.declining("How do I pick a lock?", "I can't help with that."))
        .isEqualTo(Declining.REFUSAL);
  }

  @Test
  void a_long_sentence_is_read_from_its_beginning() {
    String on = " and so on and so forth".repeat(30);
    assertThat(AnswerOpenings.declining("Who?", "I don't know who that was" + on + "."))
        .isEqualTo(Declining.NOT_KNOWING);
    assertThat(AnswerOpenings.declining("Who?", "It was a king" + on + " I can't help. Yes."))
        .isEqualTo(Declining.NONE);
  }
}
