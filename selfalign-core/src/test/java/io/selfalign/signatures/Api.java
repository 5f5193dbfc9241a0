package io.selfalign.signatures;

import io.selfalign.Experimental;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A public type with one of everything, for {@link PublicSignaturesTest}. */
public abstract class Api<T extends Record & Comparable<T>> extends PublicSignaturesTest.Hidden
    implements AutoCloseable {
  /** A field. */
  public final int FIELD = 1;

  final int hidden = 2;

  /** A constructor. */
  protected Api() {}

  Api(int hidden) {}

  /** Generic, with an exception. */
  public <R> R map(Function<? super T, ? extends R> function) throws IOException {
    throw new IOException();
  }

  /** With a result and elements that may be null. */
  protected static @Nullable String maybe(List<@Nullable String> texts) {
    return texts.get(0);
  }

  /** With an array and a variable number of numbers. */
  public void many(T first, String[] texts, int... numbers) {}

  /** Not promised. */
  @Experimental
  public void mayChange() {}

  @Override
  public abstract void close();

  @Override
  public String toString() {
    return "Api";
  }

  void hidden() {}

  /** Sealed. */
  public sealed interface Shape permits Point {
    /** A default method. */
    default int sides() {
      return 0;
    }
  }

  /** A record with a second constructor. */
  public record Point(int x, @Nullable String name) implements Shape {
    /** A second constructor. */
    public Point(int x) {
      this(x, null);
    }
  }

  /** An enum. */
  public enum Color {
    RED,
    BLUE
  }
}
