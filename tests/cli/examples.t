# The EXAMPLES of every manual page do what they show.
#
# In a literal block lines that begin with '$ ' are commands, those with '> ' go on with one, and
# all others are what the command writes: standard output, then standard error; a line of just
# '...' stands for any lines. A command with nothing below it may write what it likes, but no
# command may fail. A block runs in bash, in a folder of its own that holds the project's data as
# data/, the debates as debates.db, and of the golden values a tiny model as base/, a run that trained
# an adapter for it as run/, pairs as test.jsonl, results as before.jsonl and after.jsonl; and a history as runs.db where the block names
# it.
. "${0%/*}/../tap.sh"

database=$SRC/build/data/debates.db
lib=$SRC/tests/cli/lib

# Compares what each command of a block wrote with what stands below it: transcript BLOCK
transcript() {
    for want in "$1".*.want; do
        [ -e "$want" ] || continue
        number=${want%.want}
        number=${number##*.}
        cat "$T/run/$number.out" "$T/run/$number.err" >"$T/got"
        awk -f "$lib/matches.awk" "$want" "$T/got" && continue
        echo "command $number of the block:"
        diff "$want" "$T/got"
        return 1
    done
}

run_block() { # BLOCK: its path without the ending
    rm -rf "$T/run"
    mkdir -p "$T/run/home"
    ln -s "$SRC/data" "$T/run/home/data"
    ln -s "$SRC/tests/golden/numeric/models/qwen2" "$T/run/home/base"
    mkdir "$T/run/home/run"
    cp "$SRC/tests/golden/eval/adapter"/* "$SRC"/tests/golden/run/*.json* "$T/run/home/run"
    cp "$SRC/tests/golden/eval/pairs.jsonl" "$T/run/home/test.jsonl"
    cp "$SRC"/tests/golden/report/*.jsonl "$T/run/home"
    ! grep -q 'runs\.db' "$1.sh" || sqlite3 "$T/run/home/runs.db" \
        <"$SRC/tests/golden/history/runs.sql" >/dev/null || return 1
    [ ! -e "$database" ] || cp "$database" "$T/run/home/debates.db"
    if ! (cd "$T/run/home" && OUT=$T/run bash "$1.sh"); then
        echo 'a command failed:'
        cat "$T"/run/*.err
        return 1
    fi
    transcript "$1"
}

for page in man/*.[1-8]; do
    name=${page#man/}
    mkdir -p "$T/pages/$name"
    awk -v to="$T/pages/$name" -f "$lib/examples.awk" "$page"
    blocks=0
    while [ -e "$T/pages/$name/$((blocks + 1)).sh" ]; do
        blocks=$((blocks + 1))
        block=$T/pages/$name/$blocks
        read -r line <"$block.line"
        if grep -q 'debates\.db' "$block.sh" && [ ! -e "$database" ]; then
            skip "$page:$line" 'build/data/debates.db is not made'
        else
            check "$page:$line" run_block "$block"
        fi
    done
    check "$page has two examples at least" test "$blocks" -ge 2
done
done_testing
