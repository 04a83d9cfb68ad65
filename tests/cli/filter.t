# dpo-filter: each rule, on both sides of its edge, and what is said about it.
. "${0%/*}/../tap.sh"

# keeps NAME 'WHICH' OPTION... < records: the "n" of the records that stay, in their order.
keeps() {
    name=$1 want=$2
    shift 2
    try "$name" 0 dpo-filter "$@"
    got=$(sed -n 's/.*"n":\([0-9]*\).*/\1/p' "$T/out" | tr '\n' ' ')
    check "$name: keeps $want" test "$got" = "${want:+$want }"
}
# text N PROMPT CHOSEN REJECTED [MEMBERS]: the texts are JSON already, without their quotes.
text() {
    printf '{"n":%s,"prompt":"%s","chosen":"%s","rejected":"%s"%s}\n' "$1" "$2" "$3" "$4" "${5:+,$5}"
}
pair() { # N [MEMBERS]
    text "$1" "p$1" "good $1" "bad $1" "${2:-}"
}

# --- No rule: what cannot teach goes, the rest passes byte for byte.

odd='"a":1e400,"b":0.10000000000000001,"c":-0,"d":"\u00e9\/","h": [ 1 , {"z":null}],"":"é😀"'
(pair 1 "$odd"; text 2 ' ' a b; text 3 p '' b; text 4 p a '\t\n'; text 5 p same same) >"$T/x"
keeps 'empty and equal answers go' 1 --rejects "$T/r" "$T/x"
out_is "$(pair 1 "$odd")"
err_is 'dpo-filter: read 5, kept 1, dropped 4 (blank 3, identical 1)'
try 'rejects say by which rule' 0 cat "$T/r"
out_like '^\{"n":2,.*"_reason":"blank"\}$'
out_like '^\{"n":5,.*"_reason":"identical"\}$'
check 'all of them' test "$(wc -l <"$T/r")" = 4
printf ' %s \r\n\n{ "rejected" : "b" ,"n": 7,"chosen":"a","prompt":"p" }' "$(pair 1)" |
    try 'only the white space around a record goes' 0 dpo-filter -q
out_is "$(pair 1)
"'{ "rejected" : "b" ,"n": 7,"chosen":"a","prompt":"p" }'
err_is ''
pair 1 >"$T/1"
pair 2 >"$T/2"
pair 3 | keeps 'files in their order, - is standard input' '2 3 1' "$T/2" - "$T/1"
try 'a file without an end of line does not swallow the next' 0 sh -c \
    'printf %s "$(cat "$1")" >"$3"; dpo-filter -q "$3" "$2"' sh "$T/1" "$T/2" "$T/x"
out_is "$(pair 1)
$(pair 2)"
: >"$T/empty"
try 'an empty input' 0 dpo-filter "$T/empty"
out_is ''
err_is 'dpo-filter: read 0, kept 0, dropped 0'
printf '%s\n' '{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}],"n":1}' |
    keeps 'messages are texts too' 1 --max-chars 1

# --- Roles.

talk() { # N ROLE-OF-THE-LAST-PROMPT-MESSAGE ROLE-OF-CHOSEN
    printf '{"n":%s,"prompt":[{"role":"user","content":"p"},{"role":"%s","content":"q"}],"chosen":[{"role":"%s","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}\n' "$@"
}
(talk 1 user assistant; talk 2 assistant assistant; talk 3 tool assistant; talk 4 system assistant
 pair 5) >"$T/x"
keeps 'who spoke last does not matter' '1 2 3 4 5' "$T/x"
keeps 'or it must be a user or a tool' '1 3 5' --user-last "$T/x"
err_like 'dropped 2 \(user-last 2\)'
talk 1 user user | try 'the user gives no answers' 1 dpo-filter
err_is "dpo-filter: standard input:1: 'chosen': it begins with a message of the role \"user\", not \"assistant\""

# --- Consensus: strict, and only for debates.

(pair 1 '"consensusStrength":0.7,"source":"debate:a"'
 pair 2 '"consensusStrength":0.71,"source":"debate:a"'
 pair 3 '"source":"debate:a"'
 pair 4
 pair 5 '"consensusStrength":null,"source":"debate:a"'
 pair 6 '"consensusStrength":0.70000000000000001,"debateId":"a"'
 pair 7 '"debateId":"a"'
 pair 8 '"consensusStrength":1,"source":"debate:a"') >"$T/x"
