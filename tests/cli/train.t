# dpo-train: what it says of its work, and what it says when that cannot be done.
. "${0%/*}/../tap.sh"

numeric=$SRC/tests/golden/numeric/models
data=$SRC/tests/golden/train/data
model=$numeric/smollm
cp "$data"/*.jsonl "$T"
cd "$T" || exit 1

train() { # OPTION...
    dpo-train -m "$model" --threads 1 --precision fp32 --max-steps 2 --batch-size 2 --logging-steps 1 \
        --gradient-accumulation 1 --learning-rate 1e-3 --weight-decay 0 --epochs 1 --lora-rank 2 "$@"
}

# --- What it says.

try 'a run' 0 train text.jsonl --eval eval-text.jsonl -o run
out_is ''
err_like '^dpo-train: train 24, read 24, dropped 0, cut 0, prompts_cut 0, tokens [0-9]+, longest [0-9]+$'
err_like '^dpo-train: eval 5, read 5,'
err_like '^dpo-train: updates 2, epochs 0\.17, examples_per_update 2, warmup 0, evaluations 1, checkpoints 1$'
err_like '^dpo-train: trained_parameters 3008, learning_rate 0\.001, rate_area 0\.0015, memory_megabytes [0-9]+, layers_kept 2$'
err_like "^dpo-train: the reference is $model without an adapter\$"
err_like '^dpo-train: the first loss is 0\.693147, as it must be \(0\.693147\); KL 0: policy and reference are one$'
err_like '^dpo-train: step 2, loss 0\.[0-9]+, margin -?[0-9.e-]+, accuracy [0-9.]+, '
err_like '^dpo-train: step 2, eval_loss 0\.[0-9]+, .*, kl [0-9.e-]+, epoch 0\.167$'
err_like '^dpo-train: updates 2, seconds [0-9.]+, tokens_per_second [0-9]+$'
for file in adapter_model.safetensors adapter_config.json metrics.jsonl trainer_state.json \
    dpo-train.conf dpo_metadata.json tokenizer.json checkpoint-2/resume.json; do
    check "there is $file" test -s run/$file
done
try 'the talk as JSON' 0 train --json text.jsonl --eval eval-text.jsonl -o json
check 'every line is an object of this tool' sh -c '! grep -v "^{\"tool\":\"dpo-train\",.*}$" err'
check 'that can be read' sh -c 'sqlite3 -bail :memory: ".mode list" ".separator |" "CREATE TABLE t(line);" \
    ".import err t" "SELECT count(*) FROM t WHERE NOT json_valid(line);" | grep -qx 0'
err_like '"updates":2,"epochs":0\.17'
err_like '"step":2,"eval_loss":0\.'
try 'no talk' 0 train -q text.jsonl -o quiet
err_is ''
try 'standard input' 0 sh -c 'train=$1 && shift && dpo-train -q "$@" <"$train"' - text.jsonl -m "$model" \
    --max-steps 2 --lora-rank 2 -o stdin
try 'two files' 0 train text.jsonl chat.jsonl -o both
err_like '^dpo-train: train 48, read 48,'
check 'whose names are kept' grep -q '"records": 48, "files": \["text.jsonl", "chat.jsonl"\]}' both/dpo_metadata.json
try 'other options' 0 train text.jsonl -o others --adam-beta1 0.8 --adam-beta2 0.99 --adam-epsilon 1e-6 \
    --max-grad-norm 0 --rslora --lora-dropout 0.1 --discopop-tau 0.1 --loss discopop --logging-first-step \
    --save-total-limit 1 --save-steps 1 --samples 1 --sample-tokens 4 --eval eval-text.jsonl --eval-steps 1 \
    --early-stopping 3 --best accuracy --curriculum gap --template none --history runs.db --memory 1G \
    --prompt-format 'Q: {prompt}'
check 'one checkpoint is left, or the best, too' sh -c 'ls -d others/checkpoint-* | grep -qx others/checkpoint-2'
check 'samples are logged' grep -q '"sample"' others/metrics.jsonl
check 'the history has a row' test "$(sqlite3 runs.db 'SELECT count(*) FROM runs')" = 1
try 'a divergence' 0 train -q text.jsonl -o alpha --f-divergence-type alpha_divergence \
    --f-alpha-divergence-coef 0.7

# --- A trial.

try 'a dry run' 0 train --dry-run text.jsonl --eval eval-text.jsonl -o dry
err_like '^dpo-train: updates 2, epochs 0\.17, '
err_like '^dpo-train: tokens [0-9.]+, tokens_per_second [0-9.e+]+, seconds [0-9.e-]+$'
err_like '^dpo-train: the run would take about 0:0[0-9]$'
check 'it leaves nothing' test ! -e dry
try 'a dry run without a place' 0 train -q --dry-run text.jsonl
try 'a dry run on int8' 0 train -q --dry-run --base-bits 8 --cache dry-cache text.jsonl
check 'it leaves nothing, too' test ! -e dry-cache
try 'a dry run into a run' 0 train -q --dry-run text.jsonl -o run
cp -R run before
try 'a dry run of what cannot be' 1 train -q --dry-run none -o dry
err_is 'dpo-train: none: No such file or directory'

# --- What is there stays.

try 'a run that is there' 1 train -q text.jsonl -o run
err_is "dpo-train: 'run' holds a run already: --resume goes on with it, another -o starts anew"
check 'nothing is overwritten' diff -r -x .lock before run
try 'other options' 1 train -q --resume text.jsonl --eval eval-text.jsonl -o run --seed 7 --beta 0.2
err_is 'dpo-train: run/resume.json: made with other options: --beta 0.1, now 0.2; --seed 42, now 7'
check 'nothing is overwritten' diff -r -x .lock before run
try 'other pairs' 1 train -q --resume chat.jsonl --eval eval-text.jsonl -o run
err_like '^dpo-train: run/resume.json: made with '
check 'nothing is overwritten' diff -r -x .lock before run
try 'the run as it was' 0 train -q --resume text.jsonl --eval eval-text.jsonl -o run
for run in run fresh fresh; do
    try "the history of $run" 0 train -q --resume text.jsonl --eval eval-text.jsonl -o $run \
        --history resumed.db
done
check 'resumed is what found a checkpoint' test "$(sqlite3 resumed.db \
    "SELECT group_concat(resumed, ' ') FROM (SELECT resumed FROM runs ORDER BY id)")" = '1 0 1'
try 'a locked run' 75 flock run/.lock dpo-train -q -m "$model" text.jsonl -o run --resume
err_is 'dpo-train: run/.lock: another run holds the lock'
mkdir full-of-things
echo mine >full-of-things/notes
try 'a folder with other things' 0 train -q text.jsonl -o full-of-things
check 'they are left' test "$(cat full-of-things/notes)" = mine

# --- So does a model.

cp -R "$model" md
ln -s md link
cp -R run tuned
rm -r tuned/checkpoint-2
cp -R md md-before
cp -R tuned tuned-before
stays() { # NAME LINE OPTION...: neither with --resume nor without
    name=$1
    line=$2
    shift 2
    for more in '' --resume --dry-run; do
        try "$name $more" 2 dpo-train -q text.jsonl --max-steps 2 "$@" ${more:+"$more"}
        err_is "dpo-train: $line"
        check "$name $more: it stays" diff -r md-before md
        check "$name $more: the adapter stays" diff -r tuned-before tuned
    done
}
stays 'into the model' "-o 'md' is the folder of -m: a run needs one of its own" --full -m md -o md
stays 'into the model, an adapter' "-o 'md/' is the folder of -m: a run needs one of its own" -m md -o md/
stays 'into the model by a link' "-o 'link' is the folder of -m: a run needs one of its own" -m md -o link
stays 'from a link into the model' "-o 'md' is the folder of -m: a run needs one of its own" -m link -o md
stays 'into the reference' "-o 'md' is the folder of --reference: a run needs one of its own" \
    -m "$model" --reference md -o md
stays 'into the adapter' "-o 'tuned' is the folder of --adapter: a run needs one of its own" \
    -m md --adapter tuned -o tuned
for more in '' --resume; do
    for other in "-m $model" "-m $model --full"; do
        # shellcheck disable=SC2086 # the options are words
        try "into another model $other $more" 1 dpo-train -q text.jsonl --max-steps 2 $other -o md $more
        err_is "dpo-train: 'md' holds 'model.safetensors' of a model that is no run: give another -o"
        check 'it stays' diff -r md-before md
    done
done

# --- Any run can be told again by the file that it left.

again() { # NAME OPTION...
    name=$1
    shift
    try "$name" 0 dpo-train -q -m "$model" --max-steps 2 -o "said-$name" "$@"
    try "$name, again" 0 dpo-train -q --config "said-$name/dpo-train.conf" -o "again-$name" "$2"
    check "$name, again: the same log" cmp "said-$name/metrics.jsonl" "again-$name/metrics.jsonl"
}
again full --full text.jsonl
again adapter --adapter=run text.jsonl
again texts --method=sft sft.jsonl
check 'what was not said is a comment' grep -qx '# batch-size = 4' said-full/dpo-train.conf
check 'the rest is none' grep -qx 'max-steps = 2' said-full/dpo-train.conf

# --- Statuses beside 0, 1 and 2.

try 'a limit that is passed' 3 train -q text.jsonl --eval eval-text.jsonl --max-steps 8 --eval-steps 2 \
    --learning-rate 0.05 --kl-limit 1e-6 --on-kl stop -o limit
err_like '^dpo-train: no evaluation kept the KL limit of 1e-06: the lowest KL was [0-9.]+, at step 2$'
check 'it stopped there' grep -q '"event":"stop"' limit/metrics.jsonl
try 'the last state beyond the limit' 3 train -q text.jsonl --eval eval-text.jsonl --max-steps 4 --eval-steps 2 \
    --learning-rate 0.05 --kl-limit 1e-6 --on-kl halve-lr --best none -o beyond-limit
err_like '^dpo-train: the result does not keep the KL limit of 1e-06: its KL is [0-9.]+, at step 4$'
check 'it is the result' test -s beyond-limit/adapter_model.safetensors
cp beyond-limit/adapter_model.safetensors last
try 'and gone on with' 3 train -q text.jsonl --eval eval-text.jsonl --max-steps 4 --eval-steps 2 \
    --learning-rate 0.05 --kl-limit 1e-6 --on-kl halve-lr --best none -o beyond-limit --resume
err_like '^dpo-train: the result does not keep the KL limit'
check 'it stays' cmp last beyond-limit/adapter_model.safetensors
try 'the last state, stopped there' 3 train -q text.jsonl --eval eval-text.jsonl --max-steps 4 --eval-steps 2 \
    --learning-rate 0.05 --kl-limit 1e-6 --best none -o stopped-there
err_like '^dpo-train: the result does not keep the KL limit of 1e-06: its KL is [0-9.]+, at step 2$'
try 'the last state within the limit' 0 train -q text.jsonl --eval eval-text.jsonl --kl-limit 9 --best none -o within
dpo-train -q -m "$model" text.jsonl --max-steps 1000000 --eval eval-text.jsonl -o long --lora-rank 2 2>err &
for _ in $(seq 200); do
    [ -s long/metrics.jsonl ] && break
    sleep 0.05
done
kill -TERM $!
wait $!
check 'a signal' test $? = 75
check 'nothing else is said' test ! -s err


# Signals while a set is read from a pipe, which takes as long as it is held open; then its end.
mkfifo slow
signals() { # RUN PAUSE: from one to the next; sets got
    dpo-train -q -m "$model" slow --max-steps 1 -o "$1" --lora-rank 2 2>err &
    exec 3>slow
    kill -TERM $!
    sleep "$2"
    kill -TERM $!
    sleep 0.1
    cat text.jsonl >&3
    exec 3>&-
    wait $!
    got=$?
}
signals twice 0.1
check 'two signals at once are one' test $got = 75
signals later 1.2
check 'a later one ends it at once' test $got = 143
try 'timeout sends two' 75 timeout --preserve-status -s TERM 1 \
    dpo-train -q -m "$model" text.jsonl --max-steps 1000000 -o long --resume --eval eval-text.jsonl --lora-rank 2
err_is ''

# The loop of the manual, with parts that grow so that it comes to an end on any machine.
steps() { # RUN OPTION...: run by what is in $limit
    run=$1
    shift
    $limit dpo-train -q -m "$model" text.jsonl --max-steps 150 --batch-size 1 --gradient-accumulation 1 \
        --save-steps 0 --lora-rank 2 -o "$run" "$@"
}
begin=$(date +%s%N)
limit='' try 'at one stretch' 0 steps stretch
part=$((($(date +%s%N) - begin) / 4000000)) parts=0
until limit="timeout --preserve-status -s TERM $(printf '%d.%03d' $((part / 1000)) $((part % 1000)))" &&
    steps cut --resume 2>err; do
    [ $? -eq 75 ] || break
    parts=$((parts + 1)) part=$((part + part / 10 + 1))
done
check 'it was cut off several times' test $parts -ge 2
check 'the signals left checkpoints' sh -c 'ls cut/checkpoint-*/resume.json'
for file in adapter_model.safetensors metrics.jsonl trainer_state.json; do
    check "cut off $parts times, it ends with the same bytes: $file" cmp stretch/$file cut/$file
