package io.selfalign.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.selfalign.examples.cli.SelfAlignCli;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that a signal tells to end. */
@DisabledOnOs(OS.WINDOWS) // Has no such signals.
@Timeout(300)
class ProgramEndTest {
  private static final String MODEL =
      "../selfalign-djl/src/test/resources/fixtures/llama2-gqa-tied";
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end_what_a_failed_test_left() {
    processes.forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void a_generation_that_is_told_to_end_says_so(String signal, int status) throws Exception {
    Path prompts = records(20_000, "{\"id\":%d,\"prompt\":\"One\"}");
    Process process =
        start(SelfAlignCli.class, prompts, "generate", "--model", MODEL, "--max-new-tokens", "200");
    awaitLines(1, process);
    assumeFalse(signal.equals("INT") && ignoresInterrupt(process), "SIGINT is ignored here");
    signal(signal, process);
    assertEnded(process, status, "selfalign generate: the calling thread was interrupted");
  }

  @Test
  void a_training_that_is_told_to_end_says_so_and_can_be_resumed() throws Exception {
    Path data = records(64, "{\"prompt\":\"One\",\"completion\":\" two\"}");
    List<String> train = new ArrayList<>(List.of("train", "--model", MODEL));
    train.addAll(List.of("--data", data.toString(), "--out", folder.resolve("out").toString()));
    train.addAll(List.of("--epochs", "100000", "--checkpoint-every", "2"));
    for (int round = 0; round < 2; round++) {
      Process process = start(SelfAlignCli.class, data, train.toArray(String[]::new));
      awaitLines(5, process);
      signal("TERM", process);
      assertEnded(process, TERMINATED, "selfalign train: the calling thread was interrupted");
      train.add("--resume");
    }
    assertThat(Files.readAllLines(folder.resolve("stdout")).get(0)).doesNotContain("\"step\":1,");
  }

  @Test
  void a_program_that_waits_for_its_input_ends_without_waiting_for_it() throws Exception {
    Process process = start(SelfAlignCli.class, null, "generate", "--model", MODEL);
    Thread.sleep(1_000);
    signal("TERM", process);
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("less than its patience").isTrue();
    assertEnded(process, TERMINATED, "");
  }

  @Test
  void a_program_that_no_interrupt_stops_is_not_waited_for_longer_than_patience() throws Exception {
    Process process = start(StubbornProgram.class, null);
    awaitLines(1, process);
    signal("TERM", process);
    assertEnded(process, TERMINATED, "");
  }

  private Path records(int count, String format) throws IOException {
    return Files.write(
        folder.resolve("records.jsonl"),
        IntStream.range(0, count).mapToObj(format::formatted).toList());
  }

  private Process start(Class<?> program, @Nullable Path in, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-CreateCoredumpOnCrash"));
    command.add("-XX:ErrorFile=" + folder.resolve("crash.log"));
    command.add("-Dai.djl.pytorch.num_threads=1");
    command.addAll(List.of("-cp", ManagementFactory.getRuntimeMXBean().getClassPath()));
    command.add(program.getName());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(folder.resolve("stdout").toFile());
    builder.redirectError(folder.resolve("stderr").toFile());
    if (in != null) {
      builder.redirectInput(in.toFile());
    }
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private void awaitLines(int count, Process process) throws Exception {
    while (Files.readString(folder.resolve("stdout")).lines().count() < count) {
      assertThat(process.isAlive()).as(stderr()).isTrue();
      Thread.sleep(20);
    }
  }

  /** Whether the process has inherited that from, say, a shell that started it with {@code &}. */
  private static boolean ignoresInterrupt(Process process) throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> new BigInteger(line.substring(7).strip(), 16).testBit(2 - 1));
  }

  private static void signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private void assertEnded(Process process, int status, String message) throws Exception {
    process.waitFor();
    assertThat(folder.resolve("crash.log")).doesNotExist();
    assertThat(process.exitValue()).as(stderr()).isEqualTo(status);
    assertThat(stderr()).contains(message);
  }

  private String stderr() throws IOException {
    return Files.readString(folder.resolve("stderr"));
  }
}
