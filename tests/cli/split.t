# dpo-split: three parts that never share a prompt, and the very rows scikit-learn picks.
. "${0%/*}/../tap.sh"

rows() { # COUNT [PROMPTS]: that many pairs, numbered from 0, over as many prompts
    awk -v n="$1" -v prompts="${2:-$1}" 'BEGIN {
        for (i = 0; i < n; i++)
            printf "{\"prompt\":\"q%d\",\"chosen\":\"a%d\",\"rejected\":\"b%d\",\"n\":%d,\"kind\":\"k%d\",\"m\":{\"k\":%d}}\n",
                i % prompts, i, i, i, i % 3, i % 2
    }'
}
counts() { # DIR: 'TRAIN/VAL/TEST'
    for part in train val test; do grep -c '' "$1/$part.jsonl"; done | paste -sd/
}
files_in() { # DIR
    (cd "$1" && find . ! -name . | sort | tr '\n' ' ')
}
numbers() { # FILE: the rows, in its order
    sed 's/.*"n":\([0-9]*\).*/\1/' "$1" | tr '\n' ' '
}
# The manifest tells the truth about its folder.
manifest_holds() { # DIR
    for part in train val test; do
        tr -d ' \n' <"$1/manifest.json" | grep -q "\"$part\":{\"file\":\"$part.jsonl\",\"records\":$(
            grep -c '' "$1/$part.jsonl"),\"bytes\":$(wc -c <"$1/$part.jsonl"),\"sha256\":\"$(
            sha256sum <"$1/$part.jsonl" | cut -d' ' -f1)\"}" || return 1
    done
}
prompts() { # FILE
    sed 's/.*"prompt":\("[^"]*"\).*/\1/' "$1" | sort -u
}
# No prompt stands in two of the parts.
apart() { # DIR
    for part in train val test; do prompts "$1/$part.jsonl"; done | sort | uniq -d >"$T/shared"
    test ! -s "$T/shared"
}

# --- By hash.

rows 3000 1000 >"$T/x"
try 'by hash' 0 dpo-split -d "$T/new/deep/d" "$T/x"
out_is ''
err_like '^dpo-split: read 3000, train [0-9]+, val [0-9]+, test [0-9]+$'
check 'nothing but the four files' test "$(files_in "$T/new/deep/d")" = './manifest.json ./test.jsonl ./train.jsonl ./val.jsonl '
d=$T/new/deep/d
check 'the manifest: counts, bytes, SHA-256' manifest_holds "$d"
check 'the manifest: method and seed' sh -c 'tr -d " \n" <"$1" | grep -q "\"method\":\"hash\",\"seed\":42,\"ratios\":\[70.*,15.*,15.*\],\"group\":\"prompt\""' sh "$d/manifest.json"
check 'all records are there, byte for byte' sh -c \
    'cat "$1"/train.jsonl "$1"/val.jsonl "$1"/test.jsonl | sort >"$3"; sort "$2" | cmp - "$3"' sh "$d" "$T/x" "$T/y"
check 'no prompt on two sides' apart "$d"
check 'the order is kept' sh -c 'sed "s/.*\"n\":\([0-9]*\).*/\1/" "$1" | sort -nc' sh "$d/train.jsonl"
# 1,000 prompts: the shares are within sqrt(n) of 700, 150 and 150.
near() { # PART PROMPTS
    found=$(prompts "$d/$1.jsonl" | wc -l)
    test "$found" -ge $(($2 - 32)) && test "$found" -le $(($2 + 32))
}
check 'train has about 70 %' near train 700
check 'val has about 15 %' near val 150
check 'test has about 15 %' near test 150

rows 5000 2000 >"$T/grown"
try 'more data' 0 dpo-split -q -d "$T/g" "$T/grown"
stays() { # PART
    prompts "$d/$1.jsonl" >"$T/p1"
    prompts "$T/g/$1.jsonl" >"$T/p2"
    test -z "$(comm -23 "$T/p1" "$T/p2")"
}
for part in train val test; do
    check "a prompt keeps its side: $part" stays $part
done
sort -r "$T/x" >"$T/y"
try 'another order' 0 dpo-split -q -d "$T/r" "$T/y"
check 'the same sides' sh -c 'sort "$1/test.jsonl" >"$3"; sort "$2/test.jsonl" | cmp - "$3"' sh "$d" "$T/r" "$T/p1"
try 'another seed' 0 dpo-split -q --seed 7 -d "$T/s" "$T/x"
check 'other sides' sh -c '! cmp -s "$1/test.jsonl" "$2/test.jsonl"' sh "$d" "$T/s"
check 'the seed is in the manifest' grep -q '"seed": 7' "$T/s/manifest.json"
for threads in 1 2 7; do
    try "$threads threads" 0 dpo-split -q --threads $threads -d "$T/t" "$T/x"
    check "$threads threads: the same files" diff -r "$d" "$T/t"
done
rows 3000 1000 | try 'from standard input' 0 dpo-split -q --directory "$T/t" -
check 'the same files' diff -r "$d" "$T/t"

