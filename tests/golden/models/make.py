"""Small models of three families, each as a folder with safetensors and as a GGUF file.

    python3 -m venv v && v/bin/pip install numpy gguf safetensors && v/bin/python make.py

writes llama/, llama.gguf, qwen2/, qwen2.gguf, qwen3/ and qwen3.gguf beside this script. Rows of q
and k of the llama are interleaved in its GGUF file, as llama.cpp wants them; llama has biases
everywhere, an output of its own and llama3's RoPE scaling.
"""

import json
import math
import pathlib

import numpy as np
from gguf import GGUFWriter
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
SIZES = {
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "vocab_size": 20,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-5,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 3,
    "hidden_act": "silu",
    "torch_dtype": "float16",
}
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
FAMILIES = {
    "llama": {
        "architectures": ["LlamaForCausalLM"],
        "rope_theta": 10000.0,
        "rope_scaling": LLAMA3,
        "attention_bias": True,
        "mlp_bias": True,
        "tie_word_embeddings": False,
    },
    "qwen2": {"architectures": ["Qwen2ForCausalLM"], "rope_theta": 1e6, "tie_word_embeddings": True},
    "qwen3": {"architectures": ["Qwen3ForCausalLM"], "rope_theta": 1e6, "tie_word_embeddings": True},
}


def shapes(family):
    """(name in safetensors, name in GGUF, shape, heads whose rows are interleaved)"""
    d, f, v, h, k, dim = 24, 40, 20, 4, 2, 8
    q, kv = h * dim, k * dim
    yield "model.embed_tokens.weight", "token_embd.weight", (v, d), 0
    yield "model.norm.weight", "output_norm.weight", (d,), 0
    if family == "llama":
        yield "lm_head.weight", "output.weight", (v, d), 0
    for n in range(2):
        hf, gg = f"model.layers.{n}.", f"blk.{n}."
        yield hf + "input_layernorm.weight", gg + "attn_norm.weight", (d,), 0
        yield hf + "post_attention_layernorm.weight", gg + "ffn_norm.weight", (d,), 0
        for a, rows, columns, heads in [("q", q, d, h), ("k", kv, d, k), ("v", kv, d, 0), ("o", d, q, 0)]:
            b = {"o": "output"}.get(a, a)
            yield hf + f"self_attn.{a}_proj.weight", gg + f"attn_{b}.weight", (rows, columns), heads
            if family == "llama" or (family == "qwen2" and a != "o"):
                yield hf + f"self_attn.{a}_proj.bias", gg + f"attn_{b}.bias", (rows,), heads
        if family == "qwen3":
            for a in "qk":
                yield hf + f"self_attn.{a}_norm.weight", gg + f"attn_{a}_norm.weight", (dim,), 0
        for a, rows, columns in [("gate", f, d), ("up", f, d), ("down", d, f)]:
            yield hf + f"mlp.{a}_proj.weight", gg + f"ffn_{a}.weight", (rows, columns), 0
            if family == "llama":
                yield hf + f"mlp.{a}_proj.bias", gg + f"ffn_{a}.bias", (rows,), 0


def interleave(rows, heads):
    if not heads:
        return rows
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(rows.shape))


def divisors(base=10000.0, dim=8, factor=8.0, low=1.0, high=4.0, original=64):
    for j in range(dim // 2):
        wave = 2 * math.pi * base ** (2 * j / dim)
        share = (original / wave - low) / (high - low)
        yield 1 if wave < original / high else factor if wave > original / low else 1 / ((1 - share) / factor + share)


def write_metadata(writer, family, more):
    writer.add_block_count(2)
    writer.add_context_length(256)
    writer.add_embedding_length(24)
    writer.add_feed_forward_length(40)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(more["rope_theta"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_key_length(8)
    writer.add_value_length(8)
    if family == "llama":
        writer.add_vocab_size(20)
        writer.add_rope_dimension_count(8)
        writer.add_tensor("rope_freqs.weight", np.array(list(divisors()), dtype=np.float32))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_eot_token_id(4)
    writer.add_pad_token_id(3)


def main():
    for seed, (family, more) in enumerate(FAMILIES.items()):
        rng = np.random.default_rng(seed)
        folder = HERE / family
        folder.mkdir(exist_ok=True)
        config = {"model_type": family, **SIZES, **more}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        writer = GGUFWriter(HERE / f"{family}.gguf", family)
        write_metadata(writer, family, more)
        tensors = {}
        for hf, gg, shape, heads in shapes(family):
            tensors[hf] = rng.normal(size=shape).astype(np.float16)
            stored = interleave(tensors[hf], heads if family == "llama" else 0)
            writer.add_tensor(gg, stored if len(shape) > 1 else stored.astype(np.float32))
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


main()
