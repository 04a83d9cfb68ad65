# pipelines/nightly.sh: nights in which something happens, nothing, or not all of it.
. "${0%/*}/../tap.sh"

[ ! "${SAN:-}" ] || skip_all 'takes too long with the sanitizers'
seed_model=$BIN/../pipelines/seed_model
server=$BIN/../tests/cli/lib/ollama
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
[ -x "$server" ] || skip_all "$server is not built"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY OLLAMA_HOST

mkdir -p "$T/here/debates"
cd "$T/here" || exit 1
"$seed_model" -q "$SRC/data/tiny/config.json" --tokenizer "$SRC/data/tiny" -o model
echo none >"$T/fault"
"$server" "$T/port" "$T/log" "$T/fault" &
server_pid=$!
trap 'kill $server_pid; chmod -R u+rwx "$T"; rm -rf "$T"' EXIT
while [ ! -s "$T/port" ]; do sleep 0.05; done
port=$(cat "$T/port")

# What is to be learned with SENSE 1, and the reverse with -1.
pairs() { # FROM TO SENSE
    awk -v from="$1" -v to="$2" -v sense="$3" 'BEGIN {
        good = sense > 0 ? "yes good" : "no bad"
        bad = sense > 0 ? "no bad" : "yes good"
        for (i = from; i < to; i++)
            printf "{\"prompt\":\"Say word %d\",\"chosen\":\" %s\",\"rejected\":\" %s\"}\n", i, good, bad
    }'
}
updates() { # COUNT [HOW OFTEN SAVED]
    cat >train.conf <<END
max-steps = $1
batch-size = 8
gradient-accumulation = 1
learning-rate = 5e-3
warmup-ratio = 0
lr-scheduler = constant
lora-rank = 4
max-length = 0
save-steps = ${2:-0}
tensorboard = off
END
}
cat >settings <<END
MODEL=model
NAME=advisor:prod
HOST=127.0.0.1:$port
TEST=test.jsonl
GATE='margin > baseline'
END
cat >deploy.conf <<'END'
template = chatml
smoke = Refinance at 6.5 %?
expect = not|wait|keep
END
echo 'type = f32' >export-gguf.conf
pairs 1000 1032 1 >test.jsonl
pairs 0 48 1 >debates/one.jsonl
updates 4

sh=${NIGHTLY_SH:-sh}
nightly() { "$sh" "$SRC/pipelines/nightly.sh" "$@"; }
count() { # PATTERN
    find nightly -path "$1" | grep -c ''
}
copies() { # how often Ollama was told that a name is another model, its own or one of those kept
    grep -c '^POST /api/copy' "$T/log"
}
used() { # the night that is in production
    sqlite3 nightly/runs.db "SELECT model FROM runs WHERE kind = 'deploy' AND result = 'done'
        ORDER BY id DESC LIMIT 1" | sed 's|.*/nights/||; s|/.*||'
}
quiet_is() { # NAME: nothing was written
    out_is ''
    err_is ''
}
until_is() { # COMMAND...: twenty seconds at most
    for _ in $(seq 400); do
        "$@" && return
        sleep 0.05
    done
    return 1
}

# --- Usage.

try 'no settings' 2 nightly
err_like '^nightly: usage: '
try 'settings that are not there' 2 nightly nothing
err_is "nightly: there is no file 'nothing'"
try 'an unknown setting' 2 nightly settings GATES=x
err_is "nightly: there is no setting 'GATES'"
try 'no value' 2 nightly settings GATE
err_is "nightly: 'GATE' has no value"
try 'no number' 2 nightly settings KEEP=x
err_is "nightly: CHANGES and KEEP are numbers, not 'x'"
for number in CHANGES KEEP; do
    try "$number that is empty" 2 nightly settings "$number="
    err_is "nightly: CHANGES and KEEP are numbers, not ''"
