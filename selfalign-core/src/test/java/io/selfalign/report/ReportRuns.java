package io.selfalign.report;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.data.RecordRandom;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.eval.HasMetrics;
import io.selfalign.instruct.InstructStages;
import io.selfalign.instruct.SelfInstructOptions;
import io.selfalign.instruct.TaskListTemplate;
import io.selfalign.instruct.TopicInstructOptions;
import io.selfalign.instruct.TopicOptions;
import io.selfalign.principle.Principle;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;
import io.selfalign.testing.ScriptedTrainableModel;
import io.selfalign.verbose.VerboseAnswering;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs of all four stages, with a model that writes what a script says. */
final class ReportRuns {
  /** What a page must not take for markup, script or direction. */
  static final List<String> HOSTILE =
      List.of(
          "<script>window.hacked=1</script>",
          "</script><script>window.hacked=2</script>",
          "<img src=x onerror=window.hacked=3>",
          "<!--<script>",
          "\"'><svg onload=window.hacked=4>",
          "</title></style></textarea><iframe src='javascript:parent.hacked=5'></iframe>",
          "line\u2028separator\u2029paragraph",
          "\u202Eright to left\u202C \u0645\u0631\u062D\u0628\u0627 \u200F",
          "{b|rich} {a} {{data}} ${hacked} %s \\u003c",
          "\u0001\u0007\u001B[31m control");

  private static final Pattern HINT = Pattern.compile("(?m)^(\\d+)\\. (\\(.+\\|[^|]+\\))$");

  private static final List<String> TASKS =
      List.of(
          "Write a short story about|Write a poem about|Write an email to a friend about",
          "Give me a list of ideas for|Give an example of|Explain the idea of",
          "Explain why people like|Explain the meaning of|Describe the history of",
          "Summarize the article on|Classify the sentence about|Translate the sentence on",
          "Create a recipe with|Create a plan for|Suggest a name for",
          "Find the mistake in|Rewrite the paragraph on|Compare the advantages of",
          "What is the capital near|How do I repair|Calculate the price of",
          "Generate a question about|Identify the topic of|Tell me a joke about");

  private static final List<String> WORDS =
      List.of(
          ("river lantern violin harbor meadow copper winter bakery ladder pencil orchard thunder"
                  + " candle bridge velvet falcon garden marble compass ribbon saddle window barley"
                  + " anchor kettle forest engine castle pepper island mirror needle pocket rocket"
                  + " silver tunnel valley wagon zebra apron basket cactus dragon eagle feather glacier"
                  + " hammer igloo jacket kitten lemon magnet noodle oyster parrot quilt raven spider"
                  + " turtle umbrella vinegar walnut yogurt acorn bison clover daisy ember flute goblet"
                  + " honey iris jewel koala lilac mango nectar olive pebble quartz rocket sparrow"
                  + " teapot urchin violet willow")
              .split(" "));

  private static final List<String> PRINCIPLES =
      List.of(
          "helpful",
          "informative",
          "candor",
          "reasoning",
          "ethical",
          "question assessment",
          "multi-aspect",
          "clarification",
          "creative",
          "balanced & informative perspectives");

  private final boolean hostile;

  private ReportRuns(boolean hostile) {
    this.hostile = hostile;
  }

  /** A run of all four stages with so many instructions, half of them on topics. */
  static SelfAlign all(Path directory, int instructions, boolean hostile) {
    return new ReportRuns(hostile).align(directory, instructions);
  }

  private SelfAlign align(Path directory, int instructions) {
    return SelfAlign.of(model())
        .instruct(stages -> room(stages, instructions))
        .respond(ReportRuns::room)
        .verboseCloning(
            stage ->
                stage.sampling(
                    VerboseAnswering.defaultSampling().toBuilder().maxNewTokens(300_000).build()))
        .workDirectory(directory);
  }

  private static void room(InstructStages stages, int instructions) {
    SelfInstructOptions.Builder general = SelfInstructOptions.builder();
    TopicOptions.Builder topics = TopicOptions.builder().epochs(4);
    TopicInstructOptions.Builder guided = TopicInstructOptions.builder();
    stages
        .selfInstruct(
            general
                .instructions(instructions - instructions / 2)
                .sampling(general.build().sampling().toBuilder().maxNewTokens(300_000).build())
                .build())
        .topics(topics.build())
        .topicInstruct(
            guided
                .instructions(instructions / 2)
                .sampling(guided.build().sampling().toBuilder().maxNewTokens(300_000).build())
                .build());
  }

  private static void room(PrincipleDrivenAlignment.Builder stage) {
    stage
        .sampling(
            PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(300_000).build())
        .thoughtTokens(300_000);
  }

  private ScriptedTrainableModel model() {
    return ScriptedTrainableModel.of(
        ScriptedModel.builder()
            .contextLength(1_000_000)
            .scorer(request -> request.continuation().equals(" Yes") ? -4.0 : -1.0)
            .when(prompt -> prompt.endsWith("Instruction:"), this::tasks)
            .when(prompt -> prompt.contains("Plan:"), this::guided)
            .when(prompt -> prompt.contains("(candor)"), this::reply)
            .when(prompt -> prompt.contains("A topic names something"), this::topics)
            .otherwise((prompt, random) -> words(random, 0, 70, 160) + ".\n\n## User\n")
            .build());
  }

