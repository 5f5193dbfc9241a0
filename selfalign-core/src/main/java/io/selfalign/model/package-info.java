/** Language models as interfaces: generate, score, count tokens, and, where a model can, train. */
@NullMarked
package io.selfalign.model;

import org.jspecify.annotations.NullMarked;
