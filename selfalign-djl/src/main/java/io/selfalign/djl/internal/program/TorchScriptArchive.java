package io.selfalign.djl.internal.program;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source into the archive form that PyTorch loads: a zip of stored entries with
 * the source, a pickled object of its class without state, and an empty table of constants. The
 * pickles are written here; none is ever read.
 */
final class TorchScriptArchive {
  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  private TorchScriptArchive() {}

  /**
   * Loads a program into the engine.
   *
   * @param source TorchScript source that defines the class
   * @param className its name
   * @return its module, which the caller closes
   * @throws EngineException if PyTorch refuses the source
   */
  static PtSymbolBlock load(PtNDManager manager, String source, String className) {
    try {
      // With the last argument true the call would never return.
      return JniUtils.loadModule(
          manager, new ByteArrayInputStream(pack(source, className)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory can't fail", e);
    }
  }

  /**
   * The archive of a program whose module is the class {@code __torch__.CLASS}.
   *
   * @param source TorchScript source that defines the class
   * @param className its name
   */
  static byte[] pack(String source, String className) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
        put(zip, "program/code/__torch__.py", source.getBytes(UTF_8));
        put(zip, "program/data.pkl", emptyObject(className));
        put(zip, "program/constants.pkl", NO_CONSTANTS);
        put(zip, "program/version", "3\n".getBytes(US_ASCII));
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory can't fail", e);
    }
  }

  /** Pickle protocol 2: the class called with no arguments, then given an empty dictionary. */
  private static byte[] emptyObject(String className) throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write(("c__torch__\n" + className + "\n").getBytes(US_ASCII));
    pickle.write(new byte[] {')', (byte) 0x81, '}', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] data) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(data);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCrc(crc.getValue());
    // A fixed time keeps the archive the same from run to run.
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }
}
