package io.selfalign.eval;

/**
 * An item that could not be measured. It takes no part in any figure.
 *
 * @param id the item's id
 * @param reason the reason, such as {@code too_long}
 * @param detail what was found, such as its length
 */
public record Skipped(String id, String reason, String detail) {}
