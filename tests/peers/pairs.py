#!/usr/bin/env python3
"""Compares the ids of random conversations and pairs with transformers.

    pairs.py [COUNT]

Needs transformers (without torch), and dpo-tokens in the PATH. Conversations go through
apply_chat_template; pairs are tokenised three times, as TRL's DPOTrainer does it from 0.29 on, and
cut where the three part. Exits 1 at the first difference.
"""
import json
import lzma
import pathlib
import random
import subprocess
import sys
import tempfile

import transformers

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests/golden"
WORDS = ["rate", "Zins", "سعر", "利率", "don't", "I'LL", "42", "3.14", "\n", "\n\n", "  ", "\t", " ",
         "é", "e\u0301", "👩‍👩‍👧", "<|im_end|>", "<|im_start|>", "<think>", "</think>", "def f(x):",
         "{\"a\": 1}", "ﬁ", "Å", "ß", "\u200b", "\u00a0", "...", "?!", "'s", "x" * 40]


def models(folder):
    yield "tiny", ROOT / "data/tiny"
    for name in "qwen3", "smollm2":
        path = folder / name
        path.mkdir()
        packed = (GOLDEN / f"tokens/{name}.json.xz").read_bytes()
        (path / "tokenizer.json").write_bytes(lzma.decompress(packed))
        config = (GOLDEN / f"tree/{name}.config.json").read_bytes()
        (path / "tokenizer_config.json").write_bytes(config)
        yield name, path


def text(random_):
    return "".join(random_.choice(WORDS) + random_.choice(["", " "])
                   for _ in range(random_.randrange(9)))


def conversation(random_):
    messages = []
    if random_.random() < 0.4:
        messages.append({"role": "system", "content": text(random_)})
    for turn in range(random_.randrange(1, 4)):
        if turn:
            messages.append({"role": "assistant", "content": text(random_)})
        messages.append({"role": "user", "content": text(random_)})
    return messages


def ours(model, way, rows):
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    result = subprocess.run(["dpo-tokens", "-q", "-m", model, way], input=lines.encode(),
                            stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


def render(tokenizer, messages, generate):
    return tokenizer.apply_chat_template(messages, add_generation_prompt=generate, tokenize=True,
                                         return_dict=False)


def pair(random_):
    if random_.random() < 0.5:
        return {"prompt": text(random_), "chosen": text(random_), "rejected": text(random_)}
    answers = [[{"role": "assistant", "content": text(random_)}] for _ in range(2)]
    return {"prompt": conversation(random_), "chosen": answers[0], "rejected": answers[1]}


def sequences(tokenizer, row):
    if isinstance(row["prompt"], list):
        yield render(tokenizer, row["prompt"], True)
        for side in "chosen", "rejected":
            yield render(tokenizer, row["prompt"] + row[side], False)
        return
    yield tokenizer(row["prompt"])["input_ids"]
    for side in "chosen", "rejected":
        end = "" if row[side].endswith(tokenizer.eos_token) else tokenizer.eos_token
        yield tokenizer(row["prompt"] + row[side] + end)["input_ids"]


def prefix(a, b):
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n


def want_pair(tokenizer, row):
    prompt, chosen, rejected = sequences(tokenizer, row)
    cut = min(prefix(prompt, chosen), prefix(prompt, rejected))
    return {"prompt_ids": prompt[:cut], "chosen_ids": chosen[cut:], "rejected_ids": rejected[cut:]}


def compare(name, rows, got, want):
    assert len(got) == len(rows), f"{name}: {len(got)} lines for {len(rows)}"
    for row, mine, theirs in zip(rows, got, want):
        if any(mine[key] != ids for key, ids in theirs.items()):
            sys.exit(f"{name} differs: {json.dumps(row, ensure_ascii=False)}\n"
                     f"  ours   {mine}\n  theirs {theirs}")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder:
        for name, path in models(pathlib.Path(folder)):
            tokenizer = transformers.AutoTokenizer.from_pretrained(path)
            random_ = random.Random(name)
            chats = [conversation(random_) for _ in range(count)]
            compare(name, chats, ours(path, "--messages", chats),
                    [{"ids": render(tokenizer, chat, True)} for chat in chats])
            pairs = [pair(random_) for _ in range(count)]
            pairs = [row for row in pairs if any(row["prompt"]) or row["prompt"] == ""]
            compare(name, pairs, ours(path, "--pairs", pairs),
                    [want_pair(tokenizer, row) for row in pairs])
            print(f"{name}: {len(chats)} conversations and {len(pairs)} pairs are the same")


if __name__ == "__main__":
    main()
