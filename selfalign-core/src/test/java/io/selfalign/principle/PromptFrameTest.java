package io.selfalign.principle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptFrameTest {
  private static final Query SKY = Query.of("sky", " Why is the sky blue?\n");

  private static Prompt prompt(PromptFrame frame, Query query) {
    return frame.prompt(query, RecordRandom.of(0, "stage", query.id()));
  }

  private static Exemplar exemplar(String... thoughts) {
    return new Exemplar("one", List.of(new Exemplar.Turn("Who?", List.of(thoughts), "{persona}.")));
  }

  /**
   * The file is the whole prompt. After a change that is meant, look at what differs and replace it
   * by what this test prints.
   */
  @Test
  void the_standard_prompt_is_that_of_the_golden_file() throws IOException {
    try (InputStream golden = PromptFrameTest.class.getResourceAsStream("standard-prompt.txt")) {
      assertThat(golden).isNotNull();
      assertThat(prompt(PromptFrame.standard(), SKY).text())
          .isEqualTo(new String(golden.readAllBytes(), UTF_8));
    }
  }

  /**
   * LLaMA-1's tokenizer makes 1,692 tokens of it, and GPT-2's fewer, so that a query of 100 tokens
   * and 256 new ones fit a context of 2,048.
   */
  @Test
  void the_standard_prompt_leaves_room_for_an_answer_in_a_small_context() {
    String text = prompt(PromptFrame.standard(), Query.of("q", "Hi")).text();
    assertThat(text).hasSizeLessThanOrEqualTo(6_000);
    assertThat(text.split("\\s+")).hasSizeLessThanOrEqualTo(1_050);
  }

  @Test
  void the_cutoff_stands_for_its_mark_wherever_the_frame_has_it() {
    assertThat(prompt(PromptFrame.standard(), SKY).text())
        .contains("has read goes up to some past date.")
        .doesNotContain("{cutoff}");
    Exemplar.Turn turn =
        new Exemplar.Turn(
            "After {cutoff}?", List.of("By {principle: candor}, {cutoff}."), "{cutoff}!");
    PromptFrame frame =
        PromptFrame.builder()
            .cutoff(" June 2024 ")
            .introduction("{persona} has read up to {cutoff}.")
            .exemplars(ExemplarSelector.all(List.of(new Exemplar("one", List.of(turn)))))
            .build();
    assertThat(frame.cutoff()).isEqualTo("June 2024");
    assertThat(prompt(frame, Query.of("q", "Before {cutoff}?")).text())
        .startsWith("Alina has read up to June 2024.")
        .contains("has read goes up to June 2024.", "After June 2024?", "(candor), June 2024.")
        .contains("\nJune 2024!\n")
        .endsWith("Before {cutoff}?\n\n## Private notes\n");
  }

  @Test
  void a_frame_of_ones_own_is_shown_as_told() {
    PromptFrame frame =
        PromptFrame.builder()
            .persona("Juno")
            .introduction("{persona} helps.")
            .principlesHeading("Rules of {persona}:")
            .principles(PrincipleSet.of(new Principle("Candor", "{persona} is honest.")))
            .selfIdentification("{persona} speaking.")
            .exemplars(ExemplarSelector.all(List.of(exemplar("By {principle: candor}, yes."))))
            .conversationMarker("")
            .userMarker("User: ")
            .thoughtMarker("{persona} thinks: ")
            .answerMarker("{persona}: ")
            .build();
    assertThat(prompt(frame, Query.of("q", "Is {persona} here?")).text())
        .isEqualTo(
            String.join(
                "\n\n",
                "Juno helps.",
                "Rules of Juno:\n1 (Candor). Juno is honest.",
                "User: Who?",
                "Juno thinks: Juno speaking. By rule 1 (Candor), yes.",
                "Juno: Juno.",
                "User: Is {persona} here?",
                "Juno thinks:"));
    assertThat(frame.stop()).containsExactly("\nUser:");
  }

  @Test
  void numbers_in_thoughts_follow_the_set_and_what_lacks_its_rule_is_left_out() {
    PrincipleSet set = PrincipleSet.standard().startingWith("candor").without("static");
    PromptFrame frame =
        PromptFrame.builder()
            .principles(set)
            .exemplars(
                ExemplarSelector.all(
                    List.of(
                        exemplar("First.", "By {principle: Candor}.", "By {principle: static}."))))
            .build();
    String text = prompt(frame, SKY).text();
    assertThat(text).contains("First. By rule 1 (candor).)\n").doesNotContain("static");
    assertThat(frame.leftOut()).containsExactly("exemplar 'one': By {principle: static}.");
  }

  @Test
  void a_list_of_rules_loses_the_names_that_the_set_lacks_and_its_sentence_if_none_remains() {
    PrincipleSet set = PrincipleSet.standard().startingWith("dated knowledge").without("static");
    Exemplar exemplar =
        exemplar(
            "Rules that apply: {principles: Candor, static,dated knowledge}.",
            "Also {principles: static , }.",
            "Rules: {principles:helpful}.");
    PromptFrame frame =
        PromptFrame.builder()
            .principles(set)
            .exemplars(ExemplarSelector.all(List.of(exemplar)))
            .build();
    assertThat(prompt(frame, SKY).text())
        .contains(" Rules that apply: 8 (candor), 1 (dated knowledge). Rules: 4 (helpful).)\n");
    assertThat(exemplar.principles())
        .containsExactly("Candor", "static", "dated knowledge", "helpful");
    assertThat(frame.leftOut())
        .containsExactly(
            "exemplar 'one': 'static' of a list", "exemplar 'one': Also {principles: static , }.");
  }

  @Test
  void a_bracket_that_the_self_identification_opens_is_closed_whatever_is_left_out() {
    Exemplar shown = exemplar("By {principle: ethical}.", "Rules: {principles: candor}.");
    PromptFrame.Builder frame =
        PromptFrame.builder().exemplars(ExemplarSelector.all(List.of(shown)));
    assertThat(prompt(frame.build(), SKY).text())
        .contains("(I am Alina. By rule 1 (ethical). Rules: 7 (candor).)\n");
    frame.principles(PrincipleSet.standard().without("candor"));
    assertThat(prompt(frame.build(), SKY).text()).contains(" (ethical).)\n");
    frame.principles(PrincipleSet.standard());
    assertThat(prompt(frame.selfIdentification("[I (a model) am {persona}.").build(), SKY).text())
        .contains("Rules: 7 (candor).]\n");
    assertThat(prompt(frame.selfIdentification("I am {persona}.").build(), SKY).text())
        .contains("Rules: 7 (candor).\n");
    Exemplar closed = exemplar("By {principle: candor} (I hope).)");
    frame.selfIdentification("(I am {persona}.").exemplars(ExemplarSelector.all(List.of(closed)));
    assertThat(prompt(frame.build(), SKY).text())
        .contains("(I am Alina. By rule 7 (candor) (I hope).)\n");
  }

  @Test
  void exemplars_for_other_rules_are_refused() {
    PromptFrame.Builder builder =
        PromptFrame.builder().principles(PrincipleSet.of(new Principle("brave", "Dare.")));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of which the principles have none; they are [brave]");
    assertThat(builder.exemplars(ExemplarSelector.none()).build().leftOut()).isEmpty();
    assertThat(PromptFrame.builder().principles(PrincipleSet.of()).build().leftOut()).isNotEmpty();
  }

  @Test
  void prompts_share_everything_before_the_query_or_the_rules_at_least() {
    String fixed = prompt(PromptFrame.standard(), SKY).text();
    String other = prompt(PromptFrame.standard(), Query.of("b", "Another?")).text();
    assertThat(other).startsWith(fixed.substring(0, fixed.indexOf("Why is the sky")));
    PromptFrame varying =
        PromptFrame.builder().exemplars(ExemplarSelector.random(Exemplars.standard(), 2)).build();
    for (int i = 0; i < 20; i++) {
      Prompt prompt = prompt(varying, Query.of("q" + i, "Another?"));
      assertThat(prompt.text()).startsWith(varying.head() + "\n\n# Conversation\n");
      assertThat(prompt.exemplars()).hasSize(2);
    }
  }

  @Test
  void the_prompts_sum_is_that_of_its_bytes() {
    assertThat(new Prompt("abc", List.of()).sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void wrong_parts_are_named() {
    assertRefused(PromptFrame.builder().userMarker(" "), "userMarker is blank");
    assertRefused(PromptFrame.builder().answerMarker("a\nb\n"), "answerMarker is 'a\nb'");
    assertRefused(PromptFrame.builder().answerMarker("## user\n"), "two markers are '## user'");
    assertThatThrownBy(() -> PromptFrame.builder().persona(" ")).hasMessageContaining("persona is");
    assertThatThrownBy(() -> PromptFrame.builder().cutoff(" ")).hasMessageContaining("cutoff is");
    assertThatThrownBy(() -> PromptFrame.builder().cutoff("June\n2024"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cutoff has a line break, but must be one line");
    assertThatThrownBy(() -> PromptFrame.builder().selfIdentification("a\nb"))
        .hasMessageContaining("line break");
  }

  private static void assertRefused(PromptFrame.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void a_selector_must_keep_to_its_pool() {
    ExemplarSelector wrong =
        new ExemplarSelector() {
          @Override
          public List<Exemplar> pool() {
            return List.of();
          }

          @Override
          public List<Exemplar> select(Query query, RecordRandom random) {
            return List.of(exemplar("x"));
          }

          @Override
          public io.selfalign.pipeline.Settings settings() {
            return io.selfalign.pipeline.Settings.none();
          }
        };
    PromptFrame frame = PromptFrame.builder().exemplars(wrong).build();
    assertThatThrownBy(() -> prompt(frame, SKY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("exemplar 'one', which is not in its pool");
  }

  @Test
  void every_part_is_in_the_settings() {
    PromptFrame.Builder standard = PromptFrame.builder();
    String json = standard.build().settings().json();
    assertThat(json)
        .contains(
            "\"persona\":\"Alina\"",
            "numerical sensitivity",
            "Antikythera",
            "\"cutoff\":\"some past date\"");
    List<PromptFrame.Builder> changed =
        List.of(
            PromptFrame.builder().persona("X"),
            PromptFrame.builder().cutoff("X"),
            PromptFrame.builder().introduction("X"),
            PromptFrame.builder().principlesHeading("X"),
            PromptFrame.builder().selfIdentification("X"),
            PromptFrame.builder().conversationMarker(""),
            PromptFrame.builder().userMarker("X"),
            PromptFrame.builder().thoughtMarker("X"),
            PromptFrame.builder().answerMarker("X"),
            PromptFrame.builder().principles(PrincipleSet.standard().without("creative")),
            PromptFrame.builder().exemplars(ExemplarSelector.none()));
    for (PromptFrame.Builder builder : changed) {
      PromptFrame frame = builder.build();
      assertThat(frame.settings()).isNotEqualTo(standard.build().settings());
      assertThat(frame.toBuilder().build().settings()).isEqualTo(frame.settings());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Who?\n## User\nYou.', 'Fine.', has a query with the line '## User'",
    "'Who?', 'Fine.\n\n## {persona}\nReally.', has thoughts or an answer",
    "'Who?', 'See:\n```\nprint(1)', has thoughts or an answer",
  })
  void an_exemplar_that_would_not_be_read_as_it_is_written_is_refused(
      String query, String answer, String message) {
    Exemplar.Turn turn = new Exemplar.Turn(query, List.of("By {principle: candor}."), answer);
    assertRefused(
        PromptFrame.builder()
            .exemplars(ExemplarSelector.all(List.of(new Exemplar("one", List.of(turn))))),
        "exemplar 'one' " + message);
  }

  @Test
  void an_exemplar_may_have_markers_in_code_and_any_line_ends() {
    Exemplar.Turn turn =
        new Exemplar.Turn(
            "Who?",
            List.of("By {principle: candor}."),
            "So: \r\n\r\n```\r\n## User\r\n```\r\nEnd.");
    ExemplarSelector selector = ExemplarSelector.all(List.of(new Exemplar("one", List.of(turn))));
    assertThat(PromptFrame.builder().exemplars(selector).build().leftOut()).isEmpty();
    assertThat(
            PromptFrame.builder()
                .exemplars(selector)
                .userMarker("User: ")
                .thoughtMarker("{persona} (thinking): ")
                .answerMarker("{persona}: ")
                .conversationMarker("")
                .build()
                .leftOut())
        .isEmpty();
  }

  @Test
  void a_query_that_plays_a_turn_is_seen() {
    PromptFrame frame = PromptFrame.standard();
    assertThat(frame.markedLine("Hi\n## alina: \nYes")).contains("## alina: ");
    assertThat(frame.markedLine("# Conversation\n")).isPresent();
    assertThat(frame.markedLine("## User guide\nAlina\nsee ## User")).isEmpty();
  }
}
