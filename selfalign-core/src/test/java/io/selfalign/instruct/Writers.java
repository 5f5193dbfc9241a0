package io.selfalign.instruct;

import io.selfalign.data.Instruction;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.SeedTask;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Models that write what stage 1 asks for, well and badly, and small runs of it. */
final class Writers {
  private static final String SYLLABLES = "ba ce di fo gu ka le mi no pu ra se ti vo zu sha lor";
  private static final Pattern HINT = Pattern.compile("(?m)^(\\d+)\\. (\\([^|]+\\|[^)]+\\))$");

  private Writers() {}

  static List<SeedTask> seeds() {
    return IntStream.range(0, 8)
        .mapToObj(
            i ->
                new SeedTask(
                    "seed-" + i,
                    words(RecordRandom.of(9, "seeds", "s" + i), 0, 7),
                    i % 2 == 0 ? Optional.empty() : Optional.of("input " + i),
                    "output " + i,
                    false))
        .toList();
  }

  static List<TopicSeed> topicSeeds() {
    return List.of(
        new TopicSeed("tides", "Tides", "Questions on now", "How high is the tide right now?"),
        new TopicSeed("ferry", "Ferries", "Questions on tomorrow", "Will my ferry be on time?"),
        new TopicSeed("attic", "Attics", "Questions on my house", "What is in that blue box?"));
  }

  /** Distinct words for distinct places. */
  static String words(RecordRandom random, int place, int count) {
    String[] syllables = SYLLABLES.split(" ", -1);
    StringBuilder text = new StringBuilder();
    for (int word = 0; word < count; word++) {
      text.append(word == 0 ? "" : " ");
      for (int i = 0; i < 3; i++) {
        long draw = 100L * place + 3L * word + i;
        text.append(syllables[(int) (random.uniform(draw) * syllables.length)]);
      }
    }
    text.setCharAt(0, Character.toUpperCase(text.charAt(0)));
    return text.toString();
  }

  /** Three good tasks, one that is too short, one without instruction, and stray text. */
  static String tasks(String prompt, RecordRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      text.append(i == 0 ? " " : (30 + i) + ". Instruction: ");
      text.append(words(random, i, 6)).append(".\nInput: <noinput>\nOutput: ");
      text.append(words(random, i + 50, 3)).append(".\n\n");
    }
    return text
        + "3. Instruction: Do it.\nOutput: Done.\n\n4. Instruction:\n---\nThe end of it.\n---";
  }

  /** Topics: good ones, one too long, one known in lower case, one with a full stop. */
  static String topics(String prompt, RecordRandom random) {
    int good = 1 + (int) (random.uniform(0, 7) * 4);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < good; i++) {
      text.append(i == 0 ? " " : "\n" + (40 + i) + ". ").append(words(random, i, 2));
    }
    return text + "\n50. One two three four\n51. TIDES\n52. ferries\n53. Stop.\n- Bullet\nplain";
  }

  /** A line for each hint of the plan, but for one that repeats another's. */
  static String guided(String prompt, RecordRandom random) {
    String plan = prompt.substring(prompt.indexOf("Plan:"), prompt.indexOf("List:"));
    String cue = prompt.substring(prompt.lastIndexOf('\n') + 1);
    int next = Integer.parseInt(cue.substring(0, cue.indexOf('.')));
    Matcher matcher = HINT.matcher(plan);
    StringBuilder text = new StringBuilder();
    String previous = "(None | None)";
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(1));
      if (number >= next) {
        // The prompt has the first line's hint; a model may write it once more, or go on.
        boolean repeats = random.uniform(number, 3) < 0.2;
        if (number > next) {
          text.append('\n')
              .append(number)
              .append(". ")
              .append(repeats ? previous : matcher.group(2));
        } else if (repeats) {
          text.append(' ').append(matcher.group(2));
        }
        text.append(' ').append(words(random, number, 7)).append('?');
      }
      previous = matcher.group(2);
    }
    return text.toString();
  }

  static ScriptedModel.Builder good() {
    return ScriptedModel.builder()
        .contextLength(20_000)
        .when(prompt -> prompt.endsWith("Instruction:"), Writers::tasks)
        .whenPromptContains("Plan:", Writers::guided)
        .otherwise(Writers::topics);
  }

  static ScriptedModel.Builder failingAt(long request) {
    return good().failAt(request, () -> new SelfAlignException("out of memory"));
  }

  static SelfInstructOptions.Builder selfInstruct(int instructions) {
    SelfInstructOptions.Builder builder = SelfInstructOptions.builder();
    GenerationOptions sampling = builder.build().sampling();
    return builder
        .instructions(instructions)
        .requestsPerRound(4)
        .sampling(sampling.toBuilder().maxNewTokens(700).build());
  }

  static TopicOptions.Builder topics() {
    return TopicOptions.builder().epochs(3);
  }

  static TopicInstructOptions.Builder topicInstruct(int instructions) {
    GenerationOptions sampling = TopicInstructOptions.defaults().sampling();
    return TopicInstructOptions.builder()
        .instructions(instructions)
        .requestsPerRound(3)
        .topicsPerPrompt(2)
        .sampling(sampling.toBuilder().maxNewTokens(700).build());
  }

  static InstructStages stages(ScriptedModel model, int instructions, int onTopics) {
    return InstructStages.of(model)
        .seedTasks(seeds())
        .topicSeeds(topicSeeds())
        .selfInstruct(selfInstruct(instructions).build())
        .topics(topics().build())
        .topicInstruct(topicInstruct(onTopics).build());
  }

  /** A pipeline and what it makes. */
  record Composition(Pipeline pipeline, Output<Instruction> instructions) {}

  static Composition compose(InstructStages stages) {
    Pipeline.Builder builder = Pipeline.builder();
    Output<Instruction> output = stages.addTo(builder);
    return new Composition(builder.build(), output);
  }

  /** The content of every file but those that tell of times, by path. */
  static Map<String, String> data(Path directory) {
    Map<String, String> data = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : new ArrayList<>(files.filter(Files::isRegularFile).toList())) {
        String name = directory.relativize(file).toString();
        if (!name.equals("timings.jsonl")) {
          data.put(name, Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return data;
  }
}
