#!/usr/bin/env bash
# The data tools beside what people use instead, in one run on one machine: 'make bench-data'.
#
#   BENCH_RECORDS=100000   how many pairs of about 1.2 KB
#   BENCH_RUNS=5           counted runs of each way, one after the other in turn
#   BENCH_SLOW=no          leave out the slow peers, for large sets
#   BENCH_DIR=build/bench  where data and peers go; remove it to begin afresh
#
# Peers are Python programs from tests/bench/peers in an environment of their own; a peer that
# cannot be installed is left out and named. The figures are wall seconds, start-up included.
set -euo pipefail
export LC_ALL=C

records=${BENCH_RECORDS:-100000}
runs=${BENCH_RUNS:-5}
dir=${BENCH_DIR:-build/bench}
peers=$PWD/tests/bench/peers
bin=$PWD/bin
data=$dir/data-$records
out=$dir/out
mkdir -p "$data" "$out"
out=$(cd "$out" && pwd)
times=$(mktemp)
trap 'rm -f "$times"' EXIT

[ -e "$data/part-3.jsonl" ] || python3 "$peers/make_jsonl.py" -n "$records" -o "$data"
if [ ! -e "$dir/venv/ready" ]; then
    python3 -m venv "$dir/venv"
    "$dir/venv/bin/pip" -q install pandas scikit-learn polars duckdb datasets && touch "$dir/venv/ready" ||
        echo "some peers cannot be installed; they are left out" >&2
fi
python=$(cd "$dir/venv/bin" && pwd)/python
cd "$data"

cat > "$out/ours.sh" <<SH
$bin/dpo-merge -q part-*.jsonl | $bin/dpo-filter -q --min-consensus 0.7 |
    $bin/dpo-split -q -d $out/split --ratios 90,0,10
SH

names=()
commands=()
way() { names+=("$1"); commands+=("$2"); }
way 'dpo-merge, dpo-filter, dpo-split in a pipe' "sh $out/ours.sh"
way 'dpo-merge alone' "$bin/dpo-merge -q part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl"
way 'dpo-filter alone' "$bin/dpo-filter -q --where consensus>0.7 part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl"
way 'dpo-split alone' "$bin/dpo-split -q -d $out/split part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl"
python_way() {
    if "$python" -c "import $2" 2> /dev/null; then way "$1" "$python $peers/$3 part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl $out"; fi
}
python_way 'Polars, lazy, 2 threads' polars pol.py
python_way 'plain Python, streaming' json plain.py
python_way 'DuckDB' duckdb duck.py
if [ "${BENCH_SLOW:-yes}" = yes ]; then
    python_way 'json + pandas + scikit-learn (the recipe)' pandas,sklearn seed.py
    python_way 'HF datasets, cold cache' datasets hf.py
    if command -v jq > /dev/null; then
        way 'jq: select alone, streaming' "sh $peers/jq_filter.sh $out part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl"
    fi
    if command -v mlr > /dev/null; then
        way 'Miller' "sh $peers/mlr.sh $out part-0.jsonl part-1.jsonl part-2.jsonl part-3.jsonl"
    fi
fi

# The slow ones run twice only. All ways run in turn, so that a slow moment hits all of them.
for run in $(seq 0 "$runs"); do
    for i in "${!names[@]}"; do
        case ${names[i]} in *recipe* | HF* | jq* | Miller) [ "$run" -le 2 ] || continue ;; esac
        sync # what the last one left in memory is not to be written on this one's time
        # shellcheck disable=SC2086  # the words of a command
        /usr/bin/time -f "$run $i %e %M" -a -o "$times" ${commands[i]} > /dev/null 2> "$out/stderr" ||
            { cat "$out/stderr" >&2; exit 1; }
    done
done

grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'
echo "$(nproc) processors, $records records, $(du -cm part-*.jsonl | tail -1 | cut -f1) MiB"
printf '\n| way | best s | median s | beside ours | peak MiB |\n|---|---|---|---|---|\n'
for i in "${!names[@]}"; do
    awk -v i="$i" '$1 > 0 && $2 == i { print $3, $4 }' "$times" | sort -n > "$out/one"
    ours=$(awk '$1 > 0 && $2 == 0 { print $3 }' "$times" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
    awk -v name="${names[i]}" -v ours="$ours" '
        { t[NR] = $1; if ($2 > kib) kib = $2 }
        END { m = t[int((NR + 1) / 2)]; printf "| %s | %.2f | %.2f | %.1f x | %.1f |\n", name, t[1], m, m / ours, kib / 1024 }' "$out/one"
done
python3 - "$bin/dpo-filter" <<'PY'
import subprocess, sys, time
best = 9
for _ in range(50):
    t = time.perf_counter()
    subprocess.run([sys.argv[1], "--help"], stdout=subprocess.DEVNULL)
    best = min(best, time.perf_counter() - t)
print(f"\ndpo-filter --help: {best * 1000:.1f} ms")
PY
