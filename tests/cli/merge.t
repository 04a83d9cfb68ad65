# dpo-merge: all kinds of input to one stream of pairs.
. "${0%/*}/../tap.sh"

# Each pair in a line of its own; N tells them apart.
pair() { # N [MEMBERS]
    printf '{"prompt":"p%s","chosen":"good %s","rejected":"bad %s"%s}\n' "$1" "$1" "$1" "${2:+,$2}"
}

# What came out, without the id that merge gave: the other members are the test's matter.
bare() {
    sed 's/,"id":"[0-9a-f]\{16\}"}$/}/' "$T/out" >"$T/bare"
    mv "$T/bare" "$T/out"
}

# --- JSON Lines: what a pair gets, and that nothing else changes.

pair 1 >"$T/a.jsonl"
pair 2 >"$T/b.jsonl"
try 'a pair gets a source and an id' 0 dpo-merge "$T/a.jsonl"
out_like '^\{"prompt":"p1","chosen":"good 1","rejected":"bad 1","source":".*/a\.jsonl","id":"[0-9a-f]{16}"\}$'
err_is 'dpo-merge: read 1, written 1, duplicates 0, conflicts 0, rewritten 0, bad 0'
id=$(sed 's/.*"id":"\([0-9a-f]*\)".*/\1/' "$T/out")
try 'the same id from standard input' 0 dpo-merge <"$T/a.jsonl"
out_is '{"prompt":"p1","chosen":"good 1","rejected":"bad 1","source":"standard input","id":"'"$id"'"}'
try 'the same id behind others, with --source' 0 dpo-merge --source s "$T/b.jsonl" - <"$T/a.jsonl"
out_like "\"prompt\":\"p1\".*\"source\":\"s\",\"id\":\"$id\"\}\$"
out_like '"prompt":"p2".*"source":"s",'
printf '%s\n' ' { "rejected":"bad\u0020\u0031" , "prompt":"\u0070\u0031","chosen":"good 1" } ' >"$T/x"
try 'the id is that of the text, however it is written' 0 dpo-merge --source s "$T/x"
out_is '{ "rejected":"bad\u0020\u0031" , "prompt":"\u0070\u0031","chosen":"good 1" ,"source":"s","id":"'"$id"'"}'
pair 1 '"id":7,"source":"of its own"' | try 'id and source of the record stay' 0 dpo-merge --source s
out_is '{"prompt":"p1","chosen":"good 1","rejected":"bad 1","id":7,"source":"of its own"}'
pair 1 '"debateId":"d 1"' | try 'a debate names its pairs' 0 dpo-merge
bare
out_is '{"prompt":"p1","chosen":"good 1","rejected":"bad 1","debateId":"d 1","source":"debate:d 1"}'

odd='"a":1e400,"b":0.10000000000000001,"c":-0,"d":-0.0,"e":1E+2,"f":12345678901234567890123,"g":"\u00e9\/\ud83d\ude00","h": [ 1 , {"z":null , "a":{}} ],"":"empty key","i":"é😀"'
pair 1 "$odd" | try 'unknown members pass byte for byte' 0 dpo-merge
out_like '"a":1e400,"b":0\.10000000000000001,"c":-0,"d":-0\.0,"e":1E\+2,"f":12345678901234567890123,'
sed 's/,"source":.*//' "$T/out" >"$T/kept"
pair 1 "$odd" | sed 's/}$//' >"$T/want"
check 'all of them, in their order' cmp "$T/want" "$T/kept"
printf '%s\n' "{$odd,\"question\":\"p\",\"preferred\":\"a\",\"dispreferred\":\"b\"}" |
    try 'also through a rewriting' 0 dpo-merge --source s
bare
out_is "{$odd,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"source\":\"s\"}"
err_like 'rewritten 1'

printf '\357\273\277%s\r\n\r\n   \n\t%s' "$(pair 1)" "$(pair 2)" >"$T/x"
try 'a byte order mark, CRLF, blank lines, no last newline' 0 dpo-merge "$T/x"
check 'are all fine' test "$(wc -l <"$T/out")" = 2
err_like '^dpo-merge: dropped a byte order mark$'
: >"$T/empty"
try 'an empty file' 0 dpo-merge "$T/empty"
out_is ''
err_is 'dpo-merge: read 0, written 0, duplicates 0, conflicts 0, rewritten 0, bad 0'
try 'a name with a newline, a quote and an escape' 0 dpo-merge "$(
    name=$T/'a"b	'
    cp "$T/a.jsonl" "$name"
    echo "$name"
)"
out_like '"source":".*/a\\"b\\t"'

