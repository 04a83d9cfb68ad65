# What the documents say can be done: docs/tutorial.md is run, and the names in docs/from-trl.md are known.
. "${0%/*}/../tap.sh"

[ ! "${SAN:-}" ] || skip_all 'takes too long with the sanitizers'

# --- The tutorial, as it stands, but for fewer updates, with everything below one folder.

sed -n 's/^    //p' docs/tutorial.md |
    sed "s|^PATH=.*||; s|tutorial/|$T/tutorial/|g; s|-d tutorial |-d $T/tutorial |; s|mkdir tutorial|mkdir $T/tutorial|; s|--epochs 1|--max-steps 6|" \
    >"$T/commands"
try 'the tutorial' 0 sh -e "$T/commands"
for file in pairs.jsonl dropped.jsonl manifest.json before.jsonl run/adapter_model.safetensors after.jsonl \
    report.html model.gguf runs.db; do
    check "makes $file" test -s "$T/tutorial/$file"
done
out_like '^preference accuracy by token +28\.6 % '
out_like '^FROM '

# --- The first screen of README.md, with the teaching model, no server, and any verdict.

sed -n '/^    \$ make/,/^$/s/^    //p' README.md >"$T/screen"
{
    echo "cd '$T'"
    grep -v '^dpo-\|^\$ make' "$T/screen" | sed "s/^\$ //; s|MODEL|$SRC/data/base|; s|data/mortgage|$SRC/&|
        s|build/data/debates|$SRC/&|; s/>= 0\.7/>= 0/; s/dpo-train/& --max-steps 4/; s/dpo-deploy/& --dry-run/"
} >"$T/commands"
check 'it has five commands' test "$(grep -c '^\$ dpo-' "$T/screen")" = 5
try "README's first screen" 0 sh -e "$T/commands"
cp "$T/err" "$T/said"
grep '^dpo-' "$T/screen" >"$T/shown"
while IFS= read -r line; do
    check "shows: $line" grep -qxF -e "$line" "$T/said"
done <"$T/shown"
check 'makes model.gguf' test -s "$T/model.gguf"

# --- What README.md would do with it, on stand-ins for files and models; a gate may say no.

mkdir "$T/do"
{
    dpo-merge -q data/mortgage/seed.json | head -n 30
    dpo-merge -q data/mortgage/seed.json | tail -n 10
} >"$T/do/ultrafeedback.jsonl"
printf '%s\n' '{"chosen":"\n\nHuman: Lock?\n\nAssistant: Lock.","rejected":"\n\nHuman: Lock?\n\nAssistant: Why?"}' \
    >"$T/do/hh-rlhf.jsonl"
head -n 3 "$T/do/ultrafeedback.jsonl" | tee "$T/do/questions.jsonl" >"$T/do/quiz.json"
sed -n '/^## Some things/,/^\[/s/^    //p' README.md >"$T/screen"
{
    echo "cd '$T/do'"
    sed "s|Qwen/[^ ]*|$SRC/data/base|; s|-m BASE|-m $SRC/data/base|; s|dpo-train |&--max-steps 10 --batch-size 2 |
        s|dpo-eval |&--max-new-tokens 4 |; s|jsonl questions.jsonl|& \|\| [ \$? -eq 3 ]|" "$T/screen"
} >"$T/commands"
try "README's things to do" 0 sh -e "$T/commands"
for file in pairs.jsonl mine/test.jsonl tuned/adapter_model.safetensors after.jsonl report.html; do
    check "makes $file" test -s "$T/do/$file"
done

# --- Names of TRL's.

options=$(dpo-train --help; dpo-eval --help; dpo-merge --help; dpo-filter --help; dpo-split --help
    dpo-tokens --help; dpo-lora-merge --help; dpo-export-gguf --help; dpo-deploy --help; dpo-chat --help)
unknown=
named=$(grep -oh -e '--[a-z][a-z0-9-]*' README.md docs/from-trl.md docs/tutorial.md docs/nightly.md | sort -u)
for option in $named; do
    case $options in *"$option"[!a-z0-9-]*) ;; *) unknown="$unknown $option" ;; esac
done
check "all options are there:$unknown" test ! "$unknown"

for line in 'beta: 0.1' 'loss_type: hinge' 'max_length: 64' 'truncation_mode: keep_end' 'num_train_epochs: 1' \
    'per_device_train_batch_size: 2' 'gradient_accumulation_steps: 2' 'learning_rate: 1e-4' \
    'lr_scheduler_type: linear' 'warmup_ratio: 0.1' 'weight_decay: 0.01' 'max_grad_norm: 0.5' 'r: 4' \
    'lora_alpha: 8' 'target_modules: [q_proj, v_proj]' 'use_rslora: true' 'load_in_8bit: true' 'eval_steps: 5' \
    'save_steps: 5' 'logging_steps: 1' 'load_best_model_at_end: true' 'metric_for_best_model: eval_loss' \
    'early_stopping_patience: 2' 'generate_during_eval: true' 'report_to: tensorboard' 'seed: 1'; do
    echo "$line" >"$T/conf"
    try "$line" 0 dpo-train -q --config "$T/conf" -m tests/golden/numeric/models/qwen2 --dry-run \
        --eval tests/golden/eval/pairs.jsonl tests/golden/eval/pairs.jsonl
    named=${line%%:*}
    [ "$named" != early_stopping_patience ] || named=EarlyStoppingCallback
    check "$named stands in the document" grep -q "\<$named\>" docs/from-trl.md
done

done_testing
