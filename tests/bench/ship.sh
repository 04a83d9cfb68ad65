#!/usr/bin/env bash
# From an adapter to a GGUF file beside what people use instead, in one run on one machine: 'make bench-ship'.
#
#   BENCH_MODELS='smollm2-135m qwen2.5-1.5b'  seeded models, by the names in tests/bench/shapes
#   BENCH_RUNS=3           runs of each way, ways in turn
#   BENCH_PARTS='ship fold start pack'        what is measured
#   BENCH_THREADS=2        threads of all of them
#   BENCH_DIR=build/bench  where models and peers go; remove it to begin afresh
#   BUILD=build/gcc        where our programs are
#
# What is measured goes to standard output as Markdown, and as JSON to BENCH_DIR/ship.jsonl.
#
# ship    the fold and export of a Q4_K_M file, beside PEFT's merge_and_unload and save, llama.cpp's
#         convert_hf_to_gguf, and its quantiser, one after the other
# fold    the fold into a folder, on the disk at the end, beside cp of the base and a sync of the copy
# start   until the first byte of the stream, and of the file at the end of the pipe
# pack    quantising on one thread, beside llama.cpp's; and in memory, beside a copy
#
# llama.cpp is the library inside the npm package node-llama-cpp, and the source that it carries.
set -euo pipefail
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1

dir=$(realpath -m "${BENCH_DIR:-build/bench}")
threads=${BENCH_THREADS:-$(nproc)}
runs=${BENCH_RUNS:-3}
build=$(realpath "${BUILD:-build/gcc}")
peers=tests/bench/peers
results=$dir/ship.jsonl
out=$dir/ship
export PATH=$build/bin:$PATH
read -ra models <<< "${BENCH_MODELS:-smollm2-135m qwen2.5-1.5b}"

. tests/bench/python.sh
. tests/bench/llama.sh
part() { wants "${BENCH_PARTS:-ship fold start pack}" "$1"; }
beside() { python3 tests/bench/beside.py "$results" "$runs" "$@"; }

language() { # MODEL: a folder with a released tokenizer that is no larger
    local name=smollm2
    case $1 in qwen*) name=qwen3 ;; esac
    mkdir -p "$dir/language/$name"
    [ -e "$dir/language/$name/tokenizer.json" ] ||
        xz -dc "tests/golden/tokens/$name.json.xz" > "$dir/language/$name/tokenizer.json"
    echo '{"tokenizer_class": "PreTrainedTokenizerFast"}' > "$dir/language/$name/tokenizer_config.json"
    echo "$dir/language/$name"
}

make_adapter() { # MODEL
    [ -e "$out/$1-adapter/adapter_model.safetensors" ] ||
        "$python" $peers/adapter.py "$dir/models/$1-shipped" "$out/$1-adapter"
}

measure_ship() { # MODEL
    local at=$dir/models/$1-shipped
    beside model="$1" part=ship -- \
        'dpo-lora-merge | dpo-export-gguf' "set -o pipefail; dpo-lora-merge -q --threads $threads -m '$at' \
            '$out/$1-adapter' | dpo-export-gguf -q --threads $threads --type q4_k_m -o '$out/ours.gguf'" \
        'PEFT, merge_and_unload, save' "'$python' $peers/peft_merge.py '$at' '$out/$1-adapter' '$out/merged' $threads" \
        'convert_hf_to_gguf, bf16' "'$python' $peers/convert.py '$dir/node/source' '$out/merged' '$out/bf16.gguf' bf16" \
        'llama.cpp, quantise' "'$dir/node/llama' quantise '$out/bf16.gguf' '$out/theirs.gguf' q4_K_M $threads"
    rm -rf "$out/merged" "$out"/*.gguf
}

measure_fold() { # MODEL
    local at=$dir/models/$1-shipped
    beside model="$1" part=fold -- \
        'dpo-lora-merge -o' "rm -rf '$out/a' && dpo-lora-merge -q --threads $threads -m '$at' '$out/$1-adapter' \
            -o '$out/a'" \
        'cp, sync' "rm -rf '$out/b' && cp -r '$at' '$out/b' && sync '$out/b'/*"
    rm -rf "$out/a" "$out/b"
}

measure_start() { # MODEL
    local merge="dpo-lora-merge -q -m '$dir/models/$1-shipped' '$out/$1-adapter'"
    beside model="$1" part=start -- \
        'dpo-lora-merge, first byte' "$merge 2> /dev/null | head -c 1" \
        'dpo-export-gguf behind it, first byte' "$merge 2> /dev/null | dpo-export-gguf -q --type q4_k_m | head -c 1" \
        'dpo-lora-merge --version' 'dpo-lora-merge --version'
}

# As llama.cpp names them and we: the same bytes.
measure_pack() { # MODEL
    local type size
    dpo-export-gguf -q --type bf16 "$dir/models/$1-shipped" -o "$out/bf16.gguf"
    for type in q4_K_M q8_0; do
        size=$(stat -c %s "$out/bf16.gguf")
        beside model="$1" part="pack, $type, one thread" gigabytes="${size%??????}e-3" -- \
            'dpo-export-gguf' "dpo-export-gguf -q --threads 1 --type $type '$out/bf16.gguf' -o '$out/ours.gguf'" \
            'llama.cpp' "'$dir/node/llama' quantise '$out/bf16.gguf' '$out/theirs.gguf' $type 1"
        cmp "$out/ours.gguf" "$out/theirs.gguf" && echo "$1 as $type: the same bytes" >> "$out/notes"
    done
    rm -f "$out"/*.gguf
}

mkdir -p "$dir/models" "$out"
: > "$results"
: > "$out/notes"
install_python || { echo 'the peers in Python cannot be installed' >&2; exit 1; }
install_llama || echo 'llama.cpp cannot be had' >&2
[ -e "$dir/node/source/convert_hf_to_gguf.py" ] || git -C "$dir/node/source" checkout -q HEAD ||
    echo 'convert_hf_to_gguf cannot be had' >&2
for model in "${models[@]}"; do
    seed_model "tests/bench/shapes/$model.json" "$model-shipped" "$(language "$model")"
    make_adapter "$model"
    ! part ship || measure_ship "$model"
    ! part fold || measure_fold "$model"
    ! part start || measure_start "$model"
    ! part pack || measure_pack "$model"
done

grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'
echo "$threads threads of $(nproc) processors"
python3 tests/bench/ship_table.py "$results"
cat "$out/notes"
! part pack || "$build/tests/bench/pack" "$threads"
