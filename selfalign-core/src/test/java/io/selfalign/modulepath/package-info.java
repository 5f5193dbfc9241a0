/** selfalign-core as the module {@code io.selfalign}: all other tests have it on the class path. */
@NullMarked
package io.selfalign.modulepath;

import org.jspecify.annotations.NullMarked;
