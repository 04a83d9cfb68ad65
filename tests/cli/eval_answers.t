# dpo-eval where the model answers: judges, consistency, forms, voices, comparisons, going on.
. "${0%/*}/../tap.sh"

model=tests/golden/numeric/models/qwen2
run=tests/golden/eval/adapter

evaluate() {
    dpo-eval -m "$model" --precision fp32 --max-new-tokens 16 "$@"
}

metric() { # NAME VALUE FILE: is it so in the last line?
    check "${3##*/}: $1 is $2" sh -c 'tail -n 1 "$3" | grep -q "{\"metrics\":{[^}]*\"$1\":$2[,}]"' - "$1" "$2" "$3"
}

cat >"$T/questions" <<'END'
{"id":"a","prompt":"1234","answer":"5678","category":"sums","source":"book"}
{"id":7,"prompt":[{"role":"user","content":"Calculate 9 - 4."}],"answer":5,"category":"sums"}
{"prompt":"What is equity?","answer":"the value","paraphrases":["Say what equity is."],"metadata":{"category":"words"}}
END

# --- Answers.

try 'answers are judged' 0 evaluate --metrics answer -o "$T/one" "$T/questions"
err_like '^dpo-eval: records 3, answer_accuracy 0\.0000, repetition '
check 'a line a record and the metrics' test "$(grep -c '' "$T/one")" = 4
check 'what the model said' grep -q '^{"id":7,"prompt":\[.*\],"answer":5,"generated":"' "$T/one"
check 'by category' grep -q '"by":{"category":{"sums":{"records":2,"answer_accuracy":0,' "$T/one"
check 'nothing is left of the work' test ! -e "$T/one.part"
for n in 1 3; do
    try "$n answers at once, $n threads" 0 evaluate -q --metrics answer --beside $n --threads $n "$T/questions"
    out_file_is "$T/one"
done

# The model's own words are the key to them.
grep '^{"id":"a"' "$T/one" | sed 's/.*"generated":\("\([^"\\]\|\\.\)*"\).*/{"id":"a","prompt":"1234","answer":\1}/' >"$T/known"
try 'what was said is right' 0 evaluate --metrics answer --judge exact -o "$T/right" \
    --gate 'answer_accuracy = 1' "$T/known"
metric answer_accuracy 1 "$T/right"
check 'and is correct' grep -q '"correct":true' "$T/right"

try 'answers that begin as they are told' 0 evaluate -q --metrics lengths --prefill 'Thought: ' "$T/questions"
out_like '"generated":"Thought: '
try 'fewer tokens' 0 evaluate -q --metrics lengths --max-new-tokens 3 "$T/questions"
out_like '"tokens":{"generated":3}'
try 'a stop' 0 evaluate -q --metrics lengths --stop e --stop a --stop o --stop i "$T/questions"
check 'ends the answer' sh -c '! grep "generated\":\"[^\"]*[eaoi]" "$1"' - "$T/out"
try 'drawn answers' 0 evaluate -q --metrics lengths --temperature 1.5 --top-k 50 --top-p 0.9 --min-p 0.01 \
    --repetition-penalty 1.1 --seed 3 "$T/questions"
cp "$T/out" "$T/drawn"
try 'the same draw' 0 evaluate -q --metrics lengths --temperature 1.5 --top-k 50 --top-p 0.9 --min-p 0.01 \
    --repetition-penalty 1.1 --seed 3 --beside 1 "$T/questions"
out_file_is "$T/drawn"
try 'another draw' 0 evaluate -q --metrics lengths --temperature 1.5 --seed 4 "$T/questions"
check 'is another' sh -c '! cmp -s "$1/out" "$1/drawn"' - "$T"

# Where an answer ends is one thing in all programs: at what the model names, or its tokenizer.
cp -r "$model" "$T/ending"
chmod -R u+w "$T/ending"
printf '{"eos_token_id":5}' >"$T/ending/generation_config.json"
sed -i 's/"eos_token": "[^"]*"/"eos_token": "I"/' "$T/ending/tokenizer_config.json"
said=$(dpo-chat -q -m "$T/ending" --precision fp32 --max-new-tokens 16 --prompt 'What is equity?')
check 'the tokenizer ends it' test "$said" = \
    "$(dpo-chat -q -m "$model" --precision fp32 --max-new-tokens 16 --prompt 'What is equity?' | sed 's/I.*//')"
printf '{"prompt":[{"role":"user","content":"What is equity?"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}\n' >"$T/equity"
try 'in a test, too' 0 dpo-eval -q -m "$T/ending" --precision fp32 --max-new-tokens 16 --metrics lengths "$T/equity"
out_like "\"generated\":\"$said\".*\"tokens\":\{\"generated\":8\}"
try 'and in training' 0 dpo-train -q -m "$T/ending" -o "$T/run" --precision fp32 --max-steps 1 \
    --samples 1 --sample-tokens 16 --eval "$T/equity" --eval-steps 1 "$T/equity"
check 'where samples are logged' grep -q "\"reference_model_response\":\"$said\"" "$T/run/metrics.jsonl"

