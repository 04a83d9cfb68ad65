"""Blocks of every quantised format, and the floats that the gguf package for Python reads in them.

    python3 -m venv v && v/bin/pip install gguf numpy && v/bin/python make.py

writes FORMAT.bin beside this script (--check only compares): 20 blocks one after the other, then their elements as float32,
all little-endian. The bytes of a block are random; its scales are, in turn, the cases below.
"""

import pathlib
import sys

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

COUNT = 20

# Where the F16 scales of a block stand; MXFP4 has none.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "IQ4_NL": [0],
    "MXFP4": [], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "IQ4_XS": [0], "TQ1_0": [52], "TQ2_0": [64],
}

# F16: zeros, the least and the largest subnormal, the least normal, ones, the largest.
CASES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x3C00, 0xBC00, 0x7BFF,
         0xFBFF]


def blocks_of(name, rng):
    size = GGML_QUANT_SIZES[GGMLQuantizationType[name]][1]
    blocks = rng.integers(0, 256, (COUNT, size), dtype=np.uint8)
    for row, block in enumerate(blocks):
        for nth, at in enumerate(SCALES[name]):
            case = row + 5 * nth
            scale = np.float16(rng.normal() * 0.02).view(np.uint16)
            if row < len(CASES):
                scale = CASES[case % len(CASES)]
            block[at:at + 2] = np.array([scale], dtype="<u2").view(np.uint8)
        if name == "MXFP4" and row < 6:
            block[0] = [0, 1, 2, 127, 128, 250][row]
    return blocks


def main():
    folder = pathlib.Path(__file__).parent
    rng = np.random.default_rng(20)
    for name in SCALES:
        blocks = blocks_of(name, rng)
        floats = dequantize(blocks, GGMLQuantizationType[name]).astype("<f4")
        if not np.isfinite(floats).all():
            sys.exit(f"{name}: a value is not finite")
        data, path = blocks.tobytes() + floats.tobytes(), folder / f"{name}.bin"
        if "--check" not in sys.argv:
            path.write_bytes(data)
        elif path.read_bytes() != data:
            sys.exit(f"{path.name}: the package reads other floats")
    print(f"{len(SCALES)} formats: the same floats")


main()
