"""A small file with every kind of value and several formats of tensors, by the gguf package.

    python3 -m venv v && v/bin/pip install gguf numpy && v/bin/python make.py

writes small.gguf beside this script and prints what a test wants to know of it.
"""

import pathlib

import numpy as np
from gguf import GGMLQuantizationType as Format
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize, quantize

FORMATS = ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "TQ1_0", "TQ2_0"]


def main():
    path = pathlib.Path(__file__).parent / "small.gguf"
    rng = np.random.default_rng(5)
    writer = GGUFWriter(path, "llama")
    writer.add_custom_alignment(64)
    writer.add_uint8("n.u8", 200)
    writer.add_int8("n.i8", -100)
    writer.add_uint16("n.u16", 60000)
    writer.add_int16("n.i16", -30000)
    writer.add_uint32("n.u32", 4000000000)
    writer.add_int32("n.i32", -2000000000)
    writer.add_float32("n.f32", 0.1)
    writer.add_float64("n.f64", 0.1)
    writer.add_uint64("n.u64", 2**63)
    writer.add_int64("n.i64", -(2**62))
    writer.add_bool("n.yes", True)
    writer.add_bool("n.no", False)
    writer.add_string("n.text", "Grüße")
    writer.add_array("a.text", ["<s>", "▁a", "", "é", "end"])
    writer.add_key_value("a.f32", [-0.5, 1.5, 1000.0], GGUFValueType.ARRAY, GGUFValueType.FLOAT32)
    writer.add_key_value("a.i32", [1, -2, 3, 6], GGUFValueType.ARRAY, GGUFValueType.INT32)
    writer.add_tensor("vector", np.arange(7, dtype=np.float32))
    writer.add_tensor("cube", np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    for name in FORMATS:
        rows = rng.normal(size=(3, 256)).astype(np.float32)
        packed = rows if name == "F32" else quantize(rows, Format[name])
        writer.add_tensor(f"{name.lower()}.weight", packed, raw_dtype=Format[name])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    for tensor in GGUFReader(path).tensors:
        floats = dequantize(tensor.data, tensor.tensor_type).reshape(-1)
        bits = [f"{word:#010x}" for word in floats[[0, 1, 2, -1]].view(np.uint32)]
        print(tensor.name, tensor.tensor_type.name, tensor.shape[::-1].tolist(), *bits)


main()