done
try 'no gate' 2 nightly settings GATE=
err_is 'nightly: GATE is empty'
try 'a name that is none' 2 nightly settings 'NAME=adv prod'
err_is "nightly: NAME is a model's name in Ollama, not 'adv prod'"
for name in GATES DEBATE; do
    { cat settings && echo "$name=1"; } >misspelt
    try "$name in the settings" 2 nightly misspelt
    err_like "/misspelt: there is no setting '$name'; is '(GATE|DEBATES)' meant\?\$"
done
try 'no model' 2 nightly settings MODEL=
err_is 'nightly: MODEL is not set'
try 'no name' 2 nightly settings NAME=
err_is 'nightly: NAME is not set'
{ echo 'MODEL_DIR=none NIGHT_OWL=yes' && cat settings; } >own
try 'names of its own' 1 nightly own DEBATES=none
rm misspelt own
try 'no folder' 1 nightly settings DEBATES=none
err_is "nightly: there is no folder 'none'"
mkdir empty
try 'an empty folder' 1 nightly settings DEBATES=empty
err_is "nightly: there is nothing in 'empty'"
try 'what cannot be fetched' 1 nightly settings PULL='echo no such host >&2; exit 1'
err_is 'nightly: PULL failed: no such host'
echo '{' >debates/bad.jsonl
try 'a bad debate' 1 nightly settings
err_like '^nightly: dpo-merge failed: dpo-merge: debates/bad.jsonl:2: .*/nightly/next\)$'
rm debates/bad.jsonl
check 'no night was begun' test "$(count '*/nights/*')" = 0

# --- The first night, and one without news.

try 'the first night' 0 nightly settings
out_like '^nightly: advisor:prod is the model of [0-9T-]*: margin [0-9.-]*$'
err_is ''
check 'Ollama has it' test "$(copies)" = 1
first=$(used)
check 'the pairs of the test are not trained on' sh -c '! grep -q "word 1000\"" nightly/nights/*/pairs.jsonl'
calls=$(grep -c '' "$T/log")
try 'nothing new' 0 nightly settings
quiet_is
check 'nobody was asked' test "$(grep -c '' "$T/log")" = "$calls"
check 'no night was begun again' test "$(count '*/nights/*/done')" = 1
try 'not enough news' 0 nightly settings CHANGES=9 PULL="printf '' >two.jsonl"
quiet_is

# --- Worse, and better.

pairs 48 96 -1 >debates/two.jsonl
pairs 0 48 -1 >debates/one.jsonl
try 'a worse model' 3 nightly -q settings
err_like '^nightly: left alone: margin -[0-9.]*, in production -?[0-9.]*$'
out_is ''
check 'the tag stays' test "$(copies)" = 1
check 'and is not made a file' test "$(count '*/model.gguf')" = 1
check 'the history has it' test "$(sqlite3 nightly/runs.db \
    "SELECT result FROM runs WHERE kind = 'eval' ORDER BY id DESC LIMIT 1")" = gate
try 'once' 0 nightly settings
quiet_is

pairs 0 48 1 >debates/one.jsonl
pairs 48 96 1 >debates/two.jsonl
updates 12
try 'a better one' 0 nightly settings
out_like '^nightly: advisor:prod is the model of .*: margin [0-9.]*, in production -?[0-9.]*$'
check 'moves the tag, and keeps the one before' test "$(copies)" = 3
second=$(used)
check 'to itself' test "$second" != "$first"

# --- Another test: the model in production takes it, too. Its line says the same as its results.

pairs 2000 2032 1 >test.jsonl
rm debates/two.jsonl
updates 2
try 'a night with another test' 3 nightly settings
set -- nightly/nights/*/production.jsonl
check 'has both results' test "$#" = 1 -a -s "$1"
margin=$(sed -n 's/.*"margin":\([0-9.]*\).*/\1/p' "$1" | tail -n 1)
err_like "in production $(printf %.4f "$margin")\$"