done

# --- Wrong usage, told before anything is read.

wrong() { # LINE OPTION...
    line=$1
    shift
    try "wrong: $*" 2 train -q none.jsonl -o wrong "$@"
    err_is "dpo-train: $line"
}
try 'no model' 2 dpo-train text.jsonl -o wrong
err_is 'dpo-train: -m MODEL is missing: which one is to be trained?'
try 'no place' 2 train text.jsonl
err_is 'dpo-train: -o RUN is missing: where is the run to be?'
wrong '--output: no file name' --output ''
wrong "--prompt-format takes 'chat' or a text with {prompt} in it, not 'Q:'" --prompt-format 'Q:'
wrong "loss 'dpo' is none of sigmoid, hinge, ipo, exo_pair, nca_pair, robust, bco_pair, sppo_hard, aot, aot_unpaired, apo_zero, apo_down, discopop, sft, sigmoid_norm" --loss dpo
wrong "a loss is missing in 'sigmoid+'" --loss sigmoid+
wrong '--beta must be a finite number above 0' --beta 0
wrong "--beta takes a number, not 'nan'" --beta nan
wrong '--label-smoothing must be at least 0 and below 1' --label-smoothing 1
wrong "--loss 'robust' needs a --label-smoothing below 0.5" --loss robust --label-smoothing 0.5
wrong '--f-divergence-type acts on these losses only: sigmoid, hinge, ipo, exo_pair, robust, discopop, sigmoid_norm' \
    --loss sft --f-divergence-type js_divergence
