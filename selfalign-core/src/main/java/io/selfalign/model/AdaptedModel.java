package io.selfalign.model;

/**
 * A base model with an adapter: another model over the same weights. Any number of them may be open
 * and in use beside the base model and each other.
 *
 * <p>Whoever attached the adapter closes this model, which frees the adapter and leaves the base
 * model open. Closing the base model closes it too. {@link #close()} may be called at any time,
 * from any thread and repeatedly.
 */
public interface AdaptedModel extends BaseModel, AutoCloseable {
  @Override
  void close();
}
