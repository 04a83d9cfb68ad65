# shellcheck shell=sh
# Makes the files that tests/cli/bad/catalogue speaks of, in the working directory.

G='{"prompt":"p","chosen":"a","rejected":"b"}'
gb='"prompt":"p","chosen":"a","rejected":"b"'

# line NAME FORMAT [ARGUMENT...]: NAME.jsonl has a good line and then this one.
line() {
    name=$1.jsonl format=$2
    shift 2
    # shellcheck disable=SC2059 # the format is the test's own
    (echo "$G" && printf "$format\n" "$@") >"$name"
}
# with NAME MEMBERS: a good pair with these members too, in line 2.
with() {
    line "$1" '{%s,%s}' "$gb" "$2"
}
# texts NAME PROMPT CHOSEN REJECTED: as they stand, in line 2.
texts() {
    line "$1" '{"prompt":%s,"chosen":%s,"rejected":%s}' "$2" "$3" "$4"
}
repeat() { # COUNT TEXT
    awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}

printf '%s\n' "$G" >good.jsonl

# --- JSON that is none.
line cut '{"prompt":"p"'
line cut-string '{"prompt":"p","chosen":"a'
line cut-escape '{"prompt":"p\\'
line cut-unicode '{"prompt":"p\\u12"}'
line cut-value '{"prompt":'
printf '%s\n{"prompt":"p","cho' "$G" >unfinished.jsonl
line nul-raw '{"prompt":"p\0q","chosen":"a","rejected":"b"}'
line nul-between '{"prompt":\0"p","chosen":"a","rejected":"b"}'
line nul-key '{"\\u0000":1,%s}' "$gb"
line high-alone '{"prompt":"\\ud800"}'
line low-alone '{"prompt":"\\udc00"}'
line surrogates-swapped '{"prompt":"\\udc00\\ud800"}'
line high-twice '{"prompt":"\\ud800\\ud800"}'
line overlong '{"prompt":"\300\200"}'
line overlong3 '{"prompt":"\340\200\257"}'
line byte-ff '{"prompt":"\377"}'
line continuation '{"prompt":"\200"}'
line utf8-surrogate '{"prompt":"\355\240\200"}'
line utf8-beyond '{"prompt":"\364\220\200\200"}'
line utf8-cut '{"prompt":"\342\202"}'
line latin1 '{"prompt":"caf\351"}'
line utf8-key '{"\377":1}'
for value in NaN Infinity -Infinity 01 1. .5 +1 1e - 0x10 True tru nul undefined 1_000 "'x'" '[1,]' \
    '{"a":1,}' '[,1]' '{,}' '[1 2]' '{"a" 1}' '{"a":}' '{a:1}' '{1:1}' '[1}' '(1)' '\"'; do
    bad_values=$((${bad_values:-0} + 1))
    with "value$bad_values" "\"x\":$value"
done
line comma-last '{%s,}' "$gb"
line comma-missing '{"prompt":"p" "chosen":"a","rejected":"b"}'
line comment '{%s} // note' "$gb"
line comment-c '{/* note */%s}' "$gb"
line python "{'prompt':'p','chosen':'a','rejected':'b'}"
line two '%s%s' "$G" "$G"
line garbage '%s x' "$G"
line closed-twice '%s}' "$G"
line number 7
line string '"%s"' text
line null null
line list '[%s]' "$G"
line form-feed '{\f%s}' "$gb"
line no-break '{\302\240%s}' "$gb"
line bom-middle '\357\273\277%s' "$G"
line tab-raw '{"prompt":"a\tb"}'
line control-raw '{"prompt":"a\001b"}'
line newline-raw '{"prompt":"a\nb"}'
line escape-x '{"prompt":"\\x41"}'
line escape-quote "{\"prompt\":\"\\\\'\"}"
with twice '"chosen":"c"'
with twice-other '"x":1,"y":2,"x":1'
with twice-escaped '"\u0063hosen":"c"'
with twice-below '"x":[{"k":1,"k":2}]'
with deep65 "\"x\":$(repeat 64 '[')$(repeat 64 ']')"
with deep2049 "\"x\":$(repeat 2049 '[')$(repeat 2049 ']')"
(echo "$G" && printf '{"x":' && repeat 1000000 '{"x":' && echo) >deep-million.jsonl
(echo "$G" && printf '{"prompt":"' && head -c 67200000 /dev/zero | tr '\0' p && printf '","chosen":"a","rejected":"b"}\n%s\n' "$G") >long.jsonl
(printf '{"prompt":"' && head -c 67200000 /dev/zero | tr '\0' p && printf '","chosen":"a","rejected":"b"}\n') >long-first.jsonl
(printf '[{"prompt":"' && head -c 67200000 /dev/zero | tr '\0' p && printf '","chosen":"a","rejected":"b"}]') >long-array.json

