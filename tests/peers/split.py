"""dpo-split --method sklearn against scikit-learn itself: split.py RUNS [SEED], TAP on stdout.

Random sizes, ratios, seeds and strata (texts, numbers in several spellings, booleans, mixed); the
rows of the three files must be those of train_test_split, in its order, and it must refuse when
train_test_split refuses. Needs scikit-learn; dpo-split must be in PATH.
"""
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from sklearn.model_selection import train_test_split

SIZES = [3, 5, 7, 10, 20, 33, 100, 368, 1001]
RATIOS = [(70, 15, 15), (80, 10, 10), (60, 20, 20), (50, 25, 25), (90, 5, 5), (34, 33, 33),
          (1, 1, 1), (7, 1, 2), (98, 1, 1), (0.9, 0.05, 0.05)]
LABELS = {"none": None, "text": ["b", "a", "Z", "é", "10", "9"], "whole": [1, 2, 10, -3],
          "number": [1, 1.0, 0, -0.0, 2.5], "boolean": [True, False]}
PARTS = ["train", "val", "test"]


def theirs(labels, count, ratios, seed):
    train, val, test = ratios
    rest = (val + test) / (train + val + test)
    try:
        a, b = train_test_split(list(range(count)), test_size=rest, random_state=seed,
                                stratify=labels)
        c, d = train_test_split(b, test_size=test / (val + test), random_state=seed,
                                stratify=[labels[i] for i in b] if labels else None)
    except ValueError:
        return None
    return [a, c, d]


def ours(labels, count, ratios, seed, folder):
    rows = [{"prompt": f"p{i}", "chosen": "c", "rejected": "r"} for i in range(count)]
    for row, label in zip(rows, labels or []):
        row["label"] = label
    command = ["dpo-split", "-q", "-d", folder, "--method", "sklearn", "--seed", str(seed),
               "--ratios", ",".join(map(str, ratios))]
    if labels:
        command += ["--stratify", "label"]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if subprocess.run(command, input=text.encode(), capture_output=True).returncode:
        return None
    return [[int(json.loads(line)["prompt"][1:])
             for line in Path(folder, part + ".jsonl").read_text().splitlines()] for part in PARTS]


def main():
    runs = int(sys.argv[1])
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    failed = 0
    for run in range(1, runs + 1):
        count, ratios = chance.choice(SIZES), chance.choice(RATIOS)
        kind, seed = chance.choice(list(LABELS)), chance.choice([0, 1, 42, 2**32 - 1])
        labels = LABELS[kind] and [chance.choice(LABELS[kind]) for _ in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            same = ours(labels, count, ratios, seed, folder) == theirs(labels, count, ratios, seed)
        failed += not same
        print(f"{'ok' if same else 'not ok'} {run} - {count} rows, {ratios}, {kind}, seed {seed}")
    print(f"1..{runs}")
    sys.exit(failed > 0)


main()
