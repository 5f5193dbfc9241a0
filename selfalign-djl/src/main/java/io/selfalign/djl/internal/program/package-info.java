/** The TorchScript program of the decoder's forward pass, and its typed calls. */
@NullMarked
package io.selfalign.djl.internal.program;

import org.jspecify.annotations.NullMarked;
