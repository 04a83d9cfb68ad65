# dpo-report: pages of runs, results and histories.
. "${0%/*}/../tap.sh"

golden=$SRC/tests/golden/report
run=$golden/run
sqlite3 "$T/runs.db" <"$SRC/tests/golden/history/runs.sql" >/dev/null
cd "$T" || exit 1

# A page that stands alone: nothing is fetched, no text of a record is markup.
stands_alone() { # PAGE
    ! grep -E 'https?:|src=|@import|url\(|<base|<iframe|<object|<embed' "$1" &&
        grep -q '^<!DOCTYPE html>' "$1" && grep -q "default-src 'none'" "$1" &&
        test "$(grep -c '</html>' "$1")" = 1 && test "$(wc -c <"$1")" -lt 1000000
}

# --- What there is.

try 'a run' 0 dpo-report -o page "$run"
out_is ''
err_like '^dpo-report: runs 1, results 0, histories 0, bytes [0-9]+$'
check 'stands alone' stands_alone page
check 'has its verdict' grep -q 'The result is that of step 40. KL is 0.0112, within the limit of 0.0120.' page
check 'has curves' grep -q '<h3>Gradient norm' page
check 'has events' grep -q 'halve-lr: learning rates are times 1' page
check 'has a command' grep -q 'dpo-train --model tiny --eval val.jsonl' page
try 'standard output' 0 dpo-report "$run"
out_file_is page
try 'the talk as JSON' 0 dpo-report --json -o other "$run"
err_like '^{"tool":"dpo-report","runs":1,'
try 'no talk, a title' 0 dpo-report -q --title 'A & <b>' -o other "$run"
err_is ''
check 'the title is a text' grep -q '<title>A &amp; &lt;b&gt;</title>' other
try 'before and after' 0 dpo-report -q -o page "$golden/before.jsonl" "$golden/after.jsonl"
check 'stands alone' stands_alone page
check 'has its verdict' grep -q 'class="verdict good">Yes: answer accuracy rose from 47.5..% to 80.0' page
check 'finds directions' grep -q 'class="record" dir="auto">' page
try 'as text' 0 dpo-report -q --text "$golden/before.jsonl" "$golden/after.jsonl" "$run"
out_like '^answer accuracy +47\.5 % +80\.0 % +\+32\.5 +\+17\.5 to \+47\.5 <0\.001$'
out_like '^KL divergence +estimate in training +0 +0\.0399  .*█$'
out_like '^dpo-train --model tiny'
try 'the other way round' 0 dpo-report -q --text "$golden/after.jsonl" "$golden/before.jsonl"
out_like '^No: answer accuracy fell from 80\.0 % to 47\.5 %'
try 'the same twice' 0 dpo-report -q --text "$golden/after.jsonl" "$golden/after.jsonl"
out_like '^Not shown: answer accuracy stayed at 80\.0 % \(0\.0 points, 95 % interval 0\.0 to$'
try 'results alone' 0 dpo-report -q --text "$golden/after.jsonl"
out_like '^Answer accuracy is 80\.0 %, of 40 records\.$'
try 'on standard input' 0 sh -c 'dpo-report -q --text - <"$1"' - "$golden/after.jsonl"
out_like '^Answer accuracy is 80\.0 %'
cp -r "$run" other.run
try 'two runs' 0 dpo-report -q -o page "$run" other.run
check 'stands alone' stands_alone page
check 'two names' grep -q '<h3>Loss, evaluation' page
try 'two runs as text' 0 dpo-report -q --text "$run" other.run
out_like '^2 runs;'
try 'a history' 0 dpo-report -q -o page runs.db
check 'stands alone' stands_alone page
check 'has nights' grep -q 'Night after night' page
try 'its trend' 0 dpo-report -q --trend --text
out_like '^Preference accuracy is 76\.8 %, \+8\.9 points'
out_like '^preference accura… +qwen2\.5-3b +73\.2 % +76\.8 %  ▅▁█$'
mkdir trl && cp "$SRC/tests/golden/run/trainer_state.json" trl
try 'a run of another trainer' 0 dpo-report -q --text trl
out_like '^Loss +training '
mkdir trl.nan && sed 's/^\( *"grad_norm": \)4\.[0-9]*,/\1NaN,/' trl/trainer_state.json >trl.nan/trainer_state.json
try 'a log with NaN in it' 0 dpo-report --text trl.nan
check 'has one' grep -q NaN trl.nan/trainer_state.json
err_like '^dpo-report: runs 1,'
out_like '^Loss +training '

