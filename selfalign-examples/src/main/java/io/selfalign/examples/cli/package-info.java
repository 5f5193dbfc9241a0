/** The command line over the library's public API. */
@NullMarked
package io.selfalign.examples.cli;

import org.jspecify.annotations.NullMarked;
