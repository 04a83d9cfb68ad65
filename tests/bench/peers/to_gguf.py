#!/usr/bin/env python3
"""to_gguf.py MODEL_DIR OUT.gguf   a seeded model as a GGUF file of bf16, without a vocabulary."""
import json, sys
import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter

NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
         "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
         "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
         "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}


def gguf_name(name):
    module, kind = name.rsplit(".", 1)
    if module.startswith("model.layers."):
        layer, part = module[len("model.layers."):].split(".", 1)
        return f"blk.{layer}.{NAMES[part]}.{kind}"
    return f"{NAMES[module]}.{kind}"


def heads_by_pairs(rows, heads):
    """GGUF's llama turns neighbouring rows of a head, Hugging Face's the two halves."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


folder, out = sys.argv[1:]
config = json.load(open(f"{folder}/config.json"))
family = config["model_type"]
writer = GGUFWriter(out, family)
writer.add_context_length(config["max_position_embeddings"])
writer.add_embedding_length(config["hidden_size"])
writer.add_block_count(config["num_hidden_layers"])
writer.add_feed_forward_length(config["intermediate_size"])
writer.add_head_count(config["num_attention_heads"])
writer.add_head_count_kv(config["num_key_value_heads"])
writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
writer.add_rope_freq_base(config["rope_theta"])
if family != "qwen2":
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_dimension_count(config["head_dim"])
writer.add_vocab_size(config["vocab_size"])
writer.add_tokenizer_model("no_vocab")

path = f"{folder}/model.safetensors"
with open(path, "rb") as file:
    length = int.from_bytes(file.read(8), "little")
    header = json.loads(file.read(length))
data = np.memmap(path, np.uint8, "r", 8 + length)
for name, tensor in header.items():
    if name == "__metadata__":
        continue
    begin, end = tensor["data_offsets"]
    values = np.ascontiguousarray(data[begin:end]).view(np.uint16).reshape(tensor["shape"])
    if values.ndim == 1:
        writer.add_tensor(gguf_name(name), (values.astype(np.uint32) << 16).view(np.float32))
        continue
    for part, heads in (("q_proj", "num_attention_heads"), ("k_proj", "num_key_value_heads")):
        if family == "llama" and part in name:
            values = np.ascontiguousarray(heads_by_pairs(values, config[heads]))
    writer.add_tensor(gguf_name(name), values.view(np.uint8), raw_dtype=GGMLQuantizationType.BF16)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