# --- Every form, known by its content and never by its name.

one='{"prompt":"p1","chosen":"good 1","rejected":"bad 1","source":"s"}'
two='{"prompt":"p2","chosen":"good 2","rejected":"bad 2","source":"s"}'
form() { # NAME < what; expects the pairs 1 and 2
    cat >"$T/form.db"
    try "$1" 0 dpo-merge -q --source s "$T/form.db"
    bare
    out_is "$one
$two"
    err_is ''
    try "$1, from a pipe" 0 sh -c 'cat "$1" | dpo-merge -q --source s -' sh "$T/form.db"
    bare
    out_is "$one
$two"
}
(pair 1; pair 2) | form 'JSON Lines'
printf '[%s,%s]' "$(pair 1)" "$(pair 2)" | form 'one array on one line'
printf '[\n%s\n,\n%s\n]\n' "$(pair 1)" "$(pair 2)" | form 'an array over many lines'
printf ' \n\t[ {"prompt":\n"p1" , "chosen":"good 1","rejected" : "bad 1"\n},%s ] \n' "$(pair 2)" |
    form 'an array with white space inside records'
printf '{"train":[%s],"validation":[%s]}' "$(pair 1)" "$(pair 2)" | form 'a split file'
printf '{\n "version": {"a":[1,2]},\n "train": [\n%s],\n "n": 3,\n "validation": [\n%s\n]\n}\n' \
    "$(pair 1)" "$(pair 2)" | form 'a split file with labels of its own'
printf '{"data":[%s,%s],"empty":[]}' "$(pair 1)" "$(pair 2)" | form 'an object with one list'
printf '{\n"prompt":"p1","chosen":"good 1","rejected":"bad 1"}\n{"prompt":"p2","chosen":"good 2",\n"rejected":"bad 2"}' |
    form 'objects laid out over lines'
printf '\357\273\277[%s,%s]' "$(pair 1)" "$(pair 2)" >"$T/x"
try 'an array behind a byte order mark' 0 dpo-merge "$T/x"
check 'gives its records' test "$(wc -l <"$T/out")" = 2
printf '[]' | try 'an empty array' 0 dpo-merge
out_is ''

printf '{"train":[%s],"validation":[%s]}' "$(pair 1)" "$(pair 2)" >"$T/split"
try 'the first part of a split file' 0 dpo-merge -q --source s --part train "$T/split"
bare
out_is "$one"
try 'the second' 0 dpo-merge -q --source s --part validation "$T/split"
bare
out_is "$two"
try 'both' 0 dpo-merge -q --source s --part all "$T/split"
bare
out_is "$one
$two"

# What a record in another spelling becomes; --source s stands behind.
becomes() { # NAME RECORD WANTED
    printf '%s\n' "$2" >"$T/x"
    try "$1" 0 dpo-merge -q --source s "$T/x"
    bare
    out_is "${3%\}},\"source\":\"s\"}"
}
becomes 'messages stay messages' \
    '{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}' \
    '{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}'
becomes 'the prompt inside two conversations' \
    '{"chosen":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"rejected":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"b"}],"score_chosen":4.0,"score_rejected":1}' \
    '{"prompt":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}],"chosen_score":4.0,"rejected_score":1}'
becomes 'the prompt beside and inside (UltraFeedback)' \
    '{"prompt":"q","prompt_id":"1","chosen":[{"content":"q","role":"user"},{"content":"a","role":"assistant"}],"rejected":[{"content":"q","role":"user"},{"content":"b","role":"assistant"}],"messages":[1]}' \
    '{"prompt":[{"content":"q","role":"user"}],"prompt_id":"1","chosen":[{"content":"a","role":"assistant"}],"rejected":[{"content":"b","role":"assistant"}],"messages":[1]}'
becomes 'a text as prompt of messages' \
    '{"prompt":"q","chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}' \
    '{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}'
