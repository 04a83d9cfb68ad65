#!/usr/bin/env python3
"""ship_table.py RESULTS   what beside.py kept, as Markdown: the best run, the median in brackets, and the
median of how many times as long as ours the runs beside it took."""
import json, statistics, sys

results = [json.loads(line) for line in open(sys.argv[1])]


def figure(times, ours):
    text = f"{min(times):.3f} ({statistics.median(times):.3f})"
    if times is not ours:
        text += f" {statistics.median(a / b for a, b in zip(times, ours)):.2f} x"
    return text


def all_of(peers):
    """One after the other: what a pipe does is several programs' work."""
    return {**peers[0], "way": "all of them", "peak MiB": max(peer["peak MiB"] for peer in peers),
            **{key: [sum(each) for each in zip(*(peer[key] for peer in peers))] for key in ("walls", "processors")}}


print("| model | job | way | wall s | processor s | peak MiB | GB/s of a processor |\n|---|---|---|---|---|---|---|")
for model, part in dict.fromkeys((one["model"], one["part"]) for one in results):
    ways = [one for one in results if (one["model"], one["part"]) == (model, part)]
    ours, peers = ways[0], ways[1:]
    if not ours.get("ours"):
        continue
    if part == "ship" and len(peers) > 1:
        ways.append(all_of(peers))
    for one in ways:
        rate = f"{float(one['gigabytes']) / min(one['processors']):.2f}" if "gigabytes" in one else ""
        print(f"| {model} | {part} | {one['way'].replace('|', 'to')} | {figure(one['walls'], ours['walls'])} | "
              f"{figure(one['processors'], ours['processors'])} | {one['peak MiB']} | {rate} |")
