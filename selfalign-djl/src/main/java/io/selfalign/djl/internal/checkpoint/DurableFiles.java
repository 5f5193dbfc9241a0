package io.selfalign.djl.internal.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files and folders that are there whole or not at all, also after a power cut. */
public final class DurableFiles {
  private DurableFiles() {}

  /** Writes a file of the given path, and forces it to the disk. */
  @FunctionalInterface
  public interface Writer {
    /** Writes the file. */
    void write(Path file) throws IOException;
  }

  /** Writes a file beside the one it then replaces. */
  public static void replace(Path file, Writer writer) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      writer.write(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException | Error e) {
      deleteAfter(e, temporary);
      throw e;
    }
    forceFolderOf(file);
  }

  /** Writes a folder beside the place to which it is then moved, where nothing may be. */
  public static void replaceFolder(Path folder, Writer writer) throws IOException {
    Path temporary = folder.resolveSibling("." + folder.getFileName() + ".tmp");
    delete(temporary);
    try {
      Files.createDirectories(temporary);
      writer.write(temporary);
      force(temporary);
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      deleteAfter(e, temporary);
      throw e;
    }
    forceFolderOf(folder);
  }

  /** Deletes what a failure has left, which remains what is told of. */
  private static void deleteAfter(Throwable failure, Path remains) {
    try {
      delete(remains);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Writes bytes and forces them to the disk. */
  public static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      append(channel, bytes);
      channel.force(true);
    }
  }

  /** Writes bytes where a channel is. */
  public static void append(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Copies a file and forces the copy to the disk. */
  public static void copy(Path source, Path target) throws IOException {
    Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Deletes a file, or a folder with all that is in it, if it is there. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> all = Files.walk(path)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : paths) {
      Files.delete(each);
    }
  }

  /** Makes a move durable. Systems that can't open a folder need no such thing. */
  private static void forceFolderOf(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      force(folder);
    }
  }

  private static void force(Path folder) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
