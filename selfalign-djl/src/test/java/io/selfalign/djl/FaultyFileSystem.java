package io.selfalign.djl;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The machine's file system, of which one step fails: every call that changes something, from the
 * creation of a file to its forcing to disk, is a step. {@link #path} gives paths in it, with which
 * code that knows nothing of all this works as with any.
 */
final class FaultyFileSystem extends FileSystem {
  private static final FileSystem REAL = FileSystems.getDefault();

  private final Provider provider = new Provider();
  private final int failAt;
  private final Failure failure;
  private final List<String> steps = new ArrayList<>();
  private final Map<Path, Long> forced = new HashMap<>();

  /** What becomes of the step that fails, and of those after it. */
  enum Failure {
    /** A write does half of its work, any other step nothing, and nothing has an effect again. */
    DEAD_IN_BETWEEN,
    /** It is done, but nobody is told, and nothing has an effect again. */
    DEAD_AFTERWARDS,
    /** As {@link #DEAD_IN_BETWEEN}; then {@link #cutPower} takes away what was not forced. */
    POWER_CUT,
    /** A write does half of its work, any other step nothing; those after it succeed. */
    FULL_FOR_A_MOMENT
  }

  /** A step, which gives what its call gives. */
  private interface Step<T> {
    T run() throws IOException;
  }

  /** A file system that never fails, and never waits for the disk. */
  static FaultyFileSystem sound() {
    return new FaultyFileSystem(Integer.MAX_VALUE, Failure.FULL_FOR_A_MOMENT);
  }

  /**
   * Creates a file system.
   *
   * @param failAt the number of the step that fails, from 0 on
   */
  FaultyFileSystem(int failAt, Failure failure) {
    this.failAt = failAt;
    this.failure = failure;
  }

  /** The same path in this file system. */
  Path path(Path real) {
    return new FaultyPath(this, real);
  }

  /** What was done or tried, such as {@code write out/checkpoint-2/x}. */
  List<String> steps() {
    return steps;
  }

  /** Whether the step that was to fail was reached. */
  boolean failed() {
    return steps.size() > failAt;
  }

  private <T> T step(String what, Path path, Step<T> whole, Step<?> half) throws IOException {
    int number = steps.size();
    steps.add(what + " " + path);
    boolean lasting = failure != Failure.FULL_FOR_A_MOMENT;
    if (number < failAt || (number > failAt && !lasting)) {
      return whole.run();
    }
    if (number == failAt) {
      (failure == Failure.DEAD_AFTERWARDS ? whole : half).run();
    }
    throw new IOException("No space left on device");
  }

  private <T> T step(String what, Path path, Step<T> step) throws IOException {
    return step(what, path, step, () -> "nothing");
  }

  /** Cuts every file to what was forced to disk of it. */
  void cutPower() throws IOException {
    for (Map.Entry<Path, Long> file : forced.entrySet()) {
      if (Files.exists(file.getKey())) {
        try (FileChannel channel = FileChannel.open(file.getKey(), StandardOpenOption.WRITE)) {
          channel.truncate(file.getValue());
        }
      }
    }
  }

  private void moved(Path from, Path to) {
    for (Path file : List.copyOf(forced.keySet())) {
      if (file.startsWith(from)) {
        forced.put(to.resolve(from.relativize(file)), forced.remove(file));
      }
    }
  }

  private static Path real(Path path) {
    if (path instanceof FaultyPath faulty) {
      return faulty.real();
    }
    throw new ProviderMismatchException();
  }

  /** Counts what changes something, and passes everything on. */
  private final class Provider extends FileSystemProvider {
    @Override
    public String getScheme() {
      return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      return FaultyFileSystem.this;
    }

    @Override
    public Path getPath(URI uri) {
      return path(Path.of(uri));
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      if (!options.contains(StandardOpenOption.WRITE)
          && !options.contains(StandardOpenOption.APPEND)) {
        return new FaultyChannel(path, FileChannel.open(real(path), options, attributes));
      }
      step(
          "open",
          path,
          () -> {
            FileChannel.open(real(path), options, attributes).close();
            forced.put(real(path), Files.size(real(path)));
            return true;
          });
      Set<OpenOption> again = new HashSet<>(options);
      again.remove(StandardOpenOption.CREATE_NEW);
      return new FaultyChannel(path, FileChannel.open(real(path), again));
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return newFileChannel(path, options, attributes);
    }

    @Override
    @SuppressWarnings("StreamResourceLeak") // it is closed by the stream that is returned
    public DirectoryStream<Path> newDirectoryStream(
        Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
      DirectoryStream<Path> stream =
          Files.newDirectoryStream(real(folder), entry -> filter.accept(path(entry)));
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          Iterator<Path> entries = stream.iterator();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return entries.hasNext();
            }

            @Override
            public Path next() {
              return path(entries.next());
            }
          };
        }

        @Override
        public void close() throws IOException {
          stream.close();
        }
      };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
      if (!Files.exists(real(folder))) {
        step("create folder", folder, () -> Files.createDirectory(real(folder), attributes));
      } else {
        Files.createDirectory(real(folder), attributes);
      }
    }

    @Override
    public void delete(Path path) throws IOException {
      step(
          "delete",
          path,
          () -> {
            Files.delete(real(path));
            return true;
          });
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
      step(
          "move to",
          target,
          () -> {
            Files.move(real(source), real(target), options);
            moved(real(source), real(target));
            return true;
          });
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
      return Files.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return Files.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return Files.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      real(path).getFileSystem().provider().checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return Files.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return Files.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
        throws IOException {
      return Files.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
        throws IOException {
      step("set", path, () -> Files.setAttribute(real(path), attribute, value, options));
    }
  }

  /** A channel, of which each write and each forcing is a step. */
  private final class FaultyChannel extends FileChannel {
    private final Path path;
    private final FileChannel channel;

    FaultyChannel(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return step(
          "write",
          path,
          () -> channel.write(bytes),
          () -> channel.write(bytes.slice(bytes.position(), bytes.remaining() / 2)));
    }

    @Override
    public void force(boolean metadata) throws IOException {
      step(
          "force",
          path,
          () -> {
            // The machine that tests stays on: to wait for its disk would show nothing.
            forced.replace(real(path), channel.size());
            return true;
          });
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      return channel.read(bytes);
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      return channel.read(bytes, position);
    }

    @Override
    public long position() throws IOException {
      return channel.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      channel.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return channel.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      channel.close();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
      return channel.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return REAL.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return REAL.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return REAL.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return path(REAL.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = REAL.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
