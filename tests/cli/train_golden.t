# dpo-train against runs of TRL's trainers (tests/golden/train): the same data in the same order, and
# the same numbers in each entry of the log, the same weights at the end.
. "${0%/*}/../tap.sh"

numeric=tests/golden/numeric/models
golden=tests/golden/train
compare=$BIN/../tests/cli/lib/compare
[ -x "$compare" ] || skip_all "$compare is not built"

mkdir "$T/init" "$T/want"
for model in llama mistral-sw8 qwen2 qwen3 smollm; do
    mkdir "$T/init/$model"
    xz -dc "$golden/init/$model.safetensors.xz" >"$T/init/$model/adapter_model.safetensors"
    printf '{"peft_type":"LORA","task_type":"CAUSAL_LM","r":8,"lora_alpha":16,"target_modules":["q_proj","k_proj","v_proj","o_proj","gate_proj","up_proj","down_proj"]}\n' \
        >"$T/init/$model/adapter_config.json"
done
for log in "$golden"/*/log.jsonl.xz; do
    run=${log%/*}
    xz -dc "$log" >"$T/want/${run##*/}"
done
ln -s llama "$T/init/mistral" # they have the same shapes, and so the same draws
ln -s qwen2 "$T/init/qwen2-bf16"
cp -R "$golden/data" "$T/data"
head -n 21 "$golden/data/text.jsonl" >"$T/data/ragged.jsonl"
cp "$golden/data/eval-text.jsonl" "$T/data/eval-ragged.jsonl"

# The comparer sees what it is there for.
see() { # WHAT COMMAND...
    what=$1
    shift
    try "$what is seen" 1 "$compare" "$@"
}
log=$T/want/sigmoid
check 'a log is like itself' "$compare" log "$log" "$log"
sed '7s/"loss": 0\./"loss": 0.0/' "$log" >"$T/log"
see 'another loss' log "$log" "$T/log"
sed '3s/"epoch": 0.5/"epoch": 0.501/' "$log" >"$T/log"
see 'another epoch' log "$log" "$T/log"
sed '5s/"entropy": [0-9.]*, //' "$log" >"$T/log"
see 'a missing number' log "$log" "$T/log"
see 'a number too many' log "$T/log" "$log"
sed '$d' "$log" >"$T/log"
see 'a missing entry' log "$log" "$T/log"
see 'other weights' weights "$golden/sigmoid/adapter_step2.safetensors" \
    "$golden/sigmoid/adapter_step10.safetensors"
one() { # BYTES: of a float
    printf '\70\0\0\0\0\0\0\0{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  '
    printf '%b' "$1"
}
one '\0000\0000\0200\0077' >"$T/one"
one '\0216\0006\0200\0077' >"$T/other" # 1.0002
check 'weights are like themselves' "$compare" weights "$T/one" "$T/one"
see 'a weight that is off by 0.0002 of 1' weights "$T/one" "$T/other"
see 'missing weights' weights "$T/init/qwen2/adapter_model.safetensors" \
    "$T/init/llama/adapter_model.safetensors"
xz -dc "$golden/checkpoint/trainer_state.json.xz" >"$T/state"
sed 's/"best_global_step": 10/"best_global_step": 20/' "$T/state" >"$T/log"
see 'another state' state "$T/state" "$T/log"

# What all of those runs have in common; an option given twice is what it is the last time.
train() { # MODEL DATA OPTION...
    on=$numeric/$1
    rows=$T/data/$2.jsonl
    tests=$T/data/eval-$2.jsonl
    shift 2
    dpo-train -q -m "$on" "$rows" --eval "$tests" \
        --precision fp32 --threads 1 --max-prompt-length 0 --batch-size 2 --gradient-accumulation 2 \
        --learning-rate 1e-3 --warmup-steps 5 --weight-decay 0.01 --max-steps 40 --order sequential \
        --logging-steps 1 --eval-steps 10 --save-steps 0 "$@"
}

weights() { # RUN: as far as there are any
    for file in adapter_model model; do
        [ ! -e "$golden/$1/$file.safetensors" ] ||
            check "$1: $file.safetensors" "$compare" weights "$golden/$1/$file.safetensors" \
                "$T/$1/$file.safetensors"
    done
}

# With sanitizers all takes long: there one run of each kind must do.
left_out() { # RUN
    [ "${SAN:-}" ] || return
    case $1 in
    sigmoid-r* | ipo | hinge | robust | apo-zero | forward-kl | sigmoid-norm | bf16-weights | trunc-start | sft-lora) ;;
    *) return 1 ;;
    esac
}

golden() { # RUN MODEL DATA OPTION...
    run=$1
    shift
    try "$run" 0 train "$@" -o "$T/$run"
    out_is ''
    err_is ''
    check "$run: its log" "$compare" log "$T/want/$run" "$T/$run/metrics.jsonl"
    weights "$run"
}

# The adapter that the seed draws is the one that TRL began with, given or not.
lora() { # RUN MODEL DATA OPTION...
    if left_out "$1"; then
        skip "$1" 'sanitizers are slow'
        return
    fi
    golden "$@" --lora-rank 8 --lora-alpha 16
    [ -z "${SAN:-}" ] || return 0
    init=$T/init/$2
    shift
    try "$run, from the adapter" 0 train "$@" --adapter "$init" -o "$T/again"
    for file in metrics.jsonl adapter_model.safetensors trainer_state.json; do
        check "$run, from the adapter: the same $file" cmp "$T/$run/$file" "$T/again/$file"
    done
    rm -r "$T/again"
}

