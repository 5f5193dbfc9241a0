package io.selfalign.djl;

import io.selfalign.model.BaseModel;
import io.selfalign.testing.BaseModelContract;

/** The contract of every backend, on a tiny random checkpoint. */
class DjlModelContractTest extends BaseModelContract {
  @Override
  protected BaseModel openModel() {
    return DjlModel.open(Fixtures.folder("llama3-rope"));
  }
}
