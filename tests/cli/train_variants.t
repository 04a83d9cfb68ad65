# dpo-train: what must give the same bytes, what must not, and models and texts of all kinds.
. "${0%/*}/../tap.sh"

numeric=tests/golden/numeric/models
golden=tests/golden/train
data=$golden/data
model=$numeric/smollm

train() { # OPTION...
    dpo-train -q -m "$model" --precision fp32 --threads 1 --tensorboard off \
        --batch-size 2 --gradient-accumulation 2 --learning-rate 2e-3 --max-steps 12 --logging-steps 1 \
        --eval-steps 4 --save-steps 0 "$@"
}
leaves() { # NAME OPTION...: into $T/NAME
    name=$1
    shift
    try "$name" 0 train "$@" -o "$T/$name"
    err_is ''
}
run() { # NAME OPTION...
    leaves "$@" "$data/chat.jsonl"
}
texts() { # NAME FILE OPTION...
    name=$1
    leaves "$@" --method sft
}
# The numbers called NAME in a run's log, one a line.
numbers() { # NAME RUN
    sed -n "s|^.*[{,]\"$1\":\([^,}]*\).*|\1|p" "$T/$2/metrics.jsonl"
}
same() { # RUN OTHER
    for file in metrics.jsonl trainer_state.json adapter_model.safetensors; do
        check "$2 as $1: the same $file" cmp "$T/$1/$file" "$T/$2/$file"
    done
}
differ() { # RUN OTHER
    check "$2 is not $1" sh -c '! cmp -s "$1/metrics.jsonl" "$2/metrics.jsonl"' - "$T/$1" "$T/$2"
}
near() { # WHAT GOT WANT TOLERANCE
    check "$1: $2, want $3" awk -v got="$2" -v want="$3" -v tolerance="$4" \
        'BEGIN { off = got - want; exit !(got != "" && off <= tolerance && off >= -tolerance) }'
}
learns() { # RUN BEGIN: the loss begins there, and the last ones are lower
    near "$1: the first loss" "$(numbers loss "$1" | head -n 1)" "$2" 1e-6
    check "$1: the loss falls" sh -c 'echo "$1" | awk "NR == 1 { first = \$1 } { last = \$1 }
        END { exit !(NR == 12 && last < 0.97 * first) }"' - "$(numbers loss "$1")"
}
ln2=0.69314718055994531

# --- The same bytes.

run base --eval "$data/eval-chat.jsonl"
learns base $ln2
run two-threads --eval "$data/eval-chat.jsonl" --threads 2
same base two-threads
run three-threads --eval "$data/eval-chat.jsonl" --threads 3
same base three-threads
run with-checkpoints --eval "$data/eval-chat.jsonl" --save-steps 5 --tensorboard on
check 'checkpoints change no number' cmp "$T/base/metrics.jsonl" "$T/with-checkpoints/metrics.jsonl"
run model-as-reference --eval "$data/eval-chat.jsonl" --reference "$model"
same base model-as-reference
xz -dc "$golden/smollm.gguf.xz" >"$T/model.gguf"
run gguf --eval "$data/eval-chat.jsonl" -m "$T/model.gguf"
same base gguf
run all-linear --eval "$data/eval-chat.jsonl" --lora-targets all-linear
same base all-linear
sed 's/^[^=]*$/& /; s/^output = .*//; s/^model = .*//' "$T/base/dpo-train.conf" >"$T/conf"
try 'its own options' 0 dpo-train -q --config "$T/conf" -m "$model" "$data/chat.jsonl" \
    --threads 1 -o "$T/config"
same base config

# --- Others.

run seed --seed 43
differ base seed
run sequential --order sequential
differ base sequential
run bf16 --precision bf16
learns bf16 $ln2
differ base bf16
for bits in 8 4; do
    run "bits-$bits" --base-bits $bits -m "$numeric/qwen3"
    learns "bits-$bits" $ln2
    run "bits-$bits-again" --base-bits $bits -m "$numeric/qwen3" --cache "$T/bits-$bits/cache"
    same "bits-$bits" "bits-$bits-again"
done
differ bits-8 bits-4

# --- The reference.

run adapter --adapter "$T/base"
learns adapter $ln2
run adapter-off --adapter "$T/base" --reference adapter-off
check 'without it the margin is there at once' sh -c 'echo "$1" | awk "{ exit !(\$1 > 0.01) }"' - \
    "$(numbers rewards/margins adapter-off | head -n 1)"
run fresh-off --reference adapter-off
learns fresh-off $ln2
run other --reference "$numeric/llama"
check 'another model is no start' sh -c '[ "$1" != '$ln2' ]' - "$(numbers loss other | head -n 1)"
run full --full --learning-rate 5e-4 --eval "$data/eval-chat.jsonl" --batch-size 5 --gradient-accumulation 1 \
    --save-steps 12
learns full $ln2
check 'a whole model is no adapter' test ! -e "$T/full/adapter_model.safetensors"

# --- What comes out can be used, and says the same elsewhere.

