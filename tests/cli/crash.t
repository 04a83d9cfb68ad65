# What must not happen when something outside goes wrong: a lost record, half a file, silence.
. "${0%/*}/../tap.sh"

cd "$T" || exit 1

rows() { # COUNT [LENGTH]
    awk -v n="$1" -v length_of="${2:-1}" 'BEGIN {
        for (i = 0; i < length_of; i++) text = text " word"
        for (i = 0; i < n; i++)
            printf "{\"prompt\":\"q\\u0041%d\",\"chosen\":\"good %d%s\",\"rejected\":\"bad %d\",\"n\":%d,\"chosen_score\":%d,\"rejected_score\":1,\"annotator_id\":\"e%d\",\"metadata\":{\"topic\":\"t\",\"x\":[1,2]}}\n",
                i % (n - n / 4), i, text, i, i, i % 5, i % 3
    }'
}
rows 40 >pairs.jsonl
printf '{"version":1,\n"train":[\n%s\n],"validation":[]}' "$(sed 's/"chosen"/"preferred"/; $!s/$/,/' pairs.jsonl)" >split.json
sqlite3 debates.db "CREATE TABLE debates(id, topic, status);
    CREATE TABLE training_pairs(debate_id, prompt, chosen, rejected, consensus_strength);
    INSERT INTO debates VALUES (1, 'rates', 'completed');
    WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30)
    INSERT INTO training_pairs SELECT 1, 'p' || n, 'a', 'b' || n, 0.8 FROM c;"
rows 20000 200 >big.jsonl
rows 1500 200 >medium.jsonl
head -n 10 pairs.jsonl >old.jsonl
echo '[{"role":"user","content":"Is it so?"}]' >chats.jsonl

# --- Memory: each allocation in turn fails, once or from then on. Right output, or status 1 and a line.

