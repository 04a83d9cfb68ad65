#!/bin/sh
# Each option of each program is given in some test in tests/cli: BIN=DIR options_tested.sh [ROOT]
#
# An option counts for the program named before it on the same line (continued lines are one).
# Where the line names no program it counts for the program that the file is called after
# (merge.t, merge_errors.t) and, behind a variable ("$tool" --help), for all that the file names.
cd "${1:-.}" || exit 2
BIN=${BIN:-bin}

for source in tools/dpo-*.c; do
    tool=$(basename "$source" .c)
    "$BIN/$tool" --help | sed -nE "s/^ +(-(.), )?--([a-z0-9-]+).*/want $tool \3 \2/p"
done | awk '
    function count(program, option) {
        if ((program, option) in long) option = long[program, option]
        tested[program, option] = 1
    }
    function look(text, home,    n, i, word, program, loop, p) {
        n = split(text, word, /[ \t"'\''=;()|&]+/)
        for (i = 1; i <= n; i++) {
            if (word[i] ~ /^(.*\/)?dpo-[a-z-]+$/) { program = word[i]; sub(/.*\//, "", program); loop = 0 }
            else if (word[i] ~ /^\$\{?(tool|program)\}?$/) loop = 1
            else if (word[i] ~ /^--?[a-z][a-z0-9-]*$/) {
                sub(/^-+/, "", word[i])
                if (loop) for (p in named) count(p, word[i])
                else count(program ? program : home, word[i])
            }
        }
    }
    NR == FNR {
        wanted[++rows] = $2 " " $3
        if ($4) long[$2, $4] = $3
        next
    }
    FNR == 1 {
        home = FILENAME
        sub(/.*\//, "", home)
        sub(/[._].*/, "", home)
        if (home !~ /^dpo-/) home = "dpo-" home
        split("", named)
        while ((getline line < FILENAME) > 0) {
            rest = line
            while (match(rest, /dpo-[a-z]+(-[a-z]+)*/)) {
                named[substr(rest, RSTART, RLENGTH)] = 1
                rest = substr(rest, RSTART + RLENGTH)
            }
        }
        close(FILENAME)
        whole = ""
    }
    /^[ \t]*#/ { next }
    {
        whole = whole $0
        if (sub(/\\$/, " ", whole)) next
        look(whole, home)
        whole = ""
    }
    END {
        for (i = 1; i <= rows; i++) {
            split(wanted[i], w, " ")
            if ((w[1], w[2]) in tested) continue
            print "tools/" w[1] ".c:1: no test in tests/cli gives --" w[2]
            bad = 1
        }
        exit bad
    }' - tests/cli/*.t