try 'other ratios' 0 dpo-split -q --ratios 1,0,1 -d "$T/t" "$T/x"
check 'no val' test ! -s "$T/t/val.jsonl"
check 'half' test "$(wc -l <"$T/t/test.jsonl")" -gt 1400
try 'groups of a field' 0 dpo-split -q --group m.k -d "$T/t" "$T/x"
check 'two groups: nothing between them' sh -c 'cd "$1" && for f in *.jsonl; do
    sed "s/.*\"k\":\([01]\).*/\1/" $f | sort -u; done | sort | uniq -d | grep -q . && exit 1; exit 0' sh "$T/t"
try 'no groups' 0 dpo-split --group none -d "$T/t" "$T/x"
err_like '^dpo-split: warning: [0-9]+ prompts stand on two sides: the test set leaks'
check 'the manifest knows' sh -c '! grep -q "\"prompts_on_two_sides\": 0" "$1"' sh "$T/t/manifest.json"

# --- As scikit-learn does.

while read -r n want; do
    rows "$n" >"$T/x"
    try "scikit-learn's rows of $n" 0 dpo-split --method sklearn -d "$T/k" "$T/x"
    check "$n: $want" test "$(counts "$T/k")" = "$want"
    check "$n: the manifest" manifest_holds "$T/k"
    cp -r "$T/k" "$T/k$n"
done <<'LIST'
168 117/25/26
468 327/70/71
368 257/55/56
LIST
# The first rows that scikit-learn 1.9.1 gives for random_state 42.
check '168: the rows of train' sh -c 'case $1 in "159 96 11 67 132 6 "*" 102 ") ;; *) exit 1 ;; esac' sh "$(numbers "$T/k168/train.jsonl")"
check '168: the rows of val' sh -c 'case $1 in "156 137 97 "*" 134 ") ;; *) exit 1 ;; esac' sh "$(numbers "$T/k168/val.jsonl")"
check '168: the rows of test' sh -c 'case $1 in "144 90 65 "*" 9 ") ;; *) exit 1 ;; esac' sh "$(numbers "$T/k168/test.jsonl")"
check '468: the rows of train' sh -c 'case $1 in "314 26 7 427 108 244 "*" 348 435 102 ") ;; *) exit 1 ;; esac' sh "$(numbers "$T/k468/train.jsonl")"
check '468: the rows of val' sh -c 'case $1 in "463 153 392 39 18 172 "*" 57 ") ;; *) exit 1 ;; esac' sh "$(numbers "$T/k468/val.jsonl")"
check '468: the rows of test' sh -c 'case $1 in "325 66 137 307 22 298 "*" 228 ") ;; *) exit 1 ;; esac' sh "$(numbers "$T/k468/test.jsonl")"

rows 300 100 >"$T/x"
try 'rows tear prompts apart' 0 dpo-split --method sklearn -d "$T/k" "$T/x"
err_like '^dpo-split: warning: [0-9]+ prompts stand on two sides: the test set leaks \(--group prompt'
torn=$(sed -n 's/.*warning: \([0-9]*\) .*/\1/p' "$T/err")
check 'the number is right' test "$torn" = "$(for part in train val test; do prompts "$T/k/$part.jsonl"
done | sort | uniq -d | wc -l)"
check 'and in the manifest' grep -q "\"prompts_on_two_sides\": $torn" "$T/k/manifest.json"
try 'unless prompts are the rows' 0 dpo-split --method sklearn --group prompt -d "$T/k" "$T/x"
check 'no warning' sh -c '! grep -q warning "$1"' sh "$T/err"
check 'no prompt on two sides' apart "$T/k"
check '100 prompts: 70/15/15' test "$(prompts "$T/k/train.jsonl" | wc -l)" = 70
try 'strata' 0 dpo-split -q --method sklearn --stratify kind -d "$T/k" "$T/x"
check 'each kind has its share' test "$(for part in train val test; do
    for kind in 0 1 2; do grep -c "\"kind\":\"k$kind\"" "$T/k/$part.jsonl"; done; done | tr '\n' ' ')" = '70 70 70 15 15 15 15 15 15 '
try 'strata below' 0 dpo-split -q --method sklearn --stratify m.k -d "$T/k" "$T/x"
check 'each has its share' test "$(grep -c '"k":0' "$T/k/train.jsonl")" = 105
for threads in 1 7; do
    try "strata by $threads threads" 0 dpo-split -q --threads $threads --method sklearn --stratify m.k -d "$T/t" "$T/x"
    check 'the same files' diff -r "$T/k" "$T/t"
done
rows 1 | try 'one row cannot be split' 1 dpo-split --method sklearn -d "$T/one"
check 'nothing looks whole' test ! -e "$T/one/manifest.json"

# --- What a killed run left goes with the next one.

mkdir "$T/left"
for part in train.jsonl val.jsonl manifest.json other.jsonl; do
    echo half >"$T/left/.$part.999999999-0.tmp"