wrong '--ld-alpha must be between 0 and 1' --ld-alpha 2
wrong '--discopop-tau must be a finite number above 0' --loss discopop --discopop-tau 0
wrong '--learning-rate must be above 0' --learning-rate 0
wrong '--warmup-steps and --warmup-ratio cannot both be given' --warmup-steps 3 --warmup-ratio 0.1
wrong '--warmup-ratio must be at least 0 and below 1' --warmup-ratio 1
wrong '--max-grad-norm must not be below 0' --max-grad-norm -1
wrong "adam's beta1 must be at least 0 and below 1, not 1" --adam-beta1 1
wrong "adam's epsilon must be above 0, not 0" --adam-epsilon 0
wrong 'the weight decay must be 0 or more, not -1' --weight-decay -1
wrong 'no schedule is called '"'x'"': there are linear, cosine, cosine_with_restarts, polynomial, constant, constant_with_warmup, inverse_sqrt, cosine_with_min_lr, cosine_warmup_with_min_lr, warmup_stable_decay, reduce_lr_on_plateau' --lr-scheduler x
wrong "the schedule 'linear' takes no 'power'" --lr-scheduler linear,power=2
wrong "'warmup_stable_decay' needs 'num_decay_steps'" --lr-scheduler warmup_stable_decay
wrong "a polynomial schedule falls to 'lr_end' 1: the learning rate must be above it, not 0.001" \
    --lr-scheduler polynomial,lr_end=1
