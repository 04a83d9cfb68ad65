# dpo-synth: the same bytes for a seed, no prompt twice, and the test set of data/agentic.
. "${0%/*}/../tap.sh"

field() { # NAME FILE: the texts of that member
    grep -o "\"$1\":\"[^\"]*\"" "$2" | cut -d'"' -f4
}
prompts() { # FILE
    sed 's/.*"prompt":"\(.*\)","chosen":.*/\1/' "$1"
}
counts() { # FILE TEXT COUNT: that many lines of FILE hold TEXT
    test "$(grep -c -e "$2" "$1")" = "$3"
}

# --- What comes by default.

try 'no option at all' 0 dpo-synth
err_like '^dpo-synth: written 2500 \(calculator 8[0-9]{2}, search 8[0-9]{2}, calendar 8[0-9]{2}\), hard_share 0\.[23][0-9]{2}$'
cp "$T/out" "$T/plain"
check '2500 records' test "$(grep -c '' "$T/plain")" = 2500
check 'no prompt twice' test "$(prompts "$T/plain" | sort -u | wc -l)" = 2500
check 'no id twice' test "$(field id "$T/plain" | sort -u | wc -l)" = 2500
check 'all six faults of easy pairs' test "$(grep '"hard":false' "$T/plain" | field fault - | sort -u | wc -l)" = 6
check 'all thirteen of hard ones' test "$(grep '"hard":true' "$T/plain" | field fault - | sort -u | wc -l)" = 13
check '60 templates of easy pairs at least' test "$(grep '"hard":false' "$T/plain" | field template - | sort -u | wc -l)" -ge 60
check 'none of them held out' counts "$T/plain" heldout 0
try 'the records are canonical pairs, and of the form' 0 dpo-filter --json-actions "$T/plain"
out_file_is "$T/plain"
err_like '^dpo-filter: read 2500, kept 2500, dropped 0$'
try 'the rejected ones are mostly not of the form' 0 sh -c \
    'sed "s/\"chosen\":/\"old\":/; s/\"rejected\":/\"chosen\":/; s/\"old\":/\"rejected\":/" "$1" |
        dpo-filter -q --json-actions' sh "$T/plain"
check 'but where the tool or its arguments are wrong' test "$(field fault "$T/out" | sort -u | tr '\n' ' ')" = \
    'unknown_tool wrong_args wrong_numbers wrong_tool '
check 'and there are all of these' test "$(grep -c '' "$T/out")" = \
    "$(grep -cE '"fault":"(unknown_tool|wrong_args|wrong_numbers|wrong_tool)"' "$T/plain")"

# --- The same and other records.

try 'again' 0 dpo-synth -q
out_file_is "$T/plain"
err_is ''
try 'the defaults, spelled out' 0 dpo-synth --quiet --count 2500 --seed 42 --hard 0.3 \
    --tools calculator,search,calendar --templates train
out_file_is "$T/plain"
try 'any number of threads' 0 dpo-synth -q --threads 3
out_file_is "$T/plain"
try 'a shorter run' 0 dpo-synth -q --count 100
head -n 100 "$T/plain" >"$T/head"
out_file_is "$T/head"
try 'a longer run' 0 dpo-synth -q --count 3000
check 'begins with the same records' sh -c 'head -n 2500 "$1" | cmp - "$2"' sh "$T/out" "$T/plain"
try 'another seed' 0 dpo-synth -q --seed 43
check 'other prompts' sh -c 'grep -o "\"prompt.*\"chosen" "$1" >"$1.p"; grep -o "\"prompt.*\"chosen" "$2" | grep -cxFf "$1.p" >"$1.n"; test "$(cat "$1.n")" -lt 25' sh "$T/plain" "$T/out"
out_like '^{"id":"synth-43-000001",'

# --- Which pairs.

