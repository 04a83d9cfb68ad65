#!/usr/bin/env python3
"""dpo-train against TRL: train.py LOGITS_PROGRAM [CONFIGURATIONS [FIRST]]

Random configurations (loss, lengths, batches, schedules, seeds, models; DPO and SFT, adapters and all
weights) are run by TRL's trainers and by dpo-train, each from its own seed: every entry of the logs and
the final weights must agree. What dpo-train left is then read by those it was written for: PEFT and
transformers compute the same logits from it, transformers loads the state, TensorBoard shows each
figure."""

import contextlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import warnings

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", CUDA_VISIBLE_DEVICES="", TQDM_DISABLE="1",
                  TOKENIZERS_PARALLELISM="false", HF_DATASETS_DISABLE_PROGRESS_BARS="1")
import numpy as np
import peft
import torch
import transformers
import trl
from datasets import Dataset
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.trainer_callback import TrainerState

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run_files

MODELS = "tests/golden/numeric/models"
LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LOSSES = ["sigmoid", "hinge", "ipo", "robust", "nca_pair", "bco_pair", "sppo_hard", "aot", "aot_unpaired",
          "apo_zero", "apo_down", "discopop", "exo_pair", "sigmoid_norm", "sigmoid+0.5*sft", "hinge+0.25*ipo"]
SCHEDULES = ["linear", "cosine", "constant", "constant_with_warmup", "inverse_sqrt", "cosine_with_restarts",
             "polynomial,power=2", "cosine_with_min_lr,min_lr_rate=0.1"]
UPDATES, EVALUATE = 12, 5
SPEEDS = ("runtime", "per_second", "total_flos", "step")


def words(rng, low, high):
    made = ["".join(rng.choice("aeioulnrstdmöшع") for _ in range(rng.randint(1, 6)))
            for _ in range(rng.randint(low, high))]
    return " ".join(made) + rng.choice(["", ".", "?", "\n"])


def said(role, text):
    return [{"role": role, "content": text}]


def draw_row(rng, sft, chat):
    prompt, chosen, rejected = words(rng, 1, 30), words(rng, 1, 20), words(rng, 1, 20)
    if chat:
        prompt, chosen, rejected = said("user", prompt), said("assistant", chosen), said("assistant", rejected)
    else:
        chosen, rejected = " " + chosen, " " + rejected
    return {"prompt": prompt, "completion": chosen} if sft else \
        {"prompt": prompt, "chosen": chosen, "rejected": rejected}


def draw(number):
    """One configuration; its number decides what must not be left to chance."""
    rng = random.Random(1000 + number)
    sft, full = number % 3 == 2, number % 4 == 3
    case = dict(sft=sft, full=full, model=sorted(os.listdir(MODELS))[number % 7], seed=rng.randint(0, 10**6),
                loss=LOSSES[(5 * number) % len(LOSSES)], beta=rng.choice([0.05, 0.1, 0.3]),
                batch=rng.randint(1, 4), accumulation=rng.randint(1, 3), schedule=rng.choice(SCHEDULES),
                warmup=rng.randint(0, 4), rate=rng.choice([2e-4, 1e-3]), decay=rng.choice([0.0, 0.01, 0.1]),
                clip=rng.choice([0.3, 1.0, 5.0]), length=rng.choice([90, 160, 1024]),
                shuffled=rng.random() < 0.5, rank=rng.choice([2, 4, 8]), alpha=rng.choice([4, 16]),
                targets=rng.choice([LINEARS, LINEARS[:4], ["q_proj", "v_proj"]]), rslora=rng.random() < 0.3,
                logging=rng.randint(1, 3), smoothing=0.0, weighting=False)
    if case["loss"] in ("robust", "exo_pair"):
        case["smoothing"] = 0.1
    case["weighting"] = case["loss"] in ("ipo", "discopop") and not sft
    chat = rng.random() < 0.5
    case["rows"] = [draw_row(rng, sft, chat) for _ in range(rng.randint(11, 24))]
    case["eval"] = [draw_row(rng, sft, chat) for _ in range(rng.randint(3, 7))]
    return case


def describe(case):
    kind = ("sft" if case["sft"] else case["loss"]) + (", all weights" if case["full"] else "")
    return f"{case['model']}: {kind}, {case['batch']} x {case['accumulation']}, {case['schedule']}"


# --- Theirs.

def schedule_options(text):
    kind, *numbers = text.split(",")
    pairs = (number.split("=") for number in numbers)
    return dict(lr_scheduler_type=kind, lr_scheduler_kwargs={name: float(value) for name, value in pairs})


