# A training run that is killed, stopped or out of disk space goes on with --resume, and in the end
# there are the same bytes as if nothing had been.
#
# TEST_SEED=N draws other instants; TEST_ALL=1 takes every call that changes files, not a sample.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
cd "$T" || exit 1
"$seed_model" "$SRC/data/tiny/config.json" --tokenizer "$SRC/data/tiny" -o model 2>/dev/null || exit 1
seed=${TEST_SEED:-7}
echo "# TEST_SEED=$seed"

preload=
case ${SAN:-} in
'')
    check 'what is preloaded builds' "${CC:-gcc}" -shared -fPIC -O1 -o calls.so "$SRC/tests/cli/lib/calls.c"
    preload=$T/calls.so
    ;;
esac

awk 'BEGIN {
    for (i = 0; i < 24; i++)
        printf "{\"prompt\":\"Say word %d\",\"chosen\":\" yes %d good\",\"rejected\":\" no %d bad\"}\n", i, i, i * 7
}' >train.jsonl
tail -n 8 train.jsonl >val.jsonl
sed 's/"prompt".*"chosen":/"text":/; s/,"rejected.*/}/' train.jsonl >texts.jsonl
tail -n 8 texts.jsonl >val_texts.jsonl

# All that decides in a run: evaluations, checkpoints between them, answers, the KL limit with each
# of its actions, beta that follows the KL, dropout, a shuffled order.
cat >common.conf <<END
batch-size = 2
gradient-accumulation = 1
max-steps = 14
eval-steps = 2
save-steps = 3
logging-steps = 1
max-length = 0
threads = 1
precision = fp32
END
cat common.conf - >dpo.conf <<END
learning-rate = 5e-3
samples = 1
sample-tokens = 4
kl-limit = 0.016
on-kl = [halve-lr, rollback, raise-beta, halve-lr, rollback]
adaptive-beta = 0.01
lora-rank = 4
lora-dropout = 0.1
eval = val.jsonl
END
cat common.conf - >sft.conf <<END
method = sft
best = loss
learning-rate = 1e-2
lora-rank = 4
eval = val_texts.jsonl
END
cat common.conf - >lora.conf <<END
learning-rate = 5e-3
lora-rank = 4
eval = val.jsonl
END

# Trains into a folder, nothing said. The variables of tests/cli/lib/calls.c go before it.
train() { # RUN OPTION...
    run=$1
    shift
    case $kind in
    dpo) set -- --config dpo.conf train.jsonl "$@" ;;
    full) set -- --config common.conf --full --learning-rate 1e-3 --eval val.jsonl train.jsonl "$@" ;;
    sft) set -- --config sft.conf texts.jsonl "$@" ;;
    best) set -- --config dpo.conf --save-steps 0 train.jsonl "$@" ;;
    early) set -- --config lora.conf --learning-rate 5e-2 --early-stopping 1 --best loss train.jsonl "$@" ;;
    stop) set -- --config lora.conf --kl-limit 0.013 train.jsonl "$@" ;;
    none) set -- --config lora.conf --kl-limit 1e-9 --on-kl halve-lr train.jsonl "$@" ;;
    esac
    [ ! "${kill_after:-}" ] || set -- timeout -s KILL "$kill_after" dpo-train -q -m model -o "$run" "$@"
    [ "${kill_after:-}" ] || set -- dpo-train -q -m model -o "$run" "$@"
    LD_PRELOAD=$preload CALLS_FAST=1 "$@" 2>err
}
same() { # RUN: the files that must be those of the run in want
    for file in $results metrics.jsonl trainer_state.json; do
        cmp "want/$file" "$1/$file" || return 1
    done
}
# The tensors of a file end where it ends.
is_whole() { # FILE.safetensors DATA
    test "$(($(od -An -tu8 -N8 "$1") + 8 + $2))" = "$(stat -c %s "$1")"
}
data_of() {
    echo "$(($(stat -c %s "$1") - 8 - $(od -An -tu8 -N8 "$1")))"
}
whole() { # RUN: each checkpoint has all it should
    for checkpoint in "$1"/checkpoint-*; do
        [ -d "$checkpoint" ] || continue
        is_whole "$checkpoint/$weights" "$weights_data" &&
            is_whole "$checkpoint/optimizer.safetensors" "$optimizer_data" &&
            [ "$(tail -c 2 "$checkpoint/resume.json")" = '}' ] &&
            [ "$(tail -c 2 "$checkpoint/trainer_state.json")" = '}' ] &&
            [ "$(find "$checkpoint" -type f | wc -l)" = "$files" ] || return 1
    done
}
# Runs once more until it ends by itself; its status must be that of the run in want.
# What was killed may hold its lock for a moment.
finish() { # RUN OPTION...
    for attempt in 1 2 3 4 5; do
        train "$@" --resume
        got=$?
        [ $got = 75 ] || break
        sleep 0.$attempt
    done
    [ "$got" = "$status" ]
}
undisturbed() { # KIND STATUS
    kind=$1 status=$2
    weights=adapter_model.safetensors results='adapter_model.safetensors adapter_config.json'
    case $kind in
    full) weights=model.safetensors results='model.safetensors config.json' ;;
    none) results= ;;
    esac
    rm -rf want
    begin=$(date +%s%N)
    CALLS_COUNT=count try "$kind: undisturbed" "$status" train want
    micros=$((($(date +%s%N) - begin) / 1000))
    [ ! "$preload" ] || read -r calls <count
    set -- want/checkpoint-*
    weights_data=$(data_of "$1/$weights") optimizer_data=$(data_of "$1/optimizer.safetensors")
    files=$(find "$1" -type f | wc -l)
}
# Not to be called as $(draw ...), where the next draw would be the same.
draw() { # COUNT BELOW: that many numbers from the seed, into $drawn
    seed=$((seed + 1))
    drawn=$(awk -v seed="$seed" -v n="$1" -v below="$2" 'BEGIN {
        srand(seed)
        for (i = 0; i < n; i++) print int(rand() * below)
    }')
}