keeps 'consensus: above 0.7, strictly' '2 4 8' --min-consensus 0.7 "$T/x"
err_is 'dpo-filter: consensus goes from 0.7 to 1; above 0.7 is kept
dpo-filter: read 8, kept 3, dropped 5 (min-consensus 5)'
keeps 'debates without a strength too' '2 3 4 5 7 8' --min-consensus 0.7 --keep-unrated "$T/x"
keeps 'the other ones' '1 3 5 6 7' --min-consensus 0.7 --invert "$T/x"
pair 1 '"consensusStrength":0.6666666666666666,"source":"debate:a"' |
    keeps 'three debaters never give more than 0.7' '' --min-consensus 0.7
err_like '^dpo-filter: warning: nothing is left of 1 records$'
err_like '^dpo-filter: warning: min-consensus dropped 1: .*three debaters never give more than 0.667'
(pair 1 '"source":"seed"'
 pair 2 '"consensusStrength":0.6666666666666666,"source":"debate:a"') >"$T/x"
keeps 'nor beside seeds that hide it' 1 --min-consensus 0.7 "$T/x"
err_like '^dpo-filter: warning: min-consensus keeps none of these: .*three debaters never give more than 0.667'
keeps 'what is lower than the strongest' '1 2' --min-consensus 0.6 "$T/x"
err_is 'dpo-filter: consensus goes from 0.666667 to 0.666667; above 0.6 is kept
dpo-filter: read 2, kept 2, dropped 0'
for bound in 70 1 -0.1; do
    try "a consensus of $bound" 2 dpo-filter --min-consensus "$bound" "$T/x"
    err_like 'takes a number from 0 to below 1: strengths are shares'
done
pair 1 '"consensusStrength":0.6,"source":"debate:a"' |
    keeps 'an empty stream, quietly' '' -q --min-consensus 0.7
err_is ''
if [ -e build/data/debates.db ]; then
    dpo-merge -q -o "$T/x" build/data/debates.db
    try 'the mortgage debates' 0 dpo-filter --min-consensus 0.7 "$T/x"
    err_like 'read 300, kept 200, dropped 100 \(min-consensus 100\)'
    try 'with the one that has no strength' 0 dpo-filter --min-consensus 0.7 --keep-unrated "$T/x"
    err_like 'read 300, kept 201,'
fi

# --- Gaps, lengths.

(pair 1 '"chosen_score":0.9,"rejected_score":0.5'
 pair 2 '"chosen_score":0.75,"rejected_score":0.5'
 pair 3 '"chosen_score":0.7,"rejected_score":0.5'
 pair 4 '"chosen_score":0.9'
 pair 5) >"$T/x"
keeps 'gaps: X or more, and pairs without scores' '1 2 4 5' --min-gap 0.25 "$T/x"
err_like 'gaps go from 0\.2 to 0\.4; 0\.25 or more is kept'
err_like 'dropped 1 \(min-gap 1\)'
pair 1 | keeps 'no scores at all' 1 --min-gap 1
err_like 'warning: no pair has both scores, so --min-gap changes nothing'
pair 1 '"chosen_score":1,"rejected_score":2' | keeps 'a gap may be negative' 1 --min-gap -1

(text 1 p abcd ab; text 2 p abcd a; text 3 p abcde abc; text 4 p 'é\u00e9é😀' 'سل') >"$T/x"
keeps 'answers of N characters or more' '1 3 4' --min-chars 2 "$T/x"
err_like 'min-chars 1\)'
keeps 'answers of up to N characters' '1 2 4' --max-chars 4 "$T/x"
keeps 'one answer up to twice as long' '1 3 4' --length-ratio 2 "$T/x"
err_like 'length-ratio 1\)'
text 1 p a abc | keeps 'whichever it is' '' --length-ratio 2
try 'a ratio below one' 2 dpo-filter --length-ratio 0.9 "$T/x"

# --- Text that nobody wrote.

(text 1 p 'a <|im_start|>' b; text 2 'p </s>' a b; text 3 p a '[INST]'; text 4 p '<|eot_id|>' b
 text 5 p 'a < b | c > d <| x |>' b; text 6 p 'see [1]' '<b>'; text 7 p a 'x<start_of_turn>'
 text 8 p '\u003c|im_end|>' b) >"$T/x"
