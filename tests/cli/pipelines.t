# The recipes of pipelines/*.mk at small size, with a model of random weights that learns next to
# nothing: each goes through, does nothing the second time, follows a change and nothing else, and ends
# with the same bytes however often it was killed. TEST_ALL=1 kills each 20 times, TEST_SEED=N at other
# moments.
. "${0%/*}/../tap.sh"

[ -z "${SAN:-}" ] || skip_all 'the recipes take the programs of bin'
CC=${BIN%/bin}
case $CC in
*/build/*) CC=${CC##*/} ;;
*) CC=gcc ;;
esac
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export SOURCE_DATE_EPOCH=0
seed=${TEST_SEED:-7}
echo "# TEST_SEED=$seed"
head -n 9 data/agentic/test.jsonl >"$T/held.jsonl"
dpo-merge -q data/mortgage/seed.json | head -n 60 >"$T/seeds.jsonl"
dpo-merge -q data/mortgage/seed.json | tail -n 20 >"$T/debates.jsonl"

# How a recipe is called: into $T/NAME
recipe() {
    goal=$1
    shift
    set -- make -j2 "CC=$CC" "$goal" "WORK=$T/$goal" DEPLOY=no BASE=build/models/tiny "agentic_test=$T/held.jsonl" \
        agentic_tokens=8 COUNT=40 arabic_samples=2 arabic_tokens=8 voice_tokens=8 \
        "TOPICS=cycle-phases risk-first" "mortgage_seeds=$T/seeds.jsonl" \
        "mortgage_debates=$T/debates.jsonl" "$@"
    ${start:-env} "$@"
}

# Every file with its time and place on the disk: another one where it was made again
stamps() {
    find "$T/$1" -type f -exec stat -c '%n %y %i' {} + | sort
}

# goes NAME FILE...: through, to these files, and once
goes() {
    name=$1
    shift
    began=$(date +%s.%N)
    try "$name" 0 recipe "$name"
    awk -v from="$began" -v to="$(date +%s.%N)" 'BEGIN { print to - from }' >"$T/$name.took"
    for file; do check "$name makes $file" test -s "$T/$name/$file"; done
    stamps "$name" >"$T/stamps"
    try "$name does nothing the second time" 0 recipe "$name"
    stamps "$name" >"$T/stamps.now"
    check "$name: every file is that of before" cmp "$T/stamps" "$T/stamps.now"
}

# follows NAME CHANGE KEPT FILE...: with a newer file, or a variable, KEPT stays and FILE is made again
follows() {
    name=$1 change=$2 kept=$3
    shift 3
    stamps "$name" >"$T/stamps"
    case $change in
    *=*) try "$name with $change" 0 recipe "$name" "$change" ;;
    *) touch "$change" && try "$name with a newer ${change##*/}" 0 recipe "$name" ;;
    esac
    stamps "$name" >"$T/stamps.now"
    comm -12 "$T/stamps" "$T/stamps.now" | sed 's/ .*//' >"$T/same"
    check "$name: ${change##*/} leaves $kept" grep -qx "$T/$name/$kept" "$T/same"
    for file; do
        check "$name: ${change##*/} changes $file" sh -c '[ -e "$2" ] && ! grep -qx "$2" "$1"' sh \
            "$T/same" "$T/$name/$file"
    done
}

# What was written, but for what tells when: the lock has a process's number, TensorBoard's files a time
sums() {
    (cd "$T/$1" && find . -type f ! -name .lock ! -name 'events*' ! -name '*.tmp' -exec cksum {} +) |
        sort -k 3
}

# begins NAME [ARGUMENT...]: in a process group of its own
begins() {
    start='exec setsid' recipe "$@" >/dev/null 2>&1 &
    group=$!
}

# Was it still at work?
kills() {
    kill -s KILL -- "-$group" 2>"$T/none"
    wait "$group" 2>"$T/none"
    [ $? -eq 137 ]
}

clean() { # NAME
    make -s "$1-clean" "WORK=$T/$1" 'TOPICS=cycle-phases risk-first'
}

# survives NAME KILLS [ARGUMENT...]
survives() {
    name=$1 kills=$2
    shift 2
    [ -z "${TEST_ALL:-}" ] || kills=20
    recipe "$name" "$@" >/dev/null 2>&1
    sums "$name" >"$T/sums"
    try "$name-clean" 0 clean "$name"
    check "$name-clean leaves nothing" test ! -e "$T/$name"
    tries=0
    while [ "$kills" -gt 0 ] && [ $((tries += 1)) -lt 200 ]; do
        begins "$name" "$@"
        sleep "$(awk -v seed="$((seed + tries))" -v took="$(cat "$T/$name.took")" \
            'BEGIN { srand(seed * 7919); print 0.05 + rand() * took }')"
        if kills; then kills=$((kills - 1)); else clean "$name"; fi
    done
    check "$name was killed as often as it should be" test "$kills" -eq 0
    try "$name goes on after it was killed" 0 recipe "$name" "$@"
    sums "$name" >"$T/sums.now"
    check "$name: the bytes are the same" diff "$T/sums" "$T/sums.now"
    try "$name-clean after kills" 0 clean "$name"
    check "$name-clean leaves nothing of what was killed" test ! -e "$T/$name"
}

