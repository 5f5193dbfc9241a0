package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.function.Function;

/** Stages that tests make up. */
final class TestStages {
  private TestStages() {}

  /** A stage that makes one record of each. */
  static <I extends Traceable, O extends Traceable> BatchStage<I, O> mapping(
      String name, Class<I> inputType, Class<O> outputType, Function<I, O> function) {
    return processing(
        name,
        inputType,
        outputType,
        batch -> {
          Unit.Builder<O> unit = Unit.builder();
          batch.forEach(record -> unit.keep(function.apply(record)));
          return unit.build();
        });
  }

  static <I extends Traceable, O extends Traceable> BatchStage<I, O> processing(
      String name, Class<I> inputType, Class<O> outputType, Function<List<I>, Unit<O>> function) {
    return new BatchStage<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Class<I> inputType() {
        return inputType;
      }

      @Override
      public Class<O> outputType() {
        return outputType;
      }

      @Override
      public Settings settings() {
        return Settings.none();
      }

      @Override
      public int unitSize() {
        return 2;
      }

      @Override
      public Unit<O> process(List<I> batch, UnitContext context) {
        return function.apply(batch);
      }
    };
  }
}
