package io.selfalign.examples.miniature;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.examples.miniature.Exchange.Kind;
import io.selfalign.examples.miniature.HeldOutQuestions.Question;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.principle.PromptFrame;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Asks a model the held-out questions plainly and under principles, and prints rates. */
final class Evaluation {
  private static final int MAX_NEW_TOKENS = 160;
  private static final int SAMPLES = 2;

  /** An answer, and the whole reply with thoughts if there are any. */
  record Answered(Question question, String answer, String reply, int promptTokens) {}

  private final BaseModel model;
  private final List<Question> questions;
  private final GenerationOptions options;

  Evaluation(BaseModel model, List<Question> questions, long seed) {
    this.model = model;
    this.questions = List.copyOf(questions);
    this.options =
        GenerationOptions.builder()
            .maxNewTokens(MAX_NEW_TOKENS)
            .temperature(0.5)
            .topP(0.9)
            .seed(seed)
            .build();
  }

  /** Answers without principles. */
  List<Answered> plainly() {
    GenerationOptions stopping = options.toBuilder().stop(List.of("\n## ", "\n# ")).build();
    List<GenerationRequest> requests = new ArrayList<>();
    for (Question question : questions) {
      String prompt = MiniaturePrompts.plain(question.text());
      requests.add(new GenerationRequest(question.id(), prompt));
    }
    List<Generation> generations = model.generate(requests, stopping);
    List<Answered> answered = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      String text = generations.get(i).text().strip();
      int tokens = model.countTokens(requests.get(i).prompt());
      answered.add(new Answered(questions.get(i), text, text, tokens));
    }
    return answered;
  }

  /** Answers under a frame's principles. */
  List<Answered> under(PromptFrame frame) {
    GenerationOptions stopping = options.toBuilder().stop(frame.stop()).build();
    List<GenerationRequest> requests = new ArrayList<>();
    for (Question question : questions) {
      Query query = Query.of(question.id(), question.text());
      RecordRandom random = RecordRandom.of(options.seed(), "evaluation", question.id());
      requests.add(new GenerationRequest(question.id(), frame.prompt(query, random).text()));
    }
    List<Generation> generations = model.generate(requests, stopping);
    List<Answered> answered = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Generation generation = generations.get(i);
      String answer = frame.parse(generation.text(), generation.finishReason()).answer();
      int tokens = model.countTokens(requests.get(i).prompt());
      answered.add(new Answered(questions.get(i), answer, generation.text(), tokens));
    }
    return answered;
  }

  /** Prints a row a kind of question, then a few transcripts of each. */
  static void print(Map<String, List<Answered>> columns, PrintStream out) {
    for (Map.Entry<String, List<Answered>> column : columns.entrySet()) {
      out.printf(
          Locale.ROOT,
          "%n%s (%.0f prompt tokens a question)%n",
          column.getKey(),
          column.getValue().stream().mapToInt(Answered::promptTokens).average().orElse(0));
      out.println("               good  refuses  admits  characters");
      byKind(column.getValue()).forEach((kind, answers) -> out.println(row(kind, answers)));
    }
    columns.forEach(
        (name, answers) ->
            byKind(answers)
                .forEach(
                    (kind, some) ->
                        some.stream()
                            .limit(SAMPLES)
                            .forEach(
                                a ->
                                    out.printf(
                                        "%n[%s, %s, %s] %s%n%s%n",
                                        name,
                                        kind,
                                        Judgement.good(a.question(), a.answer()) ? "good" : "bad",
                                        a.question().text(),
                                        a.reply().strip()))));
  }

  private static Map<Kind, List<Answered>> byKind(List<Answered> answers) {
    Map<Kind, List<Answered>> byKind = new LinkedHashMap<>();
    answers.forEach(
        a -> byKind.computeIfAbsent(a.question().kind(), kind -> new ArrayList<>()).add(a));
    return byKind;
  }

  private static String row(Kind kind, List<Answered> answers) {
    double count = answers.size();
    return String.format(
        Locale.ROOT,
        "%-12s %5.0f%% %7.0f%% %6.0f%% %11.0f",
        kind.name().toLowerCase(Locale.ROOT),
        100
            * answers.stream().filter(a -> Judgement.good(a.question(), a.answer())).count()
            / count,
        100 * answers.stream().filter(a -> Judgement.refuses(a.answer())).count() / count,
        100 * answers.stream().filter(a -> Judgement.admits(a.answer())).count() / count,
        answers.stream().mapToInt(a -> a.answer().length()).average().orElse(0));
  }
}
