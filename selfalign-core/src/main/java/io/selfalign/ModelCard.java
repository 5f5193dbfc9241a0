package io.selfalign;

import io.selfalign.pipeline.StageSummary;
import io.selfalign.principle.PrincipleUse;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.ChatPrompt;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The model card of a merged checkpoint, in Markdown with the metadata that model hubs read: what
 * it was made from, how to ask it, what it was trained on, and what nobody has checked.
 */
record ModelCard(
    String baseModel,
    Adapter adapter,
    List<StageSummary> stages,
    PrincipleUse principles,
    double mergeDifference) {

  /** The text of {@code README.md}. */
  String text() {
    StringBuilder card = new StringBuilder();
    card.append("---\nbase_model: ").append(quoted(baseModel)).append('\n');
    card.append("library_name: transformers\npipeline_tag: text-generation\n");
    card.append("tags:\n- self-align\n---\n\n");
    card.append("# ").append(inline(baseModel)).append(", aligned with itself\n\n");
    card.append(
        "A language model that was tuned on its own answers with SELF-ALIGN ([arXiv 2305.03047]"
            + "(https://arxiv.org/abs/2305.03047)): it invented instructions, answered them under"
            + " written principles, and learnt to answer so without being shown them. Its LoRA"
            + " adapter is merged into the weights.\n\n");
    prompt(card);
    data(card);
    training(card);
    card.append(
        "## Limits\n\nNobody has read the answers that it was trained on, and the model was its own"
            + " teacher: it knows no more than the base model, repeats its errors, and keeps to"
            + " the principles only as far as it understood them. Measure it before you rely on"
            + " it.\n");
    return card.toString();
  }

  private void prompt(StringBuilder card) {
    ChatPrompt prompt = adapter.prompt();
    card.append("## Prompt\n\nAsk it in this form, and no other:\n\n");
    fenced(card, prompt.text("What is asked"));
    card.append(
        prompt.endOfSequence()
            ? "An answer ends with the end-of-sequence token.\n\n"
            : "An answer ends where the user's next turn would begin; stop at:\n\n");
    if (!prompt.endOfSequence()) {
      fenced(card, prompt.stop().get(0).strip());
    }
  }

  private void data(StringBuilder card) {
    card.append("## Data\n\n| stage | kept | dropped |\n|---|---|---|\n");
    for (StageSummary stage : stages) {
      long dropped = stage.drops().values().stream().mapToLong(Long::longValue).sum();
      card.append(
          String.format(
              Locale.ROOT, "| %s | %,d | %,d |%n", stage.name(), stage.records(), dropped));
    }
    PrincipleUse.Counts total = principles.total();
    if (!total.byPrinciple().isEmpty()) {
      card.append("\nThe principles that its thoughts named, by the share of its answers:\n\n");
      for (String principle : total.mostFrequent()) {
        card.append(
            String.format(
                Locale.ROOT, "- %s: %.1f%%%n", inline(principle), 100 * total.share(principle)));
      }
    }
    card.append('\n');
  }

  private void training(StringBuilder card) {
    Map<String, Object> figures =
        Map.of(
            "examples", adapter.examples(),
            "epochs", adapter.epochs(),
            "optimizer steps", adapter.steps(),
            "batch size", adapter.batchSize(),
            "peak learning rate", adapter.learningRate(),
            "last loss", String.format(Locale.ROOT, "%.4f", adapter.loss()));
    card.append("## Training\n\n| | |\n|---|---|\n");
    figures.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            figure ->
                card.append(
                    String.format(
                        Locale.ROOT, "| %s | %s |%n", figure.getKey(), figure.getValue())));
    card.append(
        String.format(
            Locale.ROOT,
            "%nMerging changed a logit by at most %.2g, from rounding the weights.%n%n",
            mergeDifference));
  }

  /** A block of code that its text can't end. */
  private static void fenced(StringBuilder card, String text) {
    String fence = "```";
    while (text.contains(fence)) {
      fence += "`";
    }
    card.append(fence).append('\n').append(text.stripTrailing()).append('\n');
    card.append(fence).append("\n\n");
  }

  /** Text within a line, without Markdown's meaning. */
  private static String inline(String text) {
    return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1");
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