wrong '--batch-size must be above 0' --batch-size 0
wrong '--gradient-accumulation must be above 0' --gradient-accumulation 0
wrong '--epochs must be above 0' --epochs 0 --max-steps 0
wrong '--sample-tokens must be above 0' --samples 3 --sample-tokens 0
for option in batch-size gradient-accumulation sample-tokens; do
    for amount in 1000001 9223372036854775808 18446744073709551615; do
        wrong "--$option must be at most 1000000" --$option $amount
    done
done
wrong '--lora-rank must be above 0' --lora-rank 0
wrong '--lora-alpha must be above 0' --lora-alpha 0
wrong '--lora-dropout must be at least 0 and below 1' --lora-dropout 1
wrong '--lora-targets names nothing' --lora-targets ,
wrong '--lora-rank is for a new adapter: --full trains all weights' --full
wrong '--lora-rank is for a new adapter: --adapter brings its own' --adapter run
wrong '--kl-limit must be above 0' --kl-limit -1 --eval text.jsonl
wrong '--on-kl needs a --kl-limit' --on-kl stop
wrong "'--on-kl x' is none of stop, halve-lr, raise-beta, rollback" --on-kl x
wrong '--adaptive-beta must be above 0' --adaptive-beta -1
wrong 'the KL is measured in evaluations: --eval FILE is missing' --kl-limit 0.1
wrong 'the KL is measured in evaluations: --eval FILE is missing' --adaptive-beta 0.1
wrong 'what is best is found in evaluations: --eval FILE is missing' --best margin
wrong 'what is best is found in evaluations: --eval FILE is missing' --early-stopping 2
wrong '--lr-scheduler reduce_lr_on_plateau goes by evaluations: --eval FILE is missing' \
    --lr-scheduler reduce_lr_on_plateau,factor=0.5
