#!/bin/sh
# Lines, functions, files and folders stay short: lengths.sh [ROOT]
# A function runs from the brace in column one to the one that closes it; tables do not count.
cd "${1:-.}" || exit 2
status=0

sources=$(find common tools tests -name '*.[ch]' 2>/dev/null | sort)
[ "$sources" ] || exit 0

# shellcheck disable=SC2086 # the names are meant to split
LC_ALL=C awk '
    function limit(name) {
        return name ~ /\.h$/ && name !~ /^tests\// ? 100 : name ~ /^tools\// ? 150 : 400
    }
    function end_of_file() {
        if (lines > limit(file)) say(file ":" lines ": the file has more than " limit(file) " lines")
    }
    function say(text) { print text; bad = 1 }
    FNR == 1 { if (NR > 1) end_of_file(); file = FILENAME; start = 0 }
    { lines = FNR }
    length($0) > 100 { # bytes: those that go on with a character count for none
        gsub(/[\200-\277]/, "")
        if (length($0) > 100) say(FILENAME ":" FNR ": the line has more than 100 columns")
    }
    /^\{$/ { start = FNR }
    /^\}/ && start {
        if (FNR - start + 1 > 60)
            say(FILENAME ":" start ": the function has " FNR - start + 1 " lines, more than 60")
        start = 0
    }
    END { end_of_file(); exit bad }' $sources || status=1

# A module is a header and its source; a header alone is private to its folder.
for folder in common/*/ tools/*/; do
    modules=0
    for header in "$folder"*.h; do
        [ -e "${header%.h}.c" ] && modules=$((modules + 1))
    done
    [ "$modules" -le 12 ] && continue
    echo "${folder%/}:1: the folder has $modules modules, more than 12"
    status=1
done
exit "$status"
