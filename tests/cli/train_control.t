# What a training run decides on its own: where the KL goes over its limit, which state is the best,
# when it is time to stop, what beta follows; what it shows of itself while it goes.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
cd "$T" || exit 1
"$seed_model" "$SRC/data/tiny/config.json" --tokenizer "$SRC/data/tiny" -o model 2>/dev/null || exit 1

awk 'BEGIN {
    for (i = 0; i < 24; i++)
        printf "{\"prompt\":\"Say word %d\",\"chosen\":\" yes %d good\",\"rejected\":\" no %d bad\"}\n", i, i, i * 7
}' >train.jsonl
tail -n 8 train.jsonl >val.jsonl
cat >common.conf <<END
batch-size = 2
gradient-accumulation = 1
max-steps = 14
eval-steps = 2
save-steps = 3
save-total-limit = 0
logging-steps = 1
learning-rate = 8e-3
lr-scheduler = constant_with_warmup
warmup-steps = 6
lora-rank = 4
max-length = 0
threads = 1
precision = fp32
END
train() { # RUN OPTION...
    run=$1
    shift
    dpo-train -q --config common.conf -m model -o "$run" --eval val.jsonl "$@" train.jsonl
}
# The numbers called NAME in the lines of a run's log that hold WORD, one a line.
values() { # RUN WORD NAME
    sed -n "/$2/s|.*[{,]\"$3\":\"\\{0,1\\}\\([^,}\"]*\\).*|\\1|p" "$1/metrics.jsonl"
}
# The log up to an event, or behind it.
until_event() { # RUN EVENT
    sed "/\"event\":\"$2\"/q" "$1/metrics.jsonl"
}
since_event() { # RUN EVENT
    sed "1,/\"event\":\"$2\"/d" "$1/metrics.jsonl"
}
number() { # NAME: of the last line of standard input that has it
    sed -n "s|.*[{,]\"$1\":\\([^,}]*\\).*|\\1|p" | tail -n 1
}
of_event() { # RUN EVENT NAME
    until_event "$1" "$2" | tail -n 1 | number "$3"
}
is() { # NAME GOT WANT
    check "$1: $2" test "$2" = "$3"
}
scaled() { # FACTOR: of each number of standard input
    awk -v factor="$1" '{ printf "%s%.15g", (NR > 1 ? " " : ""), $1 * factor }'
}
update='"loss":' evaluation='"eval_loss":' event='"event":"[hrs]'

# --- The KL limit: what is done, in which order, with which numbers.

try 'no limit' 0 train free --save-steps 2
try 'each action' 3 train limit --kl-limit 0.014 --on-kl halve-lr --on-kl raise-beta --on-kl rollback --on-kl stop
err_is ''
is 'in this order' "$(values limit "$event" event | tr '\n' ' ')" 'halve-lr raise-beta rollback stop '
is 'they are counted' "$(values limit "$event" violation | tr '\n' ' ')" '1 2 3 4 '
for action in halve-lr raise-beta rollback stop; do
    is "$action: the limit" "$(of_event limit $action limit)" 0.014
    is "$action: the KL is that of the evaluation" "$(of_event limit $action kl)" \
        "$(until_event limit $action | number eval_kl)"
    is "$action: so is the step" "$(of_event limit $action step)" \
        "$(until_event limit $action | grep "$evaluation" | number step)"
    check "$action: its words" grep -q "\"event\":\"$action\".*\"words\":\"step [0-9]*: KL [0-9.]* is over the limit of 0.014 (violation" limit/metrics.jsonl
done
is 'halve-lr: before' "$(of_event limit halve-lr before)" 1.0
is 'halve-lr: after' "$(of_event limit halve-lr after)" 0.5
is 'raise-beta: before' "$(of_event limit raise-beta before)" 0.1
is 'raise-beta: after' "$(of_event limit raise-beta after | scaled 1)" 0.15
is 'rollback: to the last one under the limit' "$(of_event limit rollback back_to)" 4
at=$(of_event limit halve-lr step)
check 'before the first violation nothing differs' sh -c '
    sed "/\"event\":\"halve-lr\"/,\$d; /\"event\"/d" limit/metrics.jsonl >begin
    head -n "$(grep -c "" begin)" free/metrics.jsonl | cmp - begin'
is 'the rates are halved from then on' \
    "$(since_event limit halve-lr | sed '/"event":"rollback"/q' | grep "$update" | sed 's/.*"learning_rate":\([^,]*\).*/\1/' | scaled 2)" \
    "$(values free "$update" learning_rate | sed "1,${at}d" | head -n $(($(of_event limit rollback step) - at)) | scaled 1)"
