#!/usr/bin/env python3
"""adapter.py MODEL_DIR OUT_DIR   a LoRA adapter of rank 16 on all linear layers, of random numbers."""
import json, os, sys
import numpy as np
from safetensors.numpy import save_file

RANK, ALPHA = 16, 32
model, out = sys.argv[1:]
config = json.load(open(f"{model}/config.json"))
hidden, wide, size = config["hidden_size"], config["intermediate_size"], config["head_dim"]
q, kv = (size * config[key] for key in ("num_attention_heads", "num_key_value_heads"))
shapes = {"self_attn.q_proj": (q, hidden), "self_attn.k_proj": (kv, hidden), "self_attn.v_proj": (kv, hidden),
          "self_attn.o_proj": (hidden, q), "mlp.gate_proj": (wide, hidden), "mlp.up_proj": (wide, hidden),
          "mlp.down_proj": (hidden, wide)}
random = np.random.default_rng(1)
tensors = {}
for layer in range(config["num_hidden_layers"]):
    for name, (rows, cols) in shapes.items():
        at = f"base_model.model.model.layers.{layer}.{name}"
        tensors[f"{at}.lora_A.weight"] = random.normal(0, 0.02, (RANK, cols)).astype("f4")
        tensors[f"{at}.lora_B.weight"] = random.normal(0, 0.02, (rows, RANK)).astype("f4")
os.makedirs(out, exist_ok=True)
save_file(tensors, f"{out}/adapter_model.safetensors")
with open(f"{out}/adapter_config.json", "w") as file:
    json.dump({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": ALPHA, "lora_dropout": 0.0,
               "bias": "none", "target_modules": [name.split(".")[1] for name in shapes],
               "base_model_name_or_path": model}, file)
