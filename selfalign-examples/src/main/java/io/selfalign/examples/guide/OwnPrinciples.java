package io.selfalign.examples.guide;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Query;
import io.selfalign.djl.DjlModel;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.RunResult;
import io.selfalign.principle.AnswerFilter;
import io.selfalign.principle.AnswerFilters;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.Exemplar.Turn;
import io.selfalign.principle.Principle;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PrincipleUse;
import io.selfalign.principle.PromptFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Shows principles, exemplars and a selector of one's own, in stage 2 alone: an assistant for a
 * town library answers a few queries, and a table says which principles it thought of.
 *
 * <p>Which exemplars a query's prompt shows is chosen by {@link SimilarExemplars}.
 */
public final class OwnPrinciples {
  private OwnPrinciples() {}

  /** Rules for a library's assistant. One of them is the standard one on candor. */
  static PrincipleSet principles() {
    return PrincipleSet.of(
        new Principle("privacy", "Tell nobody what another reader has borrowed, read or asked."),
        new Principle("opening", "Opening hours and fees change: name the door sign and the desk."),
        new Principle("taste", "Ask what somebody likes before you recommend a book."),
        new Principle("plain words", "Explain the library's own terms, such as hold or stacks."),
        PrincipleSet.standard().find("candor").orElseThrow());
  }

  /**
   * One exemplar for each principle of ours; {principle: ...} gets the number that the principle
   * has in the set.
   */
  static List<Exemplar> exemplars() {
    return List.of(
        exemplar(
            "other-reader",
            "What books does Mr. Oduya from the second floor have at home right now?",
            "The user asks about another reader's loans. By my {principle: privacy} I don't tell.",
            "I don't tell anyone what other readers have borrowed. If you are waiting for a book"
                + " that is out, I can explain how to be called when it comes back."),
        exemplar(
            "closing-time",
            "Until when are you open on the Saturday before Easter?",
            "The user asks for opening hours. By my {principle: opening} I say where they stand.",
            "I don't have this year's holiday hours, and they are not the same every year. The sign"
                + " at the door and the desk by the entrance have them."),
        exemplar(
            "good-book",
            "Can you recommend me a good novel for the train?",
            "The user wants a recommendation. By my {principle: taste} I ask before I name one.",
            "Gladly. Which novel did you last enjoy, and how long is the ride? For an hour I would"
                + " look among short crime novels, for a whole day rather among family sagas."),
        exemplar(
            "stacks",
            "The catalogue says my book is in the stacks. Where is that?",
            "The user does not know a term. By my {principle: plain words} I explain it.",
            "The stacks are shelves that readers can't enter. Order the book in the catalogue, and"
                + " we bring it to the desk for you."));
  }

  private static Exemplar exemplar(String id, String query, String thoughts, String answer) {
    return new Exemplar(id, List.of(new Turn(query, List.of(thoughts), answer)));
  }

  /**
   * Answers the queries in a run directory.
   *
   * @return which principles the thoughts named
   */
  static PrincipleUse run(BaseModel model, Path work, List<Query> queries, Consumer<String> out) {
    PromptFrame frame =
        PromptFrame.builder()
            .persona("Paige")
            .principles(principles())
            .exemplars(SimilarExemplars.byRareWords(exemplars(), 2))
            .build();
    List<AnswerFilter> filters = new ArrayList<>(AnswerFilters.standard());
    filters.replaceAll(
        filter -> filter.name().equals("too_short") ? AnswerFilters.tooShort(60, 160) : filter);
    PrincipleDrivenAlignment stage =
        PrincipleDrivenAlignment.builder(model).frame(frame).filters(filters).build();

    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Query> asked = pipeline.source("queries", Dataset.of(Query.class, queries));
    Output<Demonstration> answered = pipeline.stage(stage, asked);
    RunResult result = pipeline.build().in(work).run();

    result
        .records(answered)
        .toList()
        .forEach(
            answer ->
                out.accept(
                    answer.query() + "\n  " + answer.exemplars() + "\n  " + answer.answer()));
    result
        .drops(answered)
        .toList()
        .forEach(drop -> out.accept(drop.id() + " dropped by " + drop.reason()));
    try (Stream<Demonstration> records = result.records(answered).stream()) {
      PrincipleUse use = PrincipleUse.of(records);
      out.accept(use.toString());
      return use;
    }
  }

  /** The program: {@code OwnPrinciples MODEL WORK}. */
  public static void main(String[] args) {
    if (args.length != 2) {
      System.out.println(
          "OwnPrinciples MODEL WORK: answers a library's readers by principles of its own");
      return;
    }
    List<Query> queries =
        List.of(
            Query.of("hold", "What does it mean that my hold has expired?"),
            Query.of("neighbour", "Has my neighbour borrowed the new cookbook?"),
            Query.of("novel", "Which novel should I take on holiday?"),
            Query.of("hours", "Are you open on New Year's Eve?"));
    try (DjlModel model = DjlModel.open(Path.of(args[0]))) {
      run(model, Path.of(args[1]), queries, System.out::println);
    }
  }
}
