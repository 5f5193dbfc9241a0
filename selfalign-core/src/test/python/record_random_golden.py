"""Prints the golden values of RecordRandomTest, from the algorithm as RecordRandom's Javadoc states it.

Usage: python3 record_random_golden.py
"""

import hashlib
import struct

MASK = (1 << 64) - 1


def finalise(z):
    """The finaliser of SplitMix64."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(seed, stage, record_id, position, draw):
    text = struct.pack(">q", seed)
    for part in (stage.encode(), record_id.encode()):
        text += struct.pack(">i", len(part)) + part
    k0, k1 = struct.unpack(">QQ", hashlib.sha256(text).digest()[:16])
    z = finalise((k0 + position * 0x9E3779B97F4A7C15) & MASK)
    z = finalise(z ^ k1)
    return finalise((z + draw * 0xD1B54A32D192ED03) & MASK)


CASES = [
    (0, "", "", 0, 0),
    (0, "generate", "r0", 0, 0),
    (0, "generate", "r0", 1, 0),
    (0, "generate", "r0", 0, 1),
    (42, "generate", "r0", 0, 0),
    (-1, "instruct", "topic/日本語 😀", 2**63 - 1, -1),
    (-(2**63), "respond", "x" * 200, -(2**63), 2**63 - 1),
]

for case in CASES:
    value = bits(*case)
    print(*(repr(part) for part in case), f"bits 0x{value:016X}", f"uniform {(value >> 11) * 2.0**-53!r}")
