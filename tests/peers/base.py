"""A quantised base against bitsandbytes: base.py PROGRAM RUNS [SEED], TAP.

Random models in F32, F16 and BF16 are quantised by PROGRAM (tests/peers/base.c) into its cache. Codes
must be the library's; so must those of NF4's scales, but for a few that the mean of all scales, which
the library sums up in floats, moves over a middle. Needs bitsandbytes, torch and safetensors. The
library's portable kernels are asked (tests/golden/nf4/make.py says why).
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden" / "nf4"))
from make import functional, portable_kernels  # noqa: E402


def shapes(config):
    hidden, feed = config["hidden_size"], config["intermediate_size"]
    kv = config["num_key_value_heads"] * config["head_dim"]
    q = config["num_attention_heads"] * config["head_dim"]
    yield from [("self_attn.q_proj", (q, hidden)), ("self_attn.k_proj", (kv, hidden)),
                ("self_attn.v_proj", (kv, hidden)), ("self_attn.o_proj", (hidden, q)),
                ("mlp.gate_proj", (feed, hidden)), ("mlp.up_proj", (feed, hidden)),
                ("mlp.down_proj", (hidden, feed))]


def make_model(folder, chance):
    dim = chance.choice([8, 16, 64])
    kv = chance.choice([1, 2])
    config = {
        "model_type": "llama", "rope_theta": 1e4, "hidden_size": chance.choice([8, 24, 50, 64, 256]),
        "intermediate_size": chance.choice([7, 40, 100, 344]), "num_hidden_layers": 2,
        "num_attention_heads": kv * chance.choice([1, 3]), "num_key_value_heads": kv,
        "head_dim": dim, "vocab_size": 20, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
        "tie_word_embeddings": True}
    dtype = chance.choice([torch.float32, torch.float16, torch.bfloat16])
    hidden = config["hidden_size"]
    linears = {}
    for layer in range(2):
        for name, shape in shapes(config):
            scale = chance.choice([0.002, 0.02, 1.0])
            linears[f"model.layers.{layer}.{name}.weight"] = (torch.randn(shape) * scale).to(dtype)
    tensors = dict(linears)
    tensors["model.embed_tokens.weight"] = torch.randn(20, hidden).to(dtype)
    tensors["model.norm.weight"] = torch.ones(hidden).to(dtype)
    for layer in range(2):
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"model.layers.{layer}.{norm}.weight"] = torch.ones(hidden).to(dtype)
    (folder / "config.json").write_text(json.dumps(config))
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    return linears


def same_int8(kernels, x, got, name):
    codes, most, _ = kernels.int8_vectorwise_quant(x)
    return (torch.equal(got[name][:codes.numel()], codes.reshape(-1)) and
            torch.equal(got[name + ".scales"], most / 127))


def same_nf4(kernels, x, got, name):
    codes, largest = kernels.quantize_4bit(x, 64, "nf4", torch.uint8)
    offset = largest.mean()
    table = functional.create_dynamic_map()
    absmax, scales = kernels.quantize_blockwise(largest - offset, table, 256)
    apart = (got[name + ".absmax"][:absmax.numel()].int() - absmax.int()).abs()
    return (torch.equal(got[name][:codes.numel()], codes.reshape(-1)) and
            bool(apart.max() <= 1) and int(apart.sum()) <= 1 + absmax.numel() // 100 and
            torch.allclose(got[name + ".scales"], scales, rtol=1e-5, atol=1e-7 * float(offset)) and
            torch.allclose(got[name + ".offset"], offset, rtol=1e-6))


def main():
    program, runs = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    chance = random.Random(seed)
    torch.manual_seed(seed)
    kernels = portable_kernels()
    failed = 0
    print(f"# seed {seed}")
    for run in range(1, runs + 1):
        bits, same = chance.choice([(8, same_int8), (4, same_nf4)])
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            linears = make_model(folder, chance)
            (folder / "cache").mkdir()
            subprocess.run([program, folder, folder / "cache", str(bits), "2"], check=True,
                           stdout=subprocess.DEVNULL)
            got = load_file(next((folder / "cache").iterdir()))
            wrong = [name for name, x in linears.items() if not same(kernels, x, got, name)]
        failed += bool(wrong)
        print(f"{'not ' if wrong else ''}ok {run} - {bits} bits {' '.join(wrong)}")
    print(f"1..{runs}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