keeps 'control tokens' '5 6' --no-special "$T/x"
err_like 'no-special 6\)'
(text 1 p '[TOOL_RESULTS]' b; text 2 p '[SYSTEM_PROMPT]' b; text 3 p '<unused0>' b; text 4 p '<PAD>' b
 text 5 p '<mask> [CLS]' b; text 6 p '<think>so</think> <tool_call> <filename> [ARGS]' b) >"$T/x"
keeps 'whole families of them, but not what models say' 6 --no-special "$T/x"
(text 1 p 'do [Step 1] first' b; text 2 p 'dear [Your Name]' b; text 3 p '{{name}}' b
 text 4 p a 'Lorem ipsum dolor'; text 5 p 'caf\u00c3\u00a9' b; text 6 p 'café, naïve, Ünal' b
 text 7 p 'see [1] and [the paper]' '{"a":{"b":1}}'; text 8 'p <insert rate>' a b
 text 9 p 'itâ€™s' b; text 10 p 'CAFÉ À LA' b; text 11 p 'Ø§Ù„' b) |
    sed 's/{"a":{"b":1}}/{\\"a\\":{\\"b\\":1}}/' >"$T/x"
keeps 'placeholders and twice-encoded text' '6 7 10' --no-placeholders "$T/x"
err_like 'no-placeholders 8\)'

(text 1 p 'Dear [Name]' b; text 2 p '$[amount]' b; text 3 p '[Detailed response]' b
 text 4 p '[Key point 1]' b; text 5 p '[Add numbers]' b; text 6 p '[Explanation here]' b
 text 7 p 'x[name] [1] [sic] [Figure 2] [Name](https://example.org) [x, y] list[str]' b) >"$T/x"
keeps 'labels and requests in square brackets' 7 --no-placeholders "$T/x"

(text 1 'سؤال' 'جواب' 'خطأ'; text 2 q a b; text 3 'سؤال' a b; text 4 '12' '3' '!'
 text 5 'вопрос' 'ответ' 'нет') >"$T/x"
keeps 'half of the letters are Arabic' '1 3' --script arabic=0.5 "$T/x"
keeps 'all of them' 1 --script arabic=1 "$T/x"
keeps 'Cyrillic' 5 --script cyrillic=0.9 "$T/x"
keeps 'two scripts' 3 --script arabic=0.1 --script latin=0.1 "$T/x"
try 'the Arabic data' 0 dpo-filter --script arabic=0.5 data/arabic/pairs.jsonl
err_like 'read 225, kept 225'

(text 1 p 'Thought: why\nAction: {\"tool\":\"t\",\"args\":\"1\"}' b
 text 2 p 'Thought: why\nAction: ```json\n{\"tool\":\"t\",\"args\":{\"a\":1}}\n```' b
 text 3 p 'Action: {\"tool\":\"t\",\"args\":\"1\"}' b
 text 4 p 'Thought: why\nAction: {\"tool\":\"t\",\"args\":\"1\"' b
 text 5 p 'Thought: why\nAction: {\"tool\":\"t\"}' b
 text 6 p 'Thought: why\nAction: {\"tool\":\"t\",\"args\":\"1\"} so' b
 text 7 p 'Thought: why' b
 text 8 p 'Thought:\nAction: {\"tool\":\"t\",\"args\":\"1\"}' b
 text 9 p 'Thought: why\nAction: {\"tool\":\"t\",\"args\":1}' b
 text 10 p 'Thought: why\nAction: {\"tool\":\"t\",\"args\":\"}\"}' b) >"$T/x"
keeps 'a Thought and one JSON Action' '1 2 10' --json-actions "$T/x"
err_like 'json-actions 7\)'

# --- Where.

(pair 1 '"k":"a","x":1,"metadata":{"category":"loan","deep":{"n2":5}}'
 pair 2 '"k":"ab","x":2.5,"metadata":{"category":"rate"}'
 pair 3 '"k":"\u0061","x":"10"'
 pair 4 '"x":true,"a.b":"dot"') >"$T/x"
