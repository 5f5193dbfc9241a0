package io.selfalign.djl.program;

import ai.djl.engine.Engine;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the PyTorch engine, once in a process. */
final class TorchRuntime {
  private static final Logger log = LoggerFactory.getLogger(TorchRuntime.class);
  private static final String INSTRUCTION_SET_LIMIT = "ONEDNN_MAX_CPU_ISA";

  private TorchRuntime() {}

  /**
   * The engine.
   *
   * @throws ModelLoadException if PyTorch's native library can't be loaded
   */
  static Engine engine() {
    return Holder.start();
  }

  private static final class Holder {
    private static final Object START = startOnce();

    private static Engine start() {
      if (START instanceof Engine engine) {
        return engine;
      }
      throw new ModelLoadException(
          "PyTorch's native library can't be loaded; add ai.djl.pytorch:pytorch-native-cpu (for"
              + " this platform) to the class path, or set PYTORCH_LIBRARY_PATH to a libtorch of"
              + " the same version",
          (Throwable) START);
    }

    private static Object startOnce() {
      avoidBrokenTileInstructions();
      try {
        return Engine.getEngine("PyTorch");
      } catch (RuntimeException | LinkageError e) {
        return e;
      }
    }
  }

  /**
   * Some virtual machines report the AMX instructions but no tile palette to use them with. The
   * kernels of oneDNN then configure no tiles and die of an illegal instruction, and the JVM with
   * them. Here such a processor is recognised, and oneDNN told to do without AMX, before it starts.
   */
  private static void avoidBrokenTileInstructions() {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")
        || System.getenv(INSTRUCTION_SET_LIMIT) != null) {
      return;
    }
    try {
      if (processorReportsTiles() && tilePalettes() == 0) {
        NativeLibrary.getProcess()
            .getFunction("setenv")
            .invokeInt(new Object[] {INSTRUCTION_SET_LIMIT, "AVX512_CORE_FP16", 1});
        log.warn(
            "this processor reports AMX but no tile palette; PyTorch runs without AMX ({} is set"
                + " for this process)",
            INSTRUCTION_SET_LIMIT);
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      log.debug("could not examine the processor's AMX support", e);
    }
  }

  private static boolean processorReportsTiles() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(flags -> (flags.toLowerCase(Locale.ROOT) + " ").contains(" amx_tile "))
          .orElse(false);
    }
  }

  /**
   * CPUID leaf 0x1D, the number of tile palettes. Only the instruction itself can tell, so that it
   * is put into a page of executable memory: push rbx; mov eax, 0x1d; xor ecx, ecx; cpuid; pop rbx;
   * ret.
   */
  private static int tilePalettes() {
    byte[] code = {
      0x53, (byte) 0xB8, 0x1D, 0, 0, 0, 0x31, (byte) 0xC9, 0x0F, (byte) 0xA2, 0x5B, (byte) 0xC3
    };
    int readWriteExecute = 7;
    int privateAnonymous = 0x22;
    long size = 4096;
    NativeLibrary c = NativeLibrary.getProcess();
    Pointer page =
        c.getFunction("mmap")
            .invokePointer(
                new Object[] {Pointer.NULL, size, readWriteExecute, privateAnonymous, -1, 0L});
    if (Pointer.nativeValue(page) == -1) {
      throw new IllegalStateException("no executable memory");
    }
    try {
      page.write(0, code, 0, code.length);
      return Function.getFunction(page).invokeInt(new Object[0]);
    } finally {
      c.getFunction("munmap").invokeInt(new Object[] {page, size});
    }
  }
}