becomes 'messages as prompt of texts' \
    '{"prompt":[{"role":"user","content":"q"}],"chosen":"a","rejected":"b"}' \
    '{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}'
becomes 'from and value (ShareGPT)' \
    '{"conversations":[{"from":"human","value":"q"}],"chosen":{"from":"gpt","value":"a"},"rejected":{"from":"gpt","value":"b"}}' \
    '{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}'
becomes 'a dialogue as text: the last turn is the answer' \
    '{"chosen":"\n\nHuman: q\n\nAssistant: x\n\nHuman: r\n\nAssistant: a b","rejected":"\n\nHuman: q\n\nAssistant: x\n\nHuman: r\n\nAssistant: a c"}' \
    '{"prompt":"\n\nHuman: q\n\nAssistant: x\n\nHuman: r\n\nAssistant:","chosen":" a b","rejected":" a c"}'
becomes 'a dialogue beside its question' \
    '{"n":1,"rejected":"\n\nHuman: Hi\n\nAssistant: no","prompt":"Hi","chosen":"\n\nHuman: Hi\n\nAssistant: yes"}' \
    '{"n":1,"rejected":" no","prompt":"\n\nHuman: Hi\n\nAssistant:","chosen":" yes"}'
becomes 'or beside all of it, but for white space' \
    '{"prompt":"Human: Hi\n\nAssistant: ","chosen":"\n\nHuman: Hi\n\nAssistant: yes","rejected":"\u000a\u000aHuman: Hi\n\nAssistant: no"}' \
    '{"prompt":"\n\nHuman: Hi\n\nAssistant:","chosen":" yes","rejected":" no"}'
becomes 'or beside one of its questions' \
    '{"prompt":"Hi","chosen":"\n\nHuman: Hi\n\nAssistant: a\n\nHuman: b\n\nAssistant: yes","rejected":"\n\nHuman: Hi\n\nAssistant: a\n\nHuman: b\n\nAssistant: no"}' \
    '{"prompt":"\n\nHuman: Hi\n\nAssistant: a\n\nHuman: b\n\nAssistant:","chosen":" yes","rejected":" no"}'
becomes 'two dialogues that share no turn are two answers' \
    '{"prompt":"Write one","chosen":"\n\nHuman: A\n\nAssistant: yes","rejected":"\n\nHuman: B\n\nAssistant: no"}' \
    '{"prompt":"Write one","chosen":"\n\nHuman: A\n\nAssistant: yes","rejected":"\n\nHuman: B\n\nAssistant: no"}'
becomes 'texts that begin alike: the space goes to the answers' \
    '{"chosen":"2+2 is 4","rejected":"2+2 is 5"}' \
    '{"prompt":"2+2 is","chosen":" 4","rejected":" 5"}'
becomes 'characters are never cut' \
    '{"chosen":"x é","rejected":"x è"}' '{"prompt":"x","chosen":" é","rejected":" è"}'
becomes 'one answer begins the other' '{"chosen":"abc","rejected":"abcd"}' \
    '{"prompt":"ab","chosen":"c","rejected":"cd"}'
becomes 'instruction and input (Alpaca)' \
    '{"instruction":"do","input":"this","chosen":"a","rejected":"b"}' \
    '{"prompt":"do\n\nthis","chosen":"a","rejected":"b"}'
becomes 'two answers and a preference' \
    '{"question":"q","response_a":"x","response_b":"y","preference":"b"}' \
    '{"prompt":"q","rejected":"x","chosen":"y"}'
becomes 'scores in another spelling' \
    '{"prompt":"q","chosen":"a","rejected":"b","chosen-rating":0.10,"rejected-rating":1e-1,"annotator-id":3}' \
    '{"prompt":"q","chosen":"a","rejected":"b","chosen_score":0.10,"rejected_score":1e-1,"annotator_id":3}'
becomes 'labels inside metadata are taken out, metadata stays' \
    '{"prompt":"q","chosen":"a","rejected":"b","metadata":{"consensus_strength":0.80,"topic":"t","category":"c"}}' \
    '{"prompt":"q","chosen":"a","rejected":"b","metadata":{"consensus_strength":0.80,"topic":"t","category":"c"},"topic":"t","consensusStrength":0.80}'