# What the model says is known where it may say no more than one token.
fixed() { # TEXT OPTION...
    begun=$1
    shift
    dpo-eval -q -m "$model" --precision fp32 --prefill "$begun" --max-new-tokens 1 "$@"
}
cat >"$T/numbers" <<'END'
{"prompt":"How far?","answer":"5 km"}
{"prompt":"How far is it?","answer":"5.1 km"}
{"prompt":"How far is that?","answer":"5.1 km","tolerance":0.1}
{"prompt":"How long?","answer":"5 s"}
{"prompt":"How many thousand metres?","answer":5}
{"prompt":"How many metres?","answer":"5"}
{"prompt":"How far was it?","answer":"5.00001","tolerance":0}
{"prompt":"How many?","answer":"5000","tolerance":null}
END
try 'numbers with units' 0 fixed 'The answer is 5 thousand metres. ' --metrics answer --judge number -o "$T/units" "$T/numbers"
check 'are right or wrong' test "$(grep -o '"correct":[a-z]*' "$T/units" | tr -d '\n')" = \
    '"correct":true"correct":false"correct":true"correct":false"correct":true"correct":false"correct":false"correct":true'
metric answer_accuracy 0.5 "$T/units"

# --- Judges that are commands.

try 'a command judges' 0 evaluate --metrics answer -o "$T/judged" \
    --judge "while read -r line; do case \$line in *'\"id\":7'*) echo true ;; *) echo '{\"score\":0.5}' ;; esac; done" \
    "$T/questions"
metric answer_accuracy 0.6666666666666666 "$T/judged"
fails() { # NAME PATTERN COMMAND...
    tap_try=$1
    pattern=$2
    shift 2
    rm -f "$T/never"
    try "$tap_try" 1 "$@" -o "$T/never"
    err_like "$pattern"
    check "$tap_try: no results" test ! -e "$T/never"
    rm -f "$T/never.part"
}
try 'a command judges each draw' 0 evaluate --metrics answer --repeat 3 -o "$T/judged" \
    --judge "tee '$T/told' | awk '{ print (NR % 3 == 0 ? \"true\" : NR > 6 ? 0.5 : \"false\") }'" "$T/questions"
check 'of each question three' test "$(grep -c '"id":7,' "$T/told")" = 3
sed -n '2s/.*"generated":\("\([^"\\]\|\\.\)*"\).*/,\1,/p' "$T/told" >"$T/second"
check 'they are the draws' sh -c 'test -s "$1/second" && grep "\"id\":\"a\"" "$1/judged" | grep -qFf "$1/second"' - "$T"
metric answer_accuracy 0.4444444444444444 "$T/judged"
printf '%s\n' '{"prompt":"a"}' '{"prompt":"b","answer":"1"}' >"$T/keyless"
try 'a command judges with no key, too' 0 evaluate --metrics answer -o "$T/judged" \
    --judge 'sed "/answer/!s/.*/true/;/answer/s/.*/false/"' "$T/keyless"
metric answer_accuracy 0.5 "$T/judged"
try 'a command judges a quiz' 0 evaluate --metrics quiz --max-new-tokens 2 -o "$T/judged" \
    --judge 'sed "s/.*reference_answer.*/0.5/;t;s/.*/true/"' data/voice/cycle-phases/quiz.json
check 'its closed questions' grep -q '"quiz_accuracy":1[,}]' "$T/judged"
check 'and its open ones' grep -q '"quiz_accuracy":0\.5[,}]' "$T/judged"
try 'a command judges a voice' 0 evaluate --metrics voice --judge 'sed s/.*/0.25/' -o "$T/judged" \
    --gate 'voice = 0.25' "$T/questions"
metric voice 0.25 "$T/judged"
try 'beside markers it judges answers' 0 evaluate --metrics voice,answer --judge 'sed s/.*/0.25/' -o "$T/judged" \
    --markers data/voice/markers.txt "$T/questions"
metric answer_accuracy 0.25 "$T/judged"
metric voice 0 "$T/judged"
for groups in preference consistency format,lengths; do
    try "a command has nothing to judge of $groups" 2 evaluate --metrics $groups --judge nubmer "$T/questions"
    err_is "dpo-eval: --judge: 'nubmer' is no judge of ours, and a command has nothing to judge here: see --metrics answer, quiz, agreement, retention and voice"
done
try 'two things to judge' 2 evaluate --metrics voice,answer --judge true "$T/questions"
err_is 'dpo-eval: --judge: a command judges answers or the voice: give --markers FILE for that'
try 'phrases without markers' 2 evaluate --metrics voice --judge true --negative data/voice/negative.txt "$T/questions"
err_is 'dpo-eval: --negative is given beside --markers'
try 'no phrases, no share of them' 2 evaluate --metrics voice --judge true --gate 'voice_negative < 1' "$T/questions"
err_like "^dpo-eval: --gate: 'voice_negative' is not measured"