is 'and stay so after the rollback' "$(since_event limit rollback | grep -m 1 "$update" | number learning_rate | scaled 2)" \
    "$(values free "$update" learning_rate | sed -n 5p | scaled 1)"
is 'beta is raised from then on' "$(since_event limit raise-beta | grep -m 1 "$update" | number beta | scaled 1)" 0.15
is 'and as it was after the rollback' "$(since_event limit rollback | grep -m 1 "$update" | number beta)" 0.1
for member in loss logps/chosen; do
    is "the rollback restores the weights: $member" "$(since_event limit rollback | grep -m 1 "$update" | number $member)" \
        "$(values free "$update" $member | sed -n 5p)"
done
for file in adapter_model optimizer; do
    check "the rollback restores them bit for bit: $file" \
        cmp free/checkpoint-4/$file.safetensors limit/checkpoint-4/$file.safetensors
done
check 'what was newer is gone' test -z "$(find limit -name 'checkpoint-[89]' -o -name 'checkpoint-10')"
check 'the state knows all of it' sh -c 'grep -c "\"event\":" limit/metrics.jsonl >want
    grep -c "\"event\":" limit/trainer_state.json | cmp - want'

try 'stop is the default' 3 train stop --kl-limit 0.014
is 'at the first violation' "$(values stop "$event" event | tr '\n' ' ')" 'stop '
is 'and the run ends there' "$(tail -n 1 stop/metrics.jsonl | number step)" 6

# --- The best state.

best_step() { # RUN LIMIT: by the log
    grep "$evaluation" "$1/metrics.jsonl" | sed 's/.*"eval_rewards\/margins":\([^,]*\).*"eval_kl":\([^,]*\).*"step":\([0-9]*\).*/\1 \2 \3/' |
        awk -v limit="$2" '$2 <= limit && (!step || $1 > most) { most = $1; step = $3 } END { print step }'
}
try 'the best below the limit' 0 train best --kl-limit 0.024 --best margin --on-kl halve-lr
step=$(best_step best 0.024)
check "it is step $step, not the last one" test "$step" -lt 14
check 'it is the result' cmp "best/checkpoint-$step/adapter_model.safetensors" best/adapter_model.safetensors
check 'the last one is not' sh -c '! cmp -s best/checkpoint-14/adapter_model.safetensors best/adapter_model.safetensors'
check 'the state names it' grep -q "\"best_model_checkpoint\": \"checkpoint-$step\"" best/trainer_state.json
check 'and its step' grep -q "\"best_global_step\": $step," best/trainer_state.json
is 'the metadata have its KL' "$(sed -n 's/.*"kl": *\([^,]*\).*/\1/p' best/dpo_metadata.json)" \
    "$(grep "$evaluation.*\"step\":$step}" best/metrics.jsonl | number eval_kl)"
is 'the checkpoint that is the best stays' "$(train pruned --kl-limit 0.024 --best margin --on-kl halve-lr \
    --save-steps 1 --save-total-limit 2 && find pruned -name 'checkpoint-*' | sort -t- -k2n | tr '\n' ' ')" \
    "pruned/checkpoint-$step pruned/checkpoint-14 "
check 'and is the result' cmp best/adapter_model.safetensors pruned/adapter_model.safetensors
try 'only the best is saved' 0 train rare --kl-limit 0.024 --best margin --on-kl halve-lr --save-steps 0
check 'it is the same result' cmp best/adapter_model.safetensors rare/adapter_model.safetensors
try 'the last one, if it is wanted' 0 train last --best none
check 'is the result' cmp free/adapter_model.safetensors last/adapter_model.safetensors

try 'none is good enough' 3 train none --kl-limit 1e-9 --best margin --on-kl halve-lr
lowest=$(values none "$evaluation" eval_kl | sort -g | head -n 1 | awk '{ printf "%.4g", $1 }')
err_is "dpo-train: no evaluation kept the KL limit of 1e-09: the lowest KL was $lowest, at step 2"
check 'there is no result' test ! -e none/adapter_model.safetensors
check 'but the state of the run' grep -q '"best_global_step": null' none/trainer_state.json

# --- The history says what came of it.

