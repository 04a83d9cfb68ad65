# What all programs share: help, version, completion, configuration files, wrong usage, and how they
# were built.
. "${0%/*}/../tap.sh"

cd "$T" || exit 1
shared='output threads seal lock config json quiet completion help version'

# The options that --help shows.
options_of() {
    "$1" --help | sed -nE 's/^ +(-., )?--([a-z0-9-]+).*/\2/p'
}

for path in "$BIN"/dpo-*; do
    tool=${path##*/}

    try "$tool --help" 0 "$tool" --help
    err_is ''
    out_like "^usage: $tool \[OPTION\.\.\.\]"
    out_like "^Manual: man $tool; the suite: man dpo\$"
    check "$tool --help: no line is too long" sh -c '! grep -q ".\{111\}" "$1"' sh "$T/out"
    check "$tool --help: no trailing blanks" sh -c '! grep -q " \$" "$1"' sh "$T/out"
    check "$tool --help: nothing twice" test -z "$(options_of "$tool" | sort | uniq -d)"
    for option in $shared; do
        options_of "$tool" | grep -qx "$option" || echo "$option"
    done >missing
    check "$tool --help: what every tool has" test ! -s missing
    cp "$T/out" help
    try "$tool -h" 0 "$tool" -h
    out_file_is help
    try "$tool --help reads nothing" 0 sh -c "$tool --help <&-"
    out_file_is help

    try "$tool --version" 0 "$tool" --version
    out_like "^$tool \(dpo-tools\) $(cat "$SRC/VERSION")$"
    err_is ''

    try "$tool --completion" 0 "$tool" --completion
    cp "$T/out" completion
    for option in $(options_of "$tool"); do
        grep -qe "--$option" completion || echo "$option"
    done >missing
    check "$tool --completion: knows all options" test ! -s missing
    if command -v bash >/dev/null; then
        try "$tool: the completion works" 0 bash -c '
            source ./completion
            COMP_WORDS=("$1" --thr) COMP_CWORD=1
            "_${1//-/_}"
            echo "${COMPREPLY[@]}"' bash "$tool"
        out_is --threads
    fi

    try "$tool: an unknown option" 2 "$tool" --no-such-option
    out_is ''
    err_is "$tool: no option is called '--no-such-option' (see --help)"
    try "$tool: an unknown letter" 2 "$tool" -Z
    err_is "$tool: no option is called '-Z' (see --help)"
    try "$tool: a value is missing" 2 "$tool" --config
    err_is "$tool: '--config' needs a value (see --help)"
    try "$tool: a wrong value" 2 "$tool" --threads=some
    err_is "$tool: --threads takes a whole number, not 'some'"
    try "$tool: a flag that is neither" 2 "$tool" --quiet=maybe
    err_is "$tool: --quiet takes yes or no, not 'maybe'"
    try "$tool: an output without a name" 2 "$tool" -o ''
    err_like "^$tool: (--output: no file name|the parts go to -d DIR.*|-d DIR is missing.*)\$"
    try "$tool: an error in JSON" 2 "$tool" --json --threads 0
    err_is "{\"tool\":\"$tool\",\"error\":\"--threads takes 1 to 1024, not 0\"}"
    try "$tool: --quiet does not hide errors" 2 "$tool" --quiet --threads 0
    err_is "$tool: --threads takes 1 to 1024, not 0"
    try "$tool: -q neither" 2 "$tool" -q --threads 0
    err_is "$tool: --threads takes 1 to 1024, not 0"

    printf '# a comment\r\n\r\n\tthreads =7  \n' >conf
    try "$tool --config" 0 "$tool" --config conf --version
    out_like "^$tool \(dpo-tools\) $(cat "$SRC/VERSION")$"
    printf 'help = true\n' >conf
    try "$tool --config: what is for the command line" 2 "$tool" --config conf
    err_is "$tool: conf:1: 'help' belongs on the command line"
    printf 'threads=0' >conf
    try "$tool --config: a value that is refused later" 2 "$tool" --config conf
    err_is "$tool: --threads takes 1 to 1024, not 0"
    printf 'json = yes\n' >flags
    try "$tool --config: a flag is unset" 2 "$tool" --config flags --json=no --threads 0
    err_is "$tool: --threads takes 1 to 1024, not 0"
    try "$tool --config: the command line wins" 0 "$tool" --config conf --threads 1 --version
    printf 'quiet = yes\nno such = 1\n' >conf
    try "$tool --config: an unknown name" 2 "$tool" --config conf
    err_is "$tool: conf:2: no option is called 'no such'"
    printf 'quiet\n' >conf
    try "$tool --config: no value" 2 "$tool" --config conf
    err_is "$tool: conf:1: 'quiet' is not 'name = value'"
    try "$tool --config: no file" 2 "$tool" --config none
    err_is "$tool: none: No such file or directory"
    try "$tool --lock: no folder" 1 "$tool" --lock none/lock
    err_is "$tool: none/lock: No such file or directory"

    if [ -z "${SAN:-}" ] && command -v readelf >/dev/null; then
        readelf -hlWd "$path" >elf
        check "$tool: position-independent" grep -Eq 'Type: +DYN' elf
        check "$tool: no executable stack" grep -Eq 'GNU_STACK .* RW +' elf
        check "$tool: read-only relocations" sh -c 'grep -q GNU_RELRO elf && grep -Eq "BIND_NOW|Flags: .*NOW" elf'
    fi
    if [ -z "${SAN:-}" ] && command -v strace >/dev/null && strace -o trace true 2>/dev/null; then
        case $tool in
        dpo-merge | dpo-filter | dpo-split | dpo-tokens | dpo-eval | dpo-chat | dpo-train | dpo-lora-merge)
            printf '%s\n' '{"prompt":"p","chosen":"a","rejected":"b"}' >pair
            needed='' operand=pair
            [ "$tool" = dpo-split ] && needed=--directory=parts
            [ "$tool" = dpo-tokens ] && needed=--model=$SRC/data/tiny
            [ "$tool" = dpo-eval ] && needed=--model=$SRC/tests/golden/numeric/models/qwen2
            [ "$tool" = dpo-chat ] && needed=--model=$SRC/tests/golden/numeric/models/qwen2 &&
                operand=--prompt=p
            if [ "$tool" = dpo-train ]; then
                printf '%s\n' "model = $SRC/tests/golden/numeric/models/qwen2" 'output = trained' >train.conf
                needed=--config=train.conf
            fi
            [ "$tool" = dpo-lora-merge ] && needed=--model=$SRC/tests/golden/numeric/models/qwen2 &&
                operand=$SRC/tests/golden/eval/adapter
            strace -f -qq -e trace=network,execve -o trace "$tool" ${needed:+"$needed"} "$operand" >out 2>&1
            check "$tool: no network, no other program" test "$(grep -c '' trace)" = 1
            ;;
        esac
    fi
