#!/bin/sh
# A night's work for cron: takes in what was debated, trains on all of it, tests what came of it
# beside the model in production, and puts the better one there. docs/nightly.md sets it up.
#
#     nightly.sh [-q] SETTINGS [NAME=VALUE ...]
#
# SETTINGS is a file of shell variables, such as pipelines/nightly.settings; NAME=VALUE goes before
# it. Names of files are taken from its folder.
#
#     MODEL     what is trained, as dpo-train's -m takes it; must be set
#     NAME      what Ollama calls the model in production, as advisor:prod; must be set
#     DEBATES   the folder with all debates and pairs, of any form that dpo-merge reads; 'debates'
#     PULL      a command for sh that fetches new ones, begun in that folder; none
#     TEST      pairs to test with that are never trained on; by default dpo-split's test part
#     GATE      when the new model is better, as dpo-eval's --gate; 'reward_accuracy > baseline',
#               where the baseline is the model in production on the same pairs
#     CHANGES   how many pairs must have come or gone before a night is begun; 1
#     HOST      where Ollama listens; by default as OLLAMA_HOST says
#     KEEP      how many nights are kept, beside the one in production; 7
#     DIR       where all of it lies: runs.db, a lock, and a folder per night; 'nightly'
#
# What lies beside SETTINGS as merge.conf, filter.conf, split.conf, train.conf, eval.conf,
# export-gguf.conf or deploy.conf is that program's --config. A night takes copies when it begins, but for
# deploy.conf, which has no say in what is trained.
#
# It writes one line when something happened, on standard error when that went wrong, and nothing
# when there was nothing to do. With -q a model that was put into production needs no line either.
#
#     0    the new model is in production, or nothing has changed
#     1    something failed, as the line says; the next run goes on there
#     2    wrong usage
#     3    the new model is not better, or answers wrongly: production stays as it is
#     75   run me again: another one is at work, or a signal stopped this one
#
# A night that was broken off, however that was, is gone on with by the next run. A signal to the
# script alone waits for the end of a step; to its process group, as systemd and Ctrl-C send it, it
# ends the step too: the training with a checkpoint.

set -u
export LC_ALL=C
MODEL='' NAME='' DEBATES=debates PULL='' TEST='' GATE='reward_accuracy > baseline' CHANGES=1 HOST='' KEEP=7
DIR=nightly

die() { # STATUS LINE
    echo "nightly: $2" >&2
    exit "$1"
}

known='MODEL NAME DEBATES PULL TEST GATE CHANGES HOST KEEP DIR'

# The file may set names of its own, but none that looks like a setting.
check_names() { # FILE
    names=$(sed -n 's/^[[:blank:]]*\([A-Z][A-Z0-9_]*\)=.*/\1/p' "$1")
    for name in $names; do
        for setting in $known; do [ "$name" != "$setting" ] || continue 2; done
        for setting in $known; do
            case $name:$setting in
            "$setting"[A-Z]*:* | *:"$name"[A-Z]*) die 2 "$1: there is no setting '$name'; is '$setting' meant?" ;;
            esac
        done
    done
}

settings() { # SETTINGS [NAME=VALUE ...]
    case ${1:-} in
    '' | -*) die 2 'usage: nightly.sh [-q] SETTINGS [NAME=VALUE ...]' ;;
    esac
    [ -f "$1" ] || die 2 "there is no file '$1'"
    file=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
    here=$(cd "$(dirname "$0")" && pwd)
    PATH=$PATH:$here/../bin
    cd "${file%/*}" || exit 1
    check_names "$file"
    # shellcheck source=/dev/null
    . "$file"
    shift
    for setting; do
        case " $known " in
        *" ${setting%%=*} "*) ;;
        *) die 2 "there is no setting '${setting%%=*}'" ;;
        esac
        case $setting in *=*) ;; *) die 2 "'$setting' has no value" ;; esac
        eval "${setting%%=*}=\${setting#*=}"
    done
    [ "$MODEL" ] || die 2 'MODEL is not set'
    [ "$NAME" ] || die 2 'NAME is not set'
    case $NAME in *[!A-Za-z0-9._:/-]*) die 2 "NAME is a model's name in Ollama, not '$NAME'" ;; esac
    [ "$GATE" ] || die 2 'GATE is empty'
    for number in "$CHANGES" "$KEEP"; do
        case $number in '' | *[!0-9]*) die 2 "CHANGES and KEEP are numbers, not '$number'" ;; esac
    done
    metric=${GATE%% *} # of low(METRIC) and its like, too
    metric=${metric#*\(} metric=${metric%)}
    case ${NAME##*/} in *:*) ;; *) NAME=$NAME:latest ;; esac
    mkdir -p "$DIR/nights" && DIR=$(cd "$DIR" && pwd) || exit 1
}

# The steps hold the lock, too: a trainer whose script was killed is still at work.
lock() {
    exec 9>>"$DIR/lock"
    flock -n 9 || die 75 "another run holds $DIR/lock"
}

# --- Steps. A night is a folder; what a step leaves there appears whole or not at all, so what is
# there is done.

step() { # COMMAND...: its talk goes to the log
    "$@" >>"$work/log" 2>&1
    code=$?
    [ ! "$stopped" ] || code=75
    case $code in
    75 | 129 | 130 | 143) die 75 "stopped in $1; the next run goes on" ;;
    esac
    return $code
}
failed() { # PROGRAM
    die 1 "$1 failed: $(tail -n 1 "$work/log") (the next run tries again; what was done is in $work)"
}
# dpo-X with its own settings
tool() { # X OPTION...
    tool=dpo-$1
    [ ! -e "$work/$1.conf" ] || set -- "$@" --config "$work/$1.conf"
    shift
    step "$tool" "$@"
}
must() { # X OPTION...: or the night ends here
    tool "$@" || failed "dpo-$1"
}

