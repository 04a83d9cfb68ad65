#!/usr/bin/env bash
# Tokenizers beside each other, in one run on one machine: 'make bench-text'.
#
#   BENCH_MB=20            how much text: prose, source, JSON and Arabic, in documents of 2 KB
#   BENCH_REPEATS=3        the best of so many passes counts
#   BENCH_PEERS='hf tiktoken tokie'
#   BENCH_DIR=build/bench  where text and peers go; remove it to begin afresh
#   BENCH_TOKENIZERS=      further folders with a tokenizer.json
#   TOKENS=...             our program, made from tests/bench/tokens.c
#
# Figures are MB/s (10^6 bytes of UTF-8). A peer that cannot be installed is left out and named.
set -euo pipefail
export LC_ALL=C.UTF-8

tokens=$(realpath "${TOKENS:-build/gcc/tests/bench/tokens}")
repeats=${BENCH_REPEATS:-3}
dir=${BENCH_DIR:-build/bench}
peers=$PWD/tests/bench/peers
text=$dir/text-${BENCH_MB:-20}

mkdir -p "$dir/tokenizers"
for packed in tests/golden/tokens/*.json.xz; do
    name=$(basename "$packed" .json.xz)
    mkdir -p "$dir/tokenizers/$name"
    xz -dc "$packed" > "$dir/tokenizers/$name/tokenizer.json"
done
[ -e "$text" ] || {
    python3 "$peers/make_text.py" "$dir/tokenizers" --mb "${BENCH_MB:-20}" > "$text.part"
    mv "$text.part" "$text"
}
if [ ! -e "$dir/text-venv/ready" ]; then
    python3 -m venv "$dir/text-venv"
    "$dir/text-venv/bin/pip" -q install tokenizers tiktoken tokie &&
        touch "$dir/text-venv/ready" || echo 'some peers cannot be installed' >&2
fi
python=$dir/text-venv/bin/python

read -ra more <<< "${BENCH_TOKENIZERS:-}"
for folder in "$dir"/tokenizers/*/ "${more[@]}"; do
    printf '%s\n  ours: ' "$(basename "$folder")"
    "$tokens" "$folder/tokenizer.json" "$text" "$repeats"
    for peer in ${BENCH_PEERS:-hf tiktoken tokie}; do
        for threads in 1 2; do
            "$python" "$peers/tokens.py" "$folder" "$text" --lib "$peer" --threads "$threads" \
                --reps "$repeats" 2> "$dir/text.log" | sed 's/^/  /' || echo "  $peer: left out"
        done
    done
done
