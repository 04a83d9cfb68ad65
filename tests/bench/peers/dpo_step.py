#!/usr/bin/env python3
"""dpo_step.py MODEL_DIR THREADS STEPS default|tuned   seconds a pair of TRL's DPOTrainer with PEFT's LoRA.

Pairs of 256 + 256 + 256 tokens, four at a time, rank 16 on all linear layers, reference computed
beforehand. default is what TRL does unasked; tuned recomputes no activations (its caller also keeps the
C library from giving memory back). A step is forward, backward, clipping and update."""
import json, os, sys, tempfile, time

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", CUDA_VISIBLE_DEVICES="", TQDM_DISABLE="1")
import peft, torch, transformers, trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers

TOKENS, BATCH = 256, 4
folder, threads, steps, way = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
transformers.logging.set_verbosity_error()
special = {"<unknown>": 0, "<end>": 1, "<pad>": 2}
words = Tokenizer(models.WordLevel(special | {f"w{i}": i for i in range(3, 1000)}, unk_token="<unknown>"))
words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>",
                                                 pad_token="<pad>", unk_token="<unknown>")
model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)


def text(seed, count):
    return " ".join(f"w{10 + (seed * 7919 + i * 104729) % 990}" for i in range(count))


class Clock(transformers.TrainerCallback):
    took = []

    def on_step_begin(self, *_, **__):
        self.begin = time.perf_counter()

    def on_step_end(self, *_, **__):
        self.took.append(time.perf_counter() - self.begin)


count = BATCH * (steps + 1)
pairs = Dataset.from_list([{"prompt": text(i, TOKENS), "chosen": " " + text(3 * i + 1, TOKENS - 1),
                            "rejected": " " + text(3 * i + 2, TOKENS - 1)} for i in range(count)])
settings = trl.DPOConfig(output_dir=tempfile.mkdtemp(), use_cpu=True, per_device_train_batch_size=BATCH,
                         max_steps=steps + 1, bf16=True, gradient_checkpointing=way == "default",
                         precompute_ref_log_probs=way == "tuned", save_strategy="no", report_to=[],
                         max_length=3 * TOKENS, learning_rate=1e-4, lr_scheduler_type="constant")
lora = peft.LoraConfig(r=16, lora_alpha=32, task_type="CAUSAL_LM", target_modules="all-linear")
trainer = trl.DPOTrainer(model=model, args=settings, train_dataset=pairs, processing_class=tokenizer,
                         peft_config=lora, callbacks=[Clock()])
trainer.train()
print(json.dumps({"seconds a pair": [round(t / BATCH, 4) for t in Clock.took[1:]]}))
