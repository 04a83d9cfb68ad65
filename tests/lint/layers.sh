#!/bin/sh
# No module includes one from a layer above it: layers.sh [ROOT]
# The table is the one in docs/architecture.md, of this project; a layer may always include itself.
table=$(sed -n 's/^| \([a-z]*\) | \([a-z -]*\) |.*/\1 \2/p' "${0%/*}/../../docs/architecture.md" | grep -v '^layer ')
cd "${1:-.}" || exit 2
twice=$(echo "$table" | sed 's/ .*//' | sort | uniq -d | head -n 1)
[ ! "$twice" ] || { echo "docs/architecture.md: the layer \"$twice\" has several rows" && exit 1; }

find common -name '*.[ch]' | sort | xargs grep -n '^ *# *include *"' /dev/null | awk -F: -v table="$table" '
    BEGIN {
        rows = split(table, row, "\n")
        for (i = 1; i <= rows; i++) {
            n = split(row[i], word, " ")
            if (n) known[word[1]] = 1
            for (j = 1; j <= n; j++) may[word[1], word[j]] = 1
        }
    }
    {
        split($1, part, "/")
        layer = part[2]
        split($3, quoted, "\"")
        there = quoted[2]
        if (!sub("/.*", "", there)) problem = "\"" quoted[2] "\" is not written with its layer"
        else if (!(layer in known)) problem = "layer \"" layer "\" is not in the table"
        else if (!((layer, there) in may)) problem = layer " may not include " quoted[2]
        else next
        print $1 ":" $2 ": " problem
        bad = 1
    }
    END { exit bad }'
