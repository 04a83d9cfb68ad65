"""texts.jsonl: what SFTTrainer makes of rows of all kinds, a data set a line.

    python3 -m venv v && v/bin/pip install trl==1.16.0 && v/bin/python make.py

Each line has the rows, the options, and of each row that was kept the ids and how many of them, at
the end, have a label.
"""

import json
import pathlib
import tempfile

from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

here = pathlib.Path(__file__).resolve().parent
model = here.parent / "numeric/models/llama"


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


system = {"role": "system", "content": "Be brief."}
texts = [{"text": t} for t in [
    "A loan is money that is paid back with interest.", "12", "é", "",
    "It ends by itself.<|im_end|>", "Two lines\nof text, and then a longer one to be cut: 1234567890"]]
completions = [{"prompt": p, "completion": c} for p, c in [
    ("Question: 1 + 1?\nAnswer:", " 2"), ("Hel", "lo there"), ("", "No prompt, 3 words"),
    ("Ends", ".<|im_end|>"), ("A prompt that is long: 123456789012345", "x"), ("a", "")]]
talks = [{"prompt": p, "completion": c} for p, c in [
    ([user("1 + 1?")], [assistant("2")]),
    ([system, user("Rates?")], [assistant("6.25%"), user("Fixed?"), assistant("Yes.")]),
    ([user("one"), assistant("two"), user("three 123456789")], [assistant("four")])]]
messages = [{"messages": m} for m in [
    [user("1 + 1?"), assistant("2")],
    [system, user("Rates?"), assistant("6.25%"), user("Fixed?"), assistant("Yes.")],
    [user("No answer yet")]]]

cases = [(rows, only, length, mode)
         for rows in (texts, completions, talks, messages)
         for only in ((None, False) if rows in (completions, talks) else (None,))
         for length, mode in ((None, "keep_start"), (24, "keep_start"), (12, "keep_start"),
                              (12, "keep_end"), (6, "keep_end"))]


def prepare(rows, only, length, mode, folder):
    config = SFTConfig(output_dir=folder, max_length=length, truncation_mode=mode,
                       completion_only_loss=only, bf16=False, use_cpu=True, report_to="none")
    trainer = SFTTrainer(model=AutoModelForCausalLM.from_pretrained(model), args=config,
                         processing_class=AutoTokenizer.from_pretrained(model),
                         train_dataset=Dataset.from_list(rows))
    kept = []
    for row in trainer.train_dataset:
        learned = [label != -100 for label in row["labels"]]
        count = sum(learned)
        assert all(learned[len(learned) - count:])
        kept.append({"ids": row["input_ids"], "labels": count})
    return kept


with tempfile.TemporaryDirectory() as folder, open(here / "texts.jsonl", "w") as out:
    for rows, only, length, mode in cases:
        kept = prepare(rows, only, length, mode, folder)
        print(json.dumps({"rows": rows, "completion_only": only, "max_length": length,
                          "truncation_mode": mode, "kept": kept}), file=out)
