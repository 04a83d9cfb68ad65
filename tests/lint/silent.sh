#!/bin/sh
# common/ above core/ and options/ neither prints nor exits, memory comes from core/memory, and the calls that
# overrun or guess are nowhere: silent.sh [ROOT]
strip=$(cd "${0%/*}" && pwd)/strip.awk
cd "${1:-.}" || exit 2
status=0

# ban WORDS WHY FILE...: none of the words (an ERE of alternatives) stands in the code.
ban() {
    words=$1
    why=$2
    shift 2
    awk -v named=1 -f "$strip" "$@" | awk -F '\t' -v words="(^|[^A-Za-z0-9_])($words)([^A-Za-z0-9_]|\$)" -v why="$why" '
        { sub(/format\(printf, /, "", $3) }
        $3 ~ words { print $1 ":" $2 ": " why; found = 1 }
        END { exit found }' || status=1
}

# shellcheck disable=SC2046 # no name in the tree has a space
{
    ban 'v?f?printf|f?puts|putchar|putc|fputc|perror|stdout|stderr|_?exit|_Exit|abort|die|die_usage|report_[a-z]+' \
        'only tools/, core/ and options/ print, report or exit' \
        $(find common -name '*.[ch]' ! -path 'common/core/*' ! -path 'common/options/*' | sort)
    ban 'malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|free' \
        'memory comes from core/memory' \
        $(find common -name '*.[ch]' ! -path 'common/core/memory.c' | sort)
    ban 'strdup|strndup|atoi|atol|atoll|atof|v?sprintf|strcpy|strcat|stpcpy|gets|strtok|scanf|sscanf|alloca' \
        'this call guesses, overruns or hides an allocation' \
        $(find common tools -name '*.[ch]' | sort)
}
exit "$status"
