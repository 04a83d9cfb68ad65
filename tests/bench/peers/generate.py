#!/usr/bin/env python3
"""generate.py MODEL_DIR bf16|fp32 THREADS REPEATS   transformers under the load of tests/bench/generate.c.

generate(), greedy, with its cache: the time for one token is the prompt's, what more tokens take
beyond it is theirs. REPEATS 0 makes one token and ends, so that the process' time is that of a start."""
import json, os, sys, time

os.environ.update(HF_HUB_OFFLINE="1", CUDA_VISIBLE_DEVICES="")
import torch
from transformers import AutoModelForCausalLM, logging

PREFILL, PROMPT, NEW, SECONDS = 512, 128, 64, 10
folder, precision, threads, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
logging.set_verbosity_error()
torch.set_num_threads(threads)
torch.manual_seed(1)
dtype = torch.bfloat16 if precision == "bf16" else torch.float32
model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa").eval()


def seconds(texts, prompt, new):
    ids = torch.randint(100, model.config.vocab_size, (texts, prompt))
    begin = time.perf_counter()
    model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, min_new_tokens=new,
                   max_new_tokens=new, pad_token_id=0)
    return time.perf_counter() - begin


if repeats == 0:
    seconds(1, 8, 1)
    sys.exit()
seconds(1, PREFILL, 1)
found = {f"prefill {PREFILL}": [round(PREFILL / seconds(1, PREFILL, 1), 1) for _ in range(repeats)]}
for texts in (1, 8, 32):
    found[f"decode {texts}"] = rates = []
    begin = time.perf_counter()
    while not rates or len(rates) < repeats and time.perf_counter() - begin < SECONDS:
        first = seconds(texts, PROMPT, 1)
        rates.append(round(texts * (NEW - 1) / (seconds(texts, PROMPT, NEW) - first), 1))
print(json.dumps(found))
