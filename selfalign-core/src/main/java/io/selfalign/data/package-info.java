/** Records that flow between stages, and their JSON Lines form. */
@NullMarked
package io.selfalign.data;

import org.jspecify.annotations.NullMarked;
