# dpo-eval, broken off at each call that changes a file, and begun again: the same bytes.
. "${0%/*}/../tap.sh"

model=tests/golden/numeric/models/qwen2
[ ! "${SAN:-}" ] || skip_all 'what is preloaded does not go with the sanitizers'
check 'what is preloaded builds' "${CC:-gcc}" -shared -fPIC -O1 -o "$T/calls.so" tests/cli/lib/calls.c
preload=$T/calls.so

awk 'BEGIN { for (i = 0; i < 9; i++) printf "{\"id\":%d,\"prompt\":\"%d and\",\"answer\":\"1\"}\n", i, i * 37 }' \
    >"$T/questions"

evaluate() { # OUT: nothing said; the variables of tests/cli/lib/calls.c go before it
    LD_PRELOAD=$preload CALLS_FAST=1 dpo-eval -q -m "$model" --precision fp32 --max-new-tokens 5 \
        --metrics answer,consistency --repeat 2 --beside 2 --threads 1 -o "$1" "$T/questions" 2>"$T/words"
}

try 'in one go' 0 evaluate "$T/whole"
CALLS_COUNT=$T/count evaluate "$T/counted"
read -r calls <"$T/count"
check 'counting changes nothing' cmp "$T/whole" "$T/counted"
check 'there are calls for each answer' test "$calls" -gt 27

# After each there are no results, or these; and a second run makes them.
broken() { # DEED WORDS
    wrong=0
    for at in $(seq 1 "$calls"); do
        rm -f "$T/out"*
        CALLS_AT=$at CALLS_DO=$1 evaluate "$T/out"
        status=$?
        if [ -e "$T/out" ]; then
            cmp -s "$T/out" "$T/whole" || wrong=$((wrong + 1))
        elif [ "$2" ] && { [ $status -ne 1 ] || ! grep -q "^dpo-eval: .*$2" "$T/words"; }; then
            wrong=$((wrong + 1))
        fi
        evaluate "$T/out" && cmp -s "$T/out" "$T/whole" && [ ! -e "$T/out.part" ] || wrong=$((wrong + 1))
    done
    check "$1 at each of $calls calls" test $wrong = 0
}
broken 9 ''
broken torn ''
broken fail 'Input/output error'
broken full 'No space left'

done_testing
