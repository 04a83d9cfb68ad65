# make install and make uninstall. Under 'make test' the inner make sees the outer one's variables,
# so it installs the programs that are being tested and builds nothing.
. "${0%/*}/../tap.sh"

installed() {
    (cd "$T/root" && find . ! -type d | sort)
}

try 'install' 0 make install DESTDIR="$T/root" PREFIX=/opt/dpo
for tool in tools/dpo-*.c; do
    tool=$(basename "$tool" .c)
    echo "./opt/dpo/bin/$tool"
    echo "./opt/dpo/share/bash-completion/completions/$tool"
done >"$T/want"
for page in man/*.[1-8]; do
    [ -e "$page" ] && echo "./opt/dpo/share/man/man${page##*.}/${page##*/}"
done >>"$T/want"
sort -o "$T/want" "$T/want"
try 'every program, completion and manual, nothing else' 0 installed
out_file_is "$T/want"

for tool in "$T"/root/opt/dpo/bin/*; do
    try "${tool##*/} runs" 0 "$tool" --version
    out_like "^${tool##*/} \(dpo-tools\) $(cat VERSION)\$"
    check "${tool##*/}: its completion is good bash" \
        bash -n "$T/root/opt/dpo/share/bash-completion/completions/${tool##*/}"
done

touch "$T/root/opt/dpo/bin/of-another"
try 'uninstall' 0 make uninstall DESTDIR="$T/root" PREFIX=/opt/dpo
try 'only what was installed is removed' 0 installed
out_is ./opt/dpo/bin/of-another
done_testing
