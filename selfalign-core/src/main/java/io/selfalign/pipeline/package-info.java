/**
 * Runs: typed stages composed into pipelines, the directory a run leaves behind, the journal that
 * makes it resumable, events and cancellation. It knows no stage of the method.
 */
@NullMarked
package io.selfalign.pipeline;

import org.jspecify.annotations.NullMarked;