asked() { # SQL
    sqlite3 runs.db "$1"
}
recorded() { # RUN NAME: a figure of its last row
    asked "SELECT value FROM figures WHERE name = '$2' AND
        run_id = (SELECT max(id) FROM runs WHERE run_dir = '$1')"
}
# Its figures are those of the log's last line with WORD, in which LIKE stands, too.
tells() { # RUN WORD LIKE NAME...
    run=$1 line=$(grep "$2" "$1/metrics.jsonl" | grep "$3" | tail -n 1)
    shift 3
    for name; do
        is "$run: $name" "$(recorded "$run" "$name" | scaled 1)" "$(printf '%s\n' "$line" | number "$name" | scaled 1)"
    done
}
try 'the best of a run' 0 train told --kl-limit 0.024 --best margin --on-kl halve-lr --samples 1 --sample-tokens 2 \
    --history runs.db
check 'it is an earlier state' test "$(values told '"event":' event | head -n 1)" = halve-lr
tells told "$evaluation" "\"step\":$step}" eval_loss eval_rewards/margins eval_kl kl kl_sequence kl_divergence
tells told "$update" '' loss grad_norm learning_rate rewards/margins num_tokens
tells told train_loss '' train_loss step epoch
is 'no figure is of an event or a sample' "$(asked "SELECT group_concat(name) FROM figures WHERE name IN
    ('before', 'after', 'limit', 'violation', 'back_to', 'sample')")" ''
