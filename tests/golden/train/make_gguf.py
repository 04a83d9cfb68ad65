"""smollm.gguf.xz: the model numeric/models/smollm with its tokenizer as a GGUF file, in F32.

    python3 -m venv v && v/bin/pip install gguf safetensors numpy && v/bin/python make_gguf.py && xz -9e smollm.gguf

Rows of q and k are interleaved, as llama.cpp wants them.
"""

import json
import pathlib

import gguf
import numpy as np
from safetensors.numpy import load_file

here = pathlib.Path(__file__).resolve().parent
model = here.parent / "numeric/models/smollm"
config = json.loads((model / "config.json").read_text())
names = json.loads((model / "tokenizer_config.json").read_text())
tokenizer = json.loads((model / "tokenizer.json").read_text())
heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
layers = config["num_hidden_layers"]


def interleave(rows, count):
    halves = rows.reshape(count, 2, rows.shape[0] // count // 2, rows.shape[1])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(rows.shape))


def add_tokenizer(writer):
    tokens = {id: token for token, id in tokenizer["model"]["vocab"].items()}
    kinds = {id: gguf.TokenType.NORMAL for id in tokens}
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]] = added["content"]
        kinds[added["id"]] = (gguf.TokenType.CONTROL if added["special"]
                              else gguf.TokenType.USER_DEFINED)
    ids = {token: id for id, token in tokens.items()}
    for id in range(len(tokens), config["vocab_size"]):
        tokens[id] = f"[PAD{id}]"
        kinds[id] = gguf.TokenType.UNUSED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([tokens[id] for id in sorted(tokens)])
    writer.add_token_types([kinds[id] for id in sorted(tokens)])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m)
                             for m in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(ids[names["eos_token"]])
    writer.add_pad_token_id(ids[names["pad_token"]])
    writer.add_add_bos_token(False)
    writer.add_chat_template(names["chat_template"])


def add_sizes(writer):
    writer.add_vocab_size(config["vocab_size"])
    writer.add_block_count(layers)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])


writer = gguf.GGUFWriter(here / "smollm.gguf", "llama")
add_sizes(writer)
add_tokenizer(writer)
weights = load_file(model / "model.safetensors")
weights.pop("lm_head.weight", None)
table = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)
for name, values in sorted(weights.items()):
    if name.endswith(("q_proj.weight", "k_proj.weight")):
        values = interleave(values, heads if "q_proj" in name else kv_heads)
    writer.add_tensor(table.get_name(name, try_suffixes=(".weight",)), values)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
