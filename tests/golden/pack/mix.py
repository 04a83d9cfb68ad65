"""Which type llama-quantize gives each tensor of models of several shapes.

    python3 mix.py LLAMA_QUANTIZE > mix.txt

Each line is a model and a file type: architecture, layers, heads, kv_heads, is it tied, cols, is there an
importance matrix, type; then 'refused' where it asks for one, or for each kind of tensor its types in the
order of layers, those in a row counted.
"""

import itertools
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

TYPES = ["Q2_K_S", "Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L", "IQ4_XS", "IQ4_NL", "Q4_0", "Q4_K_S", "Q4_K_M", "Q4_1", "Q5_0",
         "Q5_K_S", "Q5_K_M", "Q5_1", "Q6_K", "Q8_0", "F16", "BF16"]
PARTS = ["attn_k", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up"]
MODELS = [("llama", 1, 8, 8, True, 256), ("llama", 9, 8, 2, False, 256), ("qwen2", 24, 14, 2, True, 96),
          ("qwen3", 17, 8, 4, False, 40), ("llama", 80, 64, 8, False, 256), ("llama", 80, 8, 8, False, 256),
          ("qwen2", 80, 64, 8, True, 256), ("qwen3", 80, 64, 8, True, 288), ("llama", 33, 8, 4, False, 512)]


def text(value):
    return struct.pack("<Q", len(value)) + value.encode()


def number(key, value):
    return text(key) + struct.pack("<II", 4, value)


def names(layers, tied):
    first = ["output_norm.weight", "token_embd.weight"] + ([] if tied else ["output.weight"])
    return sorted(first) + [f"blk.{i}.{part}.weight" for i in range(layers) for part in PARTS]


def model(arch, layers, heads, kv_heads, tied, cols):
    keys = [text("general.architecture") + struct.pack("<I", 8) + text(arch), number(f"{arch}.block_count", layers),
            number(f"{arch}.context_length", 64), number(f"{arch}.embedding_length", 64 * heads),
            number(f"{arch}.feed_forward_length", 64), number(f"{arch}.attention.head_count", heads),
            number(f"{arch}.attention.head_count_kv", kv_heads), number(f"{arch}.vocab_size", 4),
            text(f"{arch}.attention.layer_norm_rms_epsilon") + struct.pack("<If", 6, 1e-5)]
    infos, offset = b"", 0
    for name in names(layers, tied):
        rows = 1 if "norm" in name else 2
        infos += text(name) + struct.pack("<IQQIQ", 2, cols, rows, 0, offset)
        offset += (4 * cols * rows + 31) // 32 * 32
    head = b"GGUF" + struct.pack("<IQQ", 3, len(names(layers, tied)), len(keys)) + b"".join(keys) + infos
    return head + bytes(-len(head) % 32) + bytes(offset)


def summary(types):
    parts = []
    for part in ["output", "token_embd"] + PARTS:
        of_part = [new.upper() for name, new in types if new and re.search(rf"(^|\.){part}\.weight", name)]
        runs = [f"{new}*{len(list(run))}" for new, run in itertools.groupby(of_part)]
        parts += [part, *runs] if runs else []
    return " ".join(parts)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path, matrix = pathlib.Path(folder, "m.gguf"), pathlib.Path(folder, "m.dat")
        matrix.write_bytes(struct.pack("<ii", 1, 1) + b"x" + struct.pack("<iif", 1, 1, 1.0))
        for shape in MODELS:
            path.write_bytes(model(*shape))
            for importance in (False, True):
                for kind in TYPES:
                    command = [sys.argv[1], "--dry-run"] + ["--imatrix", str(matrix)] * importance
                    done = subprocess.run(command + [str(path), kind], capture_output=True, text=True)
                    out = done.stdout + done.stderr
                    types = re.findall(r"\] +(\S+) +- .*type = +\S+?,(?:.*-> .*\(\s*(\S+)\))?", out)
                    if done.returncode or len(types) != len(names(shape[1], shape[4])):
                        sys.exit(out)
                    print(*(int(field) if field in (True, False) else field for field in shape), int(importance), kind,
                          "refused" if "will require an imatrix" in out else summary(types))



main()