row='result, exit_status, resumed, finished_at >= started_at'
is 'its row' "$(asked "SELECT $row FROM runs")" 'done|0|0|1'
is 'the records that it learned from' "$(asked 'SELECT data_hash FROM runs')" \
    "$(sed -n 's/.*"training set": *"\([^"]*\)".*/\1/p' told/checkpoint-14/resume.json)"
is 'how long it took' "$(asked 'SELECT finished_at < strftime("%Y-%m-%dT%H:%M:%S", "now", "+1 second") AND
    julianday(finished_at) - julianday(started_at) < 0.01 FROM runs')" 1
asked 'DELETE FROM figures'
try 'the same again' 0 train told --kl-limit 0.024 --best margin --on-kl halve-lr --samples 1 --sample-tokens 2 \
    --history runs.db --resume
tells told "$evaluation" "\"step\":$step}" eval_loss eval_kl
tells told "$update" '' loss
try 'the last of a run' 3 train gone --kl-limit 1e-9 --best margin --on-kl halve-lr --history runs.db
tells gone "$evaluation" '' eval_loss eval_kl
is 'its row' "$(asked "SELECT $row FROM runs WHERE run_dir = 'gone'")" 'gate|3|0|1'
try 'a run without evaluations' 0 dpo-train -q --config common.conf -m model -o bare --history runs.db train.jsonl
tells bare "$update" '' loss
is 'which it says nothing of' "$(asked "SELECT count(*) FROM runs JOIN figures ON run_id = id
    WHERE run_dir = 'bare' AND name LIKE 'eval%'")" 0

# --- Early stopping.

try 'it gets worse' 0 train early --early-stopping 2 --best loss --learning-rate 0.5 --eval-steps 1 --lr-scheduler constant
evaluations=$(grep -c "$evaluation" early/metrics.jsonl)
best=$(values early "$evaluation" eval_loss | awk 'NR == 1 || $1 < least { least = $1; at = NR } END { print at }')
check "the run ends after $evaluations evaluations" test "$evaluations" -lt 14
is 'two of them were no better' $((evaluations - best)) 2
check 'the best is the result' cmp "early/checkpoint-$best/adapter_model.safetensors" early/adapter_model.safetensors
check 'the state counts them' grep -q '"early_stopping_patience_counter": 2' early/trainer_state.json
check 'and says that it is over' grep -q '"should_training_stop": true' early/trainer_state.json

# --- Beta that follows the KL.

try 'a KL that is never reached' 0 train low --adaptive-beta 10 --eval-steps 1 --max-steps 20 --warmup-steps 2
is 'beta does not move in the warm-up' "$(values low "$update" beta | head -n 2 | tr '\n' ' ')" '0.1 0.1 '
is 'then it shrinks by a tenth' "$(values low adapt-beta after | head -n 2 | scaled 1)" '0.09 0.081'
is 'down to a quarter' "$(values low "$update" beta | tail -n 1)" 0.025
is 'where it stays' "$(values low "$update" beta | sort -g | head -n 1)" 0.025
try 'a KL that is always passed' 0 train high --adaptive-beta 1e-9 --eval-steps 1 --max-steps 20 --warmup-steps 2
is 'beta grows by a tenth' "$(values high adapt-beta after | head -n 2 | scaled 1)" '0.11 0.121'
is 'up to four times' "$(values high "$update" beta | tail -n 1)" 0.4

# --- The order: each pair has a number of tokens of its own, so num_tokens tells which came when.

awk 'BEGIN {
    for (i = 0; i < 12; i++) {
        text = ""
        for (j = 0; j < i; j++) text = text " a"
        scores = i % 5 == 4 ? "" : sprintf(",\"chosen_score\":%d,\"rejected_score\":1", 2 + i * 5 % 12)
        printf "{\"prompt\":\"Say\",\"chosen\":\" yes%s\",\"rejected\":\" no\"%s}\n", text, scores
    }
}' >gaps.jsonl
# The pairs by their numbers: a pair has as many tokens more than the first as its number says.
order() { # RUN
    values "$1" "$update" num_tokens | awk -v least="$least" '{ printf "%d ", $1 - last - least; last = $1 }'
}
gaps() { # RUN OPTION...
    run=$1
    shift
    dpo-train -q --config common.conf -m model -o "$run" --batch-size 1 --max-steps 24 --save-steps 0 "$@" gaps.jsonl
}
try 'as they stand' 0 gaps plain --order sequential
least=$(values plain "$update" num_tokens | head -n 1 | sed 's/\..*//')
in_order='0 1 2 3 4 5 6 7 8 9 10 11 '
is 'they come in their order' "$(order plain)" "$in_order$in_order"
try 'shuffled' 0 gaps shuffled
try 'the largest gap first' 0 gaps curriculum --curriculum gap
is 'those without one come last' "$(order curriculum | cut -d' ' -f1-12)" '7 2 11 6 1 8 3 10 5 0 4 9'
is 'the second epoch is shuffled' "$(order curriculum | cut -d' ' -f13-)" "$(order shuffled | cut -d' ' -f13-)"
check 'which differs from the first' test "$(order shuffled | cut -d' ' -f1-12)" != "$(order shuffled | cut -d' ' -f13-24)"

# --- What is shown.

try 'answers' 0 train samples --samples 2 --sample-tokens 5
is 'two at each evaluation' "$(grep -c '"sample":' samples/metrics.jsonl)" 14
is 'of the same prompts' "$(values samples '"sample":1' prompt | sort -u)" "$(sed -n '2s/.*"prompt":"\([^"]*\).*/\1/p' val.jsonl)"
check 'by the reference always the same' test "$(sed -n 's/.*"sample":0.*"reference_model_response":\("[^"]*"\).*/\1/p' samples/metrics.jsonl | sort -u | grep -c '')" = 1
check 'they change no number' sh -c 'grep -v "\"sample\":" samples/metrics.jsonl | cmp - free/metrics.jsonl'
check 'TensorBoard gets them' grep -aq '\*\*trained\*\*' samples/events.out.tfevents.*
for name in train/loss train/rewards/margins eval/loss eval/kl train/learning_rate; do
    check "TensorBoard gets $name" grep -aq "$name" samples/events.out.tfevents.*
done

# What has no prompt is passed over.
unasked='dpo-train: warning: --samples has nothing to answer: no example of --eval has a prompt'
shown() { # RUN METHOD SAMPLES RECORD...: so many samples of each of two evaluations
    run=$1 method=$2 samples=$3
    shift 3
    printf '%s\n' "$@" >"$run.jsonl"
    try "samples of $run" 0 dpo-train --config common.conf -m model --max-steps 4 --method "$method" \
        --samples 2 --sample-tokens 3 --eval "$run.jsonl" "$run.jsonl" -o "$run"
    is "so many as have a prompt: $run" "$(grep -c '"sample":' "$run/metrics.jsonl")" $((samples * 2))
    check "a word where there is none: $run" test "$(grep -cx "$unasked" err)" = $((samples == 0))
}
shown text sft 0 '{"text":"a"}' '{"text":"bb cc dd"}'
shown messages sft 0 '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b c"}]}' \
    '{"messages":[{"role":"assistant","content":"bb cc dd"}]}'
shown completion sft 1 '{"prompt":"","completion":"a b"}' '{"prompt":"Say","completion":" bb cc dd"}'
is 'it is the prompt that is there' "$(values completion '"sample":0' prompt | sort -u)" Say
shown completions sft 0 '{"prompt":"","completion":"a b"}' '{"prompt":"","completion":"bb cc dd"}'
shown pair dpo 1 '{"prompt":"","chosen":"aa bb","rejected":"cc dd"}' '{"prompt":"Say","chosen":" aa","rejected":" cc"}'
shown pairs dpo 0 '{"prompt":"","chosen":"aa bb","rejected":"cc dd"}' '{"prompt":"","chosen":"aa","rejected":"cc"}'

try 'no TensorBoard' 0 train quiet --tensorboard off
check 'is no file' sh -c '! ls quiet/events* 2>/dev/null'
done_testing
