#!/bin/sh
# Runs one fuzz target: scripts/fuzz.sh NAME SECONDS SEED
#
# It starts from tests/fuzz/corpus/NAME and what earlier runs found; new finds and crashes go to
# build/fuzz/NAME, the fuzzer's talk to build/fuzz/NAME.log. tests/fuzz/NAME.dict, if there, lists
# words of the format.
set -u
name=$1 seconds=$2 seed=$3
log=build/fuzz/$name.log
corpus=tests/fuzz/corpus/$name

mkdir -p "build/fuzz/$name/found"
[ -d "$corpus" ] || { echo "fuzz.sh: $corpus is missing" >&2 && exit 1; }
set -- "build/fuzz/$name/found" "$corpus"
[ -e "tests/fuzz/$name.dict" ] && set -- "-dict=tests/fuzz/$name.dict" "$@"

if "build/fuzz/bin/$name" -max_total_time="$seconds" -seed="$seed" -timeout=20 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="build/fuzz/$name/" "$@" \
    </dev/null >"$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "fuzz $name: $runs inputs in $seconds s, no fault"
else
    tail -n 60 "$log" >&2
    echo "fuzz $name: FAILED; the input is in build/fuzz/$name" >&2
    exit 1
fi