done
try 'after a kill' 0 dpo-split -q -d "$T/left" "$T/x"
check 'the half files of these names are gone' test "$(files_in "$T/left")" = \
    './.other.jsonl.999999999-0.tmp ./manifest.json ./test.jsonl ./train.jsonl ./val.jsonl '

# --- The nested file.

rows 30 >"$T/x"
try 'nested' 0 dpo-split -q -d "$T/n" --nested "$T/nested.json" "$T/x"
try 'dpo-merge reads its train part' 0 dpo-merge -q --source s --part train "$T/nested.json"
sed 's/}$/,"source":"s"/' "$T/n/train.jsonl" >"$T/want"
sed 's/,"id":"[0-9a-f]*"}$//' "$T/out" >"$T/got"
check 'as it was' cmp "$T/want" "$T/got"
try 'and its validation part' 0 dpo-merge -q --part validation "$T/nested.json"
check 'which is val' test "$(wc -l <"$T/out")" = "$(wc -l <"$T/n/val.jsonl")"
check 'it is one document' sh -c 'command -v jq >/dev/null || exit 0; jq -e ".train | length > 0" "$1"' sh "$T/nested.json"
try 'one of the split is no nested file' 2 dpo-split -d "$T/n" --nested "$T/./n/train.jsonl" "$T/x"
err_is "dpo-split: $T/./n/train.jsonl: is one of the files of the split"

# --- What every tool has, and the set as a whole.

rows 20 >"$T/x"
try 'a set replaces the old one' 0 dpo-split -q -d "$d" "$T/x"
check 'whole' manifest_holds "$d"
check 'and nothing is left beside it' test "$(files_in "$d" | wc -w)" = 4
cp -r "$d" "$T/old"
echo '{' >"$T/bad"
try 'bad input' 1 dpo-split -d "$d" "$T/x" "$T/bad"
check 'leaves the old set' diff -r "$T/old" "$d"
try 'an empty input' 1 dpo-split -d "$d" /dev/null
err_is 'dpo-split: no records came in: nothing is written'
check 'leaves the old set too' diff -r "$T/old" "$d"
try 'there is no --output' 2 dpo-split -d "$d" --output "$T/o" "$T/x"
try '--json' 0 dpo-split --json -d "$T/t" "$T/x"
err_like '^\{"tool":"dpo-split","read":20,"train":[0-9]+,"val":[0-9]+,"test":[0-9]+\}$'
try '--quiet' 0 dpo-split --quiet --group none -d "$T/t" "$T/x"
err_is ''
(rows 20; echo '{"_end":20}') | try '--seal' 0 dpo-split --seal -q -d "$T/t"
check 'is no record' diff -r "$d" "$T/t"
rows 20 | try 'no seal' 1 dpo-split --seal -d "$T/t"
err_like 'standard input: ends without a seal'
(rows 20; echo '{"_end":21}') | try 'a seal that counts more' 1 dpo-split -d "$T/t"
err_is 'dpo-split: standard input: the seal says 21 records, but 20 came'
printf '%s\n' "directory = $T/c" 'ratios = 1,1,0' 'method=sklearn' >"$T/conf"
try '--config' 0 dpo-split --config "$T/conf" -q "$T/x"
check 'has its say' test "$(counts "$T/c")" = 10/10/0
try 'the command line wins' 0 dpo-split --config "$T/conf" -q --ratios 1,0,1 "$T/x"
check 'over it' test "$(counts "$T/c")" = 10/0/10
try '--lock' 0 dpo-split -q --lock "$T/lock" -d "$T/t" "$T/x"
try '--completion' 0 dpo-split --completion
out_like 'complete .*dpo-split'
try '--help' 0 dpo-split --help
out_like '^usage: dpo-split '
try '--version' 0 dpo-split --version
out_is "dpo-split (dpo-tools) $(cat VERSION)"

# --- All three in a pipe.

pipe='dpo-merge --seal "$1" data/arabic/nested.json data/arabic/pairs.jsonl |
    dpo-filter --seal --min-consensus 0.7 --min-gap 1 --no-special | dpo-split --seal -d "$2"'
sqlite3 "$T/debates" "CREATE TABLE debates(id, status);
    CREATE TABLE training_pairs(debate_id, prompt, chosen, rejected, consensus_strength);
    INSERT INTO debates VALUES (1, 'completed');
    INSERT INTO training_pairs VALUES (1, 'p', 'a', 'b', 0.7), (1, 'q', 'a', 'b', 0.8);"
try 'merge | filter | split' 0 sh -c "$pipe" sh "$T/debates" "$T/all"
err_like '^dpo-filter: .*\(min-consensus 1, min-gap [0-9]+'
check 'whole' manifest_holds "$T/all"
check 'no prompt on two sides' apart "$T/all"
try 'the whole pipe again' 0 sh -c "$pipe" sh "$T/debates" "$T/all2"
check 'gives the same set' diff -r "$T/all" "$T/all2"
done_testing
