package io.selfalign.data;

import java.util.List;

/**
 * A principle that an answer's thoughts name.
 *
 * @param number its number among the principles of the prompt, from 1
 * @param name its name, such as {@code candor}
 * @param by what the thoughts name it by: {@value #NUMBER}, {@value #NAME} or {@value #BOTH}
 * @param otherNumbers the numbers beside its name that are not its own, as 9 in "rule 9 (candor)"
 *     where candor is 7; each once, in ascending order
 */
public record AppliedPrinciple(int number, String name, String by, List<Integer> otherNumbers) {
  /** The thoughts have its number alone. */
  public static final String NUMBER = "number";

  /** The thoughts have its name, and its number nowhere. */
  public static final String NAME = "name";

  /** The thoughts have its number and its name. */
  public static final String BOTH = "both";

  private static final List<String> WAYS = List.of(NUMBER, NAME, BOTH);

  /**
   * Checks the fields, and copies the list.
   *
   * @throws IllegalArgumentException if the number is less than 1, the name can't be read, {@code
   *     by} is none of the three, or there are other numbers but the name isn't named
   */
  public AppliedPrinciple {
    if (number < 1) {
      throw new IllegalArgumentException("field 'number' is " + number + ", but must be 1 up");
    }
    FieldChecks.checkLine("name", name);
    if (!WAYS.contains(by)) {
      throw new IllegalArgumentException("field 'by' is '" + by + "', but must be one of " + WAYS);
    }
    otherNumbers = List.copyOf(otherNumbers);
    if (by.equals(NUMBER) && !otherNumbers.isEmpty()) {
      throw new IllegalArgumentException(
          "field 'other_numbers' is "
              + otherNumbers
              + ", but must be empty where 'by' is 'number': they stand beside the name");
    }
  }

  /** Whether the thoughts give it another's number, or one that no principle has. */
  public boolean disagrees() {
    return !otherNumbers.isEmpty();
  }
}