# --- All that a night writes: the figures of one dpo-train --eval and of one dpo-eval, of 12 models.

trained='beta entropy epoch eval_entropy eval_kl eval_kl_divergence eval_kl_estimate eval_kl_sequence
eval_logits/chosen eval_logits/rejected eval_logps/chosen eval_logps/rejected eval_loss
eval_mean_token_accuracy eval_num_tokens eval_rewards/accuracies eval_rewards/chosen
eval_rewards/margins eval_rewards/rejected grad_norm kl kl_divergence kl_estimate kl_sequence
learning_rate logits/chosen logits/rejected logps/chosen logps/rejected loss mean_token_accuracy
num_tokens rewards/accuracies rewards/chosen rewards/margins rewards/rejected step train_loss'
tested='dropped kl kl_sequence logps/chosen logps/rejected loss margin perplexity preference_accuracy
preference_accuracy_tokens records reward_accuracy rewards/chosen rewards/rejected tokens'
night() { # ID KIND DAY MODEL NAMES
    echo "INSERT INTO runs VALUES($1,'$2','2026-11-$3T02:00:00Z','2026-11-$3T03:00:00Z',3600.0,'done',0,0,'run$1','$4','h','d','a','{}','node',1,'0.6.0');"
    for name in $5; do echo "INSERT INTO figures VALUES($1,'$name',0.5);"; done
}
{
    sed '/^INSERT/,$d' "$SRC/tests/golden/history/runs.sql"
    for m in 1 2 3 4 5 6 7 8 9 10 11 12; do
        night $((2 * m)) train $((10 + m)) "model-$m" "$trained"
        night $((2 * m + 1)) eval $((10 + m)) "model-$m" "$tested"
    done
} | sqlite3 nights.db >/dev/null
try 'a real history' 0 dpo-report -q -o page --trend nights.db
check 'stands alone' stands_alone page
sed -n 's/.*<figcaption><h3>\([^<]*\).*/\1/p' page >titles
check 'tests are seen first' test "$(sed -n '1p;3,4p' titles | tr '\n' ,)" = 'preference accuracy,reward margin,loss,'
check 'the KL is there' grep -qx 'KL to the reference' titles
check 'counters are not' sh -c '! grep -Ex "beta|epoch|step|tokens|num_tokens" titles'
check 'how many there are' grep -q 'The first 24 of 4[0-9] figures. Counters and settings are not shown' page
check 'of which models' grep -q '<p class="quiet">8 of 12 models, those that ran last.</p>' page
check 'the latest is one of them' grep -q '<span>model-12</span>' page
try 'as text' 0 dpo-report -q --text nights.db
out_like '^Tests +first +last$'
out_like '^preference accura… model-10 '
out_like '^ +8 of 12 models, those that ran last\.$'
out_like '^The first 24 of 4[0-9] figures\.'

{
    sed '/^INSERT/,$d' "$SRC/tests/golden/history/runs.sql"
    for day in 11 12 13 14 15; do night $day eval $day m preference_accuracy; done
    echo "UPDATE runs SET data_hash = 'new' WHERE id > 13; UPDATE figures SET value = 0.25 WHERE run_id > 13;"
} | sqlite3 moved.db >/dev/null
try 'a test set that was replaced' 0 dpo-report -q --text moved.db
out_like '^Preference accuracy is 25\.0 %, 0\.0 points since the time before; 2 times in'