# --- Killed at random instants, and the run that goes on too, until one comes to its end. How long a
# run takes changes with what else the machine does.

# The bound on the runs is for a run that cannot be killed.
instants() { # KILLS
    kills=0 runs=0 torn=0 different=0 wrong=0
    while [ $kills -lt "$1" ] && [ $runs -lt $((10 * $1)) ]; do
        runs=$((runs + 1))
        rm -rf k
        draw 6 "$micros"
        for moment in $drawn; do
            kill_after=$(printf '%d.%06d' $((moment / 1000000)) $((moment % 1000000)))
            train k --resume
            got=$?
            kill_after=
            case $got in
            "$status") micros=$((micros - micros / 20)) && break ;;
            137) kills=$((kills + 1)) micros=$((micros + micros / 99)) ;;
            75) sleep 0.1 ;; # the killed one still had the lock
            *) wrong=$((wrong + 1)) ;;
            esac
            [ ! -d k ] || whole k || torn=$((torn + 1))
        done
        finish k || wrong=$((wrong + 1))
        same k || different=$((different + 1))
    done
    check "$kind: so many kills" test $kills -ge "$1"
    verdict "killed at $kills instants of $runs runs"
}
verdict() { # WHAT
    check "$kind: $1: checkpoints are whole" test $torn = 0
    check "$kind: $1: runs go on to their end" test $wrong = 0
    check "$kind: $1: they leave the same bytes" test $different = 0
}

# --- Something happens at a call that changes files.

calls_of() { # COUNT: so many of them, or all, into $ats
    draw "$1" "$calls"
    ats=
    for below in $drawn; do ats="$ats $((below + 1))"; done
    [ ! "${TEST_ALL:-}" ] || ats=$(seq 1 "$calls")
}
# Killed, and killed again in the run that goes on.
kill_calls() { # COUNT DEED
    torn=0 different=0 wrong=0 tries=0
    calls_of "$1"
    for at in $ats; do
        tries=$((tries + 1))
        rm -rf k
        CALLS_AT=$at CALLS_DO=$2 train k
        [ $? = 137 ] || wrong=$((wrong + 1))
        [ ! -d k ] || whole k || torn=$((torn + 1))
        draw 1 "$calls"
        CALLS_AT=$((drawn + 1)) CALLS_DO=$2 train k --resume
        case $? in 137 | "$status") ;; *) wrong=$((wrong + 1)) ;; esac
        whole k || torn=$((torn + 1))
        finish k || wrong=$((wrong + 1))
        same k || different=$((different + 1))
    done
    verdict "killed at $tries of $calls calls ($2)"
}
# A line and status 1, unless it did not matter.
fail_calls() { # COUNT DEED
    torn=0 different=0 wrong=0 tries=0
    calls_of "$1"
    for at in $ats; do
        tries=$((tries + 1))
        rm -rf k
        CALLS_AT=$at CALLS_DO=$2 train k
        case $? in
        1) [ "$(grep -c '^dpo-train: ' err)" = 1 ] || wrong=$((wrong + 1)) ;;
        "$status") same k || different=$((different + 1)) ;;
        *) wrong=$((wrong + 1)) ;;
        esac
        [ ! -d k ] || whole k || torn=$((torn + 1))
        finish k || wrong=$((wrong + 1))
        same k || different=$((different + 1))
    done
    verdict "$2 at $tries of $calls calls"
}
# Stopped, and stopped again, until it is done. What came before the first update left no checkpoint.
stop_calls() { # COUNT
    torn=0 different=0 wrong=0 tries=0
    calls_of "$1"
    for at in $ats; do
        rm -rf k
        for signal in 15 2 10; do
            tries=$((tries + 1))
            CALLS_AT=$at CALLS_DO=$signal train k --resume
            case $? in 75 | "$status") ;; *) wrong=$((wrong + 1)) ;; esac
            [ -z "$(find k -name '.*.tmp')" ] || wrong=$((wrong + 1))
            whole k || torn=$((torn + 1))
        done
        finish k || wrong=$((wrong + 1))
        same k || different=$((different + 1))
    done
    verdict "stopped at $tries of $calls calls"
}