becomes 'null is as good as absent' \
    '{"prompt":"q","chosen":"a","rejected":"b","topic":null,"other":null}' \
    '{"prompt":"q","chosen":"a","rejected":"b","other":null}'

# --- Who spoke last in the prompt.

for last in user assistant tool assistant; do
    printf '{"prompt":[{"role":"user","content":"p"},{"role":"%s","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}\n' $last
done >"$T/x"
try 'a prompt that ends with an answer is told' 0 dpo-merge --duplicates keep "$T/x"
err_is "dpo-merge: warning: $T/x:2: the prompt ends with neither a user's nor a tool's message (2 records in all); dpo-filter --user-last drops them
dpo-merge: read 4, written 4, duplicates 1, conflicts 0, rewritten 0, bad 0"

# --- --map.

printf '%s\n' '{"ask":"q","best":"a","worst":"b","meta":{"deep":{"kind":"k"}},"topic":"old"}' >"$T/x"
try '--map with names and dotted paths' 0 dpo-merge -q --source s --map prompt=ask \
    --map chosen=best --map rejected=worst --map annotator_id=meta.deep.kind "$T/x"
bare
out_is '{"prompt":"q","chosen":"a","rejected":"b","meta":{"deep":{"kind":"k"}},"topic":"old","annotator_id":"k","source":"s"}'
printf '%s\n' '{"pair":{"q":"q","y":["a"],"a":"a","b":"b"},"dotted.name":"t"}' >"$T/x"
try '--map takes the texts from below' 0 dpo-merge -q --source s --map prompt=pair.q \
    --map chosen=pair.a --map rejected=pair.b --map topic=dotted.name "$T/x"
out_like '"prompt":"q"'
out_like '"chosen":"a"'
out_like '"rejected":"b"'
out_like '"topic":"t"'

# --- Equal records.

(pair 1 '"n":1,"consensusStrength":0.5'; pair 2; pair 1 '"n":2,"consensusStrength":0.9'
 pair 1 '"n":3') >"$T/dup"
kept() { # NAME WANTED OPTION...: the n of the records with p1
    name=$1 want=$2
    shift 2
    try "$name" 0 dpo-merge "$@" "$T/dup"
    check "$name: keeps $want" test "$(sed -n 's/.*"n":\([0-9]\).*/\1/p' "$T/out" | tr -d '\n')" = "$want"
}
kept 'the first of equals stays' 1
err_like 'read 4, written 2, duplicates 2, conflicts 0'
kept 'or by name' 1 --duplicates first
kept 'the last' 3 --duplicates last
err_like 'written 2, duplicates 2'
kept 'the strongest' 2 --duplicates strongest
kept 'all' 123 --duplicates keep
err_like 'read 4, written 4, duplicates 2'
printf '%s\n' '{"promt":"Lock?","chosen":"Yes.","rejected":"You wait."}' \
    '{"chosen":"Q: 1? A: a","rejected":"Q: 1? A: b"}' >"$T/misspelt"
try 'a prompt under a misspelt name' 0 dpo-merge "$T/misspelt"
err_like "^dpo-merge: warning: $T/misspelt:1: no prompt, and the answers share but the start of a word\$"
check 'is told once' test "$(grep -c warning "$T/err")" = 1
sed 's/}$/,"annotator":"ann"}/' "$T/dup" >"$T/judged"
for mode in first strongest; do
    try "where people judged, $mode" 0 dpo-merge --duplicates $mode "$T/judged"
    err_like '^dpo-merge: 2 duplicates name who judged them.*--duplicates keep$'