# --- Which answers come first.

scored() { # METRIC SCORES
    n=0
    for score in $2; do
        n=$((n + 1))
        echo "{\"id\":\"r$n\",\"prompt\":\"p$n\",\"generated\":\"g\",\"reference\":\"o\",\"scores\":{\"$1\":$score}}"
    done
    echo "{\"metrics\":{\"$1\":0.6}}"
}
first_is() { # ID ORDER
    test "$(sed -n 's/.*<article class="card sample"><h3><bdi>\(r[0-9]*\).*/\1/p' page | head -n 1)" = "$1" &&
        grep -qF " answers, $2. <del>" page
}
scored loss '1 1 1' >s1.jsonl
scored loss '1 0.5 2' >s2.jsonl
try 'where lower is better' 0 dpo-report -q -o page s1.jsonl s2.jsonl
check 'worse is higher' first_is r3 'those that became worse first, then those that became better'
try 'nothing changed' 0 dpo-report -q -o page s1.jsonl s1.jsonl
check 'says no order' first_is r1 'in their order'
scored answer_accuracy '1 0 1' >s3.jsonl
try 'one file' 0 dpo-report -q -o page s3.jsonl
check 'wrong ones first' first_is r2 'those that are wrong first'
try 'as text' 0 dpo-report -q --text s3.jsonl
out_like '^3 answers, those that are wrong first\.$'

# --- Hostile texts.

printf '%s\n' '{"id":"</script><script>alert(1)</script>","prompt":"</title><img src=x onerror=alert(1)>","generated":"\u0000\u0007\u001b[31m a & b <b>\u202e","scores":{"</td><script>":1,"answer_accuracy":1},"groups":{"<i>":"<script>"}}' \
    '{"metrics":{"answer_accuracy":1,"<script>":1},"made_by":{"tool":"<script>alert(2)</script>"}}' >x.jsonl
sed 's/"answer_accuracy":1/"answer_accuracy":0/' x.jsonl >y.jsonl
try 'markup in texts' 0 dpo-report -q -o page x.jsonl y.jsonl
check 'is none' sh -c '! grep -Ei "<script>alert|<img|<b>|<i>[^a]|</td><script" page'
check 'one script of ours' test "$(grep -c '^<script>$' page)" = 1
try 'steering bytes' 0 dpo-report -q --text x.jsonl y.jsonl
check 'never come out' sh -c '! LC_ALL=C grep "[[:cntrl:]]" out'
mkdir evil
printf '%s\n' '{"event":"<script>","words":"</li>\u001b[2J","step":1}' \
    '{"sample":0,"prompt":"مرحبا","trained_model_response":"<script>","reference_model_response":"</div>","step":1}' \
    '{"loss":1e308,"grad_norm":-1e308,"<script>":1,"step":1}' '{"loss":-1e308,"grad_norm":null,"step":2}' \
    >evil/metrics.jsonl
try 'markup in a log' 0 dpo-report -q -o page evil
check 'is none' test "$(grep -c '<script>' page)" = 1
check 'no number that is none' sh -c '! grep -E "nan|inf[^o]" page'
try 'as text' 0 dpo-report -q --text evil
check 'never comes out' sh -c '! LC_ALL=C grep "[[:cntrl:]]" out'

