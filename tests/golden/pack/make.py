"""Rows of numbers, and the blocks that ggml's quantiser makes of them.

    npm install --ignore-scripts --omit=optional @node-llama-cpp/linux-x64@3.22.1
    python3 make.py node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/libggml-base.so

writes beside this script (--check only compares), all little-endian: rows.bin, ROWS rows of COLS
float32; importance.bin, COLS float32; FORMAT.bin, the packed rows without importance, then with it.
"""

import ctypes
import math
import pathlib
import random
import struct
import sys

COLS = 512
FORMATS = {
    "F16": (1, 1, 2), "BF16": (30, 1, 2), "Q8_0": (8, 32, 34), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20),
    "Q5_0": (6, 32, 22), "Q5_1": (7, 32, 24), "Q2_K": (10, 256, 84), "Q3_K": (11, 256, 110),
    "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210), "IQ4_NL": (20, 32, 18),
    "IQ4_XS": (23, 256, 136),
}


def rows(rng):
    normal = lambda: rng.gauss(0, 1)
    return [[of(i) for i in range(COLS)] for of in (
        lambda i: 0.02 * normal(),
        lambda i: 0.02 * normal() ** 3,
        lambda i: 0.02 * normal() if rng.random() < 0.5 else 0.0,
        lambda i: 0.0 if i < 256 else rng.choice([0.0, -0.0]),
        lambda i: 0.37 if i < 256 else -0.37,
        lambda i: 1e-30 * normal() if i < 256 else 1e-18 * normal(),
        lambda i: 1e-40 * normal() if i < 256 else 1e-5 * normal(),
        lambda i: 1e3 * normal() if i < 256 else 6e4 * rng.random(),
        lambda i: -abs(normal()),
        lambda i: 50.0 if i % 97 == 5 else 0.01 * normal(),
        lambda i: math.floor(4 * normal()) / 8,
        lambda i: normal() * math.exp(38 * rng.random() - 30),
        lambda i: 5 + 0.01 * normal() if i < 256 else -5 - 0.001 * normal(),
        lambda i: 0.0 if i // 32 % 3 == 1 else normal() * (1e-9 if i // 16 % 5 == 2 else 0.02),
        lambda i: 1.0 if i % 256 == 0 else 1e-6 * normal(),
        lambda i: rng.choice([-1, 1]) * 2.0 ** rng.randint(-20, 10),
    )]


def as_floats(values):
    return struct.pack(f"<{len(values)}f", *values)


def pack(library, ggml, elements, size, data, importance):
    count = len(data) // 4 // COLS
    out = ctypes.create_string_buffer(count * COLS // elements * size)
    call = library.ggml_quantize_chunk
    call.restype = ctypes.c_size_t
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64,
                     ctypes.c_char_p]
    if call(ggml, data, out, 0, count, COLS, importance) != len(out):
        sys.exit("the library packs other sizes")
    return out.raw


def main():
    folder = pathlib.Path(__file__).parent
    library = ctypes.CDLL(sys.argv[1])
    rng = random.Random(7)
    data = as_floats(sum(rows(rng), []))
    importance = as_floats([0.0 if i % 61 == 7 else math.exp(2 * rng.gauss(0, 1)) for i in range(COLS)])
    files = {"rows": data, "importance": importance}
    for name, (ggml, elements, size) in FORMATS.items():
        files[name] = b"".join(pack(library, ggml, elements, size, data, w) for w in (None, importance))
    for name, content in files.items():
        path = folder / f"{name}.bin"
        if "--check" not in sys.argv:
            path.write_bytes(content)
        elif path.read_bytes() != content:
            sys.exit(f"{path.name}: the library makes other bytes")
    print(f"{len(FORMATS)} formats")


main()