done
try 'where people judged, all' 0 dpo-merge --duplicates keep "$T/judged"
check 'nothing is said of it' sh -c '! grep -q "who judged" "$1"' sh "$T/err"
try 'equals are an error' 1 dpo-merge --duplicates error "$T/dup"
err_is "dpo-merge: $T/dup:3: the same pair as in $T/dup:1"
pair 2 >"$T/again"
try 'equals in two files' 0 dpo-merge -q "$T/b.jsonl" "$T/again"
check 'go once' test "$(wc -l <"$T/out")" = 1
out_like 'b\.jsonl'
printf '%s\n' '{"prompt":"p","chosen":"a","rejected":"b"}' '{"prompt":"p","chosen":"c","rejected":"d"}' >"$T/x"
try 'pairs of one prompt are two pairs' 0 dpo-merge -q --by pair "$T/x"
check 'both stay' test "$(wc -l <"$T/out")" = 2
try 'unless prompts are compared' 0 dpo-merge -q --by prompt "$T/x"
check 'one stays' test "$(wc -l <"$T/out")" = 1
try 'an error by prompt' 1 dpo-merge --by prompt --duplicates error "$T/x"
err_is "dpo-merge: $T/x:2: the same prompt as in $T/x:1"
printf '%s\n' '{"prompt":"p","chosen":"a","rejected":"b"}' >"$T/x"
printf '%s\n' '{"prompt":"p","chosen":"b","rejected":"a"}' >"$T/y"
try 'swapped answers are a conflict' 0 dpo-merge "$T/x" "$T/y"
check 'both stay' test "$(wc -l <"$T/out")" = 2
err_is "dpo-merge: warning: conflict: $T/y:1: chosen and rejected are swapped in $T/x:1
dpo-merge: read 2, written 2, duplicates 0, conflicts 1, rewritten 0, bad 0"
try 'also where all is read first' 0 dpo-merge --duplicates strongest "$T/x" "$T/y"
err_like 'conflicts 1'
cat "$T/y" "$T/x" >"$T/z"
try 'and each of them has its own duplicates' 0 dpo-merge "$T/x" "$T/y" "$T/z" "$T/z"
err_like 'read 6, written 2, duplicates 4, conflicts 1,'
try 'also the last ones' 0 dpo-merge -q --duplicates last "$T/x" "$T/y" "$T/z"
check 'both stay, from the last file' test "$(grep -c "\"source\":\"$T/z\"" "$T/out")" = 2
try 'an error names the right one' 1 dpo-merge --duplicates error "$T/x" "$T/z"
err_is "dpo-merge: $T/z:2: the same pair as in $T/x:1"

# --- Bad records.

(pair 1; echo '{"prompt":"p","chosen":7,"rejected":"b"}'; pair 2; printf '\377 "\n') >"$T/x"
try 'a bad record ends the run' 1 dpo-merge "$T/x"
err_is "dpo-merge: $T/x:2: 'chosen' is a number, not a string or a list of messages"
try 'too many bad records' 1 dpo-merge --skip-bad 1 -o "$T/o" --rejects "$T/r" "$T/x"
err_like "^dpo-merge: .*/x:4: "
check 'no output' test ! -e "$T/o"
check 'no rejects' test ! -e "$T/r"
try 'as many as allowed' 0 dpo-merge --skip-bad 2 --rejects "$T/r" "$T/x"
check 'the good ones are written' test "$(wc -l <"$T/out")" = 2
err_like "^dpo-merge: warning: skipped $T/x:2: 'chosen' is a number"
err_like '^dpo-merge: read 4, written 2, .*bad 2$'
try 'rejects tell where, why and what' 0 cat "$T/r"
out_like '^\{"_reason":"'"'chosen' is a number.*\",\"_file\":\".*/x\",\"_line\":2,\"_text\":\"\\{.*chosen.*7"
check 'each is one line' test "$(wc -l <"$T/r")" = 2
printf '{"train":[%s,\n{"prompt":1},\n%s]}' "$(pair 1)" "$(pair 2)" >"$T/x"
try 'the line of a bad record in a document' 1 dpo-merge "$T/x"
err_like "^dpo-merge: $T/x:2: "
try 'is skipped like any other' 0 dpo-merge -q --skip-bad 1 "$T/x"
check 'the rest is written' test "$(wc -l <"$T/out")" = 2

# --- The debate database.

cat >"$T/schema.sql" <<'END_SQL'
CREATE TABLE debates(id TEXT PRIMARY KEY, topic TEXT, status TEXT);
CREATE TABLE training_pairs(debate_id TEXT, prompt TEXT, chosen TEXT, rejected TEXT,
    consensus_strength REAL, weight REAL, n INTEGER);
INSERT INTO debates VALUES ('d1', 'rates', 'completed'), ('d2', 'fees', 'active'),
    ('d3', 'fees', 'abandoned'), ('d4', NULL, 'completed');
