package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.djl.DjlModel;
import io.selfalign.error.SelfAlignException;
import io.selfalign.examples.ProgramEnd;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * Entry point of the command line. Standard output carries records alone; everything else goes to
 * standard error. Exit status: 0 done, 1 failed, 2 wrong usage, 130 after Ctrl-C, 143 after
 * SIGTERM.
 */
@Command(
    name = "selfalign",
    description = "Align a base language model by principles, with the model itself.",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = SelfAlignCli.Version.class)
public final class SelfAlignCli implements Runnable {
  /** Java can't tell whether standard error is a terminal: who starts it says so. */
  private static final String WATCHED = "selfalign.progress";

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Add the stack trace to the message of a failure.")
  private boolean verbose;

  /** Runs one command and exits with its status. */
  public static void main(String[] args) {
    // What a library prints must not get between the records; and these streams tell of errors.
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    System.setOut(err);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    ProgramEnd end = new ProgramEnd();
    ModelOpener models =
        (folder, options) -> {
          end.awaitFromNowOn();
          return DjlModel.open(folder, options);
        };
    end.exit(() -> run(models, System.in, out, err, Boolean.getBoolean(WATCHED), args));
  }

  /**
   * Runs one command and returns its exit status.
   *
   * @param watched whether commands show their progress on standard error without being asked to
   */
  static int run(
      ModelOpener models,
      InputStream in,
      OutputStream out,
      PrintStream err,
      boolean watched,
      String... args) {
    SelfAlignCli cli = new SelfAlignCli();
    CommandLine commandLine =
        OptionNumbers.register(
                new CommandLine(cli)
                    .addSubcommand(
                        new GenerateCommand(models, in, out, new ProgressArguments(err, watched)))
                    .addSubcommand(
                        new ScoreCommand(models, in, out, new ProgressArguments(err, watched)))
                    .addSubcommand(new DedupeCommand(in, out))
                    .addSubcommand(
                        new InstructCommand(models, in, out, new ProgressArguments(err, watched)))
                    .addSubcommand(
                        new RespondCommand(models, in, out, new ProgressArguments(err, watched)))
                    .addSubcommand(
                        new TryPromptCommand(
                            models, in, out, err, new ProgressArguments(err, watched)))
                    .addSubcommand(
                        new TrainCommand(models, in, out, err, new ProgressArguments(err, watched)))
                    .addSubcommand(new MergeCommand(models, out))
                    .addSubcommand(
                        new RunCommand(models, out, err, new ProgressArguments(err, watched)))
                    .addSubcommand(EvalCommand.withSubcommands(models, out, err, watched))
                    .addSubcommand(new ReportCommand(out))
                    .addSubcommand(new TraceCommand(out))
                    .addSubcommand(new HelpCommand()))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out, true, UTF_8))
            .setErr(new PrintWriter(err, true, UTF_8))
            .setParameterExceptionHandler((e, ignored) -> wrongUsage(e, err))
            .setExecutionExceptionHandler((e, command, ignored) -> cli.failure(e, command, err));
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "selfalign: not enough memory ("
              + e.getMessage()
              + "); lower --batch-size, or give Java more with JAVA_OPTS=-Xmx8g");
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  private static int wrongUsage(ParameterException e, PrintStream err) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println(
        command + ": " + oneLine(String.valueOf(e.getMessage())) + "; see " + command + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private int failure(Exception e, CommandLine command, PrintStream err) {
    if (!isBrokenPipe(e)) {
      boolean told = e instanceof SelfAlignException || e instanceof IllegalArgumentException;
      String message = told ? String.valueOf(e.getMessage()) : "internal error: " + e;
      String hint = told || verbose ? "" : "; run again with --verbose and report it";
      err.println(command.getCommandSpec().qualifiedName() + ": " + oneLine(message) + hint);
      if (verbose) {
        e.printStackTrace(err);
      }
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Whether nobody reads the records any more, as after {@code | head -1}: no news to anybody. */
  private static boolean isBrokenPipe(Exception e) {
    return e.getCause() instanceof IOException cause
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version =
          Optional.ofNullable(SelfAlignCli.class.getPackage().getImplementationVersion())
              .orElse("(not packaged)");
      return new String[] {"selfalign " + version};
    }
  }
}
