package io.selfalign.data;

/**
 * How a text was sampled. What else a generation depends on, such as stop strings, is in the
 * settings of its stage.
 *
 * @param temperature what logits were divided by; 0 means the likeliest token each time
 * @param topP the mass of the likeliest tokens that were sampled from; 1 is all
 * @param maxNewTokens the most tokens that could be generated
 * @param seed the seed, from which with the record's id all randomness derives
 */
public record Sampling(double temperature, double topP, int maxNewTokens, long seed) {}
