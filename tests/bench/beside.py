#!/usr/bin/env python3
"""beside.py OUT RUNS NAME=VALUE... -- WAY COMMAND [WAY COMMAND...]   ways through the same job, in turn.

COMMANDs are for bash. Each way runs RUNS times, the first of all ways before the second of any, and each
after a sync. A line of JSON is appended to OUT for each way, with the 'walls' and 'processors' of its
runs in seconds and the 'peak MiB' of its largest process, mapped files counted; the first way is
'ours'. A way that fails is said, and left out from then on."""
import json, os, subprocess, sys, time

cut = sys.argv.index("--")
runs, names = int(sys.argv[2]), dict(word.split("=", 1) for word in sys.argv[3:cut])
words = sys.argv[cut + 1:]
ways = [{**names, "way": way, "command": command, "walls": [], "processors": [], "peak MiB": 0}
        for way, command in zip(words[::2], words[1::2])]
ways[0]["ours"] = "yes"


def run(way):
    os.sync()
    begin = time.perf_counter()
    child = subprocess.Popen(["bash", "-c", way["command"]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError((said.decode().strip().splitlines() or ["no reason given"])[-1])
    way["walls"].append(round(time.perf_counter() - begin, 4))
    way["processors"].append(round(used.ru_utime + used.ru_stime, 4))
    way["peak MiB"] = max(way["peak MiB"], round(used.ru_maxrss / 1024))


for _ in range(runs):
    for way in list(ways):
        print(f"{names.get('model', '')}: {way['way']}", file=sys.stderr)
        try:
            run(way)
        except (OSError, RuntimeError) as error:
            print(f"{way['way']}: left out: {error}", file=sys.stderr)
            ways.remove(way)
with open(sys.argv[1], "a") as out:
    for way in ways:
        del way["command"]
        out.write(json.dumps(way) + "\n")