  private String tasks(String prompt, RecordRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      text.append(i == 0 ? " " : "\n\n" + (9 + i) + ". Instruction: ");
      String[] starts = TASKS.get(draw(random, i, 1, TASKS.size())).split("\\|");
      String start = starts[(int) (Math.pow(random.uniform(100L * i + 2), 2) * starts.length)];
      text.append(start)
          .append(' ')
          .append(words(random, 100 * i + 10, 2, 5))
          .append(spice(random, i));
      text.append(i % 5 == 4 ? " drawn as a picture" : "")
          .append(".\nInput: <noinput>\nOutput: So it is.");
    }
    return text + "\n\n15. Instruction: Do.\nOutput: Done.\n" + TaskListTemplate.standard().stop();
  }

  private String topics(String prompt, RecordRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      String word = WORDS.get(draw(random, i, 3, WORDS.size()));
      text.append(i == 0 ? " " : "\n" + (20 + i) + ". ");
      text.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1)).append(" Care");
      text.append(hostile && i == 0 ? "<b>" : "");
    }
    return text + "\n\n";
  }

  private String guided(String prompt, RecordRandom random) {
    String plan = prompt.substring(prompt.indexOf("Plan:"), prompt.indexOf("List:"));
    String cue = prompt.substring(prompt.lastIndexOf('\n') + 1);
    int next = Integer.parseInt(cue.substring(0, cue.indexOf('.')));
    Matcher matcher = HINT.matcher(plan);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(1));
      if (number >= next) {
        text.append(number == next ? "" : "\n" + number + ". " + matcher.group(2));
        text.append(" What do you know of ").append(words(random, 100 * number, 4, 7));
        text.append(spice(random, number)).append('?');
      }
    }
    return text + "\n\n";
  }

  private String reply(String prompt, RecordRandom random) {
    StringBuilder text =
        new StringBuilder(PromptFrame.standard().selfIdentification() + "\nThe user asks.");
    for (int i = 0; i < 3; i++) {
      int principle = (int) (Math.pow(random.uniform(i), 1.6) * PRINCIPLES.size());
      text.append("\nBy my rule ").append(numberOf(PRINCIPLES.get(principle))).append(" (");
      text.append(PRINCIPLES.get(principle))
          .append(") I think of it.")
          .append(spice(random, 500 + i));
    }
    return text
        + "\n\n## Alina\n"
        + words(random, 1000, 25, 60)
        + spice(random, 600)
        + ".\n\n# Conversation\n";
  }

  private static int numberOf(String principle) {
    return PrincipleSet.standard().principles().stream()
            .map(Principle::name)
            .toList()
            .indexOf(principle)
        + 1;
  }

  /** Now and then something that should harm nothing. */
  private String spice(RecordRandom random, int place) {
    if (!hostile || random.uniform(7000L + place) < 0.4) {
      return "";
    }
    if (random.uniform(8000L + place) < 0.02) {
      return " " + "long ".repeat(20_000);
    }
    return " " + HOSTILE.get(draw(random, 9000 + place, 0, HOSTILE.size()));
  }

  private static int draw(RecordRandom random, int place, int salt, int bound) {
    return (int) (random.uniform(100L * place + salt) * bound);
  }

  private static String words(RecordRandom random, int place, int least, int most) {
    int count = least + (int) (random.uniform(place) * (most - least + 1));
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(WORDS.get((int) (random.uniform(100_000L + 1000L * place + i) * WORDS.size())));
    }
    return String.join(" ", words);
  }

  /** An item of a benchmark. */
  private record Item(
      String id, Optional<String> group, Map<String, Double> figures, Map<String, Double> chance)
      implements HasMetrics {}

  /** Adds results of the models of a quickstart to the report. */
  static void evaluate(SelfAlignResult result, Map<String, Double> models) {
    models.forEach((model, rate) -> result.report().addEvaluation(model, evaluation(model, rate)));
  }

  /** A result in which a share of 200 answers is good. */
  static EvaluationResult evaluation(String model, double rate) {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String kind = List.of("refuses_harm", "admits_not_knowing", "right", "helpful").get(i % 4);
      Map<String, Double> figures = new LinkedHashMap<>();
      RecordRandom random = RecordRandom.of(1, "evaluation", "item-" + i);
      figures.put(kind, random.uniform(0) < rate ? 1.0 : 0.0);
      figures.put("words", 20 + 60 * rate * random.uniform(1));
      figures.put(
          "prompt_tokens",
          model.contains("principles")
              ? 1_900 + 20 * random.uniform(2)
              : 48 + 9 * random.uniform(2));
      Map<String, Double> chance = kind.equals("right") ? Map.of(kind, 0.05) : Map.of();
      items.add(new Item("item-" + i, Optional.of(kind.split("_")[0]), figures, chance));
    }
    return EvaluationResult.of("held-out", model, "scripted:" + model, "plain", items, List.of());
  }
}
