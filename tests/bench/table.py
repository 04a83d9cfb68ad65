#!/usr/bin/env python3
"""table.py RESULTS   what measure.py kept, as Markdown: best of the runs, the median in brackets, and how
we stand beside the best peer in the same row of figures. A star marks runs that others disturbed."""
import json, statistics, sys

RATES = ("prefill 512", "decode 1", "decode 8", "decode 32")
results = [json.loads(line) for line in open(sys.argv[1])]
models = list(dict.fromkeys(one["model"] for one in results))


def with_rates():
    return [one for one in results if one.get("train s a pair")]


def with_key(key, model):
    return [one for one in results if key in one and one["model"] == model]


def table(titles, rows):
    if not rows:
        return
    print("\n| " + " | ".join(titles) + " |\n|" + "---|" * len(titles))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def cell(one, key, peers, more_is_better):
    if not one.get(key):
        return "-"
    pick = max if more_is_better else min
    best, middle = pick(one[key]), statistics.median(one[key])
    digits = (0 if best >= 100 else 1) if more_is_better else 3
    text = f"{best:.{digits}f} ({middle:.{digits}f})" + ("*" if one["others"] > 0.1 else "")
    rivals = [pick(peer[key]) for peer in peers if peer.get(key)]
    if one.get("ours") and rivals:
        ratio = best / pick(rivals) if more_is_better else pick(rivals) / best
        text += f" {ratio:.2f} x"
    return text


def split(model, key):
    all_of = with_key(key, model)
    return all_of, [one for one in all_of if not one.get("ours")]


def number(one, key, digits=0, factor=1):
    return f"{factor * one[key]:.{digits}f}" if key in one else "-"


def pairs():
    rows = []
    for model in models:
        ways, peers = split(model, "seconds a pair")
        for one in ways:
            rows.append([model, one["way"], cell(one, "seconds a pair", peers, False), one.get("kernel", "-"),
                         number(one, "forward", 3), number(one, "backward", 3), number(one, "useful GF/s"),
                         number(one, "ceiling GF/s"), number(one, "share", 0, 100)])
    table(["model", "way", "s a pair", "kernel", "forward", "backward", "useful GF/s", "ceiling", "%"], rows)


def training():
    rows = []
    for one in with_rates():
        one["with reference"] = [s + one["reference s a pair"] for s in one["train s a pair"]]
        one["of processors"] = [s + one["reference processor s"] for s in one["processor s a pair"]]
    for model in models:
        ways, peers = split(model, "with reference")
        for one in ways:
            rows.append([model, one["way"], cell(one, "with reference", peers, False),
                         number(one, "reference s a pair", 3), cell(one, "of processors", peers, False),
                         number(one, "pairs"), number(one, "wall s", 1), number(one, "peak MiB")])
    table(["model", "way", "s a pair", "of it reference", "of all processors", "pairs", "whole run s", "peak MiB"],
          rows)


def checkpoints():
    rows = [[one["model"], number(one, "parameters", 1, 1e-6), cell(one, "checkpoint s", [], False)]
            for one in results if "checkpoint s" in one]
    table(["model", "million parameters", "s a checkpoint"], rows)


def at_layers(few, key, layers):
    """Of a deeper model: each layer more takes what the two with few differ by."""
    (low, one), (high, other) = sorted(few.items())
    of = [min(x[key]) if isinstance(x[key], list) else x[key] for x in (one, other)]
    return of[1] + (layers - high) * (of[1] - of[0]) / (high - low)


def wide():
    """By the seconds of processors, which others disturb least."""
    few = {int(one["model"].split()[2]): one for one in with_rates() if one["model"].startswith("3B with ")}
    if len(few) != 2:
        return
    step, reference = (at_layers(few, key, 36) for key in ("processor s a pair", "reference processor s"))
    job = 3 * 257 * step + (257 + 3 * 55) * reference
    print(f"\nBy these, 36 layers take processors {step:.0f} s a pair, and {reference:.0f} s for its reference; "
          f"257 pairs, 3 epochs and an evaluation of 55 take {job / 3600:.1f} hours of one processor.")


def parts():
    ways = [one for one in results if "parts" in one]
    names = list(ways[0]["parts"]) if ways else []
    rows = []
    for one in ways:
        total = sum(one["parts"].values())
        rows.append([one["model"], one["way"]] + [f"{100 * one['parts'][name] / total:.1f}" for name in names])
    if ways:
        whole = "run" if with_rates() else "fastest step"
        print(f"\nWhere the time of the {whole} went, in per cent:")
    table(["model", "way", *names], rows)


def rates():
    rows = []
    for model in models:
        ways, peers = split(model, "prefill 512")
        for one in ways:
            rows.append([model, one["way"]] + [cell(one, key, peers, True) for key in RATES] +
                        [number(one, "weights MB"), number(one, "memory GB/s"), number(one, "share", 0, 100)])
    if rows:
        print("\nTokens a second; and what part of the speed of memory reading the weights for one text takes:")
    table(["model", "way", *RATES, "weights MB", "memory GB/s", "%"], rows)


def starts():
    rows = []
    for model in models:
        ways, peers = split(model, "seconds to start")
        rows += [[model, one["way"], cell(one, "seconds to start", peers, False)] for one in ways]
    table(["model", "way", "s from start to the first token"], rows)


pairs()
training()
wide()
checkpoints()
parts()
rates()
starts()
if any(one["others"] > 0.1 for one in results):
    print("\n`*`: other processes used more than 10 % of a processor meanwhile.")
