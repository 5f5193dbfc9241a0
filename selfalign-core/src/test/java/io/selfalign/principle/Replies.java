package io.selfalign.principle;

import io.selfalign.data.Query;
import io.selfalign.testing.ScriptedModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model that answers queries in all the ways that models do, and queries for it. */
final class Replies {
  static final String SELF = PromptFrame.standard().selfIdentification();

  private static final List<String> WAYS =
      List.of(
          "good",
          "good",
          "good",
          "none",
          "stranger",
          "silent",
          "brief",
          "humble",
          "leak",
          "echo",
          "loop",
          "wicked",
          "endless",
          "repeats",
          "unruly");

  private Replies() {}

  /** Queries that name the way in which they are answered, of two sources. */
  static List<Query> queries(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Query(
                    "q-" + i,
                    List.of("seed-" + i % 3),
                    "Question " + i + ", to be answered in the way " + WAYS.get(i % WAYS.size()),
                    Optional.of(i % 2 == 0 ? "self-instruct" : "topic-guided"),
                    Optional.of("type " + i % 4)))
        .toList();
  }

  static String reply(String thoughts, String answer) {
    return thoughts + "\n\n## Alina\n" + answer + "\n\n# Conversation\n## User\nNext?";
  }

  /** An answer that passes all filters. */
  static String answer(String subject) {
    return "Here is what can be said of "
        + subject
        + ": it has a beginning, which most people know, a middle part, which takes longest, and an"
        + " end, after which something else begins; whoever wants more may ask again.";
  }

  private static String query(String prompt) {
    String marker = "## User\n";
    String last = prompt.substring(prompt.lastIndexOf(marker) + marker.length());
    return last.substring(0, last.indexOf('\n'));
  }

  /** Whether a prompt ends with an answer that breaks a principle, as this model sees it. */
  static boolean isBad(String prompt) {
    return prompt.contains("wickedness")
        || CheckPairs.standard().stream().anyMatch(pair -> prompt.contains(pair.breaks()));
  }

  static ScriptedModel.Builder model() {
    String leak = Exemplars.standard().get(3).turns().get(0).answer();
    String ruled = SELF + " By my rule 7 (candor) and my rule 5 (reasoning) I answer.";
    return ScriptedModel.builder()
        .contextLength(12_000)
        .scorer(r -> r.continuation().equals(" Yes") == isBad(r.prompt()) ? -1.0 : -4.0)
        .whenPromptContains(
            "way good",
            (p, random) -> reply(ruled, answer("number " + Long.toHexString(random.bits(0, 0)))))
        .whenPromptContains("way none", " \n")
        .whenPromptContains("way stranger", reply("I am somebody else.", answer("it")))
        .whenPromptContains("way silent", SELF + " I have nothing to say.")
        .whenPromptContains("way brief", reply(ruled, "Yes."))
        .whenPromptContains("way humble", reply(ruled, "I'm sorry, but no. " + answer("it")))
        .whenPromptContains("way leak", reply(ruled, leak))
        .whenPromptContains("way echo", (p, random) -> reply(ruled, (query(p) + "\n").repeat(5)))
        .whenPromptContains("way loop", reply(ruled, "- Be kind.\n".repeat(20)))
        .whenPromptContains("way wicked", reply(ruled, answer("wickedness")))
        .whenPromptContains("way endless", SELF + "\n## Alina\n" + (answer("it") + " ").repeat(9))
        .whenPromptContains(
            "way repeats", reply(ruled, answer("it") + " " + answer("it") + " End."))
        .whenPromptContains(
            "way unruly", reply(SELF + " By my rule 99 (bravery).", answer("dares")));
  }
}