wrong '--samples come with evaluations: --eval FILE is missing' --samples 3
wrong '--method sft has no reference to measure the KL from' --method sft --kl-limit 1 --eval text.jsonl
wrong '--best of --method sft is loss' --method sft --best margin --eval text.jsonl
for option in loss=ipo beta=0.3 label-smoothing=0.1 f-divergence-type=forward_kl f-alpha-divergence-coef=1 \
    use-weighting ld-alpha=0.5 discopop-tau=1 curriculum=gap reference=adapter-off; do
    wrong "--${option%=*} is for pairs: --method sft learns texts" --method sft --$option
done
wrong '--completion-only-loss is for --method sft: of pairs the answers alone count' --completion-only-loss no
whole() { # LINE OPTION...: without --lora-rank
    line=$1
    shift
    try "wrong: $*" 2 dpo-train -q -m "$model" none.jsonl -o wrong "$@"
    err_is "dpo-train: $line"
}
whole '--full and --adapter cannot both be given' --full --adapter run
whole '--lora-dropout is of an adapter, and --full has none' --full --lora-dropout 0.1
whole '--full trains weights as they are: --base-bits must be 16' --full --base-bits 8
check 'nothing appears' test ! -e wrong

# --- Input that is no good: one line each, and no result.

bad() { # NAME LINE OPTION...
    name=$1
    line=$2
    shift 2
    rm -rf bad
    try "$name" 1 train -q -o bad "$@"
    err_is "dpo-train: $line"
    check "$name: no result" sh -c '! ls bad/*.jsonl bad/*.safetensors bad/checkpoint-* bad/*.conf 2>/dev/null'
}
: >empty
bad 'an empty set' 'empty: there are no pairs' empty
bad 'no input' 'standard input: there are no pairs' </dev/null
bad 'an empty set for evaluations' 'empty: there are no pairs' text.jsonl --eval empty
bad 'an empty set of texts' 'empty: there are no texts' --method sft empty
bad 'no such file' 'none: No such file or directory' none
cp "$SRC/tests/golden/models/qwen2.gguf" .
for place in --output=gguf --dry-run; do
    try "--full of a GGUF file, $place" 1 dpo-train -q -m qwen2.gguf --full "$place" text.jsonl
    err_is 'dpo-train: qwen2.gguf has no config.json that trained weights could go with'
