package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.Pipeline.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a pipeline with what its run directory was begun with: which manifest the run has, and
 * what is not as it was.
 */
final class RunPlan {
  private final Path directory;
  private final Optional<Manifest> before;
  private final long seed;
  private final Map<String, Manifest.Entry> now = new LinkedHashMap<>();

  private RunPlan(Path directory, Optional<Manifest> before, long seed) {
    this.directory = directory;
    this.before = before;
    this.seed = seed;
  }

  /**
   * Asks every stage for its settings.
   *
   * @throws SelfAlignException if the directory lacks a stage that it must have
   */
  static RunPlan of(
      Pipeline pipeline,
      Path directory,
      Optional<Manifest> before,
      long seed,
      Runnable checkCancelled) {
    RunPlan plan = new RunPlan(directory, before, seed);
    for (Node node : pipeline.nodes()) {
      checkCancelled.run(); // settings may take long: a source reads all its records
      plan.now.put(
          node.name(),
          node.stage().isPresent() ? plan.entry(node, node.stage().get()) : plan.existing(node));
    }
    return plan;
  }

  /** The names of the stages that were begun otherwise than they are now. */
  Set<String> changed() {
    Set<String> changed = new LinkedHashSet<>();
    for (Manifest.Entry entry : now.values()) {
      before
          .flatMap(manifest -> manifest.stage(entry.name()))
          .filter(was -> !was.fingerprint().equals(entry.fingerprint()))
          .ifPresent(was -> changed.add(entry.name()));
    }
    if (before.isPresent() && before.get().seed() != seed) {
      changed.addAll(before.get().names());
    }
    // What has not begun may still be changed.
    changed.removeIf(name -> !RunDirectory.stageFolder(directory, name).begun());
    return changed;
  }

  /** Says what differs and what to do about it. */
  SelfAlignException refusal() {
    List<String> differences = new ArrayList<>();
    Manifest was = before.orElseThrow();
    if (was.seed() != seed) {
      differences.add("the seed is " + seed + ", but was " + was.seed());
    }
    for (Manifest.Entry entry : now.values()) {
      if (changed().contains(entry.name())) {
        was.stage(entry.name()).ifPresent(old -> differences(entry, old, differences));
      }
    }
    return new SelfAlignException(
        directory
            + ": was begun otherwise: "
            + String.join("; ", differences)
            + ". Run it as it was begun, or in another directory, or with restartWhenChanged(true),"
            + " which keeps the data so far aside and begins "
            + String.join(", ", Aside.withDependents(was, changed()))
            + " anew");
  }

  /** The run's manifest: stages that were there keep their places, new ones follow. */
  Manifest manifest(Optional<Manifest> kept) {
    Map<String, Manifest.Entry> entries = new LinkedHashMap<>();
    kept.ifPresent(manifest -> manifest.stages().forEach(e -> entries.put(e.name(), e)));
    entries.putAll(now);
    String library = kept.map(Manifest::library).orElseGet(RunPlan::libraryVersion);
    return new Manifest(Manifest.FORMAT, library, seed, List.copyOf(entries.values()));
  }

  static String libraryVersion() {
    return Optional.ofNullable(RunPlan.class.getPackage().getImplementationVersion())
        .map(version -> "selfalign " + version)
        .orElse("selfalign, not packaged");
  }

  private static void differences(Manifest.Entry is, Manifest.Entry was, List<String> out) {
    String stage = "stage '" + is.name() + "': ";
    Settings.of(is.settings())
        .differencesFrom(Settings.of(was.settings()))
        .forEach(difference -> out.add(stage + difference));
    if (!is.inputs().equals(was.inputs())) {
      out.add(stage + "its input is " + is.inputs() + ", but was " + was.inputs());
    }
    if (!is.after().equals(was.after())) {
      out.add(stage + "it comes after " + is.after() + ", but came after " + was.after());
    }
    if (!is.record().equals(was.record())) {
      out.add(stage + "it writes " + is.record() + ", but wrote " + was.record());
    }
    if (!is.fields().equals(was.fields())) {
      out.add(stage + "its records have " + is.fields() + ", but had " + was.fields());
    }
  }

  private Manifest.Entry entry(Node node, Stage<?, ?> stage) {
    Settings settings;
    try {
      settings = stage.settings();
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new SelfAlignException("stage '" + node.name() + "': " + e.getMessage(), e);
    }
    Map<String, Object> decisive = new LinkedHashMap<>();
    decisive.put("format", Manifest.FORMAT);
    decisive.put("seed", seed);
    decisive.put("stage", node.name());
    decisive.put("record", node.type().getSimpleName());
    decisive.put("fields", RecordTypes.shape(node.type()));
    decisive.put("settings", settings.fingerprint());
    decisive.put("inputs", fingerprints(node.inputs()));
    decisive.put("after", fingerprints(node.after()));
    return new Manifest.Entry(
        node.name(),
        node.inputs(),
        node.after(),
        node.type().getSimpleName(),
        RecordTypes.shape(node.type()),
        settings.tree(),
        Settings.sha256(new String(JsonLines.encode(decisive), UTF_8)));
  }

  private List<String> fingerprints(List<String> stages) {
    return stages.stream()
        .map(name -> Optional.ofNullable(now.get(name)).orElseThrow().fingerprint())
        .toList();
  }

  private Manifest.Entry existing(Node node) {
    List<String> known = before.map(Manifest::names).orElse(List.of());
    Manifest.Entry entry =
        before
            .flatMap(manifest -> manifest.stage(node.name()))
            .orElseThrow(
                () ->
                    new SelfAlignException(
                        directory
                            + ": has no stage '"
                            + node.name()
                            + "', which must be run before; it has "
                            + known));
    if (!entry.record().equals(node.type().getSimpleName())) {
      throw new SelfAlignException(
          directory
              + ": stage '"
              + node.name()
              + "' has "
              + entry.record()
              + " records, not "
              + node.type().getSimpleName());
    }
    return entry;
  }
}
