#!/usr/bin/env bash
# The engine beside what people use instead, in one run on one machine: 'make bench-engine'.
#
#   BENCH_MODELS='smollm2-135m qwen2.5-0.5b'  seeded models, by the names in tests/bench/shapes
#   BENCH_STEPS=3          counted steps of each way through a pair of 256 + 256 + 256 tokens
#   BENCH_REPEATS=3        counted runs of each prompt and text, as many as fit into 10 seconds
#   BENCH_WAYS='fp32 bf16' what products are computed in
#   BENCH_PARTS='pairs texts start'           what is measured
#   BENCH_PEERS='llama transformers'          what they are set beside
#   BENCH_AGAIN=0          how often a run is repeated that other processes disturbed
#   BENCH_THREADS=2        threads of all of them
#   BENCH_DIR=build/bench  where models and peers go; remove it to begin afresh
#   BUILD=build/gcc        where our programs are
#
# What is measured goes to standard output as Markdown, and as JSON to BENCH_DIR/engine.jsonl. A peer
# that cannot be installed, or fails, is named and left out. llama.cpp is the library inside the npm
# package node-llama-cpp.
set -euo pipefail
export LC_ALL=C

dir=$(realpath -m "${BENCH_DIR:-build/bench}")
threads=${BENCH_THREADS:-$(nproc)}
repeats=${BENCH_REPEATS:-3}
build=${BUILD:-build/gcc}
peers=tests/bench/peers
results=$dir/engine.jsonl
read -ra models <<< "${BENCH_MODELS:-smollm2-135m qwen2.5-0.5b}"
read -ra ways <<< "${BENCH_WAYS:-fp32 bf16}"

. tests/bench/python.sh
. tests/bench/llama.sh
part() { wants "${BENCH_PARTS:-pairs texts start}" "$1"; }
peer() { wants "${BENCH_PEERS:-llama transformers}" "$1"; }

make_gguf() { # MODEL
    local model=$dir/models/$1 type
    [ -e "$model-q4_K_M.gguf" ] && return
    "$python" "$peers/to_gguf.py" "$model" "$model-bf16.gguf" || return
    for type in q8_0 q4_K_M; do
        "$dir/node/llama" quantise "$model-bf16.gguf" "$model.part" $type 2> /dev/null &&
            mv "$model.part" "$model-$type.gguf" || return
    done
}

measure_pairs() { # MODEL
    local way bits
    for way in "${ways[@]}"; do
        for bits in 16 8 4; do
            measure model="$1" ours=yes way="engine, $way, base of $bits bits" -- "$build/tests/bench/engine" \
                "$dir/models/$1" --precision "$way" --bits $bits --steps "${BENCH_STEPS:-3}" \
                --threads "$threads" --cache "$dir/cache"
        done
    done
}

measure_texts() { # MODEL
    local bits type at=$dir/models/$1
    for bits in 16 8; do
        measure model="$1" ours=yes way="ours, $([ $bits = 16 ] && echo bf16 || echo int8)" -- \
            "$build/tests/bench/generate" "$at" --bits $bits --repeats "$repeats" --threads "$threads" \
            --cache "$dir/cache"
    done
    for type in q8_0 q4_K_M; do
        [ ! -e "$at-$type.gguf" ] || measure model="$1" ours=yes way="ours, $type" -- \
            "$build/tests/bench/generate" "$at-$type.gguf" --repeats "$repeats" --threads "$threads"
    done
    if peer llama; then
        for type in bf16 q8_0 q4_K_M; do
            [ ! -e "$at-$type.gguf" ] || measure model="$1" way="llama.cpp, $type" -- \
                "$dir/node/llama" measure "$at-$type.gguf" "$threads" "$repeats"
        done
    fi
    if peer transformers; then
        for type in bf16 fp32; do
            theirs model="$1" way="transformers, $type" -- "$python" "$peers/generate.py" "$at" $type "$threads" "$repeats"
        done
    fi
}

measure_start() { # MODEL
    local at=$dir/models/$1
    measure start=5 model="$1" ours=yes way=ours -- "$build/tests/bench/generate" "$at" --first --threads "$threads"
    ! peer llama || measure start=5 model="$1" way='llama.cpp, bf16' -- \
        "$dir/node/llama" first "$at-bf16.gguf" "$threads"
    ! peer transformers || measure start=2 model="$1" way='transformers, bf16' -- \
        "$python" "$peers/generate.py" "$at" bf16 "$threads" 0
}

mkdir -p "$dir/models" "$dir/cache"
: > "$results"
install_python || echo 'the peers in Python cannot be installed' >&2
install_llama || echo 'llama.cpp cannot be had' >&2
for model in "${models[@]}"; do
    seed_model "tests/bench/shapes/$model.json" "$model"
    make_gguf "$model" || echo "$model: no GGUF files" >&2
    ! part pairs || measure_pairs "$model"
    ! part texts || measure_texts "$model"
done
! part start || measure_start "${models[0]}"

grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'
echo "$threads threads of $(nproc) processors"
python3 tests/bench/table.py "$results"
