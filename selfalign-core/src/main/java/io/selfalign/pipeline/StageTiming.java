package io.selfalign.pipeline;

/**
 * How long a process worked on a stage: a line of {@code timings.jsonl}, which differs from time to
 * time, as the speeds in a training's log do. A process that is killed leaves none.
 *
 * @param stage the stage's name
 * @param outcome complete, cancelled or failed
 * @param started when this process began with the stage, in UTC, as ISO 8601 has it
 * @param seconds how long it worked on it
 * @param units how many units it committed
 * @param records how many records it kept
 * @param drops how many it dropped
 * @param process its process id
 * @param library the library's version
 */
public record StageTiming(
    String stage,
    String outcome,
    String started,
    double seconds,
    long units,
    long records,
    long drops,
    long process,
    String library) {}
