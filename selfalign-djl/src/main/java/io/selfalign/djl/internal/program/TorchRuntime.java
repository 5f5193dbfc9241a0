package io.selfalign.djl.internal.program;

import ai.djl.engine.Engine;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.selfalign.error.ModelLoadException;
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

  /** Whether packed matrices of bfloat16 can be multiplied. */
  static boolean multipliesPackedBfloat16() {
    engine();
    return PackingHolder.WORKS;
  }

  private static final class PackingHolder {
    private static final boolean WORKS = WeightPacking.works();
  }

  private static final class Holder {
    // In this order: the engine reads the environment when it starts.
    private static final boolean TILES_ARE_BROKEN = avoidBrokenTileInstructions();
    private static final Object START = startOnce();

    private static Engine start() {
      if (START instanceof Engine engine) {
        return engine;
      }
      throw new ModelLoadException(
          "PyTorch's native library can't be loaded; add ai.djl.pytorch:pytorch-native-cpu:2.7.1 with"
              + " this platform's classifier (such as linux-x86_64) to the class path, or set"
              + " PYTORCH_LIBRARY_PATH to a libtorch of version 2.7.1",
          (Throwable) START);
    }

    private static Object startOnce() {
      try {
        return Engine.getEngine("PyTorch");
      } catch (RuntimeException | LinkageError e) {
        return e;
      }
    }
  }

  /** Whether the processor reports AMX, but it can't be used. */
  static boolean tilesAreBroken() {
    return Holder.TILES_ARE_BROKEN;
  }

  /**
   * Some virtual machines report the AMX instructions but no tile palette to use them with. The
   * kernels of oneDNN then configure no tiles and die of an illegal instruction, and the JVM with
   * them. Here such a processor is recognised, and oneDNN told to do without AMX, before it starts.
   *
   * @return whether this is such a processor
   */
  private static boolean avoidBrokenTileInstructions() {
    try {
      if (!Processor.read().has("amx_tile") || tilePalettes() > 0) {
        return false;
      }
      if (System.getenv(INSTRUCTION_SET_LIMIT) == null) {
        NativeLibrary.getProcess()
            .getFunction("setenv")
            .invokeInt(new Object[] {INSTRUCTION_SET_LIMIT, "AVX512_CORE_FP16", 1});
        log.info(
            "this processor reports AMX but no tile palette; PyTorch runs without AMX ({} is set"
                + " for this process)",
            INSTRUCTION_SET_LIMIT);
      }
      return true;
    } catch (RuntimeException | LinkageError e) {
      log.debug("could not examine the processor's AMX support", e);
      return false;
    }
  }

  /**
   * Gives freed memory back to the system. The allocator of Linux would keep a closed model's
   * weights for the process's next needs.
   */
  static void trimMemory() {
    if (System.getProperty("os.name").equals("Linux")) {
      try {
        NativeLibrary.getProcess().getFunction("malloc_trim").invokeInt(new Object[] {0L});
      } catch (RuntimeException | LinkageError e) {
        log.debug("this system's allocator can't be trimmed", e);
      }
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
