#!/usr/bin/env python3
"""Adapters against PEFT: adapter.py PROGRAM [SEEDS]

For tiny models of each family and for ways to name targets: PEFT and we make the same adapter from a
seed, bit for bit; PEFT loads ours without a word; what PEFT wrote we write again, byte for byte; and
PEFT refuses what we refuse."""

import json
import os
import subprocess
import sys
import tempfile
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import (AutoModelForCausalLM, LlamaConfig, MistralConfig, Qwen2Config,
                          Qwen3Config)

SIZES = dict(hidden_size=48, intermediate_size=80, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, head_dim=12, vocab_size=64, max_position_embeddings=64)
FAMILIES = [LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config]
CASES = [
    dict(),
    dict(target_modules=["q_proj", "down_proj", "absent"], r=3, lora_alpha=5),
    dict(target_modules="all-linear", use_rslora=True, lora_dropout=0.05),
    dict(target_modules=r".*\.(q|o)_proj"),
    dict(target_modules=r"model\.layers\.[02]\.(?:mlp\.\w+_proj|self_attn\.[kv]_proj)"),
    dict(target_modules=r"(?:.*?(?:self_attn|mlp).*?(?:q_proj|up_proj).*?)|(?:\bmodel\.x)"),
    dict(target_modules=["q_proj", "model.layers.0.self_attn.v_proj"], layers_to_transform=[1]),
    dict(target_modules=["q_proj"], layers_to_transform=2, layers_pattern="layers"),
    dict(target_modules="all-linear", exclude_modules=["q_proj", "model.layers.1.mlp.up_proj"]),
    dict(target_modules="all-linear", exclude_modules=r".*\.1\..*"),
    dict(target_modules=["q_proj", "v_proj", "up_proj"], rank_pattern={"1.*v_proj": 5, "v_proj": 2},
         alpha_pattern={"^model.layers.2.*": 24, "layers.1.self_attn.q_proj": 3.5}),
    dict(target_modules=r".*\.(q|v)_proj", rank_pattern={r"layers\.[01]\.self_attn\.q_proj": 6}),
]
REFUSED = [
    dict(target_modules=["nothing"]),
    dict(target_modules="q_proj"),
    dict(target_modules=["mlp"]),
    dict(target_modules=r".*layers\.1.*"),
    dict(target_modules="all-linear", layers_to_transform=[1]),
    dict(target_modules=["q_proj"], layers_pattern="layers"),
    dict(target_modules=["q_proj"], layers_to_transform=[1], layers_pattern="h"),
    dict(target_modules=["q_proj"], rank_pattern={"q_proj": 0}),
]


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True)


def peft_model(config, seed, case):
    model = AutoModelForCausalLM.from_config(config)
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **case))


def write_options(path, case):
    with open(path, "w") as out:
        json.dump({"peft_type": "LORA", **case}, out)


def check(claim, what, case):
    if not claim:
        sys.exit(f"{what}: {case}")


def same(ours, theirs):
    return ours.keys() == theirs.keys() and all(torch.equal(ours[k], theirs[k]) for k in ours)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def scales(model):
    return {name: module.scaling["default"] for name, module in model.named_modules()
            if hasattr(module, "lora_A")}


def check_case(folder, config, seed, case):
    base, options = os.path.join(folder, "config.json"), os.path.join(folder, "options.json")
    ours, theirs, again = (os.path.join(folder, name) for name in ("ours", "theirs", "again"))
    weights = "adapter_model.safetensors"
    write_options(options, case)
    made = run("make", base, options, str(seed), ours)
    check(made.returncode == 0, made.stderr, case)
    peft_model(config, seed, case).save_pretrained(theirs)
    check(same(load_file(os.path.join(ours, weights)), load_file(os.path.join(theirs, weights))),
          "another adapter", case)
    check(read(os.path.join(ours, weights)) == read(os.path.join(theirs, weights)),
          "other bytes", case)
    copied = run("copy", base, theirs, again)
    check(copied.returncode == 0, copied.stderr, case)
    check(read(os.path.join(again, weights)) == read(os.path.join(theirs, weights)),
          "copied to other bytes", case)
    keys = json.loads(read(os.path.join(theirs, "adapter_config.json"))).keys()
    check(keys == json.loads(read(os.path.join(ours, "adapter_config.json"))).keys(),
          "other keys", case)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", FutureWarning)
        model = PeftModel.from_pretrained(AutoModelForCausalLM.from_config(config), ours)
    loaded = {k.replace(".default", ""): v for k, v in model.state_dict().items() if "lora_" in k}
    check(same(loaded, load_file(os.path.join(ours, weights))), "loaded otherwise", case)
    check(scales(model) == scales(peft_model(config, seed, case)), "other scales", case)


def check_refused(folder, config, case):
    options = os.path.join(folder, "options.json")
    write_options(options, case)
    ours = run("make", os.path.join(folder, "config.json"), options, "1",
               os.path.join(folder, "none"))
    try:
        peft_model(config, 1, case)
        theirs = False
    except ValueError:
        theirs = True
    check(theirs and ours.returncode == 1, f"refused by us {ours.returncode}, PEFT {theirs}", case)


def main():
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    done = 0
    for family in FAMILIES:
        config = family(**SIZES)
        config.architectures = [family.__name__.replace("Config", "ForCausalLM")]
        with tempfile.TemporaryDirectory() as folder:
            config.save_pretrained(folder)
            for case in CASES:
                for seed in range(42, 42 + seeds):
                    check_case(folder, config, seed, case)
                    done += 1
            for case in REFUSED:
                check_refused(folder, config, case)
                done += 1
    print(f"adapter: {done} cases as in PEFT")


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    main()