# --- Beside the kills.

# A run that is over stays as it is, also without a checkpoint.
sums() { # RUN
    find "$1" -type f ! -name .lock -exec stat -c '%n %i' {} + -exec cksum {} + | sort
}
over() { # NAME STATUS OPTION...
    name=$1 want=$2
    shift 2
    rm -rf k
    try "$name" "$want" dpo-train -q -m model -o k train.jsonl "$@"
    rm -rf k/checkpoint-*
    cp err first_err
    cp -r k k2
    sums k | grep -v metrics.jsonl >before
    try "$name, again" "$want" dpo-train -q -m model -o k --resume train.jsonl "$@"
    check "$name, again: the same words" cmp err first_err
    sums k | grep -v metrics.jsonl >after
    check "$name, again: stays" cmp before after
    check "$name, again: the log, too" cmp k/metrics.jsonl k2/metrics.jsonl
    try "$name, with another seed" 1 dpo-train -q -m model -o k --resume train.jsonl "$@" --seed 9
    err_is 'dpo-train: k/resume.json: made with other options: --seed 42, now 9'
    try "$name, with other pairs" 1 dpo-train -q -m model -o k --resume val.jsonl "$@"
    err_is 'dpo-train: k/resume.json: made with another training set'
    sums k | grep -v metrics.jsonl >after
    check "$name: still stays" cmp before after
    rm -r k2
}
overs() {
    over 'over without a checkpoint' 0 --config common.conf --save-steps 0 --lora-rank 2 --eval val.jsonl
    rm k/resume.json
    try 'a result of which nothing tells' 1 dpo-train -q -m model -o k --resume --config common.conf \
        --save-steps 0 --lora-rank 2 --eval val.jsonl train.jsonl
    err_is "dpo-train: 'k' holds a result, and neither a checkpoint nor a resume.json that says which options made it: give another -o"
    over 'over, its checkpoints removed' 0 --config common.conf --lora-rank 2 --eval val.jsonl
    over 'over, all weights' 0 --config common.conf --save-steps 0 --full --learning-rate 1e-4 --eval val.jsonl
    over 'over without a result' 3 --config lora.conf --save-steps 0 --kl-limit 1e-9 --on-kl halve-lr
    over 'over, beyond the limit' 3 --config lora.conf --save-steps 0 --kl-limit 1e-9 --best none
    over 'over at the limit' 3 --config lora.conf --save-steps 0 --kl-limit 0.013
    sed 's/"end": 4/"end": 0/' k/resume.json >edited
    cp edited k/resume.json
    try 'over, and not over' 1 dpo-train -q -m model -o k --resume --config lora.conf --save-steps 0 \
        --kl-limit 0.013 train.jsonl
    err_is "dpo-train: k/resume.json: 'memory.end' is 0"
    rm -r k
}