differ() {
    ! cmp -s "$1" "$2"
}

same() { # NAME RUN OTHER: all that both left
    for file in metrics.jsonl trainer_state.json adapter_model.safetensors; do
        check "$1: the same $file" cmp "$T/$2/$file" "$T/$3/$file"
    done
}

# The numbers called NAME in a log, one a line.
numbers() { # NAME METRICS
    sed -n "s|^.*\"$1\":\([^,}]*\).*|\1|p" "$2"
}
lora sigmoid qwen2 chat --save-steps 2 --save-total-limit 0
check 'sigmoid: adapter_model.safetensors' "$compare" weights \
    tests/golden/eval/adapter/adapter_model.safetensors "$T/sigmoid/adapter_model.safetensors"
# Adam's first steps are as long for a gradient that is nearly rounding as for any other.
for step in 2:5e-4 10:1e-4; do
    tolerance=${step#*:} step=${step%:*}
    check "sigmoid: after $step updates" "$compare" weights \
        "$golden/sigmoid/adapter_step$step.safetensors" \
        "$T/sigmoid/checkpoint-$step/adapter_model.safetensors" "$tolerance"
done
check 'sigmoid: the log within the state' "$compare" log "$T/want/sigmoid" \
    "$T/sigmoid/trainer_state.json"

lora sigmoid-random qwen2 chat --order shuffled
lora sigmoid-ragged llama ragged --order shuffled
lora ipo qwen2 chat --loss ipo
lora hinge qwen2 chat --loss hinge
lora robust qwen2 chat --loss robust --label-smoothing 0.1
lora aot smollm text --loss aot --label-smoothing 0.05
lora apo-zero smollm text --loss apo_zero
lora forward-kl smollm text --f-divergence-type forward_kl
lora sigmoid-norm qwen3 chat --loss sigmoid_norm --beta 2
lora rpo qwen3 chat --loss sigmoid+0.5*sft
lora wpo mistral chat --use-weighting
lora ld mistral chat --ld-alpha 0.4
lora window mistral-sw8 chat
lora bf16-weights qwen2-bf16 chat
lora trunc-start llama text --max-length 60
lora trunc-end llama text --max-length 60 --truncate keep_end
golden dpo-full smollm chat --full --learning-rate 2e-4
golden sft-full smollm sft --method sft --full
lora sft-lora llama sft --method sft
lora sft-trunc llama sft --method sft --max-length 60

lora checkpoint smollm text --max-steps 20 --save-steps 10 --best margin
check 'checkpoint: its state' "$compare" state "$T/state" "$T/checkpoint/trainer_state.json"
check 'checkpoint: the log in there' "$compare" log "$T/state" "$T/checkpoint/trainer_state.json"
check 'checkpoint: why it is the best' grep -q \
    '"why": "eval_rewards/margins [0-9.e-]* at step [0-9]* is the highest so far"' \
    "$T/checkpoint/trainer_state.json"
check 'checkpoint: the state of then' "$compare" log tests/golden/run/checkpoint/trainer_state.json \
    "$T/checkpoint/checkpoint-10/trainer_state.json"
check 'checkpoint: the best is the result' cmp "$T/checkpoint/adapter_model.safetensors" \
    "$T/checkpoint/checkpoint-10/adapter_model.safetensors"
check 'checkpoint: the last is there' test -d "$T/checkpoint/checkpoint-20"

# TRL computes the reference before or on the way: here it is always before.
lora nocompute llama text --cache "$T/cache"
lora precompute llama text --cache "$T/cache"
same 'a reference from the cache' nocompute precompute

# With the loss sigmoid TRL takes no notice of label_smoothing: the golden run is that of 0. Here it
# is cDPO: where policy and reference are one, the gradient is less by the factor 1 - 2 * 0.1.
check 'sigmoid-ls: its log' "$compare" log "$T/want/sigmoid-ls" "$T/sigmoid/metrics.jsonl"
try 'cDPO' 0 train qwen2 chat --label-smoothing 0.1 --lora-rank 8 --lora-alpha 16 -o "$T/cdpo"
check 'cDPO: another log' differ "$T/cdpo/metrics.jsonl" "$T/sigmoid/metrics.jsonl"
check 'cDPO: the first gradient' awk -v got="$(numbers grad_norm "$T/cdpo/metrics.jsonl" | head -n 1)" \
    -v plain="$(numbers grad_norm "$T/sigmoid/metrics.jsonl" | head -n 1)" \
    'BEGIN { off = got / plain - 0.8; exit !(off < 1e-6 && off > -1e-6) }'

for model in llama mistral mistral-sw8 qwen2 qwen2-bf16 qwen3 smollm; do
    try "$model: no update" 0 train $model text --max-steps 1 --lora-rank 8 --lora-alpha 16 -o "$T/init-$model"
    check "$model: the adapter TRL began with" "$compare" weights \
        "$T/init/$model/adapter_model.safetensors" "$T/init-$model/adapter_model.safetensors" 0
done
done_testing
