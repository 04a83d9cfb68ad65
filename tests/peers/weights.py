"""Safetensors read and written here against the safetensors package: weights.py RUNS [SEED], TAP.

Random files of the package go through our readers and our writer and must come out the same, byte
for byte; through our shards, whose files the package must read; and, after some bytes were changed,
whatever we still accept the package must accept, and see the same in it. Needs safetensors, a
compiler and build/gcc/libcommon.a; run it in the root of the tree.
"""
import ctypes
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors import TensorSpec, deserialize, serialize

DTYPES = {"bool": 1, "uint8": 1, "int8": 1, "int16": 2, "float16": 2, "bfloat16": 2, "int32": 4,
          "float32": 4, "float64": 8, "int64": 8}
LETTERS = "abcXYZ019._-/ \"\\\n\t\x01\x7fé€😀"


def build(folder):
    program = str(Path(folder, "weights"))
    subprocess.run(["gcc", "-std=c11", "-O1", "-D_GNU_SOURCE", "-Icommon", "-o", program,
                    "tests/peers/weights.c", "build/gcc/libcommon.a", "-lpthread"], check=True)
    return program


def make(chance):
    tensors = {}
    for _ in range(chance.choice([0, 1, 2, 5, 30])):
        name = "".join(chance.choice(LETTERS) for _ in range(chance.randrange(12)))
        dtype = chance.choice(list(DTYPES))
        shape = [chance.choice([0, 1, 2, 3, 8, 17]) for _ in range(chance.randrange(4))]
        size = DTYPES[dtype]
        for extent in shape:
            size *= extent
        tensors[name] = dtype, shape, chance.randbytes(size)
    return tensors


def pack(tensors):
    places = {name: (ctypes.c_char * (len(data) or 1)).from_buffer_copy(data or b" ")
              for name, (_, _, data) in tensors.items()}
    specs = {name: TensorSpec(dtype=dtype, shape=shape, data_len=len(data),
                              data_ptr=ctypes.addressof(places[name]))
             for name, (dtype, shape, data) in tensors.items()}
    return bytes(serialize(specs, {"format": "pt"}))


def seen(data):
    return {name: (t["dtype"], t["shape"], bytes(t["data"])) for name, t in deserialize(data)}


def run(*words):
    return subprocess.run(words, capture_output=True).returncode == 0


def copies_match(program, folder, data):
    source, target = folder / "in", folder / "out"
    source.write_bytes(data)
    return all(run(program, way, str(source), str(target)) and target.read_bytes() == data
               for way in ["map", "pipe"])


def shards_match(program, folder, data, limit):
    model, joined = folder / "model", folder / "joined"
    model.mkdir()
    if not run(program, "split", str(folder / "in"), str(model), str(limit)):
        return False
    got, index = {}, model / "model.safetensors.index.json"
    for path in sorted(model.glob("*.safetensors")):
        part = seen(path.read_bytes())
        if index.exists():
            where = json.loads(index.read_text())["weight_map"]
            if any(where[name] != path.name for name in part):
                return False
        got.update(part)
    return (got == seen(data) and run(program, "join", str(model), str(joined))
            and seen(joined.read_bytes()) == got)


def damage_is_seen(program, folder, data, chance):
    source, target = folder / "in", folder / "out"
    header = 8 + int.from_bytes(data[:8], "little")
    for _ in range(10):
        changed = bytearray(data)
        for _ in range(chance.choice([1, 1, 2, 5])):
            place = chance.randrange(header)
            changed[place] = chance.choice([chance.randrange(256), *b'"{}[]:,0129 \\'])
        source.write_bytes(changed)
        ours = {run(program, way, str(source), str(target)) for way in ["map", "pipe"]}
        if len(ours) == 2 or (True in ours and seen(target.read_bytes()) != seen(bytes(changed))):
            return False
    return True


def main():
    runs = int(sys.argv[1])
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    failed = 0
    with tempfile.TemporaryDirectory() as top:
        program = build(top)
        for number in range(1, runs + 1):
            folder = Path(top, str(number))
            folder.mkdir()
            tensors = make(chance)
            data = pack(tensors)
            good = (copies_match(program, folder, data)
                    and shards_match(program, folder, data, chance.choice([0, 100, 1000, 10**6]))
                    and damage_is_seen(program, folder, data, chance))
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {len(tensors)} tensors, "
                  f"{len(data)} bytes")
    print(f"1..{runs}")
    sys.exit(failed > 0)


main()