where() { # WHICH CONDITION...
    want=$1
    shift
    keeps "where $1" "$want" --where "$@" "$T/x"
}
where '1 3' 'k = a'
where '1 3' 'k=a'
where '1 3' 'k == a'
where '2 4' 'k != a'
where 2 'x > 1'
where '1 2' 'x >= 1'
where 1 'x < 2.5'
where '1 2' 'x<=2.5'
where '1 2 3' 'k ~ a'
where '1 3 4' 'k !~ b'
where 1 'x = 1.0'
where 4 'x = true'
where 3 'x = 10'
where 1 'metadata.category = loan'
where '2 3 4' 'metadata.category != loan'
where 1 'metadata.deep.n2 >= 5'
where 4 'a.b = dot'
where '1 3' '  k = a'
where '1 3' ' k=a   '
where '1 2' 'x <= 2.5  '
where '' 'nothing = 1'
err_like 'where dropped 4: a field that is missing satisfies only'
where 2 'k ~ a' --where 'x > 1'
(pair 1 '"uid":9007199254740992'; pair 2 '"uid":9007199254740993'; pair 3 '"uid":1e400') >"$T/x"
where 2 'uid = 9007199254740993'
where 3 'uid > 1e308'
where '1 2' 'uid < 1e399'
text 1 p 'a = b' c | keeps 'values with spaces and signs' 1 --where 'chosen = a = b'

# --- Unseen.

(text 1 'What is 2 + 2?' a b; text 2 'what is 2+2' a b; text 3 'Who?' a b; text 4 'أَهلًا' a b
 text 5 'What is 22?' a b) >"$T/x"
printf '%s\n' '{"prompt":"What is 2 + 2?"}' '{"question":"أهلا","answer":1}' >"$T/quiz"
keeps 'prompts of the other file go, exact and normalised' '3 5' --unseen "$T/quiz" "$T/x"
err_like 'dropped 3 \(unseen 3\)'
err_like 'unseen: 1 word for word, 2 but for case and punctuation$'
printf '%s\n' '{"prompt":[{"role":"user","content":"WHO"}]}' >"$T/quiz2"
keeps 'two other files' 5 --unseen "$T/quiz" --unseen "$T/quiz2" "$T/x"
keeps 'the same data' '' --unseen "$T/x" "$T/x"
err_like 'unseen dropped 5: all prompts stand in the other file'

(text 1 'What is 8 / 2?' a b; text 2 'What is 8 - 2?' a b; text 3 '8*2' a b) >"$T/y"
echo '{"prompt":"What is 8 * 2?"}' >"$T/quiz3"
keeps 'another calculation is another question' '1 2 3' --unseen "$T/quiz3" "$T/y"
check 'and none is told' sh -c '! grep -q "word for word" "$1"' sh "$T/err"
pair 1 | try 'not from standard input' 2 dpo-filter --unseen -
err_is "dpo-filter: --unseen takes a file, not '-': standard input holds the pairs"

# --- Rules that look at the whole set.

(text 1 p a b; text 2 p b a; text 3 p a c; text 4 q b a; text 5 p a b) >"$T/x"
keeps 'conflicts: both ways go' '3 4' --no-conflicts "$T/x"
err_like 'no-conflicts 3\)'

try 'agreement: the careless annotator goes' 0 \
    dpo-filter --min-agreement 0.6 --rejects "$T/r" data/arabic/pairs.jsonl
err_like 'expert_4: mean kappa -?0\.[0-9]*, dropped'
err_like 'expert_1: mean kappa 0\.[0-9]*, kept'
grep -c '"annotator_id": "expert_4"' data/arabic/pairs.jsonl >"$T/want"
check 'his records' test "$(wc -l <"$T/r")" = "$(cat "$T/want")"
check 'and only his' sh -c '! grep -v "\"annotator_id\": \"expert_4\".*\"_reason\":\"min-agreement\"" "$1"' sh "$T/r"
grep -v '"annotator_id": "expert_4"' data/arabic/pairs.jsonl >"$T/want"
out_file_is "$T/want"
pair 1 | keeps 'nobody to agree with' 1 --min-agreement 0.9
err_like '^dpo-filter: .*no pair names an annotator, so --min-agreement changes nothing$'
awk 'BEGIN {
    for (i = 0; i < 50; i++)
        for (j = 0; j < 4; j++) {
            first = j % 2 == (i == 7)
            printf "{\"prompt\":\"p%d\",\"chosen\":\"%s\",\"rejected\":\"%s\",\"annotator_id\":\"a%d\"}\n", \
                j, first ? "x" : "y", first ? "y" : "x", i
        }
}' | try 'many annotators: the lowest are told' 0 dpo-filter --min-agreement 0
check 'twenty kappas' test "$(grep -c ': kappa ' "$T/err")" = 20
err_like 'a0 and a7: kappa -1\.000 over 4 items'
err_like 'dpo-filter: 1205 higher kappas are not shown'
check 'forty annotators' test "$(grep -c ': mean kappa ' "$T/err")" = 40
check 'the lowest first' sh -c 'grep ": mean kappa " "$1" | head -n 1 | grep -q "a7: mean kappa -1.000, dropped"' sh "$T/err"
err_like 'dpo-filter: 10 more annotators are not shown'
(pair 1 '"annotator_id":"x\u0000a"'; pair 1 '"annotator_id":"x\u0000b"') |
    try 'names with NUL bytes are two' 0 dpo-filter --min-agreement 0