printf '{"id":"\\u202e1","prompt":"a\\u202eb\\u2066c\\u200f\\u061cd مرحبا","generated":"x","chosen":"y"}\n{"id":"2","prompt":"p","generated":"\\u2069z","answer":"w"}\n{"metrics":{"loss":1}}\n' >bidi.jsonl
sed 's/"x"/"xx"/; s/z"/zz"/' bidi.jsonl >bidi2.jsonl
try 'what turns text around' 0 dpo-report -q --text bidi.jsonl bidi2.jsonl
out_like '^abcd مرحبا$'
check 'is dropped' sh -c '! LC_ALL=C grep -E "$(printf "\342\200\256|\342\201\246|\342\201\251|\342\200\217|\330\234")" out'
mkdir again && cp "$run/metrics.jsonl" again
printf 'model = "tiny"\nprompt-format = "User: {prompt}\\nA\\tIt\047s \\\\n \342\200\256"\nreference = "a\\n\033[1m\007b\\n\\tc\\n"\n' >again/dpo-train.conf
awk 'BEGIN { printf "template = \""; for (i = 0; i < 3000; i++) printf "word "; print "end\"" }' >>again/dpo-train.conf
echo '{"train_data":{"hash":"0","files":["pairs.jsonl","-it\u0027s more.jsonl"]}}' >again/dpo_metadata.json
try 'the command as text' 0 dpo-report -q --text again
sed -n '/^dpo-train /,/^NEW_RUN/p' out | sed '$d' >again.line
check 'has newlines within quotes alone' test "$(grep -c '' again.line)" = 4
check 'and nothing unseen' sh -c '! LC_ALL=C grep "[[:cntrl:]]" again.line'
check 'explains' grep -q '^NEW_RUN stands for a folder of yours\.$' out
cat >words <<'E'
dpo() {
    test $# = 12 && test "$4" = "$(printf 'User: {prompt}\\nA\\tIt\047s \\\\n \342\200\256')" &&
        test "$6=" = "$(printf 'a\n\033[1m\007b\n\tc\n=')" && test "${#8}" = 15003 &&
        test "$9 ${10} ${11}" = '-o NEW_RUN pairs.jsonl' && test "${12}" = "./-it's more.jsonl"
}
eval "$(sed '1s/^dpo-train/dpo/' again.line)"
E
for shell in sh dash bash; do
    command -v $shell >"$T/which" || continue
    check "is the same to $shell" $shell words
done
try 'its page' 0 dpo-report -q -o page again
check 'has it whole' grep -q "word end&#39; -o NEW_RUN pairs.jsonl &#39;./-it" page
for data in '[]' '["-"]' '[1]' '"a"' null; do
    echo "{\"train_data\":{\"files\":$data}}" >again/dpo_metadata.json
    try "data that is $data" 0 dpo-report -q --text again
    out_like ' -o NEW_RUN TRAIN\.jsonl$'
    out_like '^NEW_RUN stands for a folder of yours, TRAIN\.jsonl for the training data, whose$'
done

# --- What is not whole.

mkdir empty killed damaged long folder
: >empty/metrics.jsonl
try 'an empty run' 0 dpo-report -q --text empty
out_like '^Nothing is logged yet\.$'
try 'its page' 0 dpo-report -q -o page empty
head -c 3000 "$run/metrics.jsonl" >killed/metrics.jsonl
try 'a run that was killed' 0 dpo-report --text killed
out_like '^Not finished: '
err_like '^dpo-report: warning: killed: the last line of the log is cut off$'
{ sed 3q "$run/metrics.jsonl"; echo '{"loss":'; echo '[1]'; echo '{"loss":1}'; sed 1,3d "$run/metrics.jsonl"; } >damaged/metrics.jsonl
try 'a damaged log' 0 dpo-report -o page damaged
err_like '^dpo-report: warning: damaged/metrics.jsonl:4: .*: left out$'
err_like '^dpo-report: warning: damaged/metrics.jsonl:5: is not an object: left out$'
err_like "^dpo-report: warning: damaged/metrics.jsonl:6: has no 'step': left out\$"
check 'says so' grep -q 'damaged/metrics.jsonl:4: ' page
awk 'BEGIN { for (i = 1; i <= 20000; i++) printf "{\"loss\":%.6f,\"grad_norm\":%.6f,\"rewards/margins\":%.6f,\"eval_loss\":%.6f,\"kl_estimate\":%.6f,\"step\":%d}\n", 1 / i, i % 97 + 1, i / 100, 1 / i, i / 1000, i }' >long/metrics.jsonl
try 'a long log' 0 dpo-report -q -o page long long long long long long long long long
check 'is a small page' stands_alone page
echo '{"a":' >damaged/dpo_metadata.json
try 'damaged metadata' 0 dpo-report -o page damaged
err_like '^dpo-report: warning: damaged/dpo_metadata.json: is not a JSON object'