done

for tool in dpo-merge dpo-filter; do
    printf '%s\n' '{"prompt":"p","chosen":"a","rejected":"b"}' >-odd
    try "$tool: behind -- all are files" 0 "$tool" -q -- -odd
    try "$tool: options may follow files" 0 "$tool" ./-odd --quiet --output out2
    err_is ''
    try "$tool: the last of equal options counts" 0 "$tool" -q --threads 0 --threads 1 -o none/o -o out3 ./-odd
    check "$tool: so" test -s out3
done

# Where the data goes. /dev/stdout is asked of outfile alone: were it replaced, all would suffer.
printf '%s\n' '{"prompt":"p","chosen":"a","rejected":"b"}' >pair
: >empty
for tool in dpo-merge dpo-filter; do
    try "$tool: -o to a name of standard output" 0 "$tool" -q -o /proc/self/fd/1 pair
    check "$tool: it got the pair" test -s "$T/out"
    cp "$T/out" want
    ln -sf /proc/self/fd/1 link
    try "$tool: -o to a link to it" 0 "$tool" -q -o link pair
    out_file_is want
    check "$tool: the link stays" test -L link
    if command -v bash >/dev/null; then
        try "$tool: -o to a process" 0 bash -c "$tool -q -o >(cat) pair | cat"
        out_file_is want
    fi
    cp pair grown
    try "$tool: its own output appended" 1 timeout 10 sh -c "$tool -q grown >>grown"
    err_is "$tool: grown: input file is output file"
    try "$tool: the same by standard input" 1 timeout 10 sh -c "$tool -q <grown >>grown"
    err_is "$tool: standard input: input file is output file"
    check "$tool: it is as it was" cmp pair grown
    try "$tool: -o may name the input" 0 "$tool" -q -o grown grown
    check "$tool: which stays a pair" grep -q '^{"prompt":"p","chosen":"a","rejected":"b"' grown
    chmod 600 grown
    try "$tool: -o keeps the permissions" 0 "$tool" -q -o grown grown
    check "$tool: as they were" test "$(stat -c %a grown)" = 600
    try "$tool: an empty file is no loop" 0 sh -c "$tool -q empty >>empty"
    rm grown
    printf old >both
    try "$tool: two names of one file" 2 "$tool" -q -o both --rejects ./both pair
    err_is "$tool: --rejects and --output name the same file"
    try "$tool: standard output is the other one" 2 sh -c "$tool -q --rejects both pair >>both"
    err_is "$tool: --rejects and --output name the same file"
    check "$tool: the old file stays" test "$(cat both)" = old
done
bytes=$(printf 'no-\377')
try 'a path that is not UTF-8' 1 dpo-filter --json "$bytes"
err_is "$(printf '{"tool":"dpo-filter","error":"no-\357\277\275: No such file or directory"}')"

# Shown, not judged: the machine may be busy. The aim is 5 ms.
begin=$(date +%s%N)
for _ in 1 2 3 4 5 6 7 8 9 10; do dpo-filter --help >/dev/null; done
echo "# dpo-filter --help takes $((($(date +%s%N) - begin) / 10000)) microseconds"
done_testing
