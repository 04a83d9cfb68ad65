#!/bin/sh
# Trains within a limit to the KL, asks whether the result keeps it and prefers the better answers, and
# where it went too far tries again with the remedies of recipe 3: half of the rate, 1.5 times the beta.
# They are none where the margin is what is missing.
#
#     pipelines/constrained.sh FOLDER MODEL KL RATE BETA RETRIES OPTION...
#
# FOLDER has train.jsonl and val.jsonl; the tries go to FOLDER/tries/run-1 and so on. The name of the
# one that passed is written to standard output. What was broken off goes on when this is run again.
# Exit: 0, or 3 where no try passed, or what dpo-train and dpo-eval say.
folder=$1 model=$2 limit=$3 rate=$4 beta=$5 retries=$6
shift 6

# Is that one good enough? 3: no
gates() {
    set -- --gate "kl <= $limit" --gate 'margin > 0'
    if [ -e "$run.jsonl" ]; then
        dpo-eval -q --from "$run.jsonl" "$@" >/dev/null
    else
        dpo-eval -m "$model" --adapter "$run" --beta "$beta" "$@" -o "$run.jsonl" "$folder/val.jsonl"
    fi
}

near() {
    dpo-eval -q --from "$run.jsonl" --gate "kl <= $limit" >/dev/null 2>&1
}

try=1
while [ "$try" -le $((retries + 1)) ]; do
    run=$folder/tries/run-$try
    dpo-train -m "$model" "$@" --learning-rate "$rate" --beta "$beta" --resume \
        --eval "$folder/val.jsonl" -o "$run" "$folder/train.jsonl"
    status=$?
    # The limit may have stopped it with a state that keeps it.
    if [ "$status" -eq 0 ] || { [ "$status" -eq 3 ] && [ -e "$run/adapter_config.json" ]; }; then
        gates
        status=$?
        [ "$status" -ne 3 ] || ! near || status=4
    fi
    case $status in
    0)
        echo "run-$try"
        exit 0
        ;;
    3) echo "constrained: try $try, rate $rate, beta $beta: a gate is not met" >&2 ;;
    4)
        echo "constrained: the KL is within $limit and the margin is not above 0: look at the pairs, or" \
            "take a higher rate" >&2
        exit 3
        ;;
    *) exit "$status" ;;
    esac
    rate=$(awk "BEGIN { print $rate / 2 }") beta=$(awk "BEGIN { print $beta * 1.5 }")
    try=$((try + 1))
done
exit 3
