#!/usr/bin/env python3
"""Folded models against PEFT: fold.py [SEED]

For each form of adapter that PEFT saves, on tiny models of several families in three number formats:
what dpo-lora-merge writes is what merge_and_unload gives, bit for bit, in the formats and with the
roundings of either; and transformers loads the folder and computes with it what PEFT's model did."""

import os
import subprocess
import sys
import tempfile
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config, Qwen3Config

warnings.simplefilter("ignore")
torch.set_num_threads(1)
SIZES = dict(hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, head_dim=12, vocab_size=70, max_position_embeddings=64)
LLAMA = dict(family=LlamaConfig, tie_word_embeddings=False)
TIED = dict(family=Qwen3Config, tie_word_embeddings=True)
BIASED = dict(family=LlamaConfig, attention_bias=True, mlp_bias=True, tie_word_embeddings=True)
QWEN2 = dict(family=Qwen2Config, tie_word_embeddings=False)
# A model, and one adapter or several.
CASES = {
    "plain": (LLAMA, dict(target_modules="all-linear")),
    "rank 1": (QWEN2, dict(target_modules=["q_proj", "down_proj"], r=1, lora_alpha=3)),
    "rank 40": (TIED, dict(target_modules="all-linear", r=40, use_rslora=True)),
    "patterns": (LLAMA, dict(target_modules=r".*\.(q|o|up)_proj", rank_pattern={"up_proj": 3},
                             alpha_pattern={r"layers\.1.*q_proj": 5.5})),
    "layers": (QWEN2, dict(target_modules=["k_proj"], layers_to_transform=[1])),
    "dora": (LLAMA, dict(target_modules="all-linear", use_dora=True)),
    "dora and head": (LLAMA, dict(target_modules=["q_proj", "lm_head"], use_dora=True)),
    "lora_bias": (BIASED, dict(target_modules="all-linear", lora_bias=True)),
    "bias all": (BIASED, dict(target_modules=["q_proj", "up_proj"], bias="all")),
    "bias lora_only": (BIASED, dict(target_modules=["q_proj", "up_proj"], bias="lora_only")),
    "head": (LLAMA, dict(target_modules=["lm_head", "v_proj"])),
    "embedding": (LLAMA, dict(target_modules=["embed_tokens", "v_proj"])),
    "saved": (LLAMA, dict(target_modules=["v_proj"], modules_to_save=["lm_head", "norm"])),
    "saved, tied": (TIED, dict(target_modules=["v_proj"], modules_to_save=["lm_head"])),
    "saved embedding, tied": (TIED, dict(target_modules=["v_proj"],
                                         modules_to_save=["embed_tokens"])),
    "two": (LLAMA, dict(target_modules="all-linear"), dict(target_modules=["q_proj"], r=5)),
    "three": (QWEN2, dict(target_modules=["q_proj"]), dict(target_modules=["q_proj"], r=5),
              dict(target_modules=["q_proj", "lm_head"], r=2)),
}
FORMATS = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
failed = 0


def claim(holds, *words):
    global failed
    if not holds:
        failed += 1
        print("FAILED:", *words)


def make_adapters(base, cases, folder, seed):
    """Adapters whose numbers are all random, as PEFT saves them."""
    for i, case in enumerate(cases):
        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        peft = get_peft_model(model, LoraConfig(**{"task_type": "CAUSAL_LM", "r": 4,
                                                   "lora_alpha": 8, **case}))
        torch.manual_seed(seed + i)
        for name, parameter in peft.named_parameters():
            if "lora_magnitude" in name:
                parameter.data *= 1 + 0.1 * torch.randn_like(parameter)
            elif parameter.requires_grad:
                parameter.data += 0.05 * torch.randn_like(parameter)
        peft.save_pretrained(f"{folder}/{i}")


def peft_model(base, count, folder, dtype):
    model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype)
    peft = PeftModel.from_pretrained(model, f"{folder}/0", adapter_name="0")
    for i in range(1, count):
        peft.load_adapter(f"{folder}/{i}", adapter_name=str(i))
    peft.base_model.set_adapter([str(i) for i in range(count)])
    return peft.eval()


def compare(what, folder, merged, tied):
    ours, theirs = load_file(f"{folder}/model.safetensors"), merged.state_dict()
    if tied:
        theirs.pop("lm_head.weight", None)
    claim(sorted(ours) == sorted(theirs), what, sorted(set(ours) ^ set(theirs)))
    for name in set(ours) & set(theirs):
        a, b = ours[name], theirs[name].to(ours[name].dtype)
        if not torch.equal(a, b):
            claim(False, what, name, int((a != b).sum()), "of", a.numel(), "differ, most",
                  float((a.float() - b.float()).abs().max()))


def check(what, model, cases, dtype, seed, tmp):
    family = dict(model)
    config = family.pop("family")(**SIZES, **family)
    base, adapters = f"{tmp}/base", f"{tmp}/adapters"
    torch.manual_seed(seed)
    original = AutoModelForCausalLM.from_config(config, dtype=FORMATS[dtype])
    for parameter in original.parameters():
        parameter.data = (0.2 * torch.randn(parameter.shape)).to(parameter.dtype)
    original.save_pretrained(base)
    make_adapters(base, cases, adapters, seed + 1)
    names = [f"{adapters}/{i}" for i in range(len(cases))]
    for rounding, safe in (("each", False), ("safe", True)):
        peft = peft_model(base, len(cases), adapters, FORMATS[dtype])
        ids = torch.arange(12).reshape(1, -1)
        logits = peft(ids).logits.float()
        merged = peft.merge_and_unload(safe_merge=safe)
        told = subprocess.run(["dpo-lora-merge", "-q", "-m", base, *names, "--rounding", rounding,
                               "-o", f"{tmp}/{rounding}"], capture_output=True, text=True)
        claim(told.returncode == 0, what, told.stderr)
        if told.returncode != 0:
            return
        folded = AutoModelForCausalLM.from_pretrained(f"{tmp}/{rounding}", dtype=FORMATS[dtype])
        compare(f"{what}, {dtype}, {rounding}", f"{tmp}/{rounding}", merged,
                folded.config.tie_word_embeddings)
        if dtype == "f32" and len(cases) == 1:
            off = float((folded(ids).logits - logits).abs().max())
            claim(off < 1e-3, what, "logits differ by", off)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for what, (model, *cases) in CASES.items():
        for dtype in FORMATS:
            with tempfile.TemporaryDirectory() as tmp:
                check(what, model, cases, dtype, seed, tmp)
    print(f"fold: {len(CASES)} kinds of adapters in {len(FORMATS)} formats,",
          "all as PEFT" if not failed else f"{failed} differences")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