err_like 'x\\x00a and x\\x00b: kappa 1\.000 over 1 items'

i=0
while [ $i -lt 40 ]; do
    pair $i "\"chosen_score\":$(((i * 7) % 10)),\"rejected_score\":0,\"consensusStrength\":0.$(((i * 3) % 10)),\"topic\":\"t$((i % 3))\""
    i=$((i + 1))
done >"$T/x"
try 'a sample' 0 dpo-filter --sample 10 "$T/x"
check 'of exactly ten' test "$(wc -l <"$T/out")" = 10
err_like 'dropped 30 \(sample 30\)'
check 'in their order' sh -c 'sed "s/.*\"n\":\([0-9]*\).*/\1/" "$1" | sort -nc' sh "$T/out"
cp "$T/out" "$T/want"
try 'the same seed, the same sample' 0 dpo-filter --seed 42 --sample 10 "$T/x"
out_file_is "$T/want"
try 'another seed' 0 dpo-filter --seed 43 --sample 10 "$T/x"
check 'another sample' sh -c '! cmp -s "$1" "$2"' sh "$T/out" "$T/want"
try 'more than there are' 0 dpo-filter --sample 100 "$T/x"
out_file_is "$T/x"

(pair 1 '"chosen_score":2,"rejected_score":1,"consensusStrength":0.8'
 pair 2 '"chosen_score":9,"rejected_score":1'
 pair 3
 pair 4 '"chosen_score":2,"rejected_score":1,"consensusStrength":0.9'
 text 5 p 'a long answer, longer than the others' b) >"$T/y"
keeps 'the widest gap first, equals as they came' '2 1 4 3 5' --sort gap "$T/y"
keeps 'nothing would be dropped' '' --min-chars 1 --invert "$T/y"
err_like 'warning: nothing is left of 5 records: none breaks a rule$'
keeps 'a gap that no scored pair has' '3 5' --min-gap 10 "$T/y"
err_like 'warning: min-gap keeps none of these: the gap is chosen_score'
keeps 'the strongest consensus first' '4 1 2 3 5' --sort consensus "$T/y"
keeps 'the shortest first' '1 2 3 4 5' --sort length "$T/y"
keeps 'as they came' '1 2 3 4 5' --sort none "$T/y"
keeps 'what would be dropped' '1 4' --min-gap 2 --invert --rejects "$T/r" "$T/y"
check 'the others are the rejects' test "$(grep -c '"_reason":"invert"' "$T/r")" = 3
(text 1 p a b; text 2 p b a; text 3 p a c; text 4 q b a; text 5 p a b) |
    keeps 'invert of a whole-set rule' '1 2 5' --no-conflicts --invert

# --- The summary.

(text 1 p 'aaaa' 'b' '"source":"x","topic":"t"'; text 2 p 'aaaa' 'b' '"source":"x"'
 text 3 p 'a' 'bbbb' '"source":"y"'; text 4 p aa bb) >"$T/y"
try 'summary' 0 dpo-filter --summary "$T/y"
err_like 'x 2, y 1'
err_like 't 1'
err_like 'chosen_longer 0\.500'
err_like 'picking_the_longer_is_right 0\.625'
try 'summary in JSON' 0 dpo-filter --summary --json "$T/y"
err_like '"dropped":0'
err_like '"x":2,"y":1'
err_like '"picking_the_longer_is_right":0\.625'
(pair 1 '"source":"x\u0000a"'; pair 2 '"source":"x\u0000b"') |
    try 'labels with NUL bytes' 0 dpo-filter --summary
err_like 'x\\x00a 1, x\\x00b 1'
text 1 p "$(printf '%01001d' 0)" b | try 'the longest, exactly' 0 dpo-filter --summary
err_like 'characters of chosen: .*most 1001$'
try 'the summary is of what is kept' 0 dpo-filter --summary --where 'source = y' "$T/y"
err_like 'y 1'
check 'not of the rest' sh -c '! grep -q "x 2" "$1"' sh "$T/err"