# --- What the KL limit stopped.

try 'a run over its limit' 0 dpo-report -q --text "$run"
out_like '^Stopped by the KL limit at step 60 of 120; accuracy in evaluation went from$'
out_like '^step 40\. KL is 0\.0112, within the limit of 0\.0120\.$'
out_like ': stopped by the KL limit at step 60 of 120$'
try 'its page' 0 dpo-report -q -o page "$run"
check 'is bad' grep -q 'class="verdict bad">Stopped by the KL limit at step 60 of 120; ' page
check 'names its state' grep -q '<td>stopped by the KL limit at step 60 of 120</td>' page
mkdir over on
printf '%s\n' '{"loss":0.69,"step":10}' '{"event":"stop","kl":2.0,"limit":1.0,"words":"stop","step":10}' >over/metrics.jsonl
echo '{"log_history":[],"global_step":10,"max_steps":30}' >over/trainer_state.json
try 'a run with no state within it' 0 dpo-report -q --text over
out_like '^Stopped by the KL limit at step 10 of 30; '
out_like '^It left no result\.$'
mkdir never && echo '{"loss":0.69,"step":10}' >never/metrics.jsonl
echo '{"log_history":[],"global_step":10,"max_steps":10}' >never/trainer_state.json
echo 'kl-limit = 0.1' >never/dpo-train.conf
try 'a run whose every evaluation was over it' 0 dpo-report -q --text never
out_like '^Trained for 10 steps; .* It left no result\.$'
{ cat over/metrics.jsonl; echo '{"loss":0.6,"step":20}'; } >on/metrics.jsonl
try 'a run that went on' 0 dpo-report -q --text on
out_like '^Not finished: 20 steps; '
out_like '^on: not finished, step 20$'

mkdir lost lost.late none
printf '%s\n' '{"loss":0.69,"step":10}' '{"loss":0.65,"step":20}' '{"loss":null,"step":30}' '{"loss":null,"step":40}' >lost/metrics.jsonl
try 'a run that diverged' 0 dpo-report -q --text lost
out_like '^Not finished: 40 steps; the loss went from 0\.6900 to 0\.6500, and is no number$'
out_like '^since step 30\.$'
out_like '^Loss +training +0\.6900 +- '
out_like '^ +no number since step 30$'
try 'its page' 0 dpo-report -q -o page lost
check 'is bad' grep -q 'class="verdict bad">Not finished.* and is no number since step 30' page
check 'has no last loss' grep -q '<span>training</span> <b>-</b>' page
printf '%s\n' '{"eval_loss":0.5,"step":10}' '{"loss":0.7,"step":10}' '{"loss":null,"step":12}' >lost.late/metrics.jsonl
try 'it diverged after the last evaluation' 0 dpo-report -q --text lost.late
out_like '0\.5000; the loss in$'
out_like '^training is no number since step 12\.$'
echo '{"loss":null,"eval_kl":null,"step":3}' >none/metrics.jsonl
try 'never a number' 0 dpo-report -q --text none
out_like '^Not finished: 3 steps; the loss is no number since step 3\. KL is no number since$'
try 'one of several' 0 dpo-report -q --text "$run" lost
out_like "^2 runs; 'run' ends with the lowest loss, 0\.1323; the KL limit stopped 1; the\$"
out_like '^loss of 1 is no number at the end\.$'
try 'both by the loss in training' 0 dpo-report -q --text lost lost.late
out_like "^2 runs; 'lost\.late' ends with the lowest loss, 0\.5000; the loss of 2 is no\$"
cp runs.db null.db && sqlite3 null.db "UPDATE figures SET value = NULL WHERE run_id = 8"
try 'no number the last night' 0 dpo-report -q --text null.db
out_like '^Preference accuracy was no number the last time, and 67\.9 % the time before; 3$'
sqlite3 null.db "UPDATE figures SET value = 0.5 WHERE run_id = 8; UPDATE figures SET value = NULL WHERE run_id = 6"
try 'no number the night before' 0 dpo-report -q --text null.db
out_like '^Preference accuracy is 50\.0 %, and was no number the time before; 3 times in'

