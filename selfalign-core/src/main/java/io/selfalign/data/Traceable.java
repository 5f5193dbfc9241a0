package io.selfalign.data;

import java.util.List;

/**
 * A record that can be traced through a run. Implemented by Java records whose component {@code id}
 * is its id and whose component {@code parents}, if any, names what it was made from; both are
 * fields of the same names in JSON.
 */
public interface Traceable {
  /** The record's id, unique among the outputs of its stage, those dropped included. Not blank. */
  String id();

  /** The ids of the records it was made from; none for what came from outside. */
  default List<String> parents() {
    return List.of();
  }
}
