# shellcheck shell=sh
# Tests of programs, in plain sh. A test file stands in tests/cli/ and looks like this:
#
#     . "${0%/*}/../tap.sh"
#     printf '%s\n' '{"prompt": 1}' > "$T/bad.jsonl"
#     try 'a prompt that is a number is refused' 1 dpo-filter "$T/bad.jsonl"
#     out_is ''
#     err_is "dpo-filter: $T/bad.jsonl:1: 'prompt' is not a string"
#     check 'the input is still there' test -s "$T/bad.jsonl"
#     done_testing
#
# $T is a folder of this test's own, removed at the end; the working directory is the root of the
# source tree; the programs under test come first in PATH. Run one by hand: sh tests/cli/x.t
#
#     try NAME STATUS COMMAND...  runs COMMAND: is this its exit status? Keeps what it writes in
#                                 $T/out and $T/err for the checks that follow
#     out_is TEXT, err_is TEXT    the output is TEXT and a newline; '' means nothing at all
#     out_like ERE, err_like ERE  some line matches (grep -E)
#     out_file_is FILE            the output is the same, byte for byte, as FILE
#     check NAME COMMAND...       COMMAND succeeds
#     pass NAME, fail NAME        says so
#     skip NAME WHY, skip_all WHY cannot be tested here; skip_all ends the file
#     done_testing                the end; a file without it, or without a check, fails
#
# Input comes by '<', a here-document or a pipe into try. A pipeline to test is itself the command:
# try NAME 0 sh -c 'a | b'.

SRC=${SRC:-$(cd "${0%/*}/../.." && pwd)}
BIN=${BIN:-$SRC/bin}
PATH=$BIN:$PATH
export SRC BIN PATH LC_ALL=C
cd "$SRC" || exit 1

T=$(mktemp -d "${TMPDIR:-/tmp}/dpo-test.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$T"; rm -rf "$T"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Results are kept in a file and not in variables: try may run behind a pipe, in a process of its
# own. TAP lines need no numbers.
: >"$T/.results"

pass() {
    echo "ok - $1"
    echo ok >>"$T/.results"
}

fail() {
    echo "not ok - $1"
    echo not ok >>"$T/.results"
}

skip() {
    pass "$1 # SKIP $2"
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# Shows the first lines of standard input as TAP comments.
tap_show() {
    sed -n '1,30s/^/# /p'
}

tap_call() { # NAME: what the checks that follow are about
    tap_name=$1
    printf '%s\n' "$1" >"$T/.name"
}

try() {
    tap_call "$1"
    tap_want=$2
    shift 2
    "$@" >"$T/out" 2>"$T/err"
    tap_got=$?
    if [ "$tap_got" -eq "$tap_want" ]; then
        pass "$tap_name"
    else
        fail "$tap_name"
        echo "exit status $tap_got, expected $tap_want, of: $*" | tap_show
        tap_show <"$T/err"
    fi
}

tap_is() { # out|err TEXT
    read -r tap_name <"$T/.name"
    if [ "$2" ]; then printf '%s\n' "$2"; fi >"$T/.want"
    if cmp -s "$T/.want" "$T/$1"; then
        pass "$tap_name: std$1"
    else
        fail "$tap_name: std$1"
        diff "$T/.want" "$T/$1" | tap_show
    fi
}

tap_like() { # out|err ERE
    read -r tap_name <"$T/.name"
    if grep -Eq -e "$2" "$T/$1"; then
        pass "$tap_name: std$1 like '$2'"
    else
        fail "$tap_name: std$1 like '$2'"
        tap_show <"$T/$1"
    fi
}

out_is() { tap_is out "$1"; }
err_is() { tap_is err "$1"; }
out_like() { tap_like out "$1"; }
err_like() { tap_like err "$1"; }

out_file_is() {
    read -r tap_name <"$T/.name"
    if cmp -s "$1" "$T/out"; then
        pass "$tap_name: stdout as in $1"
    else
        fail "$tap_name: stdout as in $1"
        diff "$1" "$T/out" 2>&1 | tap_show
    fi
}

check() {
    tap_call "$1"
    shift
    if "$@" >"$T/.check" 2>&1; then
        pass "$tap_name"
    else
        fail "$tap_name"
        echo "failed: $*" | tap_show
        tap_show <"$T/.check"
    fi
}

done_testing() {
    [ -s "$T/.results" ] || fail 'this file checks something'
    echo "1..$(grep -c '' "$T/.results")"
    ! grep -q '^not ok' "$T/.results"
    exit
}
