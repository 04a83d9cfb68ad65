"""What transformers computes with the models here under other configs: varied.py > varied.jsonl

A line for each: 'model', whose weights they are, 'config', the text of its config.json with another
rope or other windows, and 'logp', the log-probability of each token but the first of each golden
sequence (forward/MODEL.safetensors). Eager attention in fp32. Needs torch, transformers and
safetensors.
"""

import json
import pathlib
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def rope(kind, **members):
    return {"rope_parameters": {"rope_type": kind, **members}}


def windows(width, **members):
    return {"use_sliding_window": True, "sliding_window": width, **members}


cases = [
    ("llama", rope("linear", factor=4.0)),
    ("qwen3", rope("yarn", factor=4.0, original_max_position_embeddings=128)),
    ("qwen2", rope("yarn", factor=8.0, beta_fast=16.0, beta_slow=2.0, attention_factor=1.3,
                   original_max_position_embeddings=64)),
    ("qwen2", windows(5, max_window_layers=1, layer_types=None)),
    ("qwen3", windows(7, layer_types=["sliding_attention", "full_attention"])),
]

for name, change in cases:
    config = json.loads((here / "models" / name / "config.json").read_text())
    theta = config["rope_parameters"]["rope_theta"]
    if "rope_parameters" in change:
        change["rope_parameters"]["rope_theta"] = theta
    if change.get("layer_types"):
        kinds = change["layer_types"]
        change["layer_types"] = [kinds[i % 2] for i in range(config["num_hidden_layers"])]
    config.update(change)
    config = {key: value for key, value in config.items() if value is not None}
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "config.json").write_text(json.dumps(config))
        read = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(here / "models" / name, config=read,
                                                 dtype=torch.float32, attn_implementation="eager")
    golden = load_file(here / "forward" / f"{name}.safetensors")
    logp = []
    with torch.no_grad():
        for ids in (golden[f"ids.{i}"].long() for i in range(3)):
            scores = model(ids[None]).logits[0, :-1].double().log_softmax(-1)
            logp += scores.gather(1, ids[1:, None])[:, 0].tolist()
    print(json.dumps({"model": name, "config": config, "logp": [round(x, 6) for x in logp]}))