sweep() { # NAME TOOL ARGUMENT...: the tool writes to standard output, dpo-split to -d d
    name=$1
    shift
    tool=$1
    if [ "$tool" = dpo-split ]; then set -- "$@" -d d; fi
    rm -rf d
    LD_PRELOAD=./fail.so FAIL_COUNT=count "$@" -q >want </dev/null 2>&1 || fail "$name: cannot run"
    [ "$tool" != dpo-split ] || cat d/* >want
    read -r last <count
    faults=0 silent=0 sticky=0
    while [ $sticky -le 1 ]; do
        at=1
        while [ $at -le "$last" ]; do
            rm -rf d
            LD_PRELOAD=./fail.so FAIL_AT=$at FAIL_STICKY=$sticky timeout 20 "$@" -q >out 2>err </dev/null
            status=$?
            [ "$tool" != dpo-split ] || [ $status != 0 ] || cat d/* >out
            case $status in
            0) cmp -s out want && [ ! -s err ] || silent=$((silent + 1)) ;;
            1) { IFS= read -r line && ! IFS= read -r _; } <err && [ "${line#"$tool": }" != "$line" ] || faults=$((faults + 1)) ;;
            *) faults=$((faults + 1)) ;;
            esac
            if [ $((silent + faults)) = 1 ]; then
                echo "allocation $at, sticky $sticky: status $status" >first
                cat err >>first
            fi
            at=$((at + 1))
        done
        sticky=$((sticky + 1))
    done
    check "$name: $((2 * last)) failing allocations, no silent loss" test $silent = 0
    check "$name: each fault is one line and status 1" test $faults = 0
    [ $((silent + faults)) = 0 ] || tap_show <first
}
case ${SAN:-} in
?*) skip 'failing allocations' 'sanitizers have an allocator of their own' ;;
*)
    check 'the failing allocator builds' "${CC:-gcc}" -shared -fPIC -O1 -o fail.so "$SRC/tests/cli/lib/fail_alloc.c"
    sweep 'merge, JSON Lines' dpo-merge --threads 2 pairs.jsonl
    sweep 'merge, a split file' dpo-merge --threads 1 --duplicates strongest --map answer=metadata.topic split.json
    sweep 'merge, a database' dpo-merge --threads 1 --skip-bad 100 debates.db
    sweep 'filter, rules' dpo-filter --threads 1 --min-gap 1 --no-special --no-placeholders \
        --where 'metadata.topic = t' --script latin=0.1 --length-ratio 5 pairs.jsonl
    sweep 'filter, the whole set' dpo-filter --threads 2 --no-conflicts --sort gap --sample 20 --summary pairs.jsonl
    sweep 'filter, others' dpo-filter --threads 1 --unseen old.jsonl --min-agreement 0.1 pairs.jsonl
    sweep 'split, by hash' dpo-split --threads 1 --group n pairs.jsonl
    sweep 'split, as scikit-learn' dpo-split --threads 1 --method sklearn --stratify annotator_id pairs.jsonl
    sweep 'split, nested' dpo-split --threads 2 --nested d/nested.json pairs.jsonl
    sweep 'tokens' dpo-tokens --threads 2 -m "$SRC/data/tiny" --pairs --max-length 50 old.jsonl
    sweep 'tokens, a conversation' dpo-tokens --threads 1 -m "$SRC/data/tiny" --template chatml chats.jsonl
    [ ! -x "$BIN/dpo-synth" ] || sweep 'synth' dpo-synth --count 20
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -v 60000
        dpo-merge -q --threads 1 big.jsonl >out 2>err
        echo $? >status
    )
    check 'an address limit: all or an error' sh -c 'case $(cat status) in
        0) dpo-merge -q big.jsonl | cmp - out ;; 1) test "$(wc -l <err)" = 1 ;; *) false ;; esac'
    ;;
esac

# --- kill -9: the file is the old one or the new one, and the next run does not mind.

# Nanoseconds of one undisturbed run, in microseconds; at least a millisecond.
duration() {
    begin=$(date +%s%N)
    "$@" || fail "cannot run: $*"
    micros=$((($(date +%s%N) - begin) / 1000))
    [ $micros -ge 1000 ] || micros=1000
}
# The K-th of 30 moments spread over the run and a little beyond, as seconds.
moment() {
    printf '%d.%06d' 0 $((micros * $1 / 26))
}
files_in() {
    find "$1" -mindepth 1 | wc -l
}

kill_file() { # NAME TOOL ARGUMENT...
    name=$1
    shift
    mkdir -p k
    cp old.jsonl k/out
    duration "$@" -q -o k/new
    mv k/new new
    mixed=0 left=0 killed=0 i=0
    while [ $i -lt 30 ]; do
        cp old.jsonl k/out
        timeout -s KILL "$(moment $i)" "$@" -q -o k/out 2>/dev/null
        [ $? = 137 ] && killed=$((killed + 1))
        cmp -s k/out old.jsonl || cmp -s k/out new || mixed=$((mixed + 1))
        [ "$(files_in k)" -le 2 ] || left=$((left + 1))
        find k -name '.*.tmp' -exec rm {} +
        i=$((i + 1))
    done
    check "$name: killed $killed times of 30, always the old file or the new one" test $mixed = 0
    check "$name: at most one temporary is left" test $left = 0
    check "$name: some runs were killed" test $killed -ge 2
    try "$name: the next run succeeds" 0 "$@" -q -o k/out
    check "$name: with the whole file" cmp k/out new
    rm -r k
}
kill_file 'merge' dpo-merge big.jsonl
kill_file 'filter' dpo-filter --min-gap 1 big.jsonl
kill_file 'filter, sorted' dpo-filter --sort gap big.jsonl
kill_file 'tokens' dpo-tokens -m "$SRC/data/tiny" --pairs medium.jsonl
kill_file 'synth' dpo-synth --count 20000

# Is the set that manifest.json speaks of there?
set_is_whole() { # DIR
    for part in train val test; do
        grep -q "\"sha256\": \"$(sha256sum <"$1/$part.jsonl" | cut -d' ' -f1)\"" "$1/manifest.json" ||
            return 1
    done
}
rm -rf d new
dpo-split -q -d old big.jsonl
duration dpo-split -q --seed 7 -d new big.jsonl
torn=0 left=0 killed=0 i=0
while [ $i -lt 30 ]; do
    rm -rf d
    cp -r old d
    timeout -s KILL "$(moment $i)" dpo-split -q --seed 7 -d d big.jsonl 2>/dev/null
    [ $? = 137 ] && killed=$((killed + 1))
    [ ! -e d/manifest.json ] || set_is_whole d || torn=$((torn + 1))
    # A set has three parts and a manifest: as many can be on their way.
    [ "$(files_in d)" -le 8 ] || left=$((left + 1))
    i=$((i + 1))
done
check "split: killed $killed times of 30, with a manifest the set is whole" test $torn = 0
check 'split: some runs were killed' test $killed -ge 5
check 'split: few temporaries' test $left = 0
try 'split: the next run succeeds' 0 dpo-split -q --seed 7 -d d big.jsonl
check 'split: it is the new set' sh -c 'for part in train val test; do cmp "d/$part.jsonl" "new/$part.jsonl"; done'
rm -rf d old new

# --- System calls: each in turn fails, or is where the program is killed.

calls() { # SYSCALL COMMAND...: how many of them
    call=$1
    shift
    strace -f -qq -o trace -e "trace=$call" "$@" >out 2>err </dev/null
    grep -c "$call(" trace
}
# FAULT at up to ten of the SYSCALLs of the run after those that the loader makes, the first and the
# last among them. Status 0 must mean the new file; otherwise it is the old file or the new one, and
# but for a kill nothing is left beside it.
inject() { # SYSCALL FAULT COMMAND...
    call=$1 fault=$2
    shift 2
    first=$(calls "$call" "$1" --version)
    mkdir -p k
    cp old.jsonl k/out
    last=$(calls "$call" "$@" -o k/out)
    cp k/out new
    at=$((first + 1)) bad=0 tries=0 step=$(((last - first + 8) / 9))
    while [ $at -le "$last" ]; do
        tries=$((tries + 1))
        cp old.jsonl k/out
        timeout 20 strace -f -qq -o trace -e "inject=$call:$fault:when=$at" "$@" -o k/out >out 2>err </dev/null
        status=$?
        cmp -s k/out new || { [ $status != 0 ] && cmp -s k/out old.jsonl; } || bad=$((bad + 1))
        case $status:$fault in
        0:* | 137:signal=KILL) ;;
        1:*) grep -q "^$1: " err || [ "$call" = write ] || bad=$((bad + 1)) ;;
        *) bad=$((bad + 1)) ;;
        esac
        case $fault in signal*) find k -name '.*.tmp' -exec rm {} + ;; esac
        [ "$(files_in k)" = 1 ] || bad=$((bad + 1))
        [ $((at + step)) -gt "$last" ] && [ $at -lt "$last" ] && at=$((last - step))
        at=$((at + step))
    done
    check "$1: $fault at $tries of $((last - first)) $call" test $bad = 0
    rm -r k
}
# The same for a split: with a manifest the set is whole, with status 0 it is the new one.
inject_split() { # SYSCALL FAULT ARGUMENT...
    call=$1 fault=$2
    shift 2
    first=$(calls "$call" dpo-split --version)
    rm -rf old d new
    dpo-split -q -d old old.jsonl
    cp -r old d
    last=$(calls "$call" dpo-split --threads 1 -q -d d "$@")
    mv d new
    at=$((first + 1)) bad=0 tries=0 step=$(((last - first + 8) / 9))
    while [ $at -le "$last" ]; do
        tries=$((tries + 1))
        rm -rf d
        cp -r old d
        timeout 20 strace -f -qq -o trace -e "inject=$call:$fault:when=$at" \
            dpo-split --threads 1 -q -d d "$@" >out 2>err </dev/null
        status=$?
        [ ! -e d/manifest.json ] || set_is_whole d || bad=$((bad + 1))
        case $status:$fault in
        0:*) diff -r d new >out || bad=$((bad + 1)) ;;
        137:signal=KILL) find d -name '.*.tmp' -exec rm {} + ;;
        1:*) grep -q '^dpo-split: ' err || [ "$call" = write ] || bad=$((bad + 1)) ;;
        *) bad=$((bad + 1)) ;;
        esac
        [ -z "$(find d -name '.*')" ] || bad=$((bad + 1))
        [ $((at + step)) -gt "$last" ] && [ $at -lt "$last" ] && at=$((last - step))
        at=$((at + step))
    done
    check "dpo-split: $fault at $tries of $((last - first)) $call" test $bad = 0
    rm -r d old new
}
# The temporary has its name from the start, keeps it to itself, and goes when a signal comes.
inject_named() { # NAME FAULT
    name=$1 fault=$2
    mkdir k
    case $fault in openat*)
        strace -qq -o trace -e trace=openat dpo-filter --threads 1 -q -o k/out few.jsonl
        fault=$fault:when=$(grep 'openat(' trace | grep -n O_TMPFILE | cut -d: -f1) ;;
    esac
    cp old.jsonl k/out
    chmod 640 k/out
    try "$name: filter" 0 strace -f -qq -o trace -e "trace=openat,access" -e "inject=$fault" \
        dpo-filter --threads 1 -q -o k/out few.jsonl
    check "$name: the file" cmp k/out few.jsonl
    check "$name: its permissions" test "$(stat -c %a k/out)" = 640
    check "$name: the temporary had a name" grep -q 'out\.[0-9-]*\.tmp.*O_EXCL' trace
    check "$name: nothing else" test "$(files_in k)" = 1
    for signal in HUP:129 INT:130 TERM:143 KILL:137; do
        status=${signal#*:} signal=${signal%:*}
        try "$name: SIG$signal" "$status" sh -c "
            env --default-signal=HUP,INT strace -qq -o trace -e inject=$fault \\
                -e inject=fsync:signal=$signal:when=1 dpo-filter --threads 1 -q -o k/out few.jsonl"
        check "$name: SIG$signal leaves the file" cmp k/out few.jsonl
        [ "$signal" = KILL ] || check "$name: SIG$signal leaves nothing else" test "$(files_in k)" = 1
    done
    rm -r k
}
if [ "${SAN:-}" ]; then
    skip 'failing system calls' 'sanitizers make calls of their own'
elif ! command -v strace >/dev/null || ! strace -o trace true 2>/dev/null; then
    skip 'failing system calls' 'strace is not there, or may not trace: NOTHING OF THIS WAS TESTED'
else
    for how in read:error=EIO write:error=ENOSPC write:error=EIO fsync:error=EIO linkat:error=EIO \
        renameat:error=ENOSPC close:error=EIO openat:error=EMFILE openat:error=EACCES \
        fsync:signal=KILL linkat:signal=KILL renameat:signal=KILL write:signal=KILL \
        read:error=EINTR write:error=EINTR; do
        inject "${how%%:*}" "${how#*:}" dpo-merge --threads 1 medium.jsonl
    done
    for how in pread64:error=EIO pwrite64:error=ENOSPC write:error=ENOSPC; do
        inject "${how%%:*}" "${how#*:}" dpo-filter --threads 1 --sort gap medium.jsonl
    done
    inject pread64 error=EIO dpo-merge --threads 1 debates.db
    for how in write:error=ENOSPC fsync:error=EIO linkat:error=EIO renameat:error=EIO \
        renameat:signal=KILL; do
        inject "${how%%:*}" "${how#*:}" dpo-filter --threads 1 --min-gap 1 pairs.jsonl
    done
    for how in write:error=ENOSPC fsync:error=EIO linkat:error=EIO renameat:error=EIO \
        close:error=EIO openat:error=EACCES write:signal=KILL renameat:signal=KILL; do
        inject "${how%%:*}" "${how#*:}" dpo-synth --count 2000
    done
    for how in read:error=EIO write:error=ENOSPC fsync:error=EIO fsync:signal=KILL \
        linkat:error=EIO linkat:signal=KILL renameat:error=EIO renameat:signal=KILL \
        unlink:error=EIO unlink:signal=KILL openat:error=EACCES; do
        inject_split "${how%%:*}" "${how#*:}" --seed 7 medium.jsonl
    done

    # No nameless files: the first openat with a folder that is not the working directory fails.
    head -n 5 pairs.jsonl >few.jsonl
    inject_named 'no nameless files' 'openat:error=EOPNOTSUPP'
    inject_named 'no /proc' '?access,?faccessat,?faccessat2:error=ENOENT'

    # What some file systems say only when the output is closed: that of a duplicate tells it.
    strace -qq -o trace -e trace=close,dup dpo-synth -q --count 1 >out
    at=$(awk '/^close/ { closes++; if (dup) { print closes; exit } } /^dup\(1\)/ { dup = 1 }' trace)
    try 'standard output that fails when closed' 1 \
        strace -qq -o trace -e "inject=close:error=EIO:when=${at:-1}" dpo-synth -q --count 1
    err_is 'dpo-synth: standard output: cannot close: Input/output error'
fi

# --- Standard streams.

for tool in dpo-merge dpo-filter; do
    try "$tool: a full disk behind standard output" 1 sh -c "$tool -q pairs.jsonl >/dev/full"
    err_is "$tool: standard output: cannot write: No space left on device"
    try "$tool: big data to a full disk" 1 sh -c "$tool -q big.jsonl >/dev/full"
    err_is "$tool: standard output: cannot write: No space left on device"
    try "$tool: --help to a full disk" 1 sh -c "$tool --help >/dev/full"
    err_is "$tool: standard output: cannot write"
    try "$tool: standard input is closed" 1 sh -c "$tool <&-"
    err_is "$tool: standard input: Bad file descriptor"
    try "$tool: standard output is closed" 1 sh -c "$tool pairs.jsonl >&-"
    err_is "$tool: standard output: cannot write: Bad file descriptor"
    try "$tool: standard error is closed" 0 sh -c "$tool -o o pairs.jsonl 2>&-"
    check "$tool: the talk is not in the data" sh -c '! grep -q "^dpo-" o'
    if command -v bash >/dev/null; then
        try "$tool: a reader that stops early" 141 bash -c "set -o pipefail; $tool -q big.jsonl | head -n 1 >/dev/null"
        err_is ''
        try "$tool: the same with SIGPIPE ignored" 141 \
            bash -c "set -o pipefail; trap '' PIPE; $tool -q big.jsonl | (trap - PIPE; head -n 1) >/dev/null"
        err_is ''
    fi
    cp old.jsonl o
    echo x | cat pairs.jsonl - >bad.jsonl
    case $tool in dpo-merge) set -- --skip-bad 1 bad.jsonl ;; *) set -- --min-gap 3 pairs.jsonl ;; esac
    try "$tool: the output fails behind the rejects" 1 sh -c "$tool -q --rejects o $* >/dev/full"
    check "$tool: the old rejects stay" cmp o old.jsonl
    try "$tool: output and rejects" 0 sh -c "$tool -q --rejects o $* >/dev/null"
    check "$tool: the new rejects" sh -c '! cmp -s o old.jsonl'
    cp old.jsonl o
    try "$tool: a limit on the size of files" 1 sh -c "ulimit -f 100; $tool -q -o o big.jsonl"
    err_is "$tool: o: cannot write: File too large"
    check "$tool: the old file stays" cmp o old.jsonl
done
try 'split: a limit on the size of files' 1 sh -c 'ulimit -f 100; dpo-split -q -d d big.jsonl'
err_like '^dpo-split: d/train.jsonl: cannot write: File too large$'
check 'split: no set' test "$(files_in d)" = 0

# --- A writer that dies.

producer='head -n 30 pairs.jsonl; echo "{\"_end\":30}"'
try 'a sealed stream is whole' 0 sh -c "($producer) | dpo-filter --seal -q -o o"
cp old.jsonl o
try 'a writer killed between two records' 1 sh -c \
    '(sh -c "head -n 30 pairs.jsonl; kill -9 \$\$"; true) 2>/dev/null | dpo-filter --seal -q -o o'
err_is 'dpo-filter: standard input: ends without a seal after 30 records: its writer died or does not use --seal'
check 'the old file stays' cmp o old.jsonl
try 'a writer killed inside a record' 1 sh -c 'head -c 1000 pairs.jsonl | dpo-filter -q -o o'
err_like '^dpo-filter: standard input:[0-9]+: the file ends in the middle of a line: '
check 'the old file still stays' cmp o old.jsonl
try 'killed inside the seal' 1 sh -c "($producer) | head -c -4 | dpo-split --seal -q -d d"
err_like '^dpo-split: standard input:31: the file ends in the middle of a line: '
try 'a record lost on the way' 1 sh -c "($producer) | sed 5d | dpo-merge -q -o o"
err_is 'dpo-merge: standard input: the seal says 30 records, but 29 came'
check 'and the old file stays again' cmp o old.jsonl
done_testing
