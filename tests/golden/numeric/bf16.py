"""How far PyTorch's bf16 strays from its fp32 on the models here: bf16.py > bf16.jsonl

For each model the log-probabilities of all tokens of the golden sequences (forward/MODEL.safetensors),
computed by transformers in fp32 and in bf16 throughout: the largest and the root mean square
difference. Needs torch, transformers and safetensors.
"""

import json
import pathlib

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def logprobs(model, sequences):
    out = []
    with torch.no_grad():
        for ids in sequences:
            logits = model(ids[None].long()).logits[0, :-1].float()
            out.append(logits.log_softmax(-1).gather(1, ids[1:, None].long())[:, 0])
    return torch.cat(out).double()


for path in sorted((here / "models").iterdir()):
    golden = load_file(here / "forward" / f"{path.name}.safetensors")
    sequences = [golden[f"ids.{i}"] for i in range(3)]
    runs = [
        logprobs(AutoModelForCausalLM.from_pretrained(path, dtype=dtype), sequences)
        for dtype in (torch.float32, torch.bfloat16)
    ]
    off = (runs[1] - runs[0]).abs()
    print(json.dumps({"model": path.name, "largest": off.max().item(),
                      "rms": off.square().mean().sqrt().item()}))
