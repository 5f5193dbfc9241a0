package io.selfalign.instruct;

import java.util.Optional;

/**
 * What a model wrote, to be judged by filters.
 *
 * @param instruction what is asked; not blank
 * @param input what the instruction is about, if the model gave something
 * @param output an answer, if the model gave one
 * @param prompt the whole prompt after which it was written
 */
public record Candidate(
    String instruction, Optional<String> input, Optional<String> output, String prompt) {}
