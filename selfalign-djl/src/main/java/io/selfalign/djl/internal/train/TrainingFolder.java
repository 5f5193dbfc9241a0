package io.selfalign.djl.internal.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.djl.internal.checkpoint.AdapterFolder;
import io.selfalign.djl.internal.checkpoint.DurableFiles;
import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder that a training writes to, locked against other processes while it is open.
 *
 * <p>{@code checkpoint-N} folders and {@code training.json}, which tells that the training is
 * complete, are there whole or not at all. A line of {@code training_log.jsonl} may be torn by a
 * kill; what is behind the checkpoint that training goes on from is cut off.
 */
final class TrainingFolder implements AutoCloseable {
  static final String LOG = "training_log.jsonl";
  static final String COMPLETE = "training.json";
  private static final String LOCK = ".lock";
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{1,9})");

  private final Path folder;
  private final FileChannel channel;
  private @Nullable FileChannel log;

  /** Writes something into the folder. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private TrainingFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Opens a folder, and creates it if it is missing.
   *
   * @throws SelfAlignException if it can't be written, or another training writes to it
   */
  static TrainingFolder open(Path folder) {
    if (Files.isRegularFile(folder)) {
      throw new SelfAlignException(
          folder + ": is a file; choose a folder, which is made if it isn't there");
    }
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          TrainingFolder opened = new TrainingFolder(folder, channel);
          opened.deleteRemains();
          return opened;
        }
      } catch (OverlappingFileLockException e) {
        // This process has it.
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close();
    } catch (IOException e) {
      throw failed(folder, e);
    }
    throw new SelfAlignException(
        folder + ": another training writes to this folder; wait for it, or choose another one");
  }

  Path path() {
    return folder;
  }

  /** Does something, and turns its failure into a message that says what is safe. */
  void write(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static SelfAlignException failed(Path folder, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new CancelledException("the calling thread was interrupted");
    }
    return new SelfAlignException(
        String.format(
            "%s: can't be written: %s; free space or choose another folder, and resume: what was"
                + " complete is as it was",
            folder, e),
        e);
  }

  /** What the folder has of a training, for a message; empty if it has nothing. */
  Optional<String> contents() {
    for (String name : List.of(COMPLETE, AdapterFolder.CONFIG, AdapterFolder.WEIGHTS)) {
      if (Files.exists(folder.resolve(name))) {
        return Optional.of(name);
      }
    }
    return newestCheckpoint()
        .map(checkpoint -> String.valueOf(checkpoint.getFileName()))
        .or(() -> Optional.of(LOG).filter(name -> Files.exists(folder.resolve(name))));
  }

  /** The description of the complete training that the folder has, if it has one. */
  Optional<JsonNode> complete() {
    Path file = folder.resolve(COMPLETE);
    try {
      return Optional.of(file).filter(Files::exists).map(TrainingFolder::json);
    } catch (ModelLoadException e) {
      throw new ModelLoadException(e.getMessage() + "; delete " + file + " and resume", e);
    }
  }

  /**
   * Checks that a complete training's files are there.
   *
   * @throws ModelLoadException if one is missing, with what to do about it
   */
  void checkResult(List<String> names) {
    for (String name : names) {
      if (!Files.exists(folder.resolve(name))) {
        throw new ModelLoadException(
            String.format(
                "%s: file not found, though %s tells of a complete training; restore it from a"
                    + " copy, or delete %s and resume, and training goes on from %s",
                folder.resolve(name),
                COMPLETE,
                folder.resolve(COMPLETE),
                newestCheckpoint().map(Path::toString).orElse("the beginning")));
      }
    }
  }

  /**
   * Reads an object.
   *
   * @throws ModelLoadException if the file is missing or damaged
   */
  static JsonNode json(Path file) {
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
      if (!json.isObject()) {
        throw new ModelLoadException(file + ": is damaged: it has no JSON object");
      }
      return json;
    } catch (IOException | JacksonException e) {
      throw new ModelLoadException(file + ": can't be read: " + e.getMessage(), e);
    }
  }

  /** A number of an object, if it has it. */
  static Optional<Double> number(JsonNode object, String key) {
    return Optional.ofNullable(object.get(key)).map(JsonNode::asDouble);
  }

  /** Notes that the training is complete. */
  void complete(ObjectNode description) {
    byte[] bytes = (description.toPrettyString() + "\n").getBytes(UTF_8);
    write(
        () ->
            DurableFiles.replace(
                folder.resolve(COMPLETE), file -> DurableFiles.write(file, bytes)));
  }

  /** The checkpoint of the most steps. */
  Optional<Path> newestCheckpoint() {
    return newestCheckpoint(Integer.MAX_VALUE);
  }

  /** The checkpoint of the most steps, but not more than so many. */
  Optional<Path> newestCheckpoint(int maxSteps) {
    return checkpoints().stream()
        .filter(checkpoint -> steps(checkpoint) <= maxSteps)
        .reduce((earlier, later) -> later);
  }

  private List<Path> checkpoints() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> steps(file) > 0)
          .sorted(Comparator.comparingInt(TrainingFolder::steps))
          .toList();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  /** How many steps a checkpoint is after; 0 if it is none. */
  static int steps(Path checkpoint) {
    Matcher name = CHECKPOINT.matcher(String.valueOf(checkpoint.getFileName()));
    return name.matches() ? Integer.parseInt(name.group(1)) : 0;
  }

  /** Writes a checkpoint, and then deletes the oldest ones that are more than wanted. */
  Path checkpoint(int step, int keep, DurableFiles.Writer writer) {
    Path checkpoint = folder.resolve("checkpoint-" + step);
    FileChannel lines = log;
    write(
        () -> {
          if (lines != null) {
            lines.force(true); // What goes on from the checkpoint does not write them again.
          }
          DurableFiles.replaceFolder(checkpoint, writer);
        });
    keepNewest(keep);
    return checkpoint;
  }

  /** Deletes the oldest checkpoints that are more than wanted. */
  void keepNewest(int keep) {
    write(
        () -> {
          List<Path> all = checkpoints();
          for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            // Renamed first: no kill leaves part of a checkpoint under its name.
            Path doomed = old.resolveSibling("." + old.getFileName() + ".tmp");
            Files.move(old, doomed, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.delete(doomed);
          }
        });
  }

  /** Deletes what a kill has left of writing or deleting a checkpoint. */
  private void deleteRemains() throws IOException {
    try (DirectoryStream<Path> remains = Files.newDirectoryStream(folder, ".checkpoint-*.tmp")) {
      for (Path remain : remains) {
        DurableFiles.delete(remain);
      }
    }
  }

  /** Begins the log, or goes on with it after a step. */
  void openLog(int afterStep) {
    Path file = folder.resolve(LOG);
    write(
        () -> {
          List<String> kept = new ArrayList<>();
          if (afterStep > 0 && Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
              if (step(line) > afterStep) {
                break;
              }
              kept.add(line + "\n");
            }
          }
          byte[] bytes = String.join("", kept).getBytes(UTF_8);
          DurableFiles.replace(file, temporary -> DurableFiles.write(temporary, bytes));
          log = FileChannel.open(file, StandardOpenOption.APPEND);
        });
  }

  private static int step(String line) {
    try {
      return JsonMapper.shared().readTree(line).path("step").asInt(Integer.MAX_VALUE);
    } catch (JacksonException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** Appends a line to the log. */
  void log(ObjectNode line) {
    FileChannel out = log;
    if (out != null) {
      write(() -> DurableFiles.append(out, (line + "\n").getBytes(UTF_8)));
    }
  }

  @Override
  public void close() {
    write(
        () -> {
          try {
            if (log != null) {
              log.close();
            }
          } finally {
            channel.close(); // Whatever became of the log, the folder is free again.
          }
        });
  }
}