done
bad 'no such model' "none: neither a folder or file here nor ${HF_HUB_CACHE:-${HF_HOME:-$HOME/.cache/huggingface}/hub}/models--none in the hub's cache: fetch it with 'dpo-pull none'" \
    text.jsonl -m none
bad 'no such reference' "none: neither a folder or file here nor ${HF_HUB_CACHE:-${HF_HOME:-$HOME/.cache/huggingface}/hub}/models--none in the hub's cache: fetch it with 'dpo-pull none'" \
    text.jsonl --reference none
bad 'all pairs are too long' 'text.jsonl: nothing is left of 24 pairs: all prompts fill --max-length' \
    --max-length 3 text.jsonl
bad 'all texts are too long' 'sft.jsonl: nothing is left of 24 texts: all prompts fill --max-length' \
    --method sft --max-length 3 sft.jsonl
echo '{"prompt":"p","chosen":7,"rejected":"r"}' >no-pair
bad 'no pair' "no-pair:1: 'chosen' is a number, not a string or a list of messages" no-pair
{ cat text.jsonl && cat no-pair; } >late
bad 'no pair at the end' "late:25: 'chosen' is a number, not a string or a list of messages" late
bad 'texts for pairs' "sft.jsonl:1: 'chosen' is missing" sft.jsonl
echo '{"text":"a"}' >a
bad 'texts of two kinds' "sft.jsonl:1: the record holds 'prompt' and 'completion', but those before it 'text'" \
    --method sft a sft.jsonl
bad 'a text is no completion' "a:1: only completions are to be scored, but the record holds 'text'" \
    --method sft --completion-only-loss yes a
echo '{"text":""}' >blank
bad 'a text without a token' 'blank: nothing is left of 1 texts: none has a token that could be scored' --method sft blank
echo '{"prompt":"","chosen":"a","rejected":""}' >blank
bad 'an answer without a token' "blank:1: 'rejected' has no token that could be scored" blank
bad 'a stream without its seal' 'standard input: ends without a seal after 24 records: its writer died or does not use --seal' \
    --seal <text.jsonl
awk 'BEGIN { for (i = 0; i < 300; i++) s = s " 12"; print "{\"prompt\":\"p\",\"chosen\":\"" s "\",\"rejected\":\"r\"}" }' >long-pair
bad 'a text that is too long' 'long-pair:1: a text has 902 tokens, and the model was made for 512' --max-length 0 long-pair
try 'which may be meant' 0 train -q --beyond-context --max-length 0 long-pair -o beyond
cp -r "$model" dynamic
chmod -R u+w dynamic
sed -i 's/"rope_scaling": null/"rope_scaling": {"type": "dynamic", "factor": 4.0}/' dynamic/config.json
cp -r "$model" longer
chmod -R u+w longer
sed -i 's/"max_position_embeddings": 512/"max_position_embeddings": 1024/' longer/config.json
far='its dynamic rotary positions go no farther'
bad 'dynamic positions' "long-pair:1: a text has 902 tokens, and the model was made for 512: $far" \
    -m dynamic --beyond-context --max-length 0 long-pair
