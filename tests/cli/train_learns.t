# Does training teach? A model with random weights learns a rule from pairs, and applies it to
# prompts that it has not seen.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
cd "$T" || exit 1
"$seed_model" "$SRC/data/tiny/config.json" --tokenizer "$SRC/data/tiny" -o model 2>/dev/null || exit 1

# An answer must end as the prompt's last word has it: with warm or with cold. No word of an answer
# gives it away. Of the prompts each fourth is kept for the test.
awk 'BEGIN {
    srand(1)
    split("sun fire summer stove ice snow winter frost", word, " ")
    split("old small green quiet round plain", adjective, " ")
    while (train < 600 || held < 200) {
        a = int(rand() * 6)
        w = int(rand() * 8)
        is_held = (a + w) % 4 == 0
        if (is_held ? held++ >= 200 : train++ >= 600) continue
        says = adjective[1 + int(rand() * 6)]
        printf "{\"prompt\":\"Tell me of the %s %s\",\"chosen\":\" it is %s and %s\",\"rejected\":\" it is %s and %s\"}\n",
            adjective[1 + a], word[1 + w], says, w < 4 ? "warm" : "cold", says, w < 4 ? "cold" : "warm" > \
            (is_held ? "held.jsonl" : "train.jsonl")
    }
}'
check 'there are pairs to learn from' test "$(grep -c '' train.jsonl)" = 600
check 'and others to be tested with' test "$(grep -c '' held.jsonl)" = 200
check 'no prompt is in both' sh -c 'for set in train held; do sed "s/.*\"prompt\":\"\([^\"]*\).*/\1/" $set.jsonl | sort -u; done |
    sort | uniq -d | { ! grep .; }'

accuracy() { # OPTION...: of the test pairs
    dpo-eval -q "$@" held.jsonl | sed -n 's/^{"metrics":{"preference_accuracy":\([0-9.]*\),.*/\1/p'
}
at_most() { # NAME GOT LIMIT
    check "$1: $2, at most $3" awk -v got="$2" -v limit="$3" 'BEGIN { exit !(got != "" && got <= limit) }'
}
at_least() { # NAME GOT LIMIT
    check "$1: $2, at least $3" awk -v got="$2" -v limit="$3" 'BEGIN { exit !(got >= limit) }'
}
learn() { # RUN OPTION...
    run=$1
    shift
    try "$run" 0 dpo-train -q -m model -o "$run" --batch-size 16 --gradient-accumulation 1 --max-steps 120 \
        --warmup-steps 10 --beta 0.5 --tensorboard off --save-steps 0 "$@" train.jsonl
}
at_most 'the model as it is' "$(accuracy -m model)" 0.6
learn adapter --learning-rate 5e-3
at_least 'with an adapter' "$(accuracy -m model --adapter adapter)" 0.95
if [ "${SAN:-}" ]; then
    skip 'others' 'sanitizers take their time'
else
    learn nf4 --learning-rate 5e-3 --base-bits 4
    at_least 'with an adapter on four bits' "$(accuracy -m model --base-bits 4 --adapter nf4)" 0.95
    learn whole --full --learning-rate 2e-3
    at_least 'with all weights' "$(accuracy -m whole)" 0.95
fi
done_testing
