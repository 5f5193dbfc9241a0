/** Models on DJL's PyTorch engine; no DJL type appears in a public signature. */
@NullMarked
package io.selfalign.djl;

import org.jspecify.annotations.NullMarked;