bad 'those of a reference' "a text has 902 tokens, and the reference 'dynamic' was made for 512: $far" \
    --reference dynamic --beyond-context --max-length 0 long-pair
bad 'a reference for shorter texts' "a text has 902 tokens, and the reference '$model' was made for 512" \
    -m longer --reference "$model" --max-length 0 long-pair
bad 'a reference with other words' "the reference '$SRC/tests/golden/models/llama' has a vocabulary of 20, and '$model' one of 512" \
    text.jsonl --reference "$SRC/tests/golden/models/llama"
cp -R "$model" rebased
printf '\1' | dd of=rebased/model.safetensors bs=1 seek=$(($(stat -c %s rebased/model.safetensors) - 4)) \
    conv=notrunc 2>dd.err
cp -R "$model" swapped
sed 's/"a": 64,/"a": 65,/; s/"b": 65,/"b": 64,/' "$model/tokenizer.json" >swapped/tokenizer.json
bad 'a reference with two tokens swapped' "the reference: 'swapped' has other tokens: 64 is 'b', not 'a'" \
    text.jsonl --reference swapped
: >swapped/tokenizer.json
try 'a reference with half a tokenizer' 1 train -q text.jsonl -o bad --reference swapped
err_like '^dpo-train: the reference: swapped/tokenizer.json: '
rm swapped/tokenizer.json
try 'a reference without a tokenizer' 0 train -q text.jsonl -o bare --reference swapped
try 'a reference with the same one' 0 train -q text.jsonl -o twin --reference rebased
bad 'modules that are not there' "'target_modules' names no module of this model" text.jsonl --lora-targets c_attn
bad 'a rank beyond all' "a rank of 65537 for 'model.layers.0.self_attn.q_proj' is not from 1 to 65536" text.jsonl \
    --lora-rank 65537
try 'too little memory' 1 train -q -o bad text.jsonl --memory 1K --lora-rank 64
err_like '^dpo-train: training needs [0-9]+[KM] of memory, [0-9]+[KM] of it for batches of [0-9]+ tokens and the rest for what is trained, and --memory is 1K$'
needed=$(sed -n 's/.*training needs \([0-9]*[KM]\) of memory.*/\1/p' "$T/err")
try 'as much as it says is enough' 0 train -q -o enough text.jsonl --memory "$needed" --lora-rank 64
bad 'conversations without a template' 'chat.jsonl:1: the record holds messages, and the model has no chat template' \
    chat.jsonl --template none
bad 'a template that is not there' 'none.jinja: No such file or directory' chat.jsonl --template none.jinja
bad 'beyond all patience' '1e+09 updates are more than 1e+07' text.jsonl --max-steps 1000000000
bad 'beyond any number of updates' '1.84467e+19 updates are more than 1e+07' text.jsonl \
    --max-steps 18446744073709551615
bad 'beyond any number of epochs' '1.2e+301 updates are more than 1e+07' text.jsonl --max-steps 0 --epochs 1e300
bad 'a rank beyond any number' \
    "a rank of 1.84467440737096e+19 for 'model.layers.0.self_attn.q_proj' is not from 1 to 65536" text.jsonl \
    --lora-rank 18446744073709551615
