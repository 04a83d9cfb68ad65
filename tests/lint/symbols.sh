#!/bin/sh
# No name is defined twice in a library, nor in one of the foreign libraries that it is linked with:
# the linker would take either without a word. symbols.sh LIBRARY FOREIGN...
library=$1
shift
foreign=$(for name; do
    file=$(${CC:-cc} -print-file-name="lib$name.so")
    [ -e "$file" ] && nm -D --defined-only "$file" | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }'
done)
{
    printf '%s\n' "$foreign"
    echo '='
    nm --defined-only --extern-only "$library" 2> /dev/null
} | awk -v library="$library" '
    $1 == "=" { own = 1; next }
    !own { seen[$1] = "a foreign library"; next }
    /^[^ ]*:$/ { object = $1; sub(/:$/, "", object) }
    NF == 3 && $2 !~ /[WVC]/ {
        if ($3 in seen) {
            print library ": " $3 " is defined in " object " and in " seen[$3]
            bad = 1
        }
        seen[$3] = object
    }
    END { exit bad }'
