package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A run of the three kinds of stage there are: records from outside, rounds of which each builds on
 * the earlier ones, and a stage that treats every record by itself.
 */
final class SampleRun {
  /** A seed. */
  record Seed(String id, String text) implements Traceable {}

  /** An invented question. */
  record Question(String id, List<String> parents, String text) implements Traceable {
    Question {
      parents = List.copyOf(parents);
    }
  }

  /** A question's answer. */
  record Answer(String id, List<String> parents, String text) implements Traceable {
    Answer {
      parents = List.copyOf(parents);
    }
  }

  private SampleRun() {}

  static List<Seed> seeds() {
    return IntStream.range(0, 5).mapToObj(i -> new Seed("seed-" + i, "Seed text " + i)).toList();
  }

  /** Writes something that depends on the prompt, the seed and the id. */
  static final ScriptedModel.Script SCRIPT =
      (prompt, random) ->
          Hashing.murmur3_32_fixed().hashString(prompt, UTF_8)
              + " é😀\n"
              + Long.toHexString(random.bits(0, 0));

  static ScriptedModel model() {
    return ScriptedModel.builder().otherwise(SCRIPT).build();
  }

  /** seeds, then questions in rounds, then answers. */
  record Composition(
      Pipeline pipeline, Output<Seed> seeds, Output<Question> questions, Output<Answer> answers) {}

  static Composition compose(BaseModel model, int rounds) {
    return compose(new Inventing(model, rounds), new Answering(model, "plain", 4));
  }

  static Composition compose(Inventing inventing, Stage<Question, Answer> answering) {
    Pipeline.Builder builder = Pipeline.builder();
    Output<Seed> seeds = builder.source("seeds", Dataset.of(Seed.class, seeds()));
    Output<Question> questions = builder.stage(inventing, seeds);
    Output<Answer> answers = builder.stage(answering, questions);
    return new Composition(builder.build(), seeds, questions, answers);
  }

  /** Each round asks about two records of the pool, and keeps what is new in its first digit. */
  record Inventing(BaseModel model, int rounds) implements Stage<Seed, Question> {
    @Override
    public String name() {
      return "questions";
    }

    @Override
    public Class<Seed> inputType() {
      return Seed.class;
    }

    @Override
    public Class<Question> outputType() {
      return Question.class;
    }

    @Override
    public Settings settings() {
      return Settings.builder().add("model", model.fingerprint()).add("rounds", rounds).build();
    }

    @Override
    public void run(StageContext<Seed, Question> context) {
      context.expect(rounds);
      List<Traceable> pool = new ArrayList<>(context.input().toList());
      List<Question> made = context.records().toList();
      pool.addAll(made);
      Set<String> known = new HashSet<>();
      made.forEach(question -> known.add(question.text()));
      for (long round = context.committedUnits(); round < rounds; round++) {
        Unit<Question> unit = round(context, round, pool, known);
        pool.addAll(unit.records());
        unit.records().forEach(question -> known.add(question.text()));
        context.commit(unit);
      }
    }

    private Unit<Question> round(
        StageContext<Seed, Question> context, long round, List<Traceable> pool, Set<String> known) {
      List<GenerationRequest> requests = new ArrayList<>();
      List<List<String>> parents = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String id = "q-" + round + "-" + i;
        Traceable shown = pool.get((int) (context.random(id).uniform(0) * pool.size()));
        parents.add(List.of(shown.id()));
        requests.add(new GenerationRequest(id, "Ask about " + shown));
      }
      Unit.Builder<Question> unit = Unit.builder();
      Set<String> here = new HashSet<>();
      List<Generation> answers = model.generate(requests, options(context));
      for (int i = 0; i < answers.size(); i++) {
        String text = answers.get(i).text().substring(0, 2);
        String id = requests.get(i).id();
        if (known.contains(text) || !here.add(text)) {
          unit.drop(new Drop(id, parents.get(i), "known", "", text));
        } else {
          unit.keep(new Question(id, parents.get(i), text));
        }
      }
      return unit.count("asked", requests.size()).build();
    }
  }

  /** Answers every question; drops what ends in an even digit. */
  record Answering(BaseModel model, String style, int unitSize)
      implements BatchStage<Question, Answer> {
    @Override
    public String name() {
      return "answers";
    }

    @Override
    public Class<Question> inputType() {
      return Question.class;
    }

    @Override
    public Class<Answer> outputType() {
      return Answer.class;
    }

    @Override
    public Settings settings() {
      return Settings.builder().add("model", model.fingerprint()).add("style", style).build();
    }

    @Override
    public Unit<Answer> process(List<Question> batch, UnitContext context) {
      List<GenerationRequest> requests =
          batch.stream()
              .map(q -> new GenerationRequest("a-" + q.id(), style + " " + q.text()))
              .toList();
      Unit.Builder<Answer> unit = Unit.builder();
      List<Generation> generations = model.generate(requests, options(context));
      for (int i = 0; i < batch.size(); i++) {
        List<String> parents = List.of(batch.get(i).id());
        String id = requests.get(i).id();
        String text = generations.get(i).text();
        if (Character.digit(text.charAt(text.length() - 1), 16) % 2 == 0) {
          unit.drop(new Drop(id, parents, "even", "last digit", text));
        } else {
          unit.keep(new Answer(id, parents, text));
        }
      }
      return unit.build();
    }
  }

  private static GenerationOptions options(UnitContext context) {
    return GenerationOptions.builder().seed(context.seed()).build();
  }

  /** The content of every file but those that tell of times, by path. */
  static Map<String, String> data(Path directory) {
    Map<String, String> data = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String name = directory.relativize(file).toString();
        if (!name.equals(StageClock.FILE)) {
          data.put(name, Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return data;
  }
}