rm -rf bad
try 'an adapter of another model' 1 dpo-train -q -m "$model" text.jsonl -o bad --adapter "$SRC/tests/golden/eval/adapter"
err_is "dpo-train: $SRC/tests/golden/eval/adapter/adapter_model.safetensors: 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight' is not [8, 48], as the model and 'adapter_config.json' say"
for adapter in run run/checkpoint-2; do
    try "$adapter on another base" 1 dpo-train -q -m rebased text.jsonl -o bad --adapter $adapter
    err_is "dpo-train: $adapter: the adapter was trained on another base than 'rebased'"
done
try 'a checkpoint on its own base' 0 dpo-train -q -m "$model" text.jsonl -o onward --max-steps 1 \
    --adapter run/checkpoint-2
cp -R run/checkpoint-2 odd
echo '{"inputs":{}}' >odd/resume.json
try 'a checkpoint of what' 1 dpo-train -q -m "$model" text.jsonl -o bad --adapter odd
err_is "dpo-train: odd/resume.json: 'inputs.model' is not a string"
try 'no adapter there' 1 dpo-train -q -m "$model" text.jsonl -o bad --adapter none
err_is 'dpo-train: none: No such file or directory'

echo '{"prompt":"2 + 2 =","chosen":"4","rejected":"5"}' >short
try 'answers of one token' 0 train text.jsonl short -o one-token
err_like '^dpo-train: train 25, read 25, dropped 0,'
try 'prompts beyond their bound' 0 train text.jsonl --max-prompt-length 10 -o bounded
err_like '^dpo-train: train 24, read 24, dropped 0, cut 0, prompts_cut 2[0-9],'
try 'pairs beyond theirs' 0 train text.jsonl --max-length 60 -o shortened
err_like '^dpo-train: train 21, read 24, dropped 3, cut [0-9]+, prompts_cut 0,'

# The largest number where each number means something, and what it leaves can be gone on with.
set --
for option in logging-steps eval-steps save-steps save-total-limit early-stopping max-length \
    max-prompt-length seed samples; do
    set -- "$@" --$option 18446744073709551615
done
set -- "$@" --batch-size 1000000 --gradient-accumulation 1000000 --sample-tokens 1000000
try 'the largest numbers' 0 train text.jsonl --eval eval-text.jsonl -o largest "$@"
err_like 'updates 2, epochs 2\.00, examples_per_update 1000000000000, '
check 'each prompt of the set has an answer' test "$(grep -c '"sample":' largest/metrics.jsonl)" = 5
try 'the same again' 0 train -q text.jsonl --eval eval-text.jsonl -o largest --resume "$@"

# --- Places that cannot be written to.

touch file
try 'a file where the run should be' 1 train -q text.jsonl -o file
err_is 'dpo-train: file: is not a folder'
try 'a file above it' 1 train -q text.jsonl -o file/run
err_is 'dpo-train: file/run: cannot make the folder: Not a directory'
try 'no device' 1 train -q text.jsonl -o /dev/full
err_is 'dpo-train: /dev/full: is not a folder'
try 'a file for the cache' 1 train -q text.jsonl -o bad-cache --cache file
err_is 'dpo-train: file: is not a folder'
check 'nothing was written to it' test ! -s file
mkdir locked
chmod a-w locked
if touch locked/x 2>/dev/null; then
    rm locked/x
    skip 'a folder that cannot be written to' 'this user may write anywhere'
else
    try 'a folder that cannot be written to' 1 train -q text.jsonl -o locked
    err_is 'dpo-train: locked/.lock: Permission denied'
fi
try 'a full disk' 1 sh -c 'ulimit -f 8; dpo-train -q -m "$1" text.jsonl --max-steps 2 -o full' - "$model"
err_like '^dpo-train: full/[^:]*: .*File too large$'
check 'one line' test "$(grep -c '' err)" = 1
try 'a history that is none' 0 train text.jsonl -o noted --history text.jsonl
err_like '^dpo-train: warning: text.jsonl: '
check 'it is left as it was' cmp text.jsonl "$data/text.jsonl"
done_testing