query() { # SQL
    [ -s "$DIR/runs.db" ] || return 0
    sqlite3 -readonly -cmd '.timeout 60000' "$DIR/runs.db" "$1" || die 1 "$DIR/runs.db cannot be read"
}
sql() { # TEXT: as SQL has it
    printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"
}

# The file that is in production, by what was deployed and taken back.
production() {
    rows=$(query "SELECT CASE WHEN names IS NULL THEN 'back' ELSE 'took' || model END
        FROM (SELECT id, model, json_extract(options, '\$.names') AS names,
            json_extract(options, '\$.rollback') AS back FROM runs WHERE kind = 'deploy' AND result = 'done')
        WHERE instr(' ' || coalesce(names, back) || ' ', ' ' || $(sql "$NAME") || ' ') ORDER BY id") || exit 1
    echo "$rows" | awk '
        /^took/ { before = now; now = substr($0, 5) }
        /^back/ { other = now; now = before; before = other }
        END { print now }'
}
# What the gate's metric was in a test.
measured() { # RESULTS
    query "SELECT printf('%.4f', value) FROM runs JOIN figures ON run_id = id
        WHERE kind = 'eval' AND run_dir = $(sql "$1") AND name = $(sql "$metric") ORDER BY id DESC LIMIT 1"
}

nights() { # the oldest first
    for folder in "$DIR"/nights/*/; do
        [ ! -d "$folder" ] || echo "${folder%/}"
    done
}
unfinished() {
    nights | while read -r folder; do
        [ -e "$folder/done" ] || echo "$folder"
    done | head -n 1
}

# --- What there is to learn from.

pull() {
    [ -d "$DEBATES" ] || die 1 "there is no folder '$DEBATES'"
    [ ! "$PULL" ] || (cd "$DEBATES" && exec sh -c "$PULL" >>"$work/log" 2>&1 9>&-) ||
        die 1 "PULL failed: $(tail -n 1 "$work/log")"
}
collect() {
    for file in "$DEBATES"/*; do
        case $file in *-wal | *-shm | *.part | *.tmp) continue ;; esac
        [ ! -f "$file" ] || set -- "$@" "$file"
    done
    [ $# -gt 0 ] || die 1 "there is nothing in '$DEBATES'"
    must merge -o "$work/merged.jsonl" "$@"
    set --
    [ ! "$TEST" ] || set -- --unseen "$TEST"
    must filter -o "$work/pairs.jsonl" "$@" "$work/merged.jsonl"
    rm "$work/merged.jsonl"
}
copy_settings() {
    for file in merge filter split train eval export-gguf; do
        [ ! -e "$file.conf" ] || cp "$file.conf" "$work" || exit 1
    done
    [ ! "$TEST" ] || cp "$TEST" "$work/test.jsonl" || exit 1
    echo "$MODEL" >"$work/model"
}
same() { # FILE FILE: neither is there, or both are the same
    if [ -e "$1" ]; then cmp -s "$1" "$2"; else [ ! -e "$2" ]; fi
}
is_news() { # NIGHT: are there enough pairs that it did not have, or is training another?
    for file in model split.conf train.conf export-gguf.conf; do
        same "$1/$file" "$work/$file" || return 0
    done
    sort "$1/pairs.jsonl" >"$work/before"
    changes=$(sort "$work/pairs.jsonl" | comm -3 - "$work/before" | grep -c '')
    rm "$work/before"
    [ "$changes" -ge "$CHANGES" ] && [ "$changes" -gt 0 ]
}
begin() {
    work=$DIR/next
    rm -rf "$work"
    mkdir "$work" || exit 1
    pull
    copy_settings
    collect
    last=$(nights | tail -n 1)
    [ ! "$last" ] || is_news "$last" || exit 0
    until work=$DIR/nights/$(date -u +%Y-%m-%dT%H%M%S) && [ ! -e "$work" ]; do sleep 1; done
    mv "$DIR/next" "$work" || exit 1
}

# --- From pairs to a verdict.

split() {
    [ -e "$work/split/manifest.json" ] || must split -d "$work/split" "$work/pairs.jsonl"
    [ -e "$work/test.jsonl" ] || ln "$work/split/test.jsonl" "$work/test.jsonl" || exit 1
}
train() {
    [ ! -e "$work/trained" ] || return 0
    set -- -m "$(cat "$work/model")" --resume --history "$DIR/runs.db" -o "$work/run"
    [ ! -s "$work/split/val.jsonl" ] || set -- "$@" --eval "$work/split/val.jsonl"
    tool train "$@" "$work/split/train.jsonl"
    case $? in
    0) : >"$work/trained" ;;
    3) close 3 "left alone: the training went beyond its limits: $(tail -n 1 "$work/log")" ;;
    *) failed dpo-train ;;
    esac
}
evaluate() { # NIGHT OPTION...
    of=$1
    shift
    tool eval -m "$(cat "$of/model")" --adapter "$of/run" --history "$DIR/runs.db" "$@" "$work/test.jsonl"
    case $? in 0) return 0 ;; 3) return 3 ;; *) failed dpo-eval ;; esac
}
# The model in production on tonight's test.
baseline() { # NIGHT
    results=$1/results.jsonl
    same "$1/test.jsonl" "$work/test.jsonl" && same "$1/eval.conf" "$work/eval.conf" && return
    results=$work/production.jsonl
    [ -e "$results" ] || evaluate "$1" -o "$results"
}
weigh() {
    [ ! -e "$work/better" ] || return 0
    in_use=$(production) || exit 1
    in_use=${in_use%/run/model.gguf}
    set -- "$work" -o "$work/results.jsonl"
    if [ "$in_use" ]; then
        [ -e "$in_use/run/adapter_config.json" ] || die 1 "the model in production, $in_use, is not a \
night of $DIR: there is nothing to compare with; put one there by hand, or remove runs.db"
        baseline "$in_use"
        set -- "$@" --baseline "$results" --gate "$GATE"
    fi
    evaluate "$@"
    case $? in 0) is=better ;; *) is=worse ;; esac
    says="$metric $(measured "$work/results.jsonl")"
    [ ! "$in_use" ] || says="$says, in production $(measured "$results")"
    [ $is = better ] || close 3 "left alone: $says"
    echo "$says" >"$work/better.part" && mv "$work/better.part" "$work/better"
}

# --- Into production.

export_model() {
    [ -e "$work/run/model.gguf" ] && return
    dpo-lora-merge -q --dtype f32 -m "$(cat "$work/model")" "$work/run" 2>"$work/fold.log" |
        tool export-gguf -o "$work/run/model.gguf" -
    code=$?
    # Of two that end together the first says why.
    cat "$work/fold.log" >>"$work/log"
    rm "$work/fold.log"
    case $code in
    0) ;;
    75) exit 75 ;;
    *) failed 'the export' ;;
    esac
}
quoted() { # WORD...: as one types it
    for word; do
        case $word in
        *[!A-Za-z0-9_./:@%+=,-]* | '') printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\\\''/g")" ;;
        *) printf '%s ' "$word" ;;
        esac
    done
}
deploy() {
    read -r says <"$work/better"
    # The one who was killed right here, or did it by hand.
    in_use=$(production) || exit 1
    [ "$in_use" != "$work/run/model.gguf" ] || close 0 "$NAME is the model of ${work##*/}: $says"
    set -- "$work/run/model.gguf" --name "$NAME" --history "$DIR/runs.db"
    [ ! "$HOST" ] || set -- "$@" --host "$HOST"
    [ ! -e deploy.conf ] || set -- "$@" --config deploy.conf
    step dpo-deploy -q "$@"
    case $? in
    0) close 0 "$NAME is the model of ${work##*/}: $says" ;;
    3) close 3 "left alone: $says, but $(tail -n 1 "$work/log")" ;;
    *) die 1 "the model of ${work##*/} is better ($says) but not in production: $(tail -n 1 "$work/log"). \
This finishes: cd $(quoted "$PWD")&& $(quoted "$(command -v dpo-deploy)" "$@")" ;;
    esac
}
close() { # STATUS LINE: the night is over
    : >"$work/done"
    in_use=$(production) || exit 1
    nights | awk -v keep="$KEEP" '{ one[NR] = $0 } END { for (i = 1; i <= NR - keep; i++) print one[i] }' |
        while read -r folder; do
            [ "$folder" = "${in_use%/run/model.gguf}" ] || [ ! -e "$folder/done" ] || rm -rf "$folder"
        done
    [ "$1" = 0 ] || die "$1" "$2"
    [ "$quiet" ] || echo "nightly: $2"
    exit 0
}

quiet=''
stopped=''
[ "${1:-}" != -q ] || { quiet=yes && shift; }
settings "$@"
lock
trap 'stopped=yes' HUP INT TERM
work=$(unfinished)
[ "$work" ] || begin
split
train
weigh
export_model
deploy
