package io.selfalign.examples.miniature;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Documents that state principles and then show an assistant that keeps to them, printed by stage
 * 2's own {@link PromptFrame}; and documents with thoughts but without principles, in which it
 * behaves as it likes.
 */
final class PrincipleDocuments {
  /**
   * Where conversations have so many characters, no other is begun: a document fits the context.
   */
  private static final int MAX_CHARACTERS = 2_700;

  private static final Query LAST = Query.of("last", "What?");
  private static final RecordRandom NO_RANDOM = RecordRandom.of(0, "none", "none");

  private final Grammar grammar;
  private final World world;
  private final Questions questions;

  PrincipleDocuments(Grammar grammar, World world) {
    this.grammar = grammar;
    this.world = world;
    this.questions = new Questions(grammar, world, false);
  }

  String withPrinciples(Draw draw) {
    return withPrinciples(PrincipleDocument.draw(grammar, world, draw), false, draw);
  }

  /**
   * The same with principles that say one thing as often as another, and often with a conversation
   * or two: with more, those before it tell how the assistant behaves, and the principles need not
   * be read.
   */
  String withPrinciplesEitherWay(Draw draw) {
    return withPrinciples(PrincipleDocument.drawEitherWay(grammar, world, draw), true, draw);
  }

  private String withPrinciples(PrincipleDocument sheet, boolean oftenFew, Draw draw) {
    PromptFrame.Builder frame =
        markers(draw)
            .introduction(grammar.write("frame.introduction", named(), draw))
            .selfIdentification(grammar.write("frame.identity", named(), draw))
            .principles(sheet.principles());
    int count = oftenFew && draw.chance(0.5) ? draw.between(1, 2) : draw.between(2, 8);
    return print(frame, sheet, count, draw);
  }

  String withoutPrinciples(Draw draw) {
    PrincipleDocument sheet = PrincipleDocument.empty(grammar, 0.12);
    // Also the introductions that speak of principles: with the principles taken away, they promise
    // nothing.
    boolean speaksOfPrinciples = draw.chance(0.5);
    PromptFrame.Builder frame =
        markers(draw)
            .introduction(
                grammar.write(
                    speaksOfPrinciples ? "frame.introduction" : "frame.free", named(), draw))
            .selfIdentification(
                grammar.write(
                    speaksOfPrinciples ? "frame.identity" : "frame.identity.free", named(), draw))
            .principles(PrincipleSet.of(List.of()));
    return print(frame, sheet, draw.between(2, 6), draw);
  }

  private static Map<String, String> named() {
    return Map.of("persona", "{persona}");
  }

  private PromptFrame.Builder markers(Draw draw) {
    PromptFrame.Builder frame =
        MiniaturePrompts.frameOfCorpus().persona(draw.pick(world.personas()));
    return switch (draw.weighted(0.75, 0.1, 0.15)) {
      case 0 -> frame;
      case 1 -> frame.conversationMarker("---\n").principlesHeading("Rules:");
      default ->
          frame
              .principlesHeading("Rules")
              .userMarker("User: ")
              .thoughtMarker("{persona} (thoughts): ")
              .answerMarker("{persona}: ");
    };
  }

  private String print(PromptFrame.Builder frame, PrincipleDocument sheet, int count, Draw draw) {
    List<Exemplar> exemplars = new ArrayList<>();
    int characters = 0;
    for (int i = 0; i < count && characters < MAX_CHARACTERS; i++) {
      List<Exemplar.Turn> turns = new ArrayList<>();
      int length = draw.chance(0.85) ? 1 : 2;
      for (int j = 0; j < length; j++) {
        turns.add(sheet.turn(questions.draw(draw, 3, 3, 2.5, 2.5, 0.5), draw));
      }
      for (Exemplar.Turn turn : turns) {
        characters += turn.query().length() + turn.answer().length();
        // A citation counts as when the corpus was made that the embedded model has read.
        characters +=
            turn.thoughts().stream()
                .mapToInt(thought -> thought.replace("{principle:", "{rule:").length())
                .sum();
      }
      exemplars.add(new Exemplar("exemplar-" + i, turns));
    }
    return print(frame.exemplars(ExemplarSelector.all(exemplars)).build());
  }

  /** A frame's principles and exemplars: its prompt without the query at the end. */
  static String print(PromptFrame frame) {
    PromptFrame bare = frame.toBuilder().exemplars(ExemplarSelector.none()).build();
    String head = frame.head() + "\n\n";
    int query = bare.prompt(LAST, NO_RANDOM).text().length() - head.length();
    String whole = frame.prompt(LAST, NO_RANDOM).text();
    return whole.substring(0, whole.length() - query);
  }
}
