#!/usr/bin/env python3
"""peft_merge.py MODEL_DIR ADAPTER_DIR OUT_DIR THREADS   the adapter folded by PEFT, saved by transformers."""
import os, shutil, sys

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

base, adapter, out, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16)
PeftModel.from_pretrained(model, adapter).merge_and_unload().save_pretrained(out)
for name in ("tokenizer.json", "tokenizer_config.json"):
    if os.path.exists(f"{base}/{name}"):
        shutil.copy(f"{base}/{name}", out)
print("{}")
