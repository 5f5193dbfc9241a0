package io.selfalign.pipeline;

/**
 * A record found by {@link RunDirectory#trace}.
 *
 * @param relation what it is to the record that was asked for
 * @param distance over how many generations, 0 for the record itself
 * @param stage the stage that made it
 * @param id its id
 * @param kept false if it is in the ledger
 * @param json the record, or its line of the ledger, as JSON
 */
public record TracedRecord(
    Relation relation, int distance, String stage, String id, boolean kept, String json) {
  /** What one record is to another. */
  public enum Relation {
    /** The same. */
    SELF,
    /** The other was made from it, perhaps by way of others. */
    ANCESTOR,
    /** It was made from the other, perhaps by way of others. */
    DESCENDANT
  }
}
