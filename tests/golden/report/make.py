"""Two tests of one set, before.jsonl and after.jsonl, from this project's own data: make_results.py DATA OUT"""
import json, random, sys
data, out = sys.argv[1:]
rng = random.Random(7)
records = []
seed = json.load(open(data + "/mortgage/seed.json"))
seed = seed if isinstance(seed, list) else seed.get("examples", seed.get("data"))
import glob
arabic = []
for f in sorted(glob.glob(data + "/arabic/*.jsonl")):
    arabic += [json.loads(l) for l in open(f)]
for i, r in enumerate(seed[:28]):
    records.append(("m%03d" % i, r["prompt"], r["chosen"], r["rejected"], {"category": r["metadata"]["category"], "language": "en"}))
for i, r in enumerate(arabic[:12]):
    if not isinstance(r.get("prompt"), str): continue
    records.append(("a%03d" % i, r["prompt"], r["chosen"], r["rejected"], {"category": r.get("topic", "arabic"), "language": "ar"}))

def say(r, good):
    c, j = r[2], r[3]
    t = c if good else j
    w = t.split(" ")
    for _ in range(max(1, len(w) // 25)):
        k = rng.randrange(len(w)); w[k] = w[max(0, k - 1)]
    return " ".join(w)[:360]
for name, rate, base in (("before", 0.52, 0.0), ("after", 0.74, 0.35)):
    lines = []
    for k, r in enumerate(records):
        hard = random.Random(k).random()
        right = hard < rate
        margin = round(rng.gauss(base, 0.4), 4)
        c, j = -40 + rng.gauss(0, 5) + margin * 8, -42 + rng.gauss(0, 5)
        words = say(r, right)
        lines.append({"id": r[0], "prompt": r[1], "generated": words, "chosen": r[2][:120], "rejected": r[3][:120],
            "scores": {"answer_accuracy": int(right), "preference_accuracy": int(c > j), "margin": margin,
                       "consistency": round(min(1, max(0, rng.gauss(0.55 + base, 0.2))), 3), "length/words": len(words.split())},
            "logps": {"chosen": round(c, 4), "rejected": round(j, 4)}, "groups": r[4]})
    metrics = {}
    for m in lines[0]["scores"]:
        v = [l["scores"][m] for l in lines]; metrics[m] = sum(v) / len(v)
    metrics["perplexity"] = 9.42 if name == "before" else 8.87
    metrics["records"] = len(lines)
    end = {"metrics": metrics, "made_by": {"tool": "dpo-eval", "version": "0.6.0", "model": "smollm2-360m", "model_hash": "91b3c0ffee", "adapter": None if name == "before" else "work/tuesday",
        "data_hash": "7e57", "options": {"max-new-tokens": "200", "temperature": "0", "seed": "42"}}}
    with open(f"{out}/{name}.jsonl", "w") as f:
        for l in lines + [end]: f.write(json.dumps(l, ensure_ascii=False) + "\n")
