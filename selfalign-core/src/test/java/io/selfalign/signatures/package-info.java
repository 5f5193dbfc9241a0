/**
 * What a module promises, as text: its public signatures, read from its class files, beside the
 * list that is committed.
 */
@NullMarked
package io.selfalign.signatures;

import org.jspecify.annotations.NullMarked;
