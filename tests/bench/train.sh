#!/usr/bin/env bash
# dpo-train beside TRL's DPOTrainer with PEFT, in one run on one machine: 'make bench-train'.
#
#   BENCH_MODELS='smollm2-135m qwen2.5-0.5b'  seeded models, by the names in tests/bench/shapes
#   BENCH_LENGTHS='256+256 512+128'           tokens of prompt and of each answer
#   BENCH_PAIRS=16         pairs of a run, a multiple of 4: updates have 4, the first one does not count
#   BENCH_BATCH=4          of the 4, so many at once (or 2 or 1); TRL takes fewer where it lacks memory
#   BENCH_WAYS='fp32'      what dpo-train computes products in: fp32 bf16 auto
#   BENCH_TRL='default tuned'                 or more of: default kept bf16 autocast eager, '' for none
#   BENCH_PARTS='pairs run checkpoint wide'   what is measured
#   BENCH_AGAIN=0          how often a run is repeated that other processes disturbed
#   BENCH_THREADS=2        threads of all of them
#   BENCH_DIR=build/bench  where models and peers go; remove it to begin afresh
#   BUILD=build/gcc        where our programs are
#
# What is measured goes to standard output as Markdown, and as JSON to BENCH_DIR/train.jsonl. TRL's ways:
# default is what it does unasked (bf16 weights, bf16 autocast, activations recomputed, the reference in
# every step), kept keeps the activations, tuned is fp32 with kept activations, the reference computed
# beforehand and an allocator that keeps its memory; bf16 and autocast are the same with other numbers,
# eager with the plain attention.
set -euo pipefail
export LC_ALL=C

dir=$(realpath -m "${BENCH_DIR:-build/bench}")
threads=${BENCH_THREADS:-$(nproc)}
pairs=${BENCH_PAIRS:-16}
batch=${BENCH_BATCH:-4}
build=${BUILD:-build/gcc}
results=$dir/train.jsonl
language=data/tiny
read -ra models <<< "${BENCH_MODELS:-smollm2-135m qwen2.5-0.5b}"
read -ra lengths <<< "${BENCH_LENGTHS:-256+256 512+128}"
read -ra ways <<< "${BENCH_WAYS:-fp32}"
read -ra trl_ways <<< "${BENCH_TRL-default tuned}"
. tests/bench/python.sh

part() { wants "${BENCH_PARTS:-pairs run checkpoint wide}" "$1"; }

make_pairs() { # PROMPT ANSWER COUNT [SEED]: prints the name
    local file=$dir/pairs/$1+$2-$3-${4:-1}.jsonl
    mkdir -p "$dir/pairs"
    [ -e "$file" ] || { "$python" tests/bench/peers/pairs.py $language/tokenizer.json "$@" > "$file.part" &&
        mv "$file.part" "$file"; } || return
    echo "$file"
}

# Their weights do not know the words, which makes no difference to the time.
model_with_words() { # SHAPE.json NAME
    seed_model "$1" "$2-words" $language
}

ours() { # NAME WAY MODEL PAIRS [OPTION...]
    local name=$1 way=$2 model=$3-words file=$4 run
    shift 4
    run=$(mktemp -d "$dir/run.XXXXXX")
    measure model="$name" ours=yes way="dpo-train, $way" -- "$build/tests/bench/train" -m "$dir/models/$model" \
        "$file" -o "$run" --precision "$way" --max-prompt-length 0 --learning-rate 1e-4 \
        --threads "$threads" --quiet "$@"
    rm -rf "$run"
}

trl_at_once() { # BATCH NAME WAY MODEL PAIRS: fails where that takes too much memory
    local name=$2 way=$3 how=theirs before options=(--batch "$1" --accumulation $((4 / $1)) --threads "$threads")
    case $way in
    default) how=measure ;;
    kept) options+=(--keep) ;;
    tuned) options+=(--keep --before --mode fp32) ;;
    eager) options+=(--keep --before --mode fp32 --attention eager) ;;
    *) options+=(--keep --before --mode "$way") ;;
    esac
    before=$(wc -l < "$results")
    $how model="$name" way="TRL, $way, $1 at once" -- "$python" tests/bench/peers/trl_train.py \
        "$dir/models/$4-words" "$5" "${options[@]}"
    [ "$(wc -l < "$results")" -gt "$before" ]
}

trl() { # NAME WAY MODEL PAIRS
    local most
    for most in 4 2 1; do
        [ "$most" -gt "$batch" ] || ! trl_at_once "$most" "$@" || return 0
    done
}

measure_pairs() { # MODEL LENGTHS
    local name="$1, $2" file way
    file=$(make_pairs "${2%+*}" "${2#*+}" "$pairs")
    for way in "${ways[@]}"; do
        ours "$name" "$way" "$1" "$file" --batch-size "$batch" --gradient-accumulation $((4 / batch)) \
            --epochs 1 --logging-steps 1 --save-steps 0
    done
    for way in "${trl_ways[@]}"; do trl "$name" "$way" "$1" "$file"; done
}

# A fifth of the pairs of the first recipe, as it trains them: where does the time of a run go?
measure_run() { # MODEL
    local train eval
    train=$(make_pairs 60-240 40-160 51) && eval=$(make_pairs 60-240 40-160 11 2)
    ours "$1, 51 pairs, 3 epochs, 11 for evaluation" "${ways[0]}" "$1" "$train" --eval "$eval" --epochs 3 \
        --save-steps 5 --logging-steps 1
}

# Layers as wide as those of a 3B model, so few that they fit anywhere: what one more costs is the
# difference, and 36 of them are added up.
measure_wide() {
    local layers file
    file=$(make_pairs 256 256 3)
    for layers in 2 4; do
        sed "s/\"num_hidden_layers\": 36/\"num_hidden_layers\": $layers/" tests/bench/shapes/qwen2.5-3b.json \
            > "$dir/3b-$layers.json"
        model_with_words "$dir/3b-$layers.json" "3b-$layers"
        ours "3B with $layers layers, 256+256" "${ways[0]}" "3b-$layers" "$file" --batch-size 1 \
            --gradient-accumulation 1 --epochs 1 --save-steps 0
    done
}

mkdir -p "$dir/models"
: > "$results"
install_python || { echo 'the peers in Python cannot be installed' >&2; exit 1; }
for model in "${models[@]}"; do
    model_with_words "tests/bench/shapes/$model.json" "$model"
    ! part pairs || for length in "${lengths[@]}"; do measure_pairs "$model" "$length"; done
done
! part run || measure_run "${models[0]}"
! part checkpoint || measure model=qwen2.5-3b ours=yes way=checkpoint -- \
    "$build/tests/bench/checkpoint" tests/bench/shapes/qwen2.5-3b.json "$(mktemp -d "$dir/run.XXXXXX")"
! part wide || measure_wide
rm -rf "$dir"/run.??????

grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'
echo "$threads threads of $(nproc) processors"
python3 tests/bench/table.py "$results"
