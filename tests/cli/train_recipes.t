# The recipes of pipelines/*.conf, on the project's own data: what dpo-train plans, with which
# numbers, and which of the recipes' traps it warns of. Nothing is trained.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
database=$SRC/build/data/debates.db
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
"$seed_model" data/tiny/config.json --tokenizer data/tiny -o "$T/tiny" || exit 1

# plan RECIPE FILE...: what is said of it; standard output is empty
plan() {
    recipe=$1
    shift
    try "$recipe" 0 dpo-train --config "pipelines/$recipe.conf" -m "$T/tiny" --dry-run "$@"
}

# The warnings begin with these texts, and there are no others: warnings [TEXT...]
warnings() {
    sed -n 's/^dpo-train: warning: //p' "$T/err" >"$T/warned"
    check "$recipe: traps" begin_with "$@"
}

begin_with() {
    lines=$(wc -l <"$T/warned")
    [ "$lines" -eq $# ] || { cat "$T/warned" && return 1; }
    number=0
    for text; do
        number=$((number + 1))
        line=$(sed -n "${number}p" "$T/warned")
        [ "${line#"$text"}" != "$line" ] || { echo "no '$text': $line" && return 1; }
    done
}

numbers() { # UPDATES EPOCHS PER_UPDATE WARMUP EVALUATIONS CHECKPOINTS
    err_like "updates $1, epochs $2, examples_per_update $3, warmup $4, evaluations $5, checkpoints $6$"
}

dropout='--lora-dropout 0.05 acts here'
dpo-split -q --ratios 80,20,0 -d "$T/arabic" data/arabic/pairs.jsonl
dpo-merge -q data/voice/*/pairs.jsonl data/voice/critical.jsonl |
    dpo-split -q --ratios 85,15,0 -d "$T/voice"
dpo-synth -q --count 2500 --seed 42 -o "$T/synth.jsonl"
dpo-split -q --ratios 90,10,0 -d "$T/agent" "$T/synth.jsonl"
sed 's/"instruction":/"prompt":/; s/"output":/"completion":/' \
    data/voice/cycle-phases/content.jsonl >"$T/content.jsonl"

# Recipe 1: all 468 pairs are split, as its filter was computed and never used.
if [ -e "$database" ]; then
    dpo-merge -q data/mortgage/seed.json "$database" -o "$T/all.jsonl"
    dpo-split -q --method sklearn --seed 42 -d "$T/published" "$T/all.jsonl"
    dpo-filter -q --min-consensus 0.7 "$T/all.jsonl" | dpo-split -q -d "$T/working"

    plan mortgage --eval "$T/published/val.jsonl" "$T/published/train.jsonl"
    numbers 63 3.00 16 50 1 1
    err_like 'learning_rate 5e-05, rate_area 0.001575,'
    warnings 'warm-up takes 50 updates of a run of 63, 79 %' \
        '--eval-steps 100 is longer than the run of 63 updates' \
        '--save-steps 100 is longer than the run of 63 updates' "$dropout"

    plan mortgage-working --eval "$T/working/val.jsonl" "$T/working/train.jsonl"
    numbers 96 3.00 8 10 6 6
    warnings
else
    skip 'mortgage' 'build/data/debates.db is not made'
fi

# Recipe 2: one topic, as it goes.
plan voice data/voice/cycle-phases/pairs.jsonl
numbers 100 25.00 8 0 0 1
err_like 'learning_rate 5e-07, rate_area 2.525e-05,'
warnings 'the learning rates of all updates sum up to 2.5e-05' 'the run goes 25 times over its 30'

plan voice-working --eval "$T/voice/val.jsonl" "$T/voice/train.jsonl"
numbers 51 3.00 8 6 6 6
warnings

plan voice-sft "$T/content.jsonl"
numbers 6 3.00 16 1 0 3
err_like 'there is no reference'
warnings

# Recipe 3, on pairs that have scores.
plan kl --eval "$T/arabic/val.jsonl" "$T/arabic/train.jsonl"
numbers 1000 '[0-9.]+' 16 100 10 10
err_like 'learning_rate 1e-06, rate_area 0.0005,'
err_like "pipelines/kl.conf:[0-9]+: 'gradient_checkpointing': what is kept"
warnings 'the run goes ' "$dropout"

plan kl-working --eval "$T/arabic/val.jsonl" "$T/arabic/train.jsonl"
numbers '[0-9]+' 3.00 16 '[0-9]' '[0-9]' '[0-9]'
warnings
try 'kl without an evaluation' 2 \
    dpo-train --config pipelines/kl.conf -m "$T/tiny" --dry-run data/arabic/pairs.jsonl
err_like '^dpo-train: the KL is measured in evaluations: --eval FILE is missing$'

# Recipe 4: all 2500 pairs, none kept aside.
plan agentic "$T/synth.jsonl"
numbers 471 3.00 16 48 0 5
warnings "$dropout" 'the adapter is scaled by 0.25'

plan agentic-working --eval "$T/agent/val.jsonl" "$T/agent/train.jsonl"
numbers '5[0-9]+' 1.00 4 5. '[0-9]+' '[0-9]+'
warnings

# Recipe 5: its advanced variant evaluates every 200 updates and saves every 500, which its data never
# reach.
plan arabic --eval "$T/arabic/val.jsonl" "$T/arabic/train.jsonl"
numbers '1[0-9]' 1.00 16 0 1 1
warnings '--eval-steps 100 is longer' '--save-steps 100 is longer' \
    'the learning rates of all updates sum up to' '--lora-dropout 0.1 acts here'
err_like "pipelines/arabic.conf:[0-9]+: 'dataloader_num_workers': data are read once"

plan arabic-advanced --eval "$T/arabic/val.jsonl" "$T/arabic/train.jsonl"
numbers '2[0-9]' 2.00 16 2 1 1
warnings '--eval-steps 200 is longer' '--save-steps 500 is longer' \
    '--save-steps 500 is no multiple of --eval-steps 200' \
    'the learning rates of all updates sum up to' '--lora-dropout 0.1 acts here'
err_like "pipelines/arabic-advanced.conf:[0-9]+: 'report_to': nothing is sent anywhere"

plan arabic-working --eval "$T/arabic/val.jsonl" "$T/arabic/train.jsonl"
numbers '[0-9]+' 3.00 16 '[0-9]' '[0-9]' '[0-9]'
warnings

plan base data/base/text/talk.jsonl
numbers 25 1.00 8 1 0 1
warnings '--logging-steps 50 is longer' '--save-steps 100 is longer'

for conf in pipelines/*.conf; do
    name=${conf##*/}
    check "$conf is tried here" grep -q "^ *plan ${name%.conf} " "$0"
done
done_testing
