package io.selfalign.report;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A real browser without a window: Chromium or Chrome with its driver, from the path or the usual
 * places. On Debian and its like they are installed where they are missing; on macOS and Windows
 * Selenium finds or fetches them. Without a browser the tests fail, they are never left out.
 */
final class Browser {
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
  private static final List<String> DRIVERS = List.of("chromedriver", "chromium.chromedriver");
  private static final List<String> PLACES =
      List.of(
          "/usr/bin",
          "/usr/local/bin",
          "/usr/lib/chromium",
          "/usr/lib/chromium-browser",
          "/opt/google/chrome",
          "/snap/bin");
  private static final int INSTALL_MINUTES = 15;

  private Browser() {}

  /** A new browser with an empty profile, which the caller quits. */
  static ChromeDriver start(Path profile, String... arguments) {
    ChromeOptions options = new ChromeOptions();
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    options.addArguments(arguments);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    if (!isLinux()) {
      return new ChromeDriver(options);
    }
    if (find(BROWSERS).isEmpty() || find(DRIVERS).isEmpty()) {
      install();
    }
    options.setBinary(find(BROWSERS).orElseThrow(Browser::missing).toFile());
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(find(DRIVERS).orElseThrow(Browser::missing).toFile())
            .usingAnyFreePort()
            .build();
    return new ChromeDriver(service, options);
  }

  private static boolean isLinux() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
  }

  private static Optional<Path> find(List<String> names) {
    List<String> folders = new ArrayList<>();
    folders.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
    folders.addAll(PLACES);
    return names.stream()
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** With the packages of Debian, as root or where sudo asks for no password. */
  private static void install() {
    if (find(List.of("apt-get")).isEmpty()) {
      throw missing();
    }
    List<String> root = isRoot() ? List.of() : List.of("sudo", "-n");
    run(root, "apt-get", "update");
    run(root, "apt-get", "install", "-y", "--no-install-recommends", "chromium", "chromium-driver");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void run(List<String> root, String... command) {
    List<String> words = Stream.concat(root.stream(), Stream.of(command)).toList();
    try {
      Path log = Files.createTempFile("selfalign-browser", ".log");
      ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
      Process process = builder.redirectOutput(log.toFile()).start();
      if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            missing().getMessage() + "; '" + String.join(" ", words) + "' failed, see " + log);
      }
      Files.delete(log);
    } catch (IOException e) {
      throw new IllegalStateException(missing().getMessage() + "; " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a browser was installed", e);
    }
  }

  private static IllegalStateException missing() {
    return new IllegalStateException(
        "there is no browser to test the report in; install Chromium and its driver"
            + " (Debian: apt-get install chromium chromium-driver), or put chrome and chromedriver"
            + " on the PATH");
  }
}
