#!/usr/bin/env python3
"""measure.py OUT model=M way=W [NAME=VALUE...] -- COMMAND...   runs a benchmark's command and keeps what it found.

The command prints one JSON object, or nothing where its wall time is what counts ('start=N' in the
names: so many runs, kept as 'seconds to start'). To it are added the names, the run's 'wall s',
'processor s' and 'peak MiB' (mapped files counted), and 'others': how much of a processor the rest of the machine used meanwhile, on average. A run with more than 0.1 is done again, at most
BENCH_AGAIN times (0), and the quietest one is kept. A line of JSON is appended to OUT; a command
that fails is said and left out."""
import json, os, resource, subprocess, sys, time


def machine_seconds():
    """Of all processors: user, nice, system, irq, softirq, steal."""
    fields = open("/proc/stat").readline().split()[1:]
    return sum(int(fields[i]) for i in (0, 1, 2, 5, 6, 7)) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def run(command, starts):
    walls, busy, own, begin = [], machine_seconds(), own_seconds(), time.perf_counter()
    for _ in range(max(starts, 1)):
        at = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        walls.append(round(time.perf_counter() - at, 4))
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    own = own_seconds() - own
    others = (machine_seconds() - busy - own) / (time.perf_counter() - begin)
    found = {"seconds to start": walls} if starts else json.loads(done.stdout.strip().splitlines()[-1])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {**found, "wall s": round(sum(walls), 2), "processor s": round(own, 2), "peak MiB": round(peak),
            "others": round(max(others, 0), 3)}


cut = sys.argv.index("--")
names = dict(word.split("=", 1) for word in sys.argv[2:cut])
starts = int(names.pop("start", 0))
best = None
said = f"{names['model']}: {names['way']}"
print(said, file=sys.stderr)
for _ in range(1 + int(os.environ.get("BENCH_AGAIN", 0))):
    try:
        found = run(sys.argv[cut + 1:], starts)
    except (OSError, RuntimeError, ValueError, IndexError) as error:
        print(f"{said}: left out: {error}", file=sys.stderr)
        break
    if best is None or found["others"] < best["others"]:
        best = found
    if best["others"] <= 0.1:
        break
if best:
    with open(sys.argv[1], "a") as out:
        out.write(json.dumps({**names, **best}) + "\n")
