/** The whole of SELF-ALIGN in one call. */
@NullMarked
package io.selfalign;

import org.jspecify.annotations.NullMarked;