try '--tools' 0 dpo-synth --tools search --count 200
err_like '^dpo-synth: written 200 \(search 200\), hard_share '
check 'no other tool is named' counts "$T/out" 'with these tools: search\. ' 200
check 'no other tool is taken for it' counts "$T/out" wrong_tool 0
try 'two tools' 0 dpo-synth --tools calendar,calculator --count 200
err_like '^dpo-synth: written 200 \(calculator [0-9]+, calendar [0-9]+\), '
try '--hard 0' 0 dpo-synth --hard 0 --count 300
err_like ', hard_share 0\.000$'
check 'no hard pair' counts "$T/out" '"hard":false}}$' 300
try '--hard 1' 0 dpo-synth --hard 1 --count 300
check 'only hard pairs' counts "$T/out" '"hard":true}}$' 300
try '--templates heldout' 0 dpo-synth -q --templates heldout --count 300
check 'all held out' counts "$T/out" '"template":"[a-z]*-heldout-' 300
check '16 templates at least' test "$(field template "$T/out" | sort -u | wc -l)" -ge 16
out_like '^{"id":"synth-heldout-42-000001",'
try '--templates all' 0 dpo-synth -q --templates all --count 1000
check 'some held out' grep -q heldout "$T/out"
check 'and some not' grep -q '"template":"search-0' "$T/out"

# --- The test set in data/agentic is this program's, and nothing of it comes in training.

try 'the test set' 0 dpo-synth -q --templates heldout --seed 7 --count 300
out_file_is data/agentic/test.jsonl
try 'is not in the training set' 0 dpo-filter --unseen data/agentic/test.jsonl "$T/plain"
err_like 'kept 2500, dropped 0$'

# --- What all tools have.

try '-o' 0 dpo-synth -q -o "$T/file"
out_is ''
check 'the same in a file' cmp "$T/file" "$T/plain"
try '--seal' 0 dpo-synth -q --seal --count 5
check 'the last line counts' test "$(tail -n 1 "$T/out")" = '{"_end":5}'
try 'a sealed pipe' 0 sh -c 'dpo-synth -q --seal | dpo-filter -q --seal >"$1"' sh "$T/sealed"
check 'arrives whole' counts "$T/sealed" '^{"id"' 2500
try '--json' 0 dpo-synth --json --tools calendar --hard 0 --count 5 -o "$T/file"
err_is '{"tool":"dpo-synth","written":5,"by_tool":{"calendar":5},"hard_share":0.000}'
printf '%s\n' 'count = 7' 'hard = 0' 'templates = heldout' >"$T/conf"
try '--config' 0 dpo-synth -q --config "$T/conf"
check 'has its say' counts "$T/out" '"hard":false}}$' 7
try '--lock' 0 dpo-synth -q --count 1 --lock "$T/lock"
try '--completion' 0 dpo-synth --completion
out_like 'complete .*dpo-synth'
try '--help' 0 dpo-synth --help
out_like '^usage: dpo-synth '
out_like '^ +--hard SHARE .*\[0\.3\]$'
try '--version' 0 dpo-synth --version
out_is "dpo-synth (dpo-tools) $(cat VERSION)"

# --- What it refuses.

refuses() { # TEXT OPTION...: exit 2 with that line and no output
    text=$1
    shift
    try "refused: $*" 2 dpo-synth "$@"
    out_is ''
    err_is "dpo-synth: $text"
}
refuses "--tools: no tool is called 'web'; there are calculator, search and calendar" --tools search,web
refuses "--tools: no tool is called ''; there are calculator, search and calendar" --tools ''
refuses "--tools: the tool 'search' is named twice" --tools search,search
refuses '--hard takes a number from 0 to 1' --hard 1.5
refuses '--hard takes a number from 0 to 1' --hard -0.1
refuses "--hard takes a number, not 'some'" --hard some
refuses '--count takes a number from 1 up' --count 0
refuses "--count takes a whole number, not '-3'" --count -3
refuses "--count takes a whole number, not '2.5'" --count 2.5
refuses '--seed takes a number below 4294967296' --seed 4294967296
refuses "--templates takes train|heldout|all, not 'test'" --templates test
refuses "nothing is read, so 'pairs.jsonl' is one word too many" pairs.jsonl

# --- When the output fails.

try 'a full device' 1 sh -c 'dpo-synth -q --count 10 >/dev/full'
err_like '^dpo-synth: .*No space left on device$'
echo old >"$T/old"
try 'a folder that is not there' 1 dpo-synth -q -o "$T/none/file"
err_like '^dpo-synth: '
try 'the file stays as it was while the options are wrong' 2 dpo-synth --count 0 -o "$T/old"
check 'as it was' test "$(cat "$T/old")" = old
try 'a reader that leaves' 0 sh -c 'dpo-synth -q --count 100000 | head -n 1 >"$1"' sh "$T/first"
check 'has the first record' counts "$T/first" synth-42-000001 1
done_testing