# --- Back by hand: then the first is what is to be bettered.

dpo-deploy -q --rollback advisor:prod --host "127.0.0.1:$port" --history nightly/runs.db
updates 8
try 'after a rollback' 0 nightly -q settings
quiet_is
check 'the first one was tested again' test "$(sqlite3 nightly/runs.db "SELECT count(*) FROM runs
    WHERE kind = 'eval' AND adapter LIKE '%/$first/run' AND run_dir LIKE '%/production.jsonl'")" = 1

# --- Broken off.

newest() {
    find nightly/nights -name 'checkpoint-[0-9]*' | sort -t - -k 4n | tail -n 1
}
has_new_checkpoint() {
    [ "$(newest)" != "$checkpoint" ]
}
killed() { # SIGNAL: the whole night, when its training has another checkpoint
    checkpoint=$(newest)
    before=$(count '*/nights/*/done')
    setsid "$sh" "$SRC/pipelines/nightly.sh" settings >"$T/night.out" 2>"$T/night.err" &
    night=$!
    until_is has_new_checkpoint
    try 'a second one meanwhile' 75 nightly settings
    err_is "nightly: another run holds $T/here/nightly/lock"
    kill "-$1" "-$night"
    wait $night 2>/dev/null
}
resumed() {
    sqlite3 nightly/runs.db "SELECT resumed FROM runs WHERE kind = 'train' ORDER BY id DESC LIMIT 1"
}
rm -rf nightly/nights/*/run/checkpoint-*
updates 160 2
killed KILL
check 'a killed night is not over' test "$(count '*/nights/*/done')" = "$before"
until_is flock -n nightly/lock true
before_it=$(copies)
rm -f debates/three.jsonl
pairs 96 104 1 >debates/three.jsonl
killed TERM
check 'a stopped night says so' grep -q '^nightly: stopped in dpo-train; the next run goes on$' "$T/night.err"
check 'is one and the same' test "$(count '*/nights/*/done')" = "$before"
try 'it is gone on with' 0 nightly settings GATE='margin > baseline - 1'
check 'from its checkpoint' test "$(resumed)" = 1
check 'then the tag moves' test "$(copies)" = $((before_it + 3))
check 'without what came later' sh -c '! grep -q "word 100\"" nightly/nights/*/pairs.jsonl'

# --- No server, and a model that answers nonsense.

updates 160
cp deploy.conf good.conf
echo 'system = @none.txt' >>deploy.conf
try 'a text that is not there' 1 nightly settings GATE='margin > baseline - 1'
err_like 'is better .* but not in production: dpo-deploy: none.txt: '
mv good.conf deploy.conf
try 'nobody there' 1 nightly settings HOST=127.0.0.1:9 GATE='margin > baseline - 1'
err_like '^nightly: the model of .* is better \(margin .*\) but not in production: dpo-deploy: no answer'
err_like 'This finishes: cd [^ ]* && [^ ]*dpo-deploy [^ ]*/model.gguf --name advisor:prod --history [^ ]* --host 127.0.0.1:9 '
sed "s/.*This finishes: //; s/127.0.0.1:9 /127.0.0.1:$port /" "$T/err" >finish
before=$(copies)
try 'what finishes' 0 sh finish
check 'does' test "$(copies)" = $((before + 3))
try 'the next night sees it' 0 nightly settings HOST=127.0.0.1:9
out_like '^nightly: advisor:prod is the model of '
try 'and the next has nothing to do' 0 nightly settings HOST=127.0.0.1:9
quiet_is

updates 161
echo silent >"$T/fault"
try 'a model that says nothing' 3 nightly settings GATE='margin > baseline - 1'
err_like '^nightly: left alone: margin .*, but dpo-deploy: the model says nothing to the smoke test'
echo none >"$T/fault"

# --- What is kept.