# Not a part of what a recipe takes
make -s -j2 "CC=$CC" all >/dev/null 2>&1

goes agentic run/adapter_model.safetensors report.html answers.jsonl
follows agentic "$T/held.jsonl" pairs.jsonl base.jsonl trained.jsonl report.html
follows agentic COUNT=30 base.jsonl pairs.jsonl trained.jsonl report.txt
try 'an agent that learned nothing is not good enough' 2 recipe agentic-gate "WORK=$T/agentic"
err_like 'gate not met: json_validity is 0, not >= 0.95'
head -n 4 "$T/held.jsonl" >"$T/few.jsonl" && touch -d yesterday "$T/few.jsonl"
follows agentic "agentic_test=$T/few.jsonl" pairs.jsonl base.jsonl trained.jsonl report.html answers.jsonl
survives agentic 2

goes pipeline base.jsonl trained.jsonl report.html model.gguf lengths.jsonl
try 'no Ollama to be reached' 0 env OLLAMA_HOST=127.0.0.1:9 make "CC=$CC" pipeline "WORK=$T/pipeline" DEPLOY=auto \
    BASE=build/models/tiny "mortgage_seeds=$T/seeds.jsonl" "mortgage_debates=$T/debates.jsonl"
out_like '^No Ollama is reachable\. Where one is, this finishes the job:$'
out_like "^bin/dpo-deploy $T/pipeline/model\.gguf --system @data/mortgage/system\.txt .* --name mortgage-advisor:teaching\$"
try 'where there must be one' 2 env OLLAMA_HOST=127.0.0.1:9 make "CC=$CC" pipeline "WORK=$T/pipeline" DEPLOY=yes \
    BASE=build/models/tiny "mortgage_seeds=$T/seeds.jsonl" "mortgage_debates=$T/debates.jsonl"
err_like 'no answer'
# An Ollama is told once, and again where what it is told changes, or who it is.
server=$BIN/../tests/cli/lib/ollama
deploys() { # NAME HOW-OFTEN [ARGUMENT...]: the models that were made by now
    try "$1" 0 recipe pipeline DEPLOY=auto "mortgage_system=$T/system.txt" "OLLAMA_HOST=$host:$(cat "$T/port")" \
        "mortgage_deploy=bin/dpo-deploy $T/pipeline/model.gguf --name a --system @$T/system.txt --config $T/deploy.conf $3"
    check "$1: told $2 times" test "$(grep -c '^POST /api/create' "$T/log")" = "$2"
}
if [ -x "$server" ]; then
    echo none >"$T/fault"
    echo 'Be kind.' >"$T/system.txt"
    echo 'template = chatml' >"$T/deploy.conf"
    "$server" "$T/port" "$T/log" "$T/fault" &
    server_pid=$!
    trap 'kill $server_pid; chmod -R u+rwx "$T"; rm -rf "$T"' EXIT
    while [ ! -s "$T/port" ]; do sleep 0.05; done
    host=127.0.0.1
    deploys 'a deployment' 1
    deploys 'the same' 1
    try 'none is wanted' 0 recipe pipeline
    deploys 'the same after none' 1
    deploys 'another option' 2 '--parameter temperature=0.5'
    echo 'Be brief.' >"$T/system.txt"
    deploys 'another system message' 3 '--parameter temperature=0.5'
    echo 'parameter = top_k=4' >>"$T/deploy.conf"
    deploys 'another file of options' 4 '--parameter temperature=0.5'
    host=localhost
    deploys 'another host' 5 '--parameter temperature=0.5'
    deploys 'and the same' 5 '--parameter temperature=0.5'
else
    skip 'a deployment' "$server is not built"
fi
rm -f "$T/pipeline/model.Modelfile" "$T/pipeline/deploy" "$T/pipeline/deployed"
follows pipeline "$T/debates.jsonl" model merged.jsonl manifest.json base.jsonl run/adapter_model.safetensors
tail -n 50 "$T/seeds.jsonl" >"$T/own.jsonl" && touch -d yesterday "$T/own.jsonl"
follows pipeline "mortgage_seeds=$T/own.jsonl" model merged.jsonl train.jsonl run/adapter_model.safetensors
rm "$T/pipeline/train.jsonl"
try 'a part that was removed is made again' 0 recipe pipeline
check 'a part that was removed is there' test -s "$T/pipeline/train.jsonl"
follows pipeline "mortgage_format=it's {prompt}" kept.jsonl lengths.jsonl base.jsonl run/adapter_model.safetensors
follows pipeline mortgage_metrics=preference,answer,consistency kept.jsonl base.jsonl trained.jsonl report.txt
follows pipeline mortgage_type=q4_0 run/adapter_model.safetensors model.gguf
follows pipeline PROFILE=published kept.jsonl manifest.json run/adapter_model.safetensors report.txt
survives pipeline 2

