# dpo-train --config: files of other trainers, and the one that a run leaves.
. "${0%/*}/../tap.sh"

base=$SRC/tests/golden/numeric/models/qwen2
cp tests/golden/eval/pairs.jsonl "$T/pairs.jsonl"
cd "$T" || exit 1

# What a run leaves says it all: texts with any bytes, lists, numbers.
try 'a run' 0 dpo-train -q -m "$base" -o one --prompt-format 'Q "x" \ # {prompt}
	A: ' --batch-size 1 --gradient-accumulation 1 --learning-rate 1e-3 --weight-decay 0.1 \
    --lora-targets q_proj,v_proj --eval pairs.jsonl --eval-steps 2 --kl-limit 9 \
    --on-kl halve-lr --on-kl rollback --on-kl stop --lr-scheduler cosine_with_min_lr,min_lr_rate=0.1 \
    pairs.jsonl
check 'its file' grep -qx 'on-kl = \[halve-lr, rollback, stop\]' one/dpo-train.conf
try 'the same from its file' 0 dpo-train -q --config one/dpo-train.conf -o two pairs.jsonl
for file in adapter_model.safetensors metrics.jsonl trainer_state.json; do
    check "the same $file" cmp "one/$file" "two/$file"
done
sed '/^output = /d' one/dpo-train.conf >one.conf
check 'the same file' sh -c 'sed "/^output = /d" two/dpo-train.conf | cmp - one.conf'

cat >trl.conf <<EOF
model_name_or_path: $base
dataset_path: pairs.jsonl               # where no file is named
loss_type: [sigmoid, sft]
num_train_epochs: 2
per_device_train_batch_size: 2
gradient_accumulation_steps: 1
lr_scheduler_type: linear
warmup_steps: 0.5
load_in_8bit: True
disable_dropout: true
EOF
try 'names of TRL' 0 dpo-train --config trl.conf --dry-run
err_like '^dpo-train: updates 6, epochs 2\.00, examples_per_update 2, warmup 3, '
err_like "^dpo-train: trl\.conf:10: 'disable_dropout': lora_dropout is 0 with it, as in TRL$"
try 'the command line wins' 0 dpo-train --config trl.conf --dry-run --epochs 3 --warmup-ratio 0
err_like '^dpo-train: updates 9, epochs 3\.00, examples_per_update 2, warmup 0, '

cat >null.conf <<EOF
max_length: null
max_prompt_length: None
max_grad_norm: ~
save_total_limit: null
learning_rate: null
EOF
try 'null is no limit, where it is none in TRL' 0 dpo-train -q --config null.conf -m "$base" -o none \
    --max-steps 1 pairs.jsonl
for option in max-length max-prompt-length max-grad-norm save-total-limit; do
    check "$option" grep -qx "$option = 0" none/dpo-train.conf
done
check 'and else the default' grep -qx '# learning-rate = 5e-05' none/dpo-train.conf

# What is switched off stays off, on whichever side of its settings that is said.
cat >off.conf <<EOF
load_best_model_at_end: false
metric_for_best_model: eval_loss
eval_strategy: no
eval_steps: 2
save_strategy: no
save_steps: 2
logging_strategy: no
logging_steps: 2
EOF
sort -r off.conf >back.conf
printf 'disable_dropout: true\nlora_dropout: 0.5\n' >dry.conf
for order in sort 'sort -r'; do
    $order dry.conf >dropout.conf
    try 'no dropout' 0 dpo-train --config dropout.conf -m "$base" --dry-run pairs.jsonl
    check 'none acts' sh -c '! grep "dropout.*acts here" "$1"' - "$T/err"
done
try 'the dropout of the command line' 0 dpo-train --config dropout.conf -m "$base" --dry-run \
    --lora-dropout 0.5 pairs.jsonl
err_like 'warning: --lora-dropout 0\.5 acts here'
for file in off back; do
    try "$file: no best, no evaluations, no checkpoints" 0 dpo-train -q --config $file.conf \
        -m "$base" -o $file --eval pairs.jsonl --batch-size 1 --gradient-accumulation 1 \
        --max-steps 4 pairs.jsonl
    for line in 'best = "none"' 'eval-steps = 0' 'save-steps = 0' 'logging-steps = 0'; do
        check "$file: $line" grep -qx "$line" $file/dpo-train.conf
    done
    check "$file: one evaluation" test "$(grep -c eval_loss $file/metrics.jsonl)" -eq 1
    check "$file: no checkpoint" sh -c "! ls -d $file/checkpoint-*"
done
try 'the command line wins there, too' 0 dpo-train -q --config off.conf -m "$base" -o on \
    --max-steps 1 --save-steps 1 pairs.jsonl
check 'its checkpoint' test -d on/checkpoint-1

refuse() { # LINE WORDS
    printf '%s\n' "$1" >bad.conf
    try "$1" 2 dpo-train --config bad.conf -m "$base" --dry-run pairs.jsonl
    err_is "dpo-train: bad.conf:1: $2"
}
refuse 'fp16: true' "'fp16 = true' is refused: its range is too small for training: say bf16 = true, \
or precision = fp32"
refuse 'loss_weights: [1, 0.5]' "'loss_weights = 1,0.5' is refused: write one sum, as in \
'loss = sigmoid+0.5*sft'"
refuse 'learning_rat: 1' "no option is called 'learning_rat'"
refuse 'max_length: many' "--max-length takes a whole number, not 'many'"
refuse 'data_seed: 7' "'data_seed = 7' is refused: one seed draws everything; see --seed"
refuse 'loss_type: nll' "'loss_type = nll' is refused: that is the loss of --method sft"
refuse 'early_stopping_threshold: 0.1' "'early_stopping_threshold = 0.1' is refused: whatever is better \
counts, by however little"
cat >common.conf <<EOF
do_train: true
do_eval: false
log_level: info
data_seed: 7
seed: 7
dtype: bfloat16
attn_implementation: sdpa
use_cpu: true
no_cuda: true
push_to_hub: false
hub_model_id: me/it
hub_token: secret
hub_strategy: every_save
early_stopping_threshold: 0.0
EOF
try 'names that change nothing' 0 dpo-train --config common.conf -m "$base" --dry-run pairs.jsonl
err_like "^dpo-train: common\.conf:13: 'hub_strategy': nothing is sent anywhere"
check 'no secret is told' sh -c '! grep secret "$1"' - "$T/err"
printf 'loss_type: nll\ncompletion_only_loss: true\n' >sft.conf
printf '{"prompt":"a b","completion":"c d"}\n' >texts.jsonl
try 'names of SFT' 0 dpo-train -q --config sft.conf --method sft -m "$base" --dry-run texts.jsonl
printf 'sync_ref_model: false\nrpo_alpha: null\n' >fine.conf
try 'what asks for nothing is fine' 0 dpo-train -q --config fine.conf -m "$base" --dry-run pairs.jsonl
done_testing
