# The history: many programs add to it at once while sqlite3 reads, and one is killed.
. "${0%/*}/../tap.sh"

[ -x "$BIN/dpo-deploy" ] || skip_all 'dpo-deploy is not built'
db=$T/runs.db

ask() { # SQL
    sqlite3 -readonly -cmd '.timeout 10000' "$db" "$1"
}
# Nobody listens there: it adds a row, asks three times, and completes the row as failed.
deploy() {
    dpo-deploy -q --rollback a --tag prod --host 127.0.0.1:9 --history "$db" 2>"$T/$1"
}
until_is() { # COMMAND...: ten seconds at most
    for _ in $(seq 200); do
        "$@" && return
        sleep 0.05
    done
    return 1
}
has_rows() { # COUNT WHERE
    [ "$(ask "SELECT count(*) FROM runs WHERE $2" 2>/dev/null)" = "$1" ]
}

# --- Forty at once.

running=
for i in $(seq 40); do
    deploy "err.$i" &
    running="$running $!"
done
check 'all are there while they run' until_is has_rows 40 "result = 'running' OR result = 'failed'"
reads=0
bad=0
while has_rows 0 "result = 'failed'" && [ $reads -lt 1000 ]; do
    reads=$((reads + 1))
    [ "$(ask 'SELECT count(*) FROM runs')" = 40 ] || bad=$((bad + 1))
done
check 'sqlite3 reads meanwhile' test $bad = 0
statuses=
for process in $running; do
    wait "$process"
    [ $? = 1 ] || statuses="$statuses $process"
done
check 'all end as they would without a history' test ! "$statuses"
check 'nothing is lost' has_rows 40 "result = 'failed' AND exit_status = 1 AND kind = 'deploy'"
check 'each is a process of its own' test "$(ask 'SELECT count(DISTINCT pid) FROM runs')" = 40
check 'no warning' test ! "$(cat "$T"/err.* | grep warning)"
check 'the database is whole' test "$(ask 'PRAGMA integrity_check')" = ok

# --- One is killed in the middle.

dpo-deploy -q --rollback b --tag prod --host 127.0.0.1:9 --history "$db" 2>/dev/null &
killed=$!
check 'its row is there' until_is has_rows 1 "result = 'running'"
kill -9 $killed
wait $killed 2>/dev/null
check 'a killed one says who it was' has_rows 1 \
    "result = 'running' AND pid = $killed AND host = '$(uname -n)' AND finished_at IS NULL"
try 'others go on' 1 deploy err.after
check 'and are written down' has_rows 41 "result = 'failed'"

# --- It cannot be written.

mkdir "$T/folder"
db=$T/folder
try 'a history that cannot be written' 1 dpo-deploy --rollback a --tag prod --host 127.0.0.1:9 \
    --history "$T/folder"
err_like 'dpo-deploy: warning: .*/folder: is not a regular file'

done_testing
