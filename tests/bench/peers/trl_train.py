#!/usr/bin/env python3
"""trl_train.py MODEL PAIRS [options]   seconds a pair of TRL's DPOTrainer with PEFT's LoRA.

Rank 16 on the seven linear layers, beta 0.1, one epoch. An update is forward, backward, clipping and the
optimiser's step, and the reference's forward pass unless --before has it computed for all pairs first.
Unless told otherwise it is what TRL does unasked: weights in bf16, an adapter in fp32, products by bf16
autocast, activations recomputed. --keep keeps them. It may take most of the memory that is free, and
fails beyond that instead of driving others out."""
import argparse, json, os, resource, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("pairs")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--batch", type=int, default=4)
parser.add_argument("--accumulation", type=int, default=1)
parser.add_argument("--mode", choices=["default", "bf16", "autocast", "fp32"], default="default")
parser.add_argument("--attention", default="sdpa")
parser.add_argument("--keep", action="store_true")
parser.add_argument("--before", action="store_true")
given = parser.parse_args()

scratch = tempfile.TemporaryDirectory()
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", CUDA_VISIBLE_DEVICES="", TQDM_DISABLE="1",
                  HF_DATASETS_CACHE=scratch.name, TOKENIZERS_PARALLELISM="false")
free = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable"))
hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
most = int(free * 1024 * 0.9)
resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
import peft, torch, transformers, trl
from datasets import Dataset

torch.set_num_threads(given.threads)
transformers.logging.set_verbosity_error()


class Clock(transformers.TrainerCallback):
    took, used = [], []

    def on_step_begin(self, *_, **__):
        self.begin = time.perf_counter(), time.process_time()

    def on_step_end(self, *_, **__):
        self.took.append(time.perf_counter() - self.begin[0])
        self.used.append(time.process_time() - self.begin[1])


def timed_reference(trainer_class):
    """Its pass over the pairs before training, with a clock around it."""
    plain = trainer_class._precompute_ref_logps

    def timed(self, *words, **named):
        begin = time.perf_counter(), time.process_time()
        dataset = plain(self, *words, **named)
        Clock.reference = time.perf_counter() - begin[0], time.process_time() - begin[1]
        return dataset

    trainer_class._precompute_ref_logps = timed


def check_lengths(dataset, wanted):
    row = dataset[0]
    found = [len(row[name]) for name in ("prompt_ids", "chosen_ids", "rejected_ids")]
    if wanted and found != wanted:
        sys.exit(f"the first pair has {found} tokens instead of {wanted}")


rows = [json.loads(line) for line in open(given.pairs)]
lengths = rows[0].get("lengths")
dtype = torch.float32 if given.mode in ("autocast", "fp32") else torch.bfloat16
model = transformers.AutoModelForCausalLM.from_pretrained(given.model, dtype=dtype,
                                                          attn_implementation=given.attention)
settings = trl.DPOConfig(output_dir=scratch.name, use_cpu=True, per_device_train_batch_size=given.batch,
                         gradient_accumulation_steps=given.accumulation, num_train_epochs=1,
                         bf16=given.mode in ("default", "autocast"), gradient_checkpointing=not given.keep,
                         precompute_ref_log_probs=given.before, save_strategy="no", report_to=[],
                         logging_steps=1, max_length=1024, learning_rate=1e-4, disable_tqdm=True)
lora = peft.LoraConfig(r=16, lora_alpha=32, task_type="CAUSAL_LM", target_modules=[
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
timed_reference(trl.DPOTrainer)
Clock.reference = 0, 0
trainer = trl.DPOTrainer(
    model=model, args=settings, peft_config=lora, callbacks=[Clock()],
    train_dataset=Dataset.from_list([{name: row[name] for name in ("prompt", "chosen", "rejected")} for row in rows]),
    processing_class=transformers.AutoTokenizer.from_pretrained(given.model))
check_lengths(trainer.train_dataset, lengths)
if given.mode == "bf16":
    for parameter in trainer.model.parameters():
        parameter.data = parameter.data.to(torch.bfloat16)
trainer.train()
pairs = given.batch * given.accumulation
print(json.dumps({"train s a pair": [round(took / pairs, 4) for took in Clock.took[1:]],
                  "processor s a pair": [round(used / pairs, 4) for used in Clock.used[1:]],
                  "reference s a pair": round(Clock.reference[0] / len(rows), 4),
                  "reference processor s": round(Clock.reference[1] / len(rows), 4), "pairs": len(rows)}))