judged() { # COMMAND MESSAGE
    fails "judge '$1'" "^dpo-eval: judge '.*' $2\$" evaluate --metrics answer --judge "$1" "$T/questions"
}
judged no-such-judge 'was not found \(status 127\)'
judged 'exit 3' 'ended with status 3 after 0 of 3 verdicts'
judged 'echo 1; kill -9 $$' 'was killed by signal 9 \(Killed\) after 1 of 3 verdicts'
judged 'yes maybe' "wrote 'maybe' as its line 1, which is no verdict"
judged 'echo true' 'ended after 1 of 3 verdicts'
judged 'yes true' 'wrote more than 3 verdicts'
judged 'echo true; yes 2' "wrote '2' as its line 2, which is no verdict"
rm -f "$T/again"*
try 'a judge that fails after the answers are there' 1 evaluate --metrics answer --judge 'exit 3' -o "$T/again" "$T/questions"
try 'another judge' 0 evaluate --metrics answer -o "$T/again" "$T/questions"
err_like 'again\.part: 3 of 3 answers are there already$'
check 'gives what it would have given' cmp "$T/again" "$T/one"
fails 'a quiz of a judge that dies' "^dpo-eval: judge 'exit 3' ended with status 3 after 0 of 12 verdicts\$" \
    evaluate --metrics quiz --max-new-tokens 1 --judge 'exit 3' data/voice/cycle-phases/quiz.json
fails 'a judge that hangs' "^dpo-eval: judge 'sleep 60' was silent for 0\.3 s after 0 of 3 verdicts\$" \
    evaluate --metrics answer --judge 'sleep 60' --judge-timeout 0.3 "$T/questions"

# A judge does not outlive the test, however that ends.
runs() { # PID: dead ones that nobody has waited for do not
    grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null
}
for signal in TERM INT KILL; do
    rm -f "$T/family"
    env --default-signal=INT dpo-eval -q -m "$model" --max-new-tokens 2 --metrics answer \
        --judge "sleep 47 & echo \$\$ \$! >'$T/family'; wait" "$T/questions" >"$T/out" 2>"$T/err" &
    pid=$!
    until [ -s "$T/family" ] || ! kill -0 $pid 2>/dev/null; do sleep 0.05; done
    kill -s $signal $pid
    wait $pid 2>/dev/null
    read -r judge child <"$T/family"
    for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        runs "$judge" || runs "$child" || break
        sleep 0.1
    done
    check "a judge ends with a test that $signal ends" test "$tenth" -lt 15
done

# --- Consistency.

try 'draws' 0 evaluate --metrics answer,consistency --repeat 3 -o "$T/draws" "$T/questions"
err_like 'consistency [01]\.[0-9]+, '
check 'are kept' grep -q '"samples":\["[^]]*","[^]]*","[^]]*"\]' "$T/draws"
check 'paraphrases are asked' grep -q '^{"prompt":"What is equity?".*"consistency_paraphrases":' "$T/draws"
try 'a repeat asks for consistency' 0 evaluate -q --repeat 2 --metrics lengths "$T/questions"
out_like '"consistency":'
try 'draws of the likeliest token' 2 evaluate --repeat 5 --temperature 0 "$T/questions"
err_is 'dpo-eval: --repeat draws: with --temperature 0 all answers to a question are the same'
try 'consistency of the likeliest token' 2 evaluate --metrics consistency --temperature 0 "$T/questions"
err_is 'dpo-eval: --metrics consistency draws: with --temperature 0 all answers to a question are the same'
try 'one draw' 2 evaluate --repeat 1 "$T/questions"
err_is 'dpo-eval: --repeat takes 2 or more: one answer agrees with itself'
echo '{"prompt":"x","answer":"12"}' >"$T/number"
try 'draws that give no number' 0 evaluate --metrics consistency --top-k 1 --temperature 0.7 \
    --prefill 'I do not know. ' -o "$T/other" "$T/number"
metric consistency 1 "$T/other"
printf '%s\n' '{"prompt":"Lock or float?","answer":"lock","source":"debate:d1"}' \
    '{"prompt":"Lock?","answer":"lock"}' >"$T/debates"
try 'the verdict of debates' 0 evaluate --metrics agreement -o "$T/other" "$T/debates"
check 'debates are one source' grep -q '"by":{"source":{"debate":{"records":1,' "$T/other"
check 'counts where there was one' test "$(grep -c '"agreement":0}\|"agreement":0,' "$T/other")" = 2

printf '%s\n' '{"prompt":"How many?","answer":"5","source":"debate:d1","paraphrases":["How much?","And how many?"]}' \
    '{"prompt":"How many more?","answer":"6","source":"debate:d2"}' \
    '{"prompt":"How many less?","answer":"5","source":"book","paraphrases":["How few?"]}' >"$T/debates"
try 'all answers are 5' 0 fixed 'The answer is 5. ' --metrics answer,agreement,consistency --repeat 4 \
    -o "$T/other" "$T/debates"
metric answer_accuracy 0.6666666666666666 "$T/other"
metric consistency 1 "$T/other"
metric consistency_paraphrases 1 "$T/other"
metric agreement 0.5 "$T/other"
check 'where there are paraphrases' test "$(grep -c '"consistency_paraphrases":1[,}].*"groups"' "$T/other")" = 2
check 'where there was a debate' test "$(grep -c '"agreement":[01][,}].*"groups"' "$T/other")" = 2
try 'a debate by a command' 0 fixed 'The answer is 5. ' --metrics agreement --judge 'echo 0.5; echo 0; echo 1' \
    -o "$T/other" "$T/debates"
