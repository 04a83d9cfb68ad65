# What must be refused: the cases of tests/cli/bad/catalogue. Each must end with its status, say one
# line that tells what is wrong, in time, leave the old output as it was and nothing beside it; the
# line must be the same however many threads there are.
. "${0%/*}/../tap.sh"

mkdir "$T/files"
cd "$T/files" || exit 1
. "$SRC/tests/cli/bad/files.sh"
cases=0

# Both lines of a run as $line and $more.
read_line() { # FILE
    line='' more=
    { IFS= read -r line && IFS= read -r more; } <"$1"
    more=$more$?
}

# Why the run that just ended is not right, or nothing. Builtins where they do: there are many.
faults() { # TOOL STATUS WANTED ERE
    [ "$2" = "$3" ] || echo "exit status $2, expected $3"
    read_line "$T/err7"
    line7=$line
    read_line "$T/err"
    [ "$more" = 1 ] && [ "$line" ] || echo 'not exactly one line'
    [ "$line" = "$line7" ] || echo 'another line with 7 threads'
    case $line in *[[:cntrl:]]*) echo 'a control character' ;; esac
    printf '%s\n' "$line" | grep -Eq -e "^$1: $4" || echo "not like '$1: $4'"
    [ ! -s "$T/out" ] || echo 'something on standard output'
    read_line out
    [ "$line" = "$G" ] || echo 'the old output was touched'
    [ ! -e d/manifest.json ] || echo 'a set was written'
    for name in .*.tmp d/.*.tmp; do
        [ ! -e "$name" ] || echo "$name was left behind"
    done
}

run_case() { # TOOL ARGUMENTS STATUS ERE
    tool=dpo-${1#!} output="-o out"
    [ "$tool" = dpo-split ] && output='-d d'
    [ "${1#!}" = "$1" ] || output=
    printf '%s\n' "$G" >out
    eval "timeout 10 $tool $output --threads 7 $2" >"$T/out" 2>"$T/err7" </dev/null
    eval "timeout 10 $tool $output --threads 1 $2" >"$T/out" 2>"$T/err" </dev/null
    faults "$tool" $? "$3" "$4" >"$T/faults"
    [ ! -e d ] || rm -r d
    cases=$((cases + 1))
    if [ -s "$T/faults" ]; then
        fail "$tool $2"
        cat "$T/faults" "$T/err" | tap_show
    else
        pass "$tool $2"
    fi
}

while IFS='|' read -r tools arguments status pattern; do
    case $tools in '' | '#'*) continue ;; esac
    arguments=${arguments# } status=${status# }
    for tool in $tools; do
        run_case "$tool" "${arguments% }" "${status% }" "${pattern# }"
    done
done <"$SRC/tests/cli/bad/catalogue"
check 'there are many' test $cases -ge 130
rm out

# A database that another program is writing: not there in time, and no wait for ever.
(echo 'BEGIN EXCLUSIVE;'; sleep 8; echo 'COMMIT;') | sqlite3 good.db &
sleep 0.5
try 'a locked database' 1 timeout 10 dpo-merge -o out good.db
err_like '^dpo-merge: good\.db: .*locked'
check 'no output' test ! -e out
try 'is read with --immutable' 0 dpo-merge -q --immutable good.db

# What comes late is waited for, but not behind a fault.
mkfifo fifo
(sleep 0.2; cat good.jsonl >fifo) &
try 'a slow pipe' 0 timeout 10 dpo-filter -q fifo
out_file_is good.jsonl
for tool in dpo-merge dpo-filter; do
    mkfifo "fifo-$tool"
    (yes "$G" | head -n 5000; echo x; yes "$G" | head -n 5000; exec sleep 3) >"fifo-$tool" &
    try "$tool does not wait behind a fault" 1 timeout 2 "$tool" -o out --threads 4 "fifo-$tool"
    err_like '^dpo-[a-z]*: fifo-dpo-[a-z]*:5001: not JSON'
done
done_testing
