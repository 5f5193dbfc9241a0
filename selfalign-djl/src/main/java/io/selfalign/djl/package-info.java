/**
 * Models on DJL's PyTorch engine. This package is the whole public interface: its signatures name
 * no type of DJL or of {@code io.selfalign.djl.internal}, which may change in any release.
 */
@NullMarked
package io.selfalign.djl;

import org.jspecify.annotations.NullMarked;