# What the refusals leave: nothing of the run has changed.
refused() { # NAME ERE OPTION...
    name=$1 like=$2
    shift 2
    cp -r stopped k
    try "$name" 1 train k --resume "$@"
    err_like "$like"
    check "$name: nothing has changed" diff -r -x .lock stopped k
    rm -r k
}
beside() {
    rm -rf k stopped
    CALLS_AT=$((calls * 2 / 3)) CALLS_DO=15 try 'a signal stops it' 75 train k
    newest=$(basename "$(find k -maxdepth 1 -name 'checkpoint-*' | sort -t - -k 2n | tail -n 1)")
    mv k stopped
    refused 'another option' \
        "^dpo-train: k/$newest/resume.json: made with other options: --beta 0.1, now 0.2; --seed 42, now 7\$" \
        --beta 0.2 --seed 7
    refused 'other pairs' "^dpo-train: k/$newest/resume.json: made with another training set\$" val.jsonl
    refused 'another test set' "^dpo-train: k/$newest/resume.json: made with another evaluation set\$" --eval train.jsonl
    cp -r model other
    "$seed_model" "$SRC/data/tiny/config.json" --seed 2 -o other 2>/dev/null
    refused 'another model' "^dpo-train: k/$newest/resume.json: made with another model\$" -m other
    check 'the stopped run is as it was' test -d stopped

    cp -r stopped k
    truncate -s -100 "k/$newest/optimizer.safetensors"
    try 'an optimizer that is cut off' 1 train k --resume
    err_like "^dpo-train: k/$newest/optimizer.safetensors: "
    rm -r k

    cp -r stopped k
    try 'no room for a checkpoint' 1 sh -c 'ulimit -f 100; exec "$@"' sh \
        env CALLS_FAST=1 dpo-train -q -m model -o k --resume --config dpo.conf train.jsonl
    err_like '^dpo-train: k/.*File too large$'
    check 'no room: older checkpoints are there' sh -c 'for c in stopped/checkpoint-*; do diff -r "$c" "k/${c##*/}" || exit 1; done'
    check 'no room: nothing half is there' test -z "$(find k -name '.*.tmp')"
    check 'with room it goes on' finish k
    check 'with room it ends with the same bytes' same k

    cp -r stopped elsewhere
    check 'habits may change, the folder may move' \
        finish elsewhere --threads 2 --memory 100M --save-total-limit 2 --tensorboard off
    check 'it ends with the same bytes, too' same elsewhere
    rm -r elsewhere

    cp -r stopped k2
    truncate -s 1000 k2/metrics.jsonl
    try 'a log that is shorter than its checkpoint says' 1 train k2 --resume
    err_like '^dpo-train: k2/metrics.jsonl: has 1000 bytes where the checkpoint counted [0-9]*: the run directory was changed$'
    rm -r k2

    # The result, too: a folder that is there already cannot be replaced by a file.
    cp -r stopped k2
    mkdir k2/adapter_config.json
    try 'a result that cannot be written' 1 train k2 --resume
    rmdir k2/adapter_config.json
    check 'when it can be it goes on' finish k2
    check 'it ends with the same bytes' same k2

    find k -type f ! -name .lock -exec cksum {} + | sort >before
    try 'a run that is over' "$status" train k --resume
    find k -type f ! -name .lock -exec cksum {} + | sort >after
    check 'stays as it is' cmp before after
    try 'it says so' 0 dpo-train -m model -o k --resume --config dpo.conf train.jsonl
    err_like 'the run in k is over already, after update 14$'
    rm -r k k2

    try 'without a checkpoint it begins anew' 0 \
        dpo-train -m model -o k --resume --config common.conf --max-steps 1 --lora-rank 1 train.jsonl
    err_like 'there is no checkpoint yet: begins anew$'
    try 'a run is not written over' 1 train k
    err_like "^dpo-train: 'k' holds a run already"
    rm -r k

    mkfifo slow
    dpo-train -q -m model -o k --config common.conf --max-steps 1 --lora-rank 1 slow 2>first &
    first=$!
    exec 3>slow
    i=0
    while [ ! -e k/.lock ] && [ $i -lt 100 ]; do
        sleep 0.1
        i=$((i + 1))
    done
    try 'a second trainer' 75 dpo-train -q -m model -o k --resume --config common.conf train.jsonl
    err_is 'dpo-train: k/.lock: another run holds the lock'
    cat train.jsonl >&3
    exec 3>&-
    wait $first
    check 'the first one is not disturbed' test $? = 0
    rm -r k
}

if [ "$preload" ]; then
    undisturbed dpo 0
    for event in halve-lr rollback raise-beta adapt-beta; do
        check "dpo: there is a $event to be killed in" grep -q "\"event\":\"$event\"" want/metrics.jsonl
    done
    check 'dpo: and answers' grep -q '"sample":' want/metrics.jsonl
    beside
    overs
    instants 100
    kill_calls 40 9
    kill_calls 5 torn
    fail_calls 12 fail
    fail_calls 8 full
    stop_calls 8
    for how in full:0 sft:0 best:0 early:0 stop:3 none:3; do
        undisturbed "${how%:*}" "${how#*:}"
        kill_calls 6 9
        stop_calls 2
    done
else
    skip 'calls that change files' 'sanitizers make calls of their own'
    undisturbed dpo 0
    instants 5
fi
done_testing