# --- Records that are no pairs.
line empty-object '{}'
line no-prompt '{"chosen":"a","rejected":"b"}'
line no-chosen '{"prompt":"p","rejected":"b"}'
line no-rejected '{"prompt":"p","chosen":"b"}'
line capitals '{"Prompt":"p","Chosen":"a","Rejected":"b"}'
texts null-chosen '"p"' null '"b"'
texts number-prompt 7 '"a"' '"b"'
texts number-chosen '"p"' 7 '"b"'
texts true-rejected '"p"' '"a"' true
texts object-chosen '"p"' '{"a":1}' '"b"'
texts list-of-texts '["p"]' '["a"]' '["b"]'
texts no-messages '[]' '[]' '[]'
m='[{"role":"user","content":"p"}]'
texts list-and-text '"p"' '[{"role":"assistant","content":"a"}]' '"b"'
texts no-role "$m" '[{"content":"a"}]' "$m"
texts no-content "$m" '[{"role":"assistant"}]' "$m"
texts null-content "$m" '[{"role":"assistant","content":null}]' "$m"
texts list-content "$m" '[{"role":"assistant","content":["a"]}]' "$m"
texts unknown-role "$m" '[{"role":"narrator","content":"a"}]' "$m"
texts number-role "$m" '[{"role":1,"content":"a"}]' "$m"
texts user-answers "$m" '[{"role":"user","content":"a"}]' '[{"role":"assistant","content":"b"}]'
texts system-answers "$m" '[{"role":"assistant","content":"a"}]' '[{"role":"system","content":"b"}]'
texts nested-list "$m" '[[{"role":"assistant","content":"a"}]]' "$m"
texts empty-chosen '"p"' '""' '"b"'
texts blank-prompt '" \n\t"' '"a"' '"b"'
texts same '"p"' '"a"' '"\u0061"'
with id-list '"id":[1]'
with source-number '"source":1'
with topic-object '"topic":{"a":1}'
with consensus-text '"consensusStrength":"0.8"'
with consensus-high '"consensusStrength":1.5'
with consensus-low '"consensusStrength":-0.1'
with consensus-huge '"consensusStrength":1e400'
with score-text '"chosen_score":"9"'
with score-huge '"rejected_score":1e400'
with annotator-object '"annotator_id":{"name":"x"}'
with answer-list '"answer":["a"]'
with system-number '"system":1'
line unlike '{"chosen":"abc","rejected":"xyz"}'
line unlike-lists '{"chosen":[{"role":"user","content":"a"}],"rejected":[{"role":"user","content":"b"}]}'
line other-prompt '{"prompt":"x","chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}'
line ranked '{"prompt":"p","completions":["a","b"]}'

# --- Files that are something else.
mkdir folder
printf '\037\213\010\000data and some more of it, so that it is long enough\n' >gzip
printf '\050\265\057\375data and some more of it, so that it is long enough\n' >zstd
printf 'BZh91AY&SYdata and some more of it, so that it is long enough\n' >bzip2
printf '\3757zXZ\000data and some more of it, so that it is long enough\n' >xz
printf 'PK\003\004data and some more of it, so that it is long enough\n' >zip
printf 'PAR1data and some more of it, so that it is long enough\n' >parquet
printf 'ARROW1\000\000data and some more of it, so that it is long enough\n' >arrow
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >lfs
(printf '\377\376' && echo "$G" | sed 's/./&\n/g' | tr '\n' '\0') >utf16le
(printf '\376\377\0{\0"\0p') >utf16be
printf '{\0"\0p\0r\0o\0' >utf16-bare
head -c 5000 /dev/zero >zeros
printf 'prompt,chosen,rejected\np,a,b\n' >table.csv
printf 'prompt: p\nchosen: a\n' >data.yaml
printf '<!DOCTYPE html><html><body>404</body></html>\n' >page.html
printf '\200\004\225pickle' >pickle
head -c 300 "$(command -v env)" >program
cp good.jsonl "$(printf 'escape\033[31m.jsonl')"
printf 'x' >>"$(printf 'escape\033[31m.jsonl')"

# --- Documents.
printf '[' >open.json
printf '[%s' "$G" >open2.json
printf '[%s,\n' "$G" >open3.json
printf '[%s,{"prompt":"p' "$G" >cut-inside.json
printf '[,%s]' "$G" >comma-first.json
printf '[%s,]' "$G" >comma-end.json
printf '[%s %s]' "$G" "$G" >comma-none.json
printf '[%s]\nx' "$G" >behind.json
printf '[%s][%s]' "$G" "$G" >arrays.json
printf '[%s,\n7]' "$G" >scalar.json
printf '[%s,\n"text"]' "$G" >text.json
printf '[%s,\n[%s]]' "$G" "$G" >nested-array.json
printf '[%s,\n{"a":tru}]' "$G" >word.json
printf '[%s,\n{%s,"x":01}]' "$G" "$gb" >number.json
printf '[%s,\n{%s,"chosen":"c"}]' "$G" "$gb" >twice.json
printf '[%s,\n{%s,"x":"\377"}]' "$G" "$gb" >bytes.json
printf '[%s,\n{%s,"x":"a\nb"}]' "$G" "$gb" >newline.json
printf '[%s,\n{%s]' "$G" "$gb" >mismatch.json
printf '{"train":[%s]' "$G" >split-open.json
printf '{"train":[%s],' "$G" >split-open2.json
printf '{"train":[%s],"validation":[%s' "$G" "$G" >split-cut.json
printf '{"train":[%s] "validation":[%s]}' "$G" "$G" >split-comma.json
printf '{"train":[%s]}x' "$G" >split-behind.json
printf '{"train":[%s],7:[]}' "$G" >split-key.json
printf '{"train":[%s],"validation" [%s]}' "$G" "$G" >split-colon.json
printf '{"train":[%s,\n7]}' "$G" >split-scalar.json
printf '{"train":{"0":%s}}\n' "$G" >split-object.json
printf '{"prompt":"p",\n"chosen":"a"\n' >pretty-cut.json
printf '{"prompt":"p",\n"chosen" "a"}' >pretty-colon.json
printf '{"prompt":"p",\n"chosen":"a"}\n' >pretty-missing.json