updates 162
try 'few nights are kept' 0 nightly settings KEEP=1 GATE='margin > baseline - 1'
check 'one, as it is the one in use' test "$(count '*/nights/*/done')" = 1
updates 1
try 'a worse one' 3 nightly settings KEEP=1
check 'one and the one in use' test "$(count '*/nights/*/done')" = 2
mv "nightly/nights/$(used)" lost
updates 2
try 'the one in use is gone' 1 nightly settings
err_like "^nightly: the model in production, .* is not a night of .*: there is nothing to compare with"

# --- By dpo-split's own test, and by every gate's words.

rm -r nightly
echo 'ratios = 60,20,20' >split.conf
try 'with a test part' 0 nightly settings TEST= GATE='preference_accuracy >= 0'
out_like ': preference_accuracy [01]\.[0-9]*$'
try 'a gate that cannot be' 1 nightly settings TEST= GATE='bogus > baseline' PULL='rm three.jsonl'
err_like "^nightly: dpo-eval failed: dpo-eval: --gate: 'bogus' is not measured"
try 'is mended' 0 nightly settings TEST= GATE='margin > -9' PULL=false

# --- Killed at any instant, and at another one in the run that goes on.

echo 'lora-alpha = 8' >>train.conf
echo 'system = @system.txt' >>deploy.conf
printf 'You are brief.' >system.txt
updates 40 5
set -- settings NAME=same:prod TEST= GATE='low(preference_accuracy) > 0'
begun=$(date +%s%N)
try 'undisturbed' 0 nightly "$@" DIR=want
micros=$((($(date +%s%N) - begun) / 1000))
want() { cksum <"$(find "$1" -name model.gguf)"; }
wanted=$(want want)
wrong=0
seed=${TEST_SEED:-7}
echo "# TEST_SEED=$seed"
for round in 1 2 3 4 5 6; do
    rm -rf k
    moments=$(awk -v seed="$seed$round" -v below=$micros 'BEGIN {
        srand(seed)
        for (i = 0; i < 3; i++) printf "%.3f\n", rand() * below / 1e6
    }')
    for moment in $moments; do
        timeout -s KILL "$moment" "$sh" "$SRC/pipelines/nightly.sh" "$@" DIR=k >/dev/null 2>"$T/k.err"
        case $? in 0 | 137) ;; *) wrong=$((wrong + 1)) && cat "$T/k.err" ;; esac
        [ ! -d k ] || until_is flock -n k/lock true
    done
    nightly "$@" DIR=k >"$T/k.out" 2>&1 || { wrong=$((wrong + 1)) && cat "$T/k.out"; }
    [ "$(want k)" = "$wanted" ] || wrong=$((wrong + 1))
    [ "$(sqlite3 k/runs.db "SELECT count(*) > 0 FROM runs WHERE kind = 'deploy' AND result = 'done'")" = 1 ] ||
        wrong=$((wrong + 1))
done 2>/dev/null
updates 1
try 'a gate by its interval' 3 nightly "$@" DIR=want
err_like '^nightly: left alone: preference_accuracy [01]\.[0-9]*, in production [01]\.[0-9]*$'
check 'killed 18 times, it ends as undisturbed' test $wrong = 0
# --- As docs/nightly.md sets it up, with this model and a few updates.

cd "$T" || exit 1
mkdir home
ln -s "$SRC/pipelines" "$SRC/data" .
cp "$SRC/build/data/debates.db" my-debates.db
sed -n '/^## Set up/,/^4\./s/^       //p' "$SRC/docs/nightly.md" | grep -v '^pipelines/nightly.sh' >commands
try 'steps 1 and 2' 0 env HOME="$T/home" sh -e commands
cat >>home/advisor/nightly.settings <<END
MODEL=$T/here/model
HOST=127.0.0.1:$port
END
echo 'max-steps = 4' >>home/advisor/train.conf
try 'step 3' 0 nightly home/advisor/nightly.settings
out_like '^nightly: advisor:prod is the model of '
done_testing