# --- The same bytes however many threads.

awk 'BEGIN {
    for (i = 0; i < 5000; i++) {
        text = ""
        for (j = i % 50; j >= 0; j--) text = text " word" (i * j) % 997
        printf "{\"prompt\":\"q%d\",\"chosen\":\"a%s\",\"rejected\":\"b%s\",\"n\":%d,\"chosen_score\":%d,\"rejected_score\":0}\n", \
            i % 4000, text, text, i, i % 7
    }
}' >"$T/many"
for how in '--min-gap 3' '--sort gap' '--sample 1000' '--no-conflicts' '--min-chars 40 --sort length'; do
    # shellcheck disable=SC2086 # options
    dpo-filter -q --threads 1 $how --rejects "$T/want.r" "$T/many" >"$T/want"
    for threads in 2 7; do
        # shellcheck disable=SC2086 # options
        try "$threads threads, $how" 0 dpo-filter -q --threads $threads $how --rejects "$T/r" "$T/many"
        out_file_is "$T/want"
        check 'the rejects too' cmp "$T/want.r" "$T/r"
    done
done

# --- What every tool has.

echo old >"$T/o"
try '-o writes a file' 0 dpo-filter -q -o "$T/o" "$T/1"
out_is ''
check 'over the old one' cmp "$T/1" "$T/o"
try '--output is the same' 0 dpo-filter -q --output "$T/o" "$T/2"
check 'byte for byte' cmp "$T/2" "$T/o"
try 'the output may be the input' 0 dpo-filter -q -o "$T/o" "$T/o" "$T/1"
check 'it has both' test "$(wc -l <"$T/o")" = 2
try 'a link is replaced, its target stays' 0 sh -c \
    'ln -sf 1 "$1/link" && dpo-filter -q -o "$1/link" "$1/2" && test ! -L "$1/link"' sh "$T"
check 'untouched' grep -q '"n":1' "$T/1"
(pair 1 '"chosen_score":1,"rejected_score":0'; text 2 p same same) >"$T/x"
try '--json talks in JSON' 0 dpo-filter --json --min-gap 2 "$T/x"
err_like '^\{"tool":"dpo-filter","read":2,"kept":0,"dropped":2,"dropped_by":\{"identical":1,"min-gap":1\}\}$'
err_like '^\{"tool":"dpo-filter","warning":"nothing is left of 2 records"\}$'
printf 'min-gap = 2\nwhere = n > 0\nquiet = yes\nkeep-unrated = no\n' >"$T/conf"
(pair 1 '"chosen_score":1,"rejected_score":0'; pair 2) >"$T/x"
keeps '--config' 2 --config "$T/conf" "$T/x"
err_is ''
keeps 'the command line wins' '1 2' --config "$T/conf" --min-gap 0 "$T/x"
keeps 'a list on the command line replaces the list in the file' '' --config "$T/conf" --where 'n > 5' "$T/x"
printf '%s\n' '{"_end":2}' | cat "$T/x" - >"$T/sealed"
keeps 'a seal is taken off' '1 2' -q "$T/sealed"
check 'and not written' test "$(wc -l <"$T/out")" = 2
try '--seal writes one of its own' 0 dpo-filter -q --seal --where 'n = 2' "$T/sealed"
out_is "$(pair 2)
"'{"_end":1}'
try 'a stream without a seal' 1 dpo-filter --seal <"$T/x"
err_like 'standard input: ends without a seal after 2 records'
(cat "$T/sealed"; pair 3) >"$T/y"
try 'a record behind the seal' 1 dpo-filter "$T/y"
err_is "dpo-filter: $T/y:4: a record behind the seal"
try '--lock' 0 dpo-filter -q --lock "$T/lock" "$T/x"
try '--threads' 0 dpo-filter -q --threads 3 "$T/x"
out_file_is "$T/x"
try '--completion' 0 dpo-filter --completion
out_like 'complete .*dpo-filter'
try '--help' 0 dpo-filter --help
out_like '^usage: dpo-filter '
check 'no default that nobody would type' sh -c '! grep -q 1e+300 "$1"' sh "$T/out"
try '--version' 0 dpo-filter --version
out_is "dpo-filter (dpo-tools) $(cat VERSION)"
done_testing
