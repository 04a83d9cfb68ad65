#!/bin/sh
# Each program's --help and its man page tell of the same options: BIN=DIR help_man.sh [ROOT]
cd "${1:-.}" || exit 2
BIN=${BIN:-bin}
status=0

complain() {
    echo "$1: $2"
    status=1
}

for source in tools/dpo-*.c; do
    tool=$(basename "$source" .c)
    page=man/$tool.1
    if [ ! -e "$page" ]; then
        complain "$source:1" "there is no $page"
        continue
    fi
    help=$("$BIN/$tool" --help)
    offered=$(printf '%s\n' "$help" | sed -nE 's/^ +(-., )?--([a-z0-9-]+).*/\2/p')
    documented=$(sed -nE 's/^\.It .*Fl -([a-z0-9-]+).*/\1/p' "$page")
    [ "$offered" ] || complain "$source:1" 'its --help shows no option'
    for option in $offered; do
        printf '%s\n' "$documented" | grep -qxe "$option" ||
            complain "$page:1" "--$option stands in --help only"
    done
    for option in $documented; do
        printf '%s\n' "$offered" | grep -qxe "$option" ||
            complain "$page:$(grep -n "^\.It .*Fl -$option" "$page" | head -n 1 | cut -d: -f1)" \
                "--$option stands in the manual only"
    done

    # The second line of --help is the purpose, a sentence; .Nd has none of its capitals and stop.
    purpose=$(printf '%s\n' "$help" | sed -n '2s/\.$//p')
    described=$(sed -n 's/^\.Nd //p' "$page")
    [ "$(printf '%s' "$purpose" | tr '[:upper:]' '[:lower:]')" = \
        "$(printf '%s' "${described%.}" | tr '[:upper:]' '[:lower:]')" ] ||
        complain "$page:$(grep -n '^\.Nd' "$page" | cut -d: -f1)" \
            "the manual says '$described', --help '$purpose'"
done
exit "$status"