def loss_options(case):
    terms = [term.rpartition("*") for term in case["loss"].split("+")]
    return dict(loss_type=[term[2] for term in terms], loss_weights=[float(term[0] or 1) for term in terms],
                beta=case["beta"], label_smoothing=case["smoothing"], use_weighting=case["weighting"])


def their_settings(case, folder):
    common = dict(output_dir=folder, use_cpu=True, bf16=False, gradient_checkpointing=False, seed=case["seed"],
                  per_device_train_batch_size=case["batch"], per_device_eval_batch_size=case["batch"],
                  gradient_accumulation_steps=case["accumulation"], learning_rate=case["rate"],
                  warmup_steps=case["warmup"], weight_decay=case["decay"], max_grad_norm=case["clip"],
                  max_steps=UPDATES, logging_steps=case["logging"], eval_strategy="steps",
                  eval_steps=EVALUATE, save_strategy="no", report_to=[], disable_tqdm=True,
                  train_sampling_strategy="random" if case["shuffled"] else "sequential",
                  max_length=case["length"], **schedule_options(case["schedule"]))
    return trl.SFTConfig(**common) if case["sft"] else trl.DPOConfig(**common, **loss_options(case))


def train_theirs(case, folder):
    at = os.path.join(MODELS, case["model"])
    model = AutoModelForCausalLM.from_pretrained(at, dtype=torch.float32, attn_implementation="eager")
    lora = None if case["full"] else peft.LoraConfig(
        r=case["rank"], lora_alpha=case["alpha"], target_modules=case["targets"],
        use_rslora=case["rslora"], task_type="CAUSAL_LM")
    reference = {} if case["sft"] or not case["full"] else dict(
        ref_model=AutoModelForCausalLM.from_pretrained(at, dtype=torch.float32, attn_implementation="eager"))
    kind = trl.SFTTrainer if case["sft"] else trl.DPOTrainer
    trainer = kind(model=model, args=their_settings(case, folder), train_dataset=Dataset.from_list(case["rows"]),
                   eval_dataset=Dataset.from_list(case["eval"]), peft_config=lora,
                   processing_class=AutoTokenizer.from_pretrained(at), **reference)
    trainer.train()
    trainer.evaluate() if UPDATES % EVALUATE else None
    trainer.save_model(folder)
    return trainer.state.log_history


# --- Ours.

def write_rows(path, rows):
    with open(path, "w") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def our_options(case):
    options = ["--batch-size", case["batch"], "--gradient-accumulation", case["accumulation"],
               "--learning-rate", case["rate"], "--lr-scheduler", case["schedule"],
               "--warmup-steps", case["warmup"], "--weight-decay", case["decay"],
               "--max-grad-norm", case["clip"], "--max-steps", UPDATES, "--logging-steps", case["logging"],
               "--eval-steps", EVALUATE, "--seed", case["seed"], "--max-length", case["length"],
               "--max-prompt-length", 0, "--order", "shuffled" if case["shuffled"] else "sequential",
               "--precision", "fp32", "--method", "sft" if case["sft"] else "dpo"]
    if not case["sft"]:
        options += ["--loss", case["loss"], "--beta", case["beta"]]
        options += ["--label-smoothing", case["smoothing"]] if case["smoothing"] else []
        options += ["--use-weighting"] if case["weighting"] else []
    if case["full"]:
        return options + ["--full"]
    options += ["--rslora"] if case["rslora"] else []
    return options + ["--lora-rank", case["rank"], "--lora-alpha", case["alpha"],
                      "--lora-targets", ",".join(case["targets"])]