# --- More than a page holds.

mkdir heavy many
awk 'BEGIN { printf "{"; for (i = 0; i < 400; i++) { printf "%s\"m%d\":\"", i ? "," : "", i; for (k = 0; k < 390; k++) printf "\\u0026"; printf "\"" } printf "}" }' >heavy/dpo_metadata.json
for i in 1 2 3 4 5 6 7 8; do cp -r heavy heavy.$i && cp "$run/metrics.jsonl" heavy.$i; done
try 'heavy metadata' 0 dpo-report -o page heavy.1 heavy.2 heavy.3 heavy.4
err_like '^dpo-report: warning: the page is cut to stay below a megabyte: it says how$'
check 'is a small page' stands_alone page
check 'says so' grep -q 'To stay below a megabyte the page has no texts of more than' page
check 'cuts with a note' grep -q '&amp;<span class="cut" dir="ltr">… cut: [0-9]* more bytes' page
check 'tables, too' grep -q 'And [0-9]* more members\.' page
try 'nine histories' 0 dpo-report -q -o page nights.db nights.db nights.db nights.db nights.db nights.db nights.db nights.db nights.db
check 'is a small page' stands_alone page
check 'says what is missing' grep -q 'And 1 more histories' page
awk 'BEGIN { for (i = 1; i <= 3000; i++) printf "{\"event\":\"halve-lr\",\"step\":%d}\n", i }' >many/metrics.jsonl
try 'many events' 0 dpo-report -q -o page many
check 'all are counted' grep -q 'And 2900 more events\.' page
try 'as text' 0 dpo-report -q --text many
out_like '^  and 2980 more$'
try 'many results' 0 dpo-report -q -o page s2.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s1.jsonl s3.jsonl
check 'the last one is there' grep -q 's3\.jsonl</p>' page
check 'how many there are' grep -q '8 of 11 comparisons, the last one among them' page
{ printf '{"id":"a","prompt":"'; awk 'BEGIN { for (i = 0; i < 1500; i++) printf "long " }'; printf '","generated":"b","reference":"c"}\n{"metrics":{}}\n'; } >prompt.jsonl
try 'a long prompt' 0 dpo-report -q -o page prompt.jsonl
check 'is cut with a note' grep -q 'cut: 6500 more bytes' page
try 'as text' 0 dpo-report -q --text prompt.jsonl
out_like '^\(cut: 6900 more bytes\)$'

# --- The text says what the page says.