evaluated() { # RUN METRIC OPTION...: is it the mean over the pairs in dpo-eval, too?
    name=$1
    metric=$2
    shift 2
    try "$name and dpo-eval" 0 dpo-eval -q --precision fp32 "$@" "$data/eval-chat.jsonl"
    near "$name: $metric" "$(sed -n "s|^{\"metrics\".*\"$metric\":\([^,}]*\).*|\1|p" "$T/out")" \
        "$(numbers "eval_$metric" "$name" | tail -n 1)" 1e-4
}
evaluated full logps/chosen -m "$T/full"
evaluated full logps/chosen -m "$T/full/checkpoint-12"
for file in model.safetensors config.json tokenizer.json; do
    check "the checkpoint has its $file" cmp "$T/full/$file" "$T/full/checkpoint-12/$file"
done
run five --batch-size 5 --gradient-accumulation 1 --eval "$data/eval-chat.jsonl"
evaluated five logps/rejected -m "$model" --adapter "$T/five"
run after-full -m "$T/full" --reference "$model"
run on-the-result -m "$T/full"
learns on-the-result $ln2

# --- Texts.

# The loss of a model that knows nothing is about that of its random weights.
teaches() { # RUN
    check "$1: the loss falls" sh -c 'echo "$1" | awk "NR == 1 { first = \$1 } { last = \$1 }
        END { exit !(NR == 12 && last < 0.97 * first) }"' - "$(numbers loss "$1")"
    check "$1: no rewards" sh -c '! grep -q rewards "$1/metrics.jsonl"' - "$T/$1"
}
tokens() { # RUN: of the first update
    numbers num_tokens "$1" | head -n 1
}

texts completions "$data/sft.jsonl" --eval "$data/eval-sft.jsonl"
teaches completions
texts completions-alone "$data/sft.jsonl" --eval "$data/eval-sft.jsonl" --completion-only-loss yes
same completions completions-alone
texts all-tokens "$data/sft.jsonl" --completion-only-loss no
teaches all-tokens
differ completions all-tokens
check 'prompts count in both' test "$(tokens completions)" = "$(tokens all-tokens)"

awk '{ sub(/"prompt": \[/, "\"messages\": ["); sub(/\], "completion": \[/, ", "); print }' \
    "$data/sft.jsonl" >"$T/messages.jsonl"
texts messages "$T/messages.jsonl"
teaches messages
same all-tokens messages

sed -E 's/"prompt": ("([^"\\]|\\.)*)", "chosen": "(([^"\\]|\\.)*").*/"text": \1\3}/' "$data/text.jsonl" >"$T/text.jsonl"
check 'texts' test "$(grep -c '^{"text": ' "$T/text.jsonl")" = 24
texts text "$T/text.jsonl"
teaches text
texts text-no "$T/text.jsonl" --completion-only-loss no
same text text-no
texts text-full "$T/text.jsonl" --full --learning-rate 5e-4
teaches text-full

# A pair's chosen answer is a completion.
texts pairs "$data/chat.jsonl"
sed 's/"chosen"/"completion"/; s/, "rejected": \[.*\]}$/}/' "$data/chat.jsonl" >"$T/chosen.jsonl"
texts chosen "$T/chosen.jsonl"
same pairs chosen

# --- Learning rates, by what transformers computes: ten updates, two of them to warm up.

schedules=tests/golden/schedule/rates.jsonl
rates() { # KIND OPTIONS: as in the golden file, {"num_cycles": 3}
    grep -F "{\"type\": \"$1\", \"options\": $2, \"lr\": 0.001, \"total\": 10, \"warmup\": 2, \"rates\"" \
        "$schedules" >"$T/golden"
    check "$1 $2: a golden line" test "$(grep -c '' "$T/golden")" = 1
    spec=$1$(echo "$2" | tr -d ' "{}' | sed 's/^./,&/; s/:/=/g')
    run "$spec" --lr-scheduler "$spec" --warmup-steps 2 --learning-rate 1e-3 --max-steps 10
    sed 's/.*"rates": \[//; s/\].*//' "$T/golden" | tr ',' '\n' >"$T/want"
    numbers learning_rate "$spec" >"$T/got"
    check "$spec: the rates" sh -c 'paste "$1/want" "$1/got" |
        awk "{ off = \$1 - \$2 } NF != 2 || off > 1e-15 || off < -1e-15 { bad = 1 }
            END { exit bad || NR != 10 }"' - "$T"
}
rates linear '{}'
rates cosine '{}'
rates cosine_with_restarts '{"num_cycles": 3}'
rates polynomial '{"power": 2.0, "lr_end": 1e-07}'
rates constant '{}'
rates constant_with_warmup '{}'
rates inverse_sqrt '{"timescale": 20}'
rates cosine_with_min_lr '{"min_lr_rate": 0.1}'
rates cosine_warmup_with_min_lr '{"min_lr_rate": 0.1, "warmup_lr_rate": 0.2}'
rates warmup_stable_decay '{"num_decay_steps": 4, "min_lr_ratio": 0.1, "decay_type": "linear"}'
run ratio --warmup-ratio 0.25 --learning-rate 1e-3 --lr-scheduler linear
near 'a quarter of twelve' "$(numbers learning_rate ratio | sed -n 4p)" 0.001 1e-15
run plateau --lr-scheduler reduce_lr_on_plateau,factor=0.5,patience=0,threshold=0.9 --eval-steps 1 \
    --eval "$data/eval-chat.jsonl"
check 'plateau: it fell' sh -c 'echo "$1" | awk "NR == 1 { first = \$1 } { last = \$1 }
    END { exit !(first == 0.002 && last < 0.0001) }"' - "$(numbers learning_rate plateau)"
done_testing