metric agreement 0.25 "$T/other"

# --- Forms and voices.

try 'forms' 0 evaluate --metrics format --tools calculator,search -o "$T/format" "$T/questions"
err_like '^dpo-eval: answers by their first fault: no-thought 3$'
for name in json_validity thought_prefix action_block full_compliance strict_compliance; do
    metric $name 0 "$T/format"
done
sed 's/$/}/' >"$T/actions" <<'END'
{"prompt":"Add.","answer":"{\"tool\":\"calculator\",\"args\":\"4 + 1\"}"
{"prompt":"Add more.","answer":"{\"tool\":\"calculator\",\"args\":\"2 + 4\"}"
{"prompt":"Add them.","answer":"{\"tool\":\"calculator\",\"args\":\"2 + 3\"}"
{"prompt":"Find it.","answer":"{\"tool\":\"search\",\"args\":\"2 + 3\"}"
{"prompt":"What?"
END
try 'an action' 0 fixed 'Thought: add
Action: {"tool":"calculator","args":"2 + 3"} ' --metrics format --tools calculator -o "$T/format" "$T/actions"
metric tool_accuracy 0.75 "$T/format"
metric argument_accuracy 0.5 "$T/format"
metric json_validity 1 "$T/format"
metric full_compliance 1 "$T/format"
check 'where one was expected' test "$(grep -c '"tool_accuracy":[01][,}]' "$T/format")" = 4
try 'a voice' 0 evaluate --metrics voice --markers data/voice/markers.txt --negative data/voice/negative.txt \
    -o "$T/voice" "$T/questions"
check 'by groups' grep -q '"voice/psychology":' "$T/voice"
metric voice_negative 0 "$T/voice"
try 'a voice without markers' 2 evaluate --metrics voice "$T/questions"
err_is 'dpo-eval: --metrics voice needs --markers FILE: by which phrases is it known?'
try 'markers without a voice' 2 evaluate --markers data/voice/markers.txt "$T/questions"
err_is 'dpo-eval: --markers and --negative are for --metrics voice'
try 'a quiz' 0 evaluate --metrics quiz --max-new-tokens 4 -o "$T/quiz" data/voice/cycle-phases/quiz.json
check 'all its questions' test "$(grep -c '"generated"' "$T/quiz")" = 12
check 'are graded' test "$(grep -c '"quiz_accuracy"' "$T/quiz")" = 13

cat >"$T/quiz.json" <<'END'
{"questions":[
 {"id":1,"question":"Which?","options":["Five","Six"],"answer":"B"},
 {"id":2,"question":"Which else?","options":["Six","Five"],"answer":"B"},
 {"id":3,"question":"Is it?","type":"true_false","answer":true},
 {"id":4,"question":"Why?","type":"open","reference_answer":"Because.","key_concepts":["B","never"]}]}
END
try 'a quiz of known answers' 0 fixed 'The answer is B. ' --metrics quiz -o "$T/other" "$T/quiz.json"
metric quiz_accuracy 0.625 "$T/other"

# --- Comparisons.

try 'with and without an adapter' 0 evaluate --adapter "$run" --compare --metrics preference,lengths \
    -o "$T/both" tests/golden/eval/pairs.jsonl
err_like '^preference_accuracy +5 '
check 'what the reference said' grep -q '"reference":"' "$T/both"
check 'as numbers' grep -q '"comparison":{"baseline":"the model without its adapter","records":5,' "$T/both"

try 'a baseline' 0 evaluate --metrics answer -o "$T/later" --baseline "$T/one" "$T/questions"
err_like '^answer_accuracy +3 +0\.0000 +0\.0000 +\+0\.0000 '
try 'a gate beside a baseline' 3 evaluate -q --metrics answer -o "$T/later" --baseline "$T/one" \
    --gate 'answer_accuracy > baseline + 0.08' --gate 'p < 0.05' --gate 'difference(answer_accuracy) >= 0' \
    --gate 'low(answer_accuracy) >= 0' "$T/questions"
err_like '^dpo-eval: gate not met: answer_accuracy is 0, not > baseline \+ 0\.08 = 0\.08$'
err_like '^dpo-eval: gate not met: p is 1, not < 0\.05$'
check 'only two' test "$(grep -c '' "$T/err")" = 2
try 'a gate without a baseline' 2 evaluate --metrics answer --gate 'p < 0.05' "$T/questions"
err_is 'dpo-eval: --gate: there is no --baseline, and no --compare'
try 'what is not measured' 2 evaluate --metrics answer --gate 'voice > 0.5' "$T/questions"
err_like "^dpo-eval: --gate: 'voice' is not measured"
try 'what is measured for two' 2 evaluate --metrics answer,retention --baseline "$T/one" --gate 'voice > 0.5' "$T/questions"
err_is "dpo-eval: --gate: 'voice' is not measured; there are records, answer_accuracy, retention, repetition, length/words, length/tokens"
try 'what is left' 0 evaluate --metrics retention --judge exact --baseline "$T/right" \
    --gate 'retention >= 0.95' -o "$T/other" "$T/known"
metric retention 1 "$T/other"
try 'left of what?' 2 evaluate --metrics retention "$T/questions"
err_is 'dpo-eval: --metrics retention needs --baseline or --compare: kept of what?'
try 'left of nothing' 0 evaluate --metrics retention --baseline "$T/one" -o "$T/other" "$T/questions"
err_like 'warning: .*not one answer is right, so nothing could be lost'
try 'two baselines' 2 evaluate --adapter "$run" --compare --baseline "$T/one" "$T/questions"
err_is 'dpo-eval: --compare and --baseline are two things to compare with: give one'
try 'a comparison without an adapter' 2 evaluate --compare "$T/questions"
err_is 'dpo-eval: --compare asks the model without its adapter: it needs --adapter'
try 'the worst' 0 evaluate --metrics answer --judge 'echo true; echo 0.25; echo 0.5' --worst 1 -o "$T/other" "$T/questions"
err_like '^  0\.25 +7 +Calculate 9 - 4\.$'
check 'is one line' test "$(grep -c '^  0' "$T/err")" = 1

# --- What is known before the first answer is told then, and leaves nothing.

printf '%s\n' '{"prompt":"of another test","answer":"1"}' >"$T/strange"
evaluate -q --metrics answer -o "$T/foreign" "$T/strange"
evaluate -q --metrics lengths -o "$T/lengths" "$T/questions"
dpo-eval -q -m "$model" --precision fp32 -o "$T/pairs.base" tests/golden/eval/pairs.jsonl
early() { # NAME STATUS LINE OPTION...: the journal of a test that began would stay
    tap_try=$1 status=$2 line=$3
    shift 3
    rm -f "$T/never"* "$T/never.db"*
    case "$*" in *answer*) set -- --judge 'exit 3' "$@" ;; esac
    try "$tap_try" "$status" evaluate -o "$T/never" --history "$T/never.db" "$@"
    err_is "dpo-eval: $line"
    check "$tap_try: nothing is left" test ! -e "$T/never" -a ! -e "$T/never.part" -a ! -e "$T/never.db"
}
early 'a baseline of another test' 1 \
    "$T/foreign: results of another test set: none of its 1 prompts is among these 3" \
    --metrics answer --baseline "$T/foreign" "$T/questions"
early 'a baseline of other metrics' 1 "$T/pairs.base: no metric was measured both there and here" \
    --metrics answer --baseline "$T/pairs.base" tests/golden/eval/pairs.jsonl
early 'nothing to be retained' 1 "$T/lengths: has no answer_accuracy: there is nothing to be retained" \
    --metrics retention --baseline "$T/lengths" "$T/questions"
early 'a gate on what the baseline lacks' 2 "--gate: the baseline has no 'answer_accuracy'" \
    --metrics answer --baseline "$T/lengths" --gate 'answer_accuracy > baseline' "$T/questions"
early 'a p of what the baseline lacks' 2 \
    "--gate: 'p(answer_accuracy)' needs a baseline in which it was measured, too" \
    --metrics answer --baseline "$T/lengths" --gate 'p(answer_accuracy) < 1' "$T/questions"
early 'a gate on what the reference has not' 2 "--gate: the baseline has no 'margin'" \
    --metrics preference,answer --adapter "$run" --compare --gate 'margin > baseline' tests/golden/eval/pairs.jsonl
early 'a review of one answer' 2 \
    '--review needs --compare or --baseline: which two answers are to be held against each other?' \
    --metrics answer --review 2 --review-sheet "$T/never.html" "$T/questions"
early 'a review of more than there are' 2 '--review asks for 4 prompts, and the test has 3' \
    --metrics answer --review 4 --review-sheet "$T/never.html" --baseline "$T/one" "$T/questions"
early 'a review of very many' 2 '--review takes 1 to 500 prompts' \
    --metrics answer --review 501 --review-sheet "$T/never.html" --baseline "$T/one" "$T/questions"
early 'a review without answers' 2 '--review shows answers, and --metrics preference asks for none' \
    --review 3 --review-sheet "$T/never.html" --baseline "$T/pairs.base" tests/golden/eval/pairs.jsonl
early 'a review of pairs' 1 "$T/pairs.base: holds no answers: there is nothing to choose from" --metrics preference,lengths \
    --review 3 --review-sheet "$T/never.html" --baseline "$T/pairs.base" tests/golden/eval/pairs.jsonl
early 'a sheet without a review' 2 '--review-sheet is where the sheet of --review goes' \
    --metrics answer --review-sheet "$T/never.html" "$T/questions"
try 'no history to ask' 2 evaluate --metrics answer --judge 'exit 3' -o "$T/never" --gate 'answer_accuracy > previous' "$T/questions"
err_is "dpo-eval: --gate: 'previous' is what --history FILE remembers"
check 'is told at once' test ! -e "$T/never.part"
try 'a history that is none' 1 evaluate --metrics answer --judge 'exit 3' -o "$T/never" --history "$T/one" \
    --gate 'answer_accuracy > previous' "$T/questions"
err_is "dpo-eval: $T/one: is not an SQLite database"
check 'is told at once, too' test ! -e "$T/never.part"
try 'what is no mean over records' 0 evaluate -q --adapter "$run" --baseline "$T/pairs.base" -o "$T/other" \
    --gate 'perplexity <= baseline + 100' --gate 'records = baseline' tests/golden/eval/pairs.jsonl
try 'is held against what the file says' 3 dpo-eval -q --from "$T/other" --baseline "$T/pairs.base" \
    --gate 'perplexity < baseline - 9000'
err_like '^dpo-eval: gate not met: perplexity is [0-9.]+, not < baseline - 9000 = -[0-9.]+$'
early 'has no p' 2 "--gate: 'p(perplexity)' needs a baseline in which it was measured, too" \
    --metrics preference,lengths --baseline "$T/pairs.base" --gate 'p(perplexity) < 0.05' tests/golden/eval/pairs.jsonl
early 'is not of the reference' 2 "--gate: the baseline has no 'perplexity'" --metrics preference,lengths \
    --adapter "$run" --compare --gate 'perplexity < baseline' tests/golden/eval/pairs.jsonl

# --- The history.

try 'a row' 0 evaluate -q --metrics answer --history "$T/runs.db" -o "$T/other" "$T/questions"
check 'with what came out' test "$(sqlite3 "$T/runs.db" "SELECT kind || result || value FROM runs
    JOIN figures ON run_id = id WHERE name = 'answer_accuracy'")" = 'evaldone0.0'
try 'better than before' 3 evaluate -q --metrics answer --history "$T/runs.db" -o "$T/other" \
    --gate 'answer_accuracy > previous' "$T/questions"
err_like '^dpo-eval: gate not met: answer_accuracy is 0, not > previous = 0$'
try 'as good as before' 0 evaluate -q --metrics answer --history "$T/runs.db" -o "$T/other" \
    --gate 'answer_accuracy >= previous' "$T/questions"
try 'the first of all' 0 evaluate --metrics answer --history "$T/new.db" -o "$T/other" \
    --gate 'answer_accuracy > previous' --gate 'repetition <= previous' "$T/questions"
err_like "^dpo-eval: gate 'repetition <= previous': there was no test before this one, so it is met$"
try 'a comparison of a comparison' 2 evaluate --metrics answer --gate 'p < previous' --baseline "$T/one" "$T/questions"
err_is "dpo-eval: --gate: 'p' is of a comparison: it is held against a number, not 'previous'"
try 'a good night' 0 evaluate -q --metrics answer --judge exact --history "$T/nights.db" -o "$T/other" "$T/known"
for night in 'a bad night' 'another one, which is measured by the good one'; do
    try "$night" 3 evaluate -q --metrics answer --judge 'echo false' --history "$T/nights.db" -o "$T/other" \
        --gate 'answer_accuracy >= previous' "$T/known"
    err_is 'dpo-eval: gate not met: answer_accuracy is 0, not >= previous = 1'
done
echo '{"prompt":"x","answer":"zzz"}' >"$T/strange"
try 'another test set' 0 evaluate -q --metrics answer -o "$T/other" "$T/strange"
try 'has no memory yet' 0 dpo-eval -q --from "$T/other" --history "$T/runs.db" --gate 'answer_accuracy > previous'
try 'this one has' 3 dpo-eval -q --from "$T/one" --history "$T/runs.db" --gate 'answer_accuracy > previous'
try 'no memory' 2 evaluate --metrics answer --gate 'answer_accuracy > previous' "$T/questions"
err_like "previous.*--history"

# --- Results that are there.

try 'compared once more' 0 dpo-eval --from "$T/right" --baseline "$T/right" --gate 'answer_accuracy >= baseline'
err_like '^answer_accuracy +1 +1\.0000 +1\.0000'
try 'a gate on what is there' 3 dpo-eval --from "$T/one" --gate 'answer_accuracy > 0.5'
err_like 'gate not met: answer_accuracy is 0, not > 0\.5$'
try 'a gate on what is not' 2 dpo-eval --from "$T/one" --gate 'kl > 0.5'
err_like "^dpo-eval: --gate: 'kl' is not measured"
try 'a test set beside results' 2 dpo-eval --from "$T/one" "$T/questions"
err_is 'dpo-eval: --from takes results that are there: no test set beside them'
try 'other questions' 1 dpo-eval --from "$T/one" --baseline "$T/quiz"
err_like "^dpo-eval: .*quiz.*"
head -n 2 "$T/one" >"$T/torn"
try 'results that were broken off' 1 dpo-eval --from "$T/torn"
err_like "^dpo-eval: $T/torn: .*metrics"
sed 2d "$T/one" >"$T/torn"
try 'results without a line in the middle' 1 dpo-eval --from "$T/torn"
err_is "dpo-eval: $T/torn: has 2 records, and its metrics are of 3"
try 'no results' 1 dpo-eval --from "$T/questions"
err_like "^dpo-eval: $T/questions: "

again() { # LINE OPTION...: what would do nothing
    line=$1
    shift
    rm -f "$T/never"*
    try "--from and $*" 2 dpo-eval --from "$T/one" "$@"
    err_is "dpo-eval: $line"
    out_is ''
    check "--from and $*: nothing is written" test ! -e "$T/never" -a ! -e "$T/never.db"
}
again '--model does nothing beside --from: no model is asked' -m "$model"
again '--adapter does nothing beside --from: no model is asked' --adapter "$run"
again '--max-new-tokens does nothing beside --from: no model is asked' --max-new-tokens 500
again '--worst does nothing beside --from: no model is asked' --worst 3
again '--metrics beside --from can be retention only: the others are in the results' --metrics answer,retention
again '-o beside --from is for --review and --reviewed: nothing else is written' --baseline "$T/one" -o "$T/never"
again "--history beside --from is for gates on 'previous': no test is added to it" --history "$T/never.db" \
    --gate 'answer_accuracy >= 0'
again '--review makes a sheet and --reviewed counts one: give one' --review 1 --reviewed "$T/one"
again '--review takes 1 to 500 prompts' --review 0
again "--review asks for 4 prompts, and $T/one has 3" --review 4 -o "$T/never"
try 'what is left, told later' 3 dpo-eval --from "$T/right" --baseline "$T/right" --metrics retention --gate 'retention > 1'
err_like '^dpo-eval: .*, retention 1$'
err_like '^dpo-eval: gate not met: retention is 1, not > 1$'
try 'left by what was not asked' 1 dpo-eval --from "$T/lengths" --baseline "$T/one" --metrics retention
err_is "dpo-eval: $T/lengths: has no answer_accuracy: nothing of it can be left"

long=$(awk 'BEGIN { for (i = 0; i < 200; i++) printf "ä" }')
cat >"$T/again" <<END
{"id":"x","prompt":"1 and","answer":"1","source":"$long"}
{"id":7,"prompt":"2 and","answer":"1","source":"$long"}
{"id":"x","prompt":"3 and","answer":"1"}
{"id":"7","prompt":"2 and","answer":"1"}
END
try 'ids that come again, and long words' 0 evaluate -q --metrics answer -o "$T/twice" "$T/again"
try 'are read back' 0 dpo-eval --from "$T/twice" --baseline "$T/twice"
err_like '^answer_accuracy +4 '
check 'a word is cut' sh -c 'grep -q "\"source\":\"$2\"" "$1"' - "$T/twice" "$(awk 'BEGIN { for (i = 0; i < 128; i++) printf "ä" }')"

# --- Reviews.

try 'a sheet' 0 evaluate -q --adapter "$run" --compare --metrics lengths -o "$T/both" --review 3 \
    --review-sheet "$T/sheet.html" tests/golden/eval/pairs.jsonl
check 'is a page' grep -q '^<!doctype html>\|^<!DOCTYPE html>' "$T/sheet.html"
try 'the same sheet' 0 dpo-eval -q --from "$T/both" --review 3 -o "$T/again.html"
check 'is the same' cmp "$T/sheet.html" "$T/again.html"
try 'a table' 0 dpo-eval -q --from "$T/both" --review 3 -o "$T/sheet.csv"
check 'has three rows' test "$(grep -c ',' "$T/sheet.csv")" -ge 4

try 'a mistyped gate on a review' 2 dpo-eval --from "$T/both" --reviewed "$T/sheet.csv" -o "$T/never" --gate 'win_rat > 0.5'
err_like "^dpo-eval: --gate: 'win_rat' is not measured"
check 'is told before anything is written' test ! -e "$T/never"
try 'a sheet without a place' 2 evaluate --review 3 "$T/questions"
err_is 'dpo-eval: --review needs --review-sheet FILE for the sheet and -o for the results'
try 'a review of nothing' 2 evaluate --reviewed "$T/sheet.csv" "$T/questions"
err_is 'dpo-eval: --reviewed needs --from RESULTS: which answers were on the sheet?'

cp "$T/both" "$T/kept"
ln -s both "$T/link"
for name in "$T/both" "$T/./both" "$T/link"; do
    try "a sheet in place of its results: $name" 2 dpo-eval --from "$T/both" --review 3 -o "$name"
    err_is "dpo-eval: -o and $T/both are one file: what is read there would be lost"
done
check 'they are still there' cmp "$T/both" "$T/kept"
try 'a sheet in place of its baseline' 2 dpo-eval --from "$T/both" --baseline "$T/one" --review 3 -o "$T/one"
err_is "dpo-eval: -o and $T/one are one file: what is read there would be lost"
rm -f "$T/never"*
for name in "$T/never" "$T/../${T##*/}/never"; do
    try "results in place of their sheet: $name" 2 evaluate --adapter "$run" --compare --metrics lengths \
        -o "$T/never" --review 3 --review-sheet "$name" tests/golden/eval/pairs.jsonl
    err_is 'dpo-eval: -o and --review-sheet are one file: the results would be lost'
done
check 'nothing came of it' test ! -e "$T/never" -a ! -e "$T/never.part"
try 'results in place of the test' 2 evaluate --metrics answer -o "$T/questions" "$T/questions"
err_is "dpo-eval: -o and $T/questions are one file: what is read there would be lost"
try 'results in place of the history' 2 evaluate --metrics answer --history "$T/runs.db" -o "$T/runs.db" "$T/questions"
err_is "dpo-eval: -o and $T/runs.db are one file: what is read there would be lost"
try 'results in place of their baseline' 0 evaluate -q --metrics answer --baseline "$T/later" -o "$T/later" "$T/questions"

# --- Broken off, and begun again: the same bytes.

awk 'BEGIN { for (i = 0; i < 40; i++) printf "{\"id\":%d,\"prompt\":\"%d and\",\"answer\":\"1\"}\n", i, i * 37 }' >"$T/many"
cat >"$T/slow" <<END
#!/bin/sh
exec dpo-eval -q -m "$model" --precision fp32 --max-new-tokens 60 --metrics answer,consistency --repeat 3 \\
    --beside 2 --threads 1 -o "\$1" "$T/many"
END
chmod +x "$T/slow"
try 'in one go' 0 "$T/slow" "$T/whole"
for i in 1 2 3 4 5 6 7 8; do
    "$T/slow" "$T/pieces" &
    pid=$!
    until [ -s "$T/pieces.part" ] && [ "$(grep -c '' "$T/pieces.part")" -gt $((i * 3)) ] || ! kill -0 $pid 2>/dev/null; do :; done
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
check 'killed on the way' test ! -e "$T/pieces"
try 'in pieces' 0 "$T/slow" "$T/pieces"
check 'the same bytes' cmp "$T/whole" "$T/pieces"
check 'nothing is left of them' test ! -e "$T/pieces.part"
printf '{"answers_of":"another"}\n{"round":0}\n' >"$T/pieces.part"
try 'what another test left' 0 "$T/slow" "$T/pieces"
check 'does not count' cmp "$T/whole" "$T/pieces"
"$T/slow" "$T/busy" &
pid=$!
until [ -s "$T/busy.part" ]; do :; done
try 'two at once' 75 "$T/slow" "$T/busy"
err_like 'another test is writing there'
wait $pid
check 'the first one ends' cmp "$T/whole" "$T/busy"

# --- Wrong usage and bad input.

usage() { # LINE OPTION...
    line=$1
    shift
    try "$*" 2 evaluate "$@" "$T/questions"
    err_is "dpo-eval: $line"
}
usage '--temperature must not be below 0' --temperature -1
usage '--top-p is above 0, up to 1' --top-p 0
usage '--min-p is from 0 to 1' --min-p 2
usage '--repetition-penalty must be above 0' --repetition-penalty 0
usage '--max-new-tokens must be above 0' --max-new-tokens 0
usage '--beside must be above 0' --beside 0
usage '--worst takes 100 records at most' --worst 101
usage '--judge-timeout must be above 0' --judge-timeout 0
fails 'no prompt' 'bad:1: .prompt. is missing' evaluate --metrics answer "$(echo '{"answer":"1"}' >"$T/bad" && echo "$T/bad")"
echo '{"prompt":"a"}' >"$T/bad"
fails 'nothing to judge' "no record has an 'answer' to be compared with" evaluate --metrics answer "$T/bad"
intolerant() { # TOLERANCE MESSAGE
    printf '%s\n' '{"prompt":"a","tolerance":null}' "{\"prompt\":\"a\",\"answer\":\"1\",\"tolerance\":$1}" >"$T/bad"
    fails "tolerance $1" "^dpo-eval: $T/bad:2: 'tolerance' is $2\$" evaluate --metrics answer "$T/bad"
}
intolerant '"0.1"' 'a string, not a number'
intolerant -1 "'-1', not 0 or more"
intolerant 1e999 "'1e999', not 0 or more"
intolerant true 'true, not a number'
printf '{"prompt":"a","chosen":"1","rejected":"2","tolerance":-1}\n' >"$T/bad"
fails 'of a pair' "^dpo-eval: $T/bad:1: 'tolerance' is '-1', not 0 or more\$" evaluate "$T/bad"
fails 'a quiz has no pairs' 'quiz.json:' evaluate data/voice/cycle-phases/quiz.json
fails 'too long a text' 'the model was made for' evaluate --metrics answer --max-new-tokens 100000 "$T/questions"
try 'which may be meant' 0 evaluate -q --metrics answer --max-new-tokens 4 --beyond-context "$T/questions"
fails 'markers that are none' 'markers:1' evaluate --metrics voice --markers "$(echo 'x y' >"$T/markers" && echo "$T/markers")" "$T/questions"
fails 'a baseline that is none' "bad" evaluate --metrics answer --baseline "$T/bad" "$T/questions"
fails 'a folder for results' 'directory' evaluate --metrics answer "$T"
fails 'a full disk' 'No space left' sh -c 'dpo-eval -q -m "$1" --metrics lengths --max-new-tokens 2 "$2" >/dev/full' - "$model" "$T/questions"

done_testing
