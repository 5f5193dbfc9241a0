package io.selfalign.error;

/**
 * A model did not make as many records as were asked for, and went on making none. What it made is
 * kept in the run directory, and the run can go on from there: with more patience, or contented
 * with fewer, as the message says. What it made instead is in the stage's ledger.
 */
public final class NoProgressException extends SelfAlignException {
  private static final long serialVersionUID = 1L;

  private final String stage;
  private final long kept;
  private final long wanted;

  /**
   * Creates the exception.
   *
   * @param stage the name of the stage
   * @param kept how many records it has
   * @param wanted how many it should have
   * @param message what happened and what to change
   */
  public NoProgressException(String stage, long kept, long wanted, String message) {
    super(message);
    this.stage = stage;
    this.kept = kept;
    this.wanted = wanted;
  }

  /** The name of the stage. */
  public String stage() {
    return stage;
  }

  /** How many records the stage has. */
  public long kept() {
    return kept;
  }

  /** How many records it should have. */
  public long wanted() {
    return wanted;
  }
}
