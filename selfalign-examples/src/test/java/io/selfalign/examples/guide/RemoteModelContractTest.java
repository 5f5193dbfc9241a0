package io.selfalign.examples.guide;

import io.selfalign.model.BaseModel;
import io.selfalign.testing.BaseModelContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;

/**
 * The contract of every model, with a server in this process. All of it holds, because the stub's
 * arithmetic doesn't depend on what else it is asked.
 *
 * <p>With a real server, tests that compare texts exactly (any batch, two threads, the same again)
 * can fail by rounding: run it in float32 and in a batch-invariant mode, or override them. Where
 * two tokens are equally likely, {@code greedy} of a score may be true for both.
 */
class RemoteModelContractTest extends BaseModelContract {
  private final CompletionsStub server;

  RemoteModelContractTest() throws IOException {
    server = new CompletionsStub();
  }

  @Override
  protected BaseModel openModel() {
    return RemoteModel.at(server.address()).endOfSequence(CompletionsStub.END_OF_SEQUENCE).open();
  }

  @AfterAll
  void closeServer() {
    server.close();
  }
}