try 'results as text' 0 dpo-report -q --text "$golden/before.jsonl" "$golden/after.jsonl" "$run"
out_like '^By part of the test: answer accuracy$'
out_like '^  refinance[a-z_]* +[0-9]+ +[0-9.]+ % +[0-9.]+ % +[-+]?[0-9.]+$'
out_like 'after\.jsonl: 40 records, of which 0 could not be scored$'
out_like '^  model_hash = 91b3c0ffee$'
out_like '^  learning-rate = 0\.002$'
out_like 'what it says of itself:$'
sed '1,2d; s/"records": *40/"records": 38/' "$golden/after.jsonl" >fewer.jsonl
try 'fewer records' 0 dpo-report -q --text "$golden/before.jsonl" fewer.jsonl
out_like '^2 records are in one of the two files only, and left out\.$'
try 'the nights as text' 0 dpo-report -q --text runs.db
out_like '^2026-11-20 eval   gate    work/tuesday\.jsonl +qwen2\.5-3b +7\.3$'
out_like '^2026-11-21 train  running work/wednesday +smollm2-360m +-$'
try 'many runs as text' 0 dpo-report -q --text "$run" long long long long long long long long
out_like '^The first 8 of 9 runs\.$'
try 'notes as text' 0 dpo-report -q --text damaged
out_like '^  damaged/metrics\.jsonl:5: is not an object: left out$'
{ scored answer_accuracy '1 0 1' | sed '$d'; echo '{"id":"x","prompt":"q","generated":"a"}'; echo '{"metrics":{"answer_accuracy":0.6}}'; } >some.jsonl
try 'some are scored' 0 dpo-report -q --text some.jsonl
out_like '^Answer accuracy is 60\.0 %, of 3 of 4 records\.$'
for i in $(seq 70); do
    echo "{\"id\":\"r$i\",\"prompt\":\"p\",\"scores\":{\"answer_accuracy\":1},\"groups\":{\"kind\":\"k$i\"}}"
done >parts.jsonl
echo '{"metrics":{"answer_accuracy":1}}' >>parts.jsonl
try 'many parts' 0 dpo-report -q --text parts.jsonl
out_like '^10 records are of further parts\.$'
try 'their page' 0 dpo-report -q -o page parts.jsonl
check 'says so' grep -q 'And 10 more records of further parts\.' page

# --- What all tools have.

echo 'title = From a file' >conf
try 'what all tools have' 0 dpo-report --config conf --threads 1 --seal --lock "$T/lock" -o other "$run"
check 'a title from a file' grep -q '<title>From a file' other
try 'help' 0 dpo-report --help
try 'version' 0 dpo-report --version
try 'completion' 0 dpo-report --completion

# --- What cannot be.

try 'nothing' 2 dpo-report
err_like '^dpo-report: nothing to report: give folders of runs'
try 'no such file' 1 dpo-report nosuch
err_is 'dpo-report: nosuch: No such file or directory'
try 'a folder of no run' 1 dpo-report folder
err_is "dpo-report: folder: is a folder, but of no run: it has neither 'metrics.jsonl' nor 'trainer_state.json'"
try 'a run is no history' 2 dpo-report --trend "$run"
err_like '^dpo-report: --trend is of histories alone'
sed 's/"id": "/"id": "z/; s/"prompt": "/"prompt": "z/' "$golden/before.jsonl" >z.jsonl
try 'results of another test set' 1 dpo-report "$golden/before.jsonl" z.jsonl
err_like '^dpo-report: z\.jsonl: no record of it is in .*/before\.jsonl: the results of another test set$'
try 'results without their end' 1 sh -c 'sed \$d "$1" | dpo-report -' - "$golden/before.jsonl"
try 'pairs' 1 dpo-report "$SRC/tests/golden/eval/pairs.jsonl"
sqlite3 foreign.db 'CREATE TABLE runs(a)'
try 'a foreign database' 1 dpo-report foreign.db
err_is 'dpo-report: foreign.db: holds the tables of another program, not a history of runs'
sqlite3 later.db 'PRAGMA application_id = 1685090152; PRAGMA user_version = 99; CREATE TABLE runs(a)'
try 'a later database' 1 dpo-report later.db
err_like '^dpo-report: later.db: a later version of these tools made it'
sqlite3 broken.db 'PRAGMA application_id = 1685090152; PRAGMA user_version = 1; CREATE TABLE runs(a)'
try 'a broken one' 1 dpo-report broken.db
err_like '^dpo-report: broken.db: '
try 'a full disk' 1 sh -c 'dpo-report -q "$1" >/dev/full' - "$run"
done_testing
