"""Matrices quantised by bitsandbytes, to 4 bits with quantised scales and to rows of 8 bits.

    python3 -m venv v && v/bin/pip install numpy torch bitsandbytes && v/bin/python make.py

writes NAME.bin beside this script (--check only compares): three u32 (rows, columns, how many of the
last elements are dequantised), the elements as f32, and then of NF4 the packed codes, the codes of
the scales, the scales of these (f32), the offset (f32) and the dequantised elements (f32); of int8
the codes and each row's largest absolute value (f32). map.bin has the 256 values of the dynamic map
as the library makes it with AVX2. All is little-endian. The library's portable kernels are asked:
of those for CPUs one rounds scales to 16 bits before it looks for the nearest code, and another
takes the wrong scales for rows shorter than a block.
"""

import importlib
import pathlib
import sys
import types

import bitsandbytes.functional as functional
import numpy as np
import torch
from bitsandbytes import _ops
from bitsandbytes.backends.default import ops

SHAPES = {"odd": (3, 7), "narrow": (5, 48), "edges": (6, 64), "straddling": (13, 100),
          "groups": (4, 4160)}


def portable_kernels():
    kernels = {}

    def keep(name, device):
        del device
        return lambda function: kernels.setdefault(name.split("::")[1], function)

    _ops.register_kernel = keep
    importlib.reload(ops)
    return types.SimpleNamespace(**kernels)


def edges(x):
    """Ties, a block of zeros, and blocks whose largest value is hardly a number."""
    code = functional.get_4bit_type("nf4", device="cpu").numpy()
    middles = (code[:-1] + code[1:]) / np.float32(2)
    x[0] = 0
    x[0, 0] = 1
    x[0, 1:16] = middles
    x[0, 16:31] = np.nextafter(middles, np.float32(2))
    x[0, 31:46] = np.nextafter(middles, np.float32(-2))
    x[1] = 0
    x[2] *= np.float32(1e-37)
    x[3] *= np.float32(1e37)
    x[4] = np.arange(64, dtype=np.float32) - np.float32(31.5)  # halves, where a row's factor is 1
    x[4, 0] = 127
    return x


def elements(name, rng):
    x = (rng.standard_normal(SHAPES[name]) * 0.02).astype(np.float32)
    return edges(x) if name == "edges" else x


def bytes_of(*arrays):
    return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


def golden(x, kernels):
    kept = min(x.size, 2048)
    tensor = torch.from_numpy(x)
    codes, largest = kernels.quantize_4bit(tensor, 64, "nf4", torch.uint8)
    offset = largest.mean()
    table = functional.create_dynamic_map()
    absmax, scales = kernels.quantize_blockwise(largest - offset, table, 256)
    largest = kernels.dequantize_blockwise(absmax, scales, table, 256, torch.float32) + offset
    out = kernels.dequantize_4bit(codes, largest, 64, "nf4", x.shape, torch.float32)
    rows, most, _ = kernels.int8_vectorwise_quant(tensor)
    return bytes_of(np.array([*x.shape, kept], dtype="<u4"), x, codes.numpy(), absmax.numpy(),
                    scales.numpy(), np.float32(offset), out.reshape(-1)[-kept:].numpy(),
                    rows.numpy(), most.numpy())


def main():
    folder = pathlib.Path(__file__).parent
    rng = np.random.default_rng(64)
    files = {"map": bytes_of(functional.create_dynamic_map().numpy())}
    kernels = portable_kernels()
    for name in SHAPES:
        files[name] = golden(elements(name, rng), kernels)
    for name, data in files.items():
        path = folder / f"{name}.bin"
        if "--check" not in sys.argv:
            path.write_bytes(data)
        elif path.read_bytes() != data:
            sys.exit(f"{path} differs")
    print(f"{len(files)} files")


if __name__ == "__main__":
    main()
