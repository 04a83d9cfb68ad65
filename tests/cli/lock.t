# --lock: alone or not at all, and nothing to clean up afterwards.
. "${0%/*}/../tap.sh"

cd "$T" || exit 1
printf '%s\n' '{"prompt":"p","chosen":"a","rejected":"b"}' >pair
echo old >old
mkfifo fifo

# Waits until COMMAND holds, ten seconds at most.
until_is() {
    for _ in $(seq 200); do
        "$@" && return
        sleep 0.05
    done
    return 1
}
# To look by flock(1) would be to take it, and the one who comes then would find it taken.
lock_is_of() { # PROCESS
    [ "$(cat lock 2>/dev/null)" = "$(uname -n) $1" ]
}
lock_is_free() {
    flock -n lock true
}
ended() { # COUNT: so many have written their status
    [ "$(find status -type f -size +0 | wc -l)" -ge "$1" ]
}

# --- One holder, and those who come meanwhile. The holder reads a pipe that nobody writes yet.

dpo-filter -q --lock lock -o held fifo &
holder=$!
check 'the lock is taken, and names host and process' until_is lock_is_of $holder
for tool in dpo-merge dpo-filter dpo-split; do
    cp old result
    output='-o result'
    [ $tool = dpo-split ] && output='-d d'
    # shellcheck disable=SC2086 # two words
    try "$tool comes later" 75 $tool --lock lock $output pair
    err_is "$tool: lock: another run holds the lock"
    out_is ''
    check "$tool: touches nothing" cmp old result
    # shellcheck disable=SC2086 # two words
    try "$tool comes quietly" 75 $tool --quiet --lock lock $output pair
    err_is ''
    # shellcheck disable=SC2086 # two words
    try "$tool comes with JSON" 75 $tool --json --lock lock $output pair
    err_is "{\"tool\":\"$tool\",\"note\":\"lock: another run holds the lock\"}"
done
check 'no folder was made' test ! -e d
if [ -x "$BIN/dpo-synth" ]; then
    try 'dpo-synth too' 75 dpo-synth -q --lock lock --count 1 -o synthetic
    check 'no file was made' test ! -e synthetic
fi
try 'dpo-tokens too' 75 dpo-tokens --lock lock -m "$SRC/data/tiny" pair
try 'another lock is another matter' 0 dpo-filter -q --lock other -o result pair
try '--help needs no lock' 0 dpo-filter --lock lock --help
check 'the holder is still named' lock_is_of $holder
timeout 10 sh -c 'cat pair >fifo'
wait $holder
check 'the holder ends well' test $? = 0
check 'with its file' cmp held pair
try 'then the lock is free' 0 dpo-filter -q --lock lock -o result pair
check 'the file stays where it is' test -s lock

# --- kill -9.

dpo-merge -q --lock lock -o result2 fifo &
holder=$!
check 'taken again' until_is lock_is_of $holder
kill -9 $holder
wait $holder 2>/dev/null
check 'a killed holder has no lock' until_is lock_is_free
try 'the next run does not care' 0 dpo-merge -q --lock lock -o result2 pair
try 'nor does an old file of that name' 0 sh -c 'echo "somewhere 1" >lock2; dpo-filter -q --lock lock2 -o result pair'
check 'it is written over' sh -c '! grep -q somewhere lock2'

# --- Many at once. Only one comes as far as the pipe; it gets its input when the others are gone.

mkdir status
i=0
while [ $i -lt 200 ]; do
    (
        dpo-filter -q --lock lock -o "out.$i" fifo 2>/dev/null
        echo $? >"status/$i"
    ) &
    i=$((i + 1))
done
check '199 of 200 end at once' until_is ended 199
check 'with 75' test "$(cat status/* | grep -cx 75)" = 199
check 'one holds the lock' sh -c '! flock -n lock true'
timeout 10 sh -c 'cat pair >fifo'
check 'it ends too' until_is ended 200
check 'well' test "$(cat status/* | grep -cx 0)" = 1
check 'one file was written' test "$(find . -name 'out.*' | wc -l)" = 1
check 'the lock is free' until_is lock_is_free
(exec 3<>fifo; sleep 0.1) # whoever waits there still sees its end
wait
done_testing
