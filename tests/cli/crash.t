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
head -n 10 pairs.jsonl >old.jsonl

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
            1) { IFS= read -r line && ! IFS= read -r more; } <err && [ "${line#"$tool": }" != "$line" ] || faults=$((faults + 1)) ;;
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
    sweep 'merge, a split file' dpo-merge --threads 1 --duplicates strongest --map answer=metadata.x split.json
    sweep 'merge, a database' dpo-merge --threads 1 --skip-bad 100 debates.db
    sweep 'filter, rules' dpo-filter --threads 1 --min-gap 1 --no-special --no-placeholders \
        --where 'metadata.topic = t' --script latin=0.1 --length-ratio 5 pairs.jsonl
    sweep 'filter, the whole set' dpo-filter --threads 2 --no-conflicts --sort gap --sample 20 --summary pairs.jsonl
    sweep 'filter, others' dpo-filter --threads 1 --unseen old.jsonl --min-agreement 0.1 pairs.jsonl
    sweep 'split, by hash' dpo-split --threads 1 --group n pairs.jsonl
    sweep 'split, as scikit-learn' dpo-split --threads 1 --method sklearn --stratify annotator_id pairs.jsonl
    sweep 'split, nested' dpo-split --threads 2 --nested d/nested.json pairs.jsonl
    [ ! -x "$BIN/dpo-synth" ] || sweep 'synth' dpo-synth --count 20
    (
        ulimit -v 60000
        dpo-merge -q --threads 1 big.jsonl >out 2>err
        echo $? >status
    )
    check 'an address limit: all or an error' sh -c 'case $(cat status) in
        0) dpo-merge -q big.jsonl | cmp - out ;; 1) test "$(wc -l <err)" = 1 ;; *) false ;; esac'
    ;;
esac
