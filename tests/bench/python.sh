# What engine.sh and train.sh share: sourced after dir, build and results are set.
# shellcheck shell=bash disable=SC2034,SC2154

python=$dir/venv-engine/bin/python

wants() { [[ " $1 " = *" $2 "* ]]; } # is the word in the list?
measure() { python3 tests/bench/measure.py "$results" "$@"; }

# Peers in Python spin where they wait, and give memory back only to ask for it again, unless told so.
theirs() {
    env MALLOC_MMAP_THRESHOLD_=8000000000 MALLOC_TRIM_THRESHOLD_=16000000000 \
        MALLOC_TOP_PAD_=268435456 python3 tests/bench/measure.py "$results" "$@"
}

install_python() {
    [ -e "$dir/venv-engine/ready" ] && return
    python3 -m venv "$dir/venv-engine" &&
        "$dir/venv-engine/bin/pip" -q install torch transformers peft trl gguf safetensors numpy &&
        touch "$dir/venv-engine/ready"
}

seed_model() { # SHAPE.json NAME [TOKENIZER]: once
    [ -e "$dir/models/$2/model.safetensors" ] ||
        "$build/pipelines/seed_model" "$1" -o "$dir/models/$2" ${3:+--tokenizer "$3"}
}
