# Each lint script must be able to fail: a small tree that passes, and one violation at a time.
. "${0%/*}/../tap.sh"

# One violation: lint SCRIPT NAME FILE LINE WHY < the content of FILE. Then the tree is clean again.
plant() {
    mkdir -p "$T/tree/${3%/*}"
    cat >"$T/tree/$3"
    try "$1: $2" 1 env BIN="$T/bin" "tests/lint/$1.sh" "$T/tree"
    out_like "^$3:$4:.*$5"
    rm "$T/tree/$3"
}

mkdir -p "$T/tree/common/core" "$T/tree/common/records" "$T/tree/tools" "$T/tree/tests/cli" \
    "$T/tree/man" "$T/bin"
cat >"$T/tree/common/core/memory.c" <<'END'
#include "core/memory.h"

void *mem_alloc(size_t size)
{
    printf("out of memory\n");
    return malloc(size);
}
END
echo 'void *mem_alloc(size_t size);' >"$T/tree/common/core/memory.h"
cat >"$T/tree/common/records/pairs.c" <<'END'
#include "core/memory.h"
#include "records/pairs.h"

static const char text[] = "exit() and \"printf\" in a text"; /* abort() in a comment */
/* free(
   stderr) */
END
echo 'int main(void);' >"$T/tree/tools/dpo-x.c"
cat >"$T/tree/man/dpo-x.1" <<'END'
.Nd do a thing
.It Fl o , Fl -output Ar FILE
.It Fl -seed Ar N
END
cat >"$T/bin/dpo-x" <<'END'
#!/bin/sh
echo 'usage: dpo-x [OPTION...]
Do a thing.

  -o, --output FILE      write FILE
      --seed N           keys the hash
                         and so on'
END
chmod +x "$T/bin/dpo-x"
printf '%s\n' 'try a 0 dpo-x -o f \' '    --seed 1' >"$T/tree/tests/cli/x.t"

for script in layers lengths silent words help_man options_tested; do
    try "$script: nothing to say" 0 env BIN="$T/bin" "tests/lint/$script.sh" "$T/tree"
    out_is ''
    err_is ''
done

echo '#include "records/pairs.h"' | plant layers upward common/core/x.c 1 'core may not include'
echo '#  include "tokens/x.h"' | plant layers sideways common/records/x.h 1 'may not include'
echo '#include "pairs.h"' | plant layers 'no layer' common/records/x.c 1 'not written with its layer'
echo '#include "core/err.h"' | plant layers unknown common/misc/x.c 1 'not in the table'

body() { # a function of this many lines
    echo 'int f(void)'
    echo '{'
    seq $(($1 - 2)) | sed 's/.*/    f();/'
    echo '}'
}
body 60 >"$T/tree/common/core/x.c"
{
    echo 'static const int table[] = {'
    seq 300
    echo '};'
} >>"$T/tree/common/core/x.c"
try 'lengths: just short enough' 0 tests/lint/lengths.sh "$T/tree"
body 61 | plant lengths function common/core/x.c 2 '61 lines'
seq 401 | plant lengths file common/core/x.c 401 'more than 400'
seq 101 | plant lengths header common/core/x.h 101 'more than 100'
seq 151 | plant lengths tool tools/dpo-y.c 151 'more than 150'
mkdir "$T/tree/common/many"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
    touch "$T/tree/common/many/$i.c" "$T/tree/common/many/$i.h"
done
try 'lengths: a folder' 1 tests/lint/lengths.sh "$T/tree"
out_is 'common/many:1: the folder has 13 modules, more than 12'
rm -r "$T/tree/common/many"

for word in 'printf("x");' 'fputs(s, file);' 'exit(1);' 'abort();' 'f(stderr);' 'die("x");'; do
    printf '\n%s\n' "$word" | plant silent "$word" common/records/x.c 2 'only tools/, core/'
done
echo 'free(x);' | plant silent memory common/core/x.c 1 'core/memory'
echo 'n = atoi(x);' | plant silent guessing tools/dpo-y.c 1 'guesses'
echo 'p = strdup(x);' | plant silent hidden common/core/x.c 1 'hides'

for word in TO'DO' FIX'ME' XX'X'; do
    printf '\n/* %s: later */\n' "$word" | plant words "$word" common/core/x.c 2 "$word"
done

man=$T/tree/man/dpo-x.1
cp "$man" "$T/man"
sed '/seed/d' "$T/man" | plant help_man 'not in the manual' man/dpo-x.1 1 '--seed .* --help only'
(cat "$T/man" && echo .It Fl -speed) | plant help_man 'not in --help' man/dpo-x.1 4 '--speed .*manual only'
sed 's/a thing/nothing/' "$T/man" | plant help_man purpose man/dpo-x.1 1 "says 'do nothing'"
try 'help_man: no manual' 1 env BIN="$T/bin" tests/lint/help_man.sh "$T/tree"
out_is 'tools/dpo-x.c:1: there is no man/dpo-x.1'

echo 'try a 0 dpo-y -o f --seed 1' >"$T/tree/tests/cli/x.t"
try 'options_tested: of another program' 1 env BIN="$T/bin" tests/lint/options_tested.sh "$T/tree"
out_is 'tools/dpo-x.c:1: no test in tests/cli gives --output
tools/dpo-x.c:1: no test in tests/cli gives --seed'
printf '%s\n' 'for tool in dpo-x dpo-y; do' '"$tool" --seed 1' 'dpo-y' 'try b 0 run --output f' \
    '# --output' >"$T/tree/tests/cli/y.t"
rm "$T/tree/tests/cli/x.t"
try 'options_tested: by a variable, and in a file called otherwise' 1 \
    env BIN="$T/bin" tests/lint/options_tested.sh "$T/tree"
out_is 'tools/dpo-x.c:1: no test in tests/cli gives --output'
mv "$T/tree/tests/cli/y.t" "$T/tree/tests/cli/x_errors.t"
try 'options_tested: in a file called after it' 0 \
    env BIN="$T/bin" tests/lint/options_tested.sh "$T/tree"
done_testing