goes arabic run/dpo_metadata.json report.html compared.jsonl
check 'arabic: what is measured is what was trained' test \
    "$(sed -n 's/.*"prompt_format": *\("[^"]*"\).*/\1/p' "$T/arabic/run/dpo_metadata.json")" = \
    "$(sed -n 's/.*"prompt-format":\("[^"]*"\).*/\1/p' "$T/arabic/base.jsonl")"
follows arabic arabic_samples=1 report.html compared.jsonl
follows arabic BITS=4 kept.jsonl base.jsonl run/adapter_model.safetensors compared.jsonl
try 'what the teaching model learned of Arabic' 0 make -s "CC=$CC" build/base/arabic.jsonl
unseen() { # NAME: it did not learn what this recipe tests with
    try "$1 tests with what the teaching model never saw" 0 dpo-filter -q --unseen build/base/arabic.jsonl \
        "$T/$1/test.jsonl"
    out_file_is "$T/$1/test.jsonl"
}
unseen arabic
survives arabic 2

goes constrained tries/run-1/adapter_model.safetensors report.html
unseen constrained
check 'the first try is kept' grep -qx run-1 "$T/constrained/kept"
try 'a limit that nothing keeps' 2 recipe constrained constrained_kl=1e-7
err_like 'try 4, rate 0.000125, beta 0.3375: a gate is not met'
try 'a limit that a later try keeps' 0 recipe constrained constrained_kl=1.2e-4
check 'a later try is kept' grep -qx 'run-[234]' "$T/constrained/kept"
try 'more tries than the recipe has' 2 recipe constrained constrained_kl=1e-7 constrained_retries=4
check 'as many as were asked for' test -e "$T/constrained/tries/run-5"
clean constrained
begins constrained
until [ -e "$T/constrained/tries/run-1" ] || ! kill -s 0 "$group"; do sleep 0.02; done
check 'it is killed while it tries' kills
check 'and has kept nothing' test ! -e "$T/constrained/kept"
try 'and goes on' 0 recipe constrained
survives constrained 2

goes voice table.txt risk-first/told/model.safetensors
out_like '^risk-first  .* - .* SFT \(DPO not wanted\)$'
follows voice TOPICS=risk-first risk-first/better table.txt
follows voice voice_known=0 cycle-phases/sft.jsonl table.txt cycle-phases/dpo.jsonl \
    cycle-phases/dpo/adapter_model.safetensors
out_like '^cycle-phases  .* 0\.[0-9]+ .* (SFT|DPO)$'
try 'a topic that there is not' 2 recipe voice TOPICS=risk-frist
err_like 'there is no data/voice/risk-frist/quiz.json'
survives voice 2 voice_known=0

try 'one profile or the other' 2 recipe agentic PROFILE=best
err_like "PROFILE is one of 'working published', not 'best'"
try 'no profile' 2 recipe agentic PROFILE=
try 'no model' 2 recipe agentic BASE=
err_like "BASE is one model without blanks in its name, not ''"
try 'to deploy or not' 2 recipe pipeline DEPLOY=off
err_like "DEPLOY is one of 'auto yes no', not 'off'"
try 'one place for two' 2 recipe agentic arabic
err_like 'WORK is the place of one recipe'
try 'one profile, not two' 2 recipe agentic 'PROFILE=published working'
try 'a model without weights' 2 recipe pipeline BASE=data/tiny
err_like "there is no \*\.safetensors and no \*\.gguf in 'data/tiny'"
for model in data/base data/base/ ./data/base data//base "$SRC/data/../data/base"; do
    try "$model is the teaching model" 0 make -n -o all pipeline "WORK=$T/none" "BASE=$model"
    out_like '--name mortgage-advisor:teaching'
done
try 'another model is the adviser' 0 make -n -o all pipeline "WORK=$T/none" BASE=ollama:qwen2.5
out_like "--name mortgage-advisor:v1\.0 --tag prod --expect 'no\|not\|wait\|keep' --smoke 'A client holds"
mkdir -p "$T/two words" "$T/two/model"
echo mine >"$T/two/model/file"
try 'a place with a blank' 2 make pipeline-clean "WORK=$T/two words"
err_like "WORK is one folder without blanks in its name, not '$T/two words'"
for goal in pipeline agentic arabic constrained voice; do
    try "$goal-clean where others live" 0 make -s "$goal-clean" "WORK=$T/two"
done
check 'what only has the name of what was made stays' test -s "$T/two/model/file"
done_testing