INSERT INTO training_pairs VALUES
    ('d1', 'p1', 'good 1', 'bad 1', 0.8, 0.1, 9007199254740993),
    ('d2', 'p2', 'good 2', 'bad 2', 0.9, 1, 1),
    ('d3', 'p3', 'good 3', 'bad 3', 0.9, 1, 1),
    ('d4', 'p4', 'say "é"', 'bad 4', NULL, NULL, NULL),
    ('gone', 'p5', 'good 5', 'bad 5', 0.9, 1, 1);
END_SQL
sqlite3 "$T/debates" <"$T/schema.sql"
try 'only pairs of completed debates' 0 dpo-merge "$T/debates"
bare
out_is '{"debate_id":"d1","prompt":"p1","chosen":"good 1","rejected":"bad 1","consensusStrength":0.8,"weight":0.1,"n":9007199254740993,"topic":"rates","source":"debate:d1"}
{"debate_id":"d4","prompt":"p4","chosen":"say \"é\"","rejected":"bad 4","source":"debate:d4"}'
err_like 'read 2, written 2'
pair 1 >"$T/mapped"
try 'a map that no record has' 0 dpo-merge --map chosen=typo --map topic=meta.typo --map rejected=rejected "$T/mapped"
err_like '^dpo-merge: .*--map chosen=typo was not used: no record has this name$'
err_like 'map topic=meta.typo was not used'
check 'and nothing of one that it has' sh -c '! grep -q rejected=rejected "$1"' sh "$T/err"
echo '{"prompt":"p","answer_a":"x","answer_b":"y","preference":"tie"}' >"$T/tie"
try 'a preference for neither' 1 dpo-merge "$T/tie"
err_is "dpo-merge: $T/tie:1: 'preference' is \"tie\", not \"a\", \"b\", 0 or 1"

try 'a query of our own' 0 dpo-merge -q --source s \
    --query 'SELECT prompt AS question, chosen, rejected, n AS topic FROM training_pairs WHERE n = 1;' \
    "$T/debates"
bare
out_is '{"prompt":"p2","chosen":"good 2","rejected":"bad 2","topic":1,"source":"s"}
{"prompt":"p3","chosen":"good 3","rejected":"bad 3","topic":1,"source":"s"}
{"prompt":"p5","chosen":"good 5","rejected":"bad 5","topic":1,"source":"s"}'
cp "$T/debates" "$T/unasked"
sqlite3 "$T/unasked" "INSERT INTO training_pairs VALUES ('d1', NULL, 'Yes, now.', 'You wait.', 0.8, 1, 1)"
try 'a row without a prompt' 1 dpo-merge "$T/unasked"
err_like "^dpo-merge: $T/unasked:3: column 'prompt' holds NULL"
cp "$T/debates" "$T/a?b#c%20.jsonl"
try 'an odd name' 0 dpo-merge -q "$T/a?b#c%20.jsonl"
check 'is opened as it is' test "$(wc -l <"$T/out")" = 2
cp "$T/debates" "$T/wal"
try 'a database in WAL mode' 0 sqlite3 "$T/wal" 'PRAGMA journal_mode=wal; UPDATE debates SET topic = 1;'
try 'is read' 0 dpo-merge -q "$T/wal"
check 'whole' test "$(wc -l <"$T/out")" = 2
before=$(sha256sum <"$T/debates")
try 'as it is, --immutable' 0 dpo-merge -q --immutable "$T/debates"
check 'reads the same' test "$(wc -l <"$T/out")" = 2
check 'the database is untouched' test "$before" = "$(sha256sum <"$T/debates")"
check 'and nothing was left beside it' sh -c '! ls "$1"/debates-*' sh "$T"
try 'several kinds at once' 0 dpo-merge "$T/debates" "$T/split" "$T/b.jsonl" data/arabic/nested.json
err_like 'read 80, written 78, duplicates 2,'

# --- The data of the project.

if [ -e build/data/debates.db ]; then
    try 'the mortgage debates' 0 dpo-merge build/data/debates.db
    check '300 pairs of completed debates' test "$(wc -l <"$T/out")" = 300
    cp "$T/out" "$T/pairs"
    try 'above 0.7' 0 dpo-filter --min-consensus 0.7 "$T/pairs"
    check '200 pairs' test "$(wc -l <"$T/out")" = 200
    check 'each has an id of its own' \
        test "$(sed 's/.*"id":\("[^"]*"\).*/\1/' "$T/out" | sort -u | wc -l)" = 200