# --- Databases.
sql() { # NAME SQL
    rm -f "$1"
    printf '%s\n' "$2" | sqlite3 "$1"
}
schema='CREATE TABLE debates(id, topic, status); CREATE TABLE training_pairs(debate_id, prompt, chosen, rejected, consensus_strength);
INSERT INTO debates VALUES (1, NULL, '"'completed'"'), (2, NULL, '"'active'"');'
row() { # NAME PROMPT CHOSEN REJECTED STRENGTH
    sql "$1" "$schema INSERT INTO training_pairs VALUES (1, 'p', 'a', 'b', 0.8), (1, $2, $3, $4, $5);"
}
row good.db "'q'" "'a'" "'b'" 0.8
row blob.db "'q'" "x'00ff'" "'b'" 0.8
row blob-huge.db "'q'" 'zeroblob(70000000)' "'b'" 0.8
row bytes.db "'q'" "CAST(x'61ff' AS TEXT)" "'b'" 0.8
row number.db "'q'" 7 "'b'" 0.8
row null.db "'q'" NULL "'b'" 0.8
row empty.db "'q'" "''" "'b'" 0.8
row same.db "'q'" "'a'" "'a'" 0.8
row strong.db "'q'" "'a'" "'b'" 1.5
row strength.db "'q'" "'a'" "'b'" "'high'"
row infinite.db "'q'" "'a'" "'b'" 9e999
sql no-tables.db 'CREATE TABLE other(a);'
sql no-column.db 'CREATE TABLE debates(id, status); CREATE TABLE training_pairs(debate_id, prompt, chosen);'
sql no-status.db 'CREATE TABLE debates(id); CREATE TABLE training_pairs(debate_id, prompt, chosen, rejected);'
sql views.db 'CREATE TABLE debates(id, status); CREATE TABLE t(debate_id, prompt, chosen, rejected); CREATE VIEW training_pairs AS SELECT * FROM t;'
sql evil.db "CREATE TABLE t(a); CREATE VIEW v AS SELECT load_extension('/tmp/x');"
sql big.db "$schema WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)
INSERT INTO training_pairs SELECT 1, 'p' || n, 'a' || hex(zeroblob(100)), 'b', 0.8 FROM c;"
cp big.db damaged.db
head -c 40000 /dev/urandom | dd of=damaged.db bs=1 seek=200000 conv=notrunc 2>/dev/null
head -c 100000 big.db >half.db
head -c 100 big.db >header.db
(printf 'SQLite format 3\0' && head -c 5000 /dev/zero) >fake.db
(printf 'SQLite format 3\0' && head -c 8000 /dev/urandom) >noise.db

# --- Configurations.
echo 'quiet' >no-value.conf
echo 'colour = red' >unknown.conf
printf '# fine\nthreads = many\n' >value.conf
echo 'quiet = maybe' >flag.conf
echo '= 7' >nameless.conf
printf 'quiet = yes\0\nthreads = 0\n' >nul.conf
(head -c 1100000 /dev/zero | tr '\0' '#') >large.conf
printf 'duplicates = some\n' >choice.conf

# --- Other data.
(echo "$G" && echo '{"_end":5}') >seal-more.jsonl
(echo "$G" && echo "$G" && echo '{"_end":1}') >seal-fewer.jsonl
(echo "$G" && echo '{"_end":1}' && echo "$G") >seal-inside.jsonl
(echo "$G" && echo '{"_end":-1}') >seal-negative.jsonl
(echo "$G" && echo '{"_end":"1"}') >seal-text.jsonl
echo '{"question":7}' >quiz-number.jsonl
echo '{"q":"x"}' >quiz-none.jsonl
echo '{"prompt":"' >quiz-cut.jsonl
awk 'BEGIN { for (i = 0; i < 12; i++) printf "{\"prompt\":\"q%d\",\"chosen\":\"a\",\"rejected\":\"b\",\"k\":%d}\n", i, (i > 0) }' >classes.jsonl
mkdir -p part-folder/train.jsonl
echo text >plain
