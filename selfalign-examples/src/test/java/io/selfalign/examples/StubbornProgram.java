package io.selfalign.examples;

import java.time.Duration;

/** A program that never ends and that no interrupt stops. */
final class StubbornProgram {
  private StubbornProgram() {}

  public static void main(String[] args) {
    ProgramEnd end = new ProgramEnd(Duration.ofMillis(200));
    end.awaitFromNowOn();
    System.out.println("ready");
    end.exit(
        () -> {
          while (true) {
            Thread.onSpinWait();
          }
        });
  }
}