def train_ours(case, folder):
    data, held = os.path.join(folder, "train.jsonl"), os.path.join(folder, "eval.jsonl")
    write_rows(data, case["rows"])
    write_rows(held, case["eval"])
    out = os.path.join(folder, "run")
    command = ["dpo-train", "-m", os.path.join(MODELS, case["model"]), data, "--eval", held, "-o", out,
               "--quiet", *map(str, our_options(case))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (describe(case), done.stderr)
    return out


def entries_of(run):
    with open(os.path.join(run, "metrics.jsonl")) as log:
        return [json.loads(line) for line in log]


# --- Comparing.

def kind_of(entry):
    return entry["step"], "eval" if "eval_loss" in entry else "end" if "train_loss" in entry else "train"


def allowed(name, value, case):
    """How far ours may be from it."""
    name = name.removeprefix("eval_")
    if name in ("loss", "train_loss", "grad_norm"):
        return 1e-4 * abs(value) + 2e-6
    if name.startswith("rewards/"):
        return 2e-5 * max(1, case["beta"] / 0.1)
    if name.startswith("logps/"):
        return 1e-6 * abs(value) + (1e-5 if case["full"] or case["rate"] > 5e-4 else 0)
    if name == "learning_rate":
        return 1e-12 * abs(value)
    return 1e-4 * abs(value) if name == "entropy" else 2e-6


def may_flip(name, entry):
    """Accuracies of margins that are almost 0 fall either way."""
    prefix = "eval_" if name.startswith("eval_") else ""
    return name.endswith("rewards/accuracies") and abs(entry.get(prefix + "rewards/margins", 1)) < 1e-4


def check_logs(case, theirs, ours):
    found = {kind_of(entry): entry for entry in ours}
    assert {kind_of(entry) for entry in theirs} == set(found), (describe(case), sorted(found))
    worst = 0
    for entry in theirs:
        mine = found[kind_of(entry)]
        for name, value in entry.items():
            if name.endswith(SPEEDS) or may_flip(name, entry):
                continue
            assert name in mine, (describe(case), name, kind_of(entry))
            far, limit = abs(mine[name] - value), allowed(name, value, case)
            assert far <= limit, (describe(case), name, kind_of(entry), value, mine[name])
            worst = max(worst, far / limit if limit else 0)
    return worst


def check_weights(case, theirs, ours):
    """Where a gradient is almost 0, Adam makes steps of its rounding: a few entries may stray."""
    name = "model.safetensors" if case["full"] else "adapter_model.safetensors"
    left, right = load_file(os.path.join(theirs, name)), load_file(os.path.join(ours, name))
    assert left.keys() == right.keys(), (describe(case), left.keys() ^ right.keys())
    worst = 0
    for key, tensor in left.items():
        far = (right[key] - tensor).abs() / tensor.abs().max()
        stray = (far > 1e-3).float().mean().item()
        assert stray <= 1e-2 and far.max() <= 2e-2, (describe(case), key, stray, far.max())
        worst = max(worst, far.max().item())
    return worst


# --- What others make of it.

def loaded(case, run):
    at = os.path.join(MODELS, case["model"])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = AutoModelForCausalLM.from_pretrained(run if case["full"] else at, dtype=torch.float32,
                                                     attn_implementation="eager")
        return model.eval() if case["full"] else peft.PeftModel.from_pretrained(model, run).eval()


def check_logits(case, run):
    rng = random.Random(case["seed"])
    ids = [rng.randrange(490) for _ in range(60)]
    base, adapter = (run, "-") if case["full"] else (os.path.join(MODELS, case["model"]), run)
    raw = subprocess.run([LOGITS, base, adapter, *map(str, ids)], stdout=subprocess.PIPE, check=True).stdout
    with torch.no_grad():
        wanted = loaded(case, run)(torch.tensor([ids])).logits[0].numpy()
    ours = np.frombuffer(raw, np.float32).reshape(wanted.shape)
    far = np.abs(ours - wanted).max() / np.abs(wanted).max()
    assert far <= 1e-5, (describe(case), "logits", far)
    return far


def check_run(case, run, entries):
    path = os.path.join(run, "trainer_state.json")
    state = TrainerState.load_from_json(path)
    assert state.log_history == entries and state.global_step == state.max_steps == UPDATES
    assert (state.train_batch_size, state.eval_steps) == (case["batch"], EVALUATE)
    state.save_to_json(path + ".theirs")
    with open(path) as ours, open(path + ".theirs") as theirs:
        assert ours.read() == theirs.read(), describe(case)
    run_files.check_scalars(run, entries)


def check_case(number):
    case = draw(number)
    with tempfile.TemporaryDirectory() as folder:
        theirs = os.path.join(folder, "theirs")
        run = train_ours(case, folder)
        with contextlib.redirect_stdout(io.StringIO()):
            log = train_theirs(case, theirs)
        entries = entries_of(run)
        logs = check_logs(case, log, entries)
        weights = check_weights(case, theirs, run)
        logits = check_logits(case, run)
        check_run(case, run, entries)
    print(f"{number}: {describe(case)}: logs {logs:.2f} of what is allowed, weights {weights:.1e}, "
          f"logits {logits:.1e}", flush=True)


def main():
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for number in range(first, first + count):
        check_case(number)
    print(f"train: {count} configurations as in TRL {trl.__version__}")


if __name__ == "__main__":
    LOGITS = sys.argv[1]
    main()
