/**
 * The command line over the library's public API. File names tell the role:
 *
 * <ul>
 *   <li>{@code SelfAlignCli} lists the commands; each is a {@code ...Command}, those of {@code
 *       eval} are {@code Eval...Command}.
 *   <li>{@code ...Arguments} are options that several commands share, each declared once: of
 *       models, batches, prompts, sampling, replies, runs, adapters, judges, progress.
 *   <li>{@code OptionNumbers} reads numbers, {@code OptionValues} hands values to the library.
 *   <li>{@code ...Lines} and {@code ...File} read records and files; {@code Progress} and {@code
 *       RunProgress} show how far a command is.
 * </ul>
 */
@NullMarked
package io.selfalign.examples.cli;

import org.jspecify.annotations.NullMarked;
