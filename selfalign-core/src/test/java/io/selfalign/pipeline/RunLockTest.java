package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir Path directory;

  /** A process that locks the directory and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws InterruptedException {
      try (RunLock lock = RunLock.acquire(Path.of(args[0]))) {
        System.out.println(lock != null);
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void a_second_process_is_refused_and_told_of_the_first() throws Exception {
    Process first = startHolder();
    try {
      String started = first.info().startInstant().orElseThrow().toString().substring(0, 16);
      assertThatThrownBy(
              () -> SampleRun.compose(SampleRun.model(), 1).pipeline().in(directory).run())
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("process " + first.pid() + ", which started at " + started);
    } finally {
      first.destroyForcibly().waitFor();
    }
  }

  @Test
  void the_lock_of_a_process_that_died_does_not_count() throws Exception {
    Process first = startHolder();
    first.destroyForcibly().waitFor();
    assertThat(directory.resolve("lock")).isNotEmptyFile();

    SampleRun.compose(SampleRun.model(), 1).pipeline().in(directory).run();

    assertThat(directory.resolve("lock")).isEmptyFile();
  }

  @Test
  void a_directory_that_cannot_be_locked_is_told_with_what_to_do() throws IOException {
    Files.createDirectory(directory.resolve(".lock"));
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> RunLock.acquire(directory))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining(directory + ": can't be locked: ")
          .hasMessageEndingWith("; make it writable or free some space and run again");
    }
  }

  @Test
  void a_second_run_of_the_same_process_is_refused() {
    try (RunLock lock = RunLock.acquire(directory)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> RunLock.acquire(directory))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    RunLock.acquire(directory).close();
  }

  @Test
  void a_refused_attempt_and_a_curious_reader_leave_the_lock_as_it_is() throws Exception {
    try (RunLock lock = RunLock.acquire(directory)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> RunLock.acquire(directory)).isInstanceOf(SelfAlignException.class);
      assertThat(Files.readString(directory.resolve("lock"))).contains("pid");
      Process other = holder();
      assertThat(other.getInputStream().read()).as("the other process locks nothing").isEqualTo(-1);
      assertThat(other.waitFor()).isNotZero();
    }
  }

  @Test
  void a_lock_with_torn_content_does_not_count() throws IOException {
    Files.writeString(directory.resolve("lock"), "{\"pid\":12");
    RunLock.acquire(directory).close();
    Files.writeString(directory.resolve("lock"), "\u0000\u0000");
    RunLock.acquire(directory).close();
  }

  private Process startHolder() throws IOException {
    Process process = holder();
    assertThat(process.getInputStream().read()).isEqualTo('t');
    return process;
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            ManagementFactory.getRuntimeMXBean().getClassPath(),
            Holder.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
