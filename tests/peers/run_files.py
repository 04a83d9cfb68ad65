#!/usr/bin/env python3
"""A run's files against those who read them: run_files.py PROGRAM [SEEDS]

TensorBoard shows of each figure what metrics.jsonl holds and nothing that was cut off there;
transformers loads trainer_state.json and writes the same bytes; numbers are those of Python."""

import glob
import json
import logging
import math
import os
import subprocess
import sys
import tempfile

import numpy as np
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util
from transformers.trainer_callback import TrainerControl, TrainerState

TEXTS = {"args/text_summary": (0, "| option | value |\n|---|---|\n| beta | 0.1 |"),
         "samples/text_summary": (60, "grüß\n\nGott")}
STATE = dict(best_global_step=20, best_metric=0.25, best_model_checkpoint="run/checkpoint-20",
             epoch=2.5, global_step=60, max_steps=60, num_train_epochs=3, eval_steps=10,
             logging_steps=1, save_steps=10, train_batch_size=4, total_flos=1e18,
             is_world_process_zero=True, is_local_process_zero=True)


def tag_of(name):
    return name.replace("_", "/", 1) if name.startswith("eval_") else "train/" + name


def scalars_of(entries):
    """By tag what TensorBoard has to show: steps and floats."""
    tags = {}
    for entry in entries:
        for name, value in entry.items():
            if name != "step" and not isinstance(value, str):
                tags.setdefault(tag_of(name), []).append((entry["step"], value))
    return tags


def same(shown, value):
    if value is None:
        return not math.isfinite(shown)
    with np.errstate(over="ignore", under="ignore"):
        return np.float32(value) == np.float32(shown)


def check_series(name, shown, wanted):
    assert [step for step, _ in shown] == [step for step, _ in wanted], (name, shown, wanted)
    for (step, have), (_, want) in zip(shown, wanted):
        assert same(have, want), (name, step, have, want)


def check_scalars(folder, entries):
    """As the reader of scalars shows them, and as TensorBoard's own pages do; returns these."""
    wanted = scalars_of(entries)
    plain = event_accumulator.EventAccumulator(folder, size_guidance={"scalars": 0, "tensors": 0})
    pages = plugin_event_accumulator.EventAccumulator(folder, size_guidance={"tensors": 0})
    plain.Reload()
    pages.Reload()
    assert set(plain.Tags()["scalars"]) == set(wanted), plain.Tags()
    for tag, series in wanted.items():
        check_series(tag, [(e.step, e.value) for e in plain.Scalars(tag)], series)
        check_series(tag, [(e.step, tensor_util.make_ndarray(e.tensor_proto).item())
                           for e in pages.Tensors(tag)], series)
    return pages


def check_events(folder, entries):
    pages = check_scalars(folder, entries)
    assert set(pages.Tags()["tensors"]) == set(scalars_of(entries)) | set(TEXTS), pages.Tags()
    for tag, (step, text) in TEXTS.items():
        event, = pages.Tensors(tag)
        assert event.step == step and event.tensor_proto.string_val[0].decode() == text, tag
        assert pages.SummaryMetadata(tag).plugin_data.plugin_name == "text"


def check_state(folder, entries):
    path = os.path.join(folder, "trainer_state.json")
    state = TrainerState.load_from_json(path)
    for name, value in STATE.items():
        assert getattr(state, name) == value, (name, getattr(state, name))
    assert state.log_history == entries
    early = state.stateful_callbacks["EarlyStoppingCallback"]
    assert early["args"] == dict(early_stopping_patience=3, early_stopping_threshold=0.001)
    assert early["attributes"] == dict(early_stopping_patience_counter=2)
    control = state.stateful_callbacks["TrainerControl"]
    assert control == TrainerControl(should_save=True).state(), control
    state.save_to_json(path + ".theirs")
    with open(path) as ours, open(path + ".theirs") as theirs:
        assert ours.read() == theirs.read()


def tear(folder):
    """The first file of events ends as one does whose writer was killed within a record."""
    with open(min(glob.glob(os.path.join(folder, "events.out.tfevents.*"))), "ab") as events:
        events.write(bytes([24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22, 9, 1]))


def main():
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    program, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([program, folder, str(seed)], check=True)
            with open(os.path.join(folder, "metrics.jsonl")) as log:
                lines = log.read().splitlines()
            entries = [json.loads(line) for line in lines]
            assert len(entries) == 66, len(entries)
            for line, entry in zip(lines, entries):
                assert json.dumps(entry, separators=(",", ":")) == line, line
            if seed % 2:
                tear(folder)
            check_events(folder, entries)
            check_state(folder, entries)
    print(f"run files: {seeds} runs are read as they were written")


if __name__ == "__main__":
    main()
