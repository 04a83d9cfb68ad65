"""Answers to prompts by transformers' generate(): answers.py MODEL PROMPTS DTYPE BATCH TOKENS THREADS
Prints the tokens that were made and the seconds that took, loading not counted."""

import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

model, prompts, dtype, batch, tokens, threads = sys.argv[1:7]
torch.set_num_threads(int(threads))
tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
model = AutoModelForCausalLM.from_pretrained(model, dtype=getattr(torch, dtype))
model.generation_config.eos_token_id = None
texts = [json.loads(line)["prompt"] for line in open(prompts, encoding="utf-8")]
made = 0
began = time.monotonic()
for at in range(0, len(texts), int(batch)):
    inputs = tokenizer(texts[at : at + int(batch)], return_tensors="pt", padding=True)
    inputs.pop("token_type_ids", None)
    out = model.generate(**inputs, max_new_tokens=int(tokens), do_sample=False, pad_token_id=0)
    made += (out.shape[1] - inputs["input_ids"].shape[1]) * out.shape[0]
print(made, time.monotonic() - began)
