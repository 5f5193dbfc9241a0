package io.selfalign.data;

/**
 * A principle that an answer's thoughts name.
 *
 * @param number its number among the principles of the prompt, from 1
 * @param name its name, such as {@code candor}
 */
public record AppliedPrinciple(int number, String name) {
  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if the number is less than 1, or the name can't be read
   */
  public AppliedPrinciple {
    if (number < 1) {
      throw new IllegalArgumentException("field 'number' is " + number + ", but must be 1 up");
    }
    FieldChecks.checkLine("name", name);
  }
}