else
    skip 'the mortgage debates' 'build/data/debates.db is not there (make tests makes it)'
fi
if [ -e data/mortgage/seed.json ]; then
    try 'the mortgage seed, an array' 0 dpo-merge data/mortgage/seed.json
    err_like 'read 168, written 168,'
fi

# --- The same bytes however many threads.

awk 'BEGIN {
    for (i = 0; i < 5000; i++) {
        text = ""
        for (j = i % 50; j >= 0; j--) text = text " word" (i * j) % 997
        printf "{\"prompt\":\"q%d\",\"chosen\":\"a%s\",\"rejected\":\"b%s\",\"n\":%d}\n", i % 4000, text, text, i
    }
}' >"$T/many"
for mode in first last strongest; do
    dpo-merge -q --threads 1 --duplicates $mode "$T/many" "$T/dup" >"$T/want"
    for threads in 2 7; do
        try "$threads threads, $mode" 0 \
            dpo-merge -q --threads $threads --duplicates $mode "$T/many" "$T/dup"
        out_file_is "$T/want"
    done
done
check 'from a slow pipe too' sh -c '(head -c 100000 "$1"; sleep 0.1; tail -c +100001 "$1"; cat "$2") |
    dpo-merge -q --source s | cmp - "$3"' sh "$T/many" "$T/dup" "$(
    dpo-merge -q --source s "$T/many" "$T/dup" >"$T/want"
    echo "$T/want"
)"

# --- What every tool has.

cp "$T/b.jsonl" "$T/o"
try '-o writes a file' 0 dpo-merge -q -o "$T/o" "$T/a.jsonl"
out_is ''
check 'over the old one' grep -q '"p1"' "$T/o"
try '--output is the same' 0 dpo-merge -q --output "$T/o2" "$T/a.jsonl"
check 'byte for byte' cmp "$T/o" "$T/o2"
try 'the output may be an input' 0 dpo-merge -q -o "$T/o" "$T/o" "$T/b.jsonl"
check 'it has both' test "$(wc -l <"$T/o")" = 2
try '-o - is standard output' 0 dpo-merge -q -o - "$T/a.jsonl"
out_like p1
try '--json talks in JSON' 0 dpo-merge --json "$T/dup"
err_is '{"tool":"dpo-merge","read":4,"written":2,"duplicates":2,"conflicts":0,"rewritten":0,"bad":0}'
try 'errors too' 1 dpo-merge --json "$T/none"
err_is '{"tool":"dpo-merge","error":"'"$T"'/none: No such file or directory"}'
try '--seal ends the stream with its count' 0 dpo-merge -q --seal --source s "$T/a.jsonl" "$T/b.jsonl"
out_like '^\{"_end":2\}$'
cp "$T/out" "$T/sealed"
try 'a sealed stream is read again' 0 dpo-merge -q "$T/sealed"
check 'without its seal' test "$(wc -l <"$T/out")" = 2
sed 1d "$T/sealed" >"$T/short"
try 'a seal that counts more' 1 dpo-merge "$T/short"
err_is "dpo-merge: $T/short: the seal says 2 records, but 1 came"
printf '%s\n' '# all' 'source = from the file' ' part=train ' '' >"$T/conf"
try '--config' 0 dpo-merge -q --config "$T/conf" "$T/split"
check 'gives the part' test "$(wc -l <"$T/out")" = 1
out_like '"source":"from the file"'
try 'the command line wins' 0 dpo-merge -q --config "$T/conf" --part all --source s "$T/split"
out_like '"source":"s"'
try '--lock' 0 dpo-merge -q --lock "$T/lock" "$T/a.jsonl"
check 'names its holder' grep -Eq ' [0-9]+$' "$T/lock"
try '--completion' 0 dpo-merge --completion
out_like 'complete .*dpo-merge'
try '--help' 0 dpo-merge --help
out_like '^usage: dpo-merge '
try '--version' 0 dpo-merge --version
out_is "dpo-merge (dpo-tools) $(cat VERSION)"
done_testing
