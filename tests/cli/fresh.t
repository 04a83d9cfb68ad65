# What was committed, cloned to an empty place where nothing is built: the two commands of README.md.
. "${0%/*}/../tap.sh"

[ -z "${SAN:-}" ] || skip_all 'builds without sanitizers'
[ "${TEST_ALL:-}" ] || skip_all 'takes five minutes; TEST_ALL=1 runs it'
git -C "$SRC" rev-parse -q --verify HEAD >"$T/head" 2>/dev/null || skip_all 'not a clone of the project'

unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES PROVE_FLAGS TESTS WORK TEST_ALL
PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -v "^$SRC/" | paste -sd: -)
clone=$T/new
try 'clone' 0 git clone -q "$SRC" "$clone"
fresh() { env -u BIN -u SRC make -C "$clone" "$@" DEPLOY=no; }

begin=$(date +%s)
try 'make pipeline' 0 fresh pipeline
seconds=$(($(date +%s) - begin))
check "make pipeline takes no more than 5 minutes: $seconds s" test "$seconds" -le 300
out_like '^preference accuracy by token .* <0\.001'
for file in merged.jsonl kept.jsonl train.jsonl run/adapter_model.safetensors report.html model.gguf; do
    check "makes $file" test -s "$clone/work/mortgage/$file"
done
try 'make test' 0 fresh test
out_like '^Result: PASS$'
check 'nothing stands where it could be committed' test -z "$(git -C "$clone" status --porcelain)"
done_testing
