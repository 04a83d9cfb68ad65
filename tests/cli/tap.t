# The test functions themselves: each check must be able to fail.
. "${0%/*}/../tap.sh"

# Runs a test file made of the given lines; its TAP is in $T/out.
nested() {
    name=$1 status=$2
    shift 2
    mkdir -p "$T/tests/cli"
    cp tests/tap.sh "$T/tests/"
    printf '%s\n' '. "${0%/*}/../tap.sh"' "$@" >"$T/tests/cli/nested.t"
    try "$name" "$status" env SRC="$SRC" TMPDIR="$T" sh "$T/tests/cli/nested.t"
}

nested 'a good file' 0 "try good 0 echo hello" "out_is hello" "err_is ''" done_testing
out_is 'ok - good
ok - good: stdout
ok - good: stderr
1..3'

nested 'a wrong status' 1 "try status 0 false" done_testing
out_like '^not ok - status$'
out_like '^# exit status 1, expected 0, of: false$'

nested 'a wrong output' 1 "try output 0 echo hello" "out_is hell" "err_is hello" done_testing
out_like '^not ok - output: stdout$'
out_like '^# > hello$'
out_like '^not ok - output: stderr$'

nested 'an output that should be empty' 1 "try output 0 echo" "out_is ''" done_testing
out_like '^not ok - output: stdout$'

nested 'patterns' 1 "try p 0 echo abc" "out_like '^a.c\$'" "out_like b\$" "err_like x" done_testing
out_like '^ok - p: stdout like .*a.c'
out_like '^not ok - p: stdout like .*b'
out_like '^not ok - p: stderr like .*x'

nested 'files' 1 'printf abc >"$T/a"' "try f 0 printf abc" 'out_file_is "$T/a"' \
    'out_file_is "$T/none"' done_testing
out_like '^ok - f: stdout as in .*a$'
out_like '^not ok - f: stdout as in .*none$'

nested 'check' 1 "check yes true" "check no sh -c 'echo why; false'" done_testing
out_like '^ok - yes$'
out_like '^not ok - no$'
out_like '^# why$'

nested 'behind a pipe' 1 'echo x | try yes 0 cat' 'out_is x' 'echo x | try no 1 cat' done_testing
out_is 'ok - yes
ok - yes: stdout
not ok - no
# exit status 0, expected 1, of: cat
1..3'

nested 'a file without a check fails' 1 done_testing
out_like '^not ok'

nested 'a file cut short has no plan' 0 "try t 0 true"
check 'prove sees that' sh -c '! grep -q "^1\.\." "$1"' sh "$T/out"

nested 'skipping' 0 "skip one 'no such thing'" "skip_all 'not here'"
out_is "ok - one # SKIP no such thing
1..0 # SKIP not here"

nested 'the folder is removed' 0 'mkdir "$T/locked"' 'chmod 0 "$T/locked"' 'check yes true' done_testing
check 'nothing is left' sh -c '! ls -d "$1"/dpo-test.*' sh "$T"

done_testing
