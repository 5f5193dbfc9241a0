package io.selfalign.examples.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Entry point of the command line. Standard output carries records alone; everything else goes to
 * standard error. Exit status: 0 done, 1 failed, 2 wrong usage.
 */
@Command(
    name = "selfalign",
    description = "Align a base language model by principles, with the model itself.",
    mixinStandardHelpOptions = true,
    versionProvider = SelfAlignCli.Version.class)
public final class SelfAlignCli implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs one command and exits with its status. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SelfAlignCli()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command; see selfalign --help");
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
