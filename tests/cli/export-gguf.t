# dpo-export-gguf: whole files, byte for byte those of llama.cpp's converter and quantiser.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
golden=tests/golden/export

model_of() { # NAME: sets model
    model=tests/golden/numeric/models/$1
    [ -d "$model" ] && return
    model=$T/$1
    [ -d "$model" ] && return
    "$seed_model" -q "$golden/$1.json" -o "$model" --tokenizer data/tiny
    case $1 in
    *-words)
        xz -dc "tests/golden/tokens/${1%-words}.json.xz" >"$model/tokenizer.json"
        rm "$model/tokenizer_config.json"
        ;;
    esac
}

command -v xz >/dev/null || skip_all 'xz is missing'
while read -r name type sum; do
    model_of "$name"
    try "$name as $type" 0 dpo-export-gguf -q --type "$type" -o "$T/x.gguf" "$model"
    got=$(sha256sum <"$T/x.gguf")
    check 'has the bytes of the reference' test "${got%% *}" = "$sum"
done <$golden/files.tsv
# With an importance matrix, whose name as it is given stands in the file.
model_of wide
while read -r name type sum; do
    try "$name as $type with an importance matrix" 0 dpo-export-gguf -q --type "$type" \
        --imatrix $golden/wide.imatrix -o "$T/x.gguf" "$model"
    got=$(sha256sum <"$T/x.gguf")
    check 'has the bytes of the reference' test "${got%% *}" = "$sum"
done <$golden/imatrix.tsv
try 'a type that needs one' 1 dpo-export-gguf --type q2_k_s "$model" -o "$T/none.gguf"
err_like 'as Q2_K in a file of type Q2_K_S needs an importance matrix'
try 'a matrix that is none' 1 dpo-export-gguf --type q4_k_m --imatrix "$model/config.json" "$model" \
    -o "$T/none.gguf"
err_like "^dpo-export-gguf: $model/config.json"
for type in q8_0 f16 bf16 f32; do
    dpo-export-gguf -q --type $type "$model" -o "$T/without.gguf"
    try "$type has no use for one" 0 dpo-export-gguf --type $type --imatrix $golden/wide.imatrix "$model" -o "$T/x.gguf"
    err_like "^dpo-export-gguf: warning: an importance matrix changes nothing in $(echo "$type" | tr '[:lower:]' '[:upper:]')\$"
    check "$type is as without" cmp "$T/x.gguf" "$T/without.gguf"
done
try 'one of another model' 1 dpo-export-gguf --type q4_0 --imatrix $golden/wide.imatrix \
    tests/golden/numeric/models/llama -o "$T/none.gguf"
err_like "has 256 values in the importance matrix, not 64"
check 'nothing is left' test ! -e "$T/none.gguf"

# The command line.
tiny=tests/golden/numeric/models/qwen2
try 'any number of threads' 0 dpo-export-gguf -q --type q4_k_m --threads 1 -o "$T/one.gguf" "$model"
try 'gives the same bytes' 0 dpo-export-gguf -q --type Q4_K_M --threads 7 -o "$T/seven.gguf" "$model"
check 'of course' cmp "$T/one.gguf" "$T/seven.gguf"
try 'standard output' 0 sh -c 'dpo-export-gguf -q --type q4_k_m "$1" | cmp - "$2"' - "$model" "$T/one.gguf"
try 'a name' 0 dpo-export-gguf -q --name 'Advisor, v1' -o "$T/x.gguf" $tiny
check 'is in the file' grep -q 'Advisor, v1' "$T/x.gguf"
try 'how far it is from the weights' 0 dpo-export-gguf --type q6_k --verify -o "$T/x.gguf" "$model"
err_like '^dpo-export-gguf: Q6_K: [0-9]* weights, root mean square error 0.000[0-9]*, largest 0.00'
err_like '^dpo-export-gguf: F32: [0-9]* weights, root mean square error 0, largest 0$'
err_like '^dpo-export-gguf: tensors 84, weights'
try 'in JSON' 0 dpo-export-gguf --json -o "$T/x.gguf" $tiny
err_like '^{"tool":"dpo-export-gguf","tensors":38,"weights":144192,"bytes":[0-9]*}$'
try 'an unknown type' 2 dpo-export-gguf --type q9_z $tiny -o "$T/x"
err_like "^dpo-export-gguf: --type takes one of Q2_K_S, .*, F32, not 'q9_z'$"
try 'two models' 2 dpo-export-gguf $tiny $tiny -o "$T/x"
err_is "dpo-export-gguf: one model at a time, not '$tiny', too"
try 'no model' 1 dpo-export-gguf -o "$T/none.gguf" </dev/null
err_like '^dpo-export-gguf: standard input: '
cp tests/golden/models/llama.gguf "$T/base.gguf"
ln -s base.gguf "$T/link.gguf"
cp -r $tiny "$T/base"
for other in "$T/base.gguf $T/base.gguf" "$T/base.gguf $T/link.gguf" "$T/link.gguf $T/base.gguf" \
    "$T/base $T/base/model.safetensors"; do
    # shellcheck disable=SC2086 # two words
    try 'the weights themselves' 2 dpo-export-gguf --type q4_0 ${other% *} -o ${other#* }
    err_is "dpo-export-gguf: -o '${other#* }' holds weights of the model"
done
check 'they stay' cmp tests/golden/models/llama.gguf "$T/base.gguf"
check 'those of the folder, too' diff -r $tiny "$T/base"
try 'what is not there' 1 dpo-export-gguf "$T/nowhere" -o "$T/none.gguf"
try 'a full disk' 1 dpo-export-gguf --type f32 $tiny -o /dev/full
err_is 'dpo-export-gguf: /dev/full: cannot write: No space left on device'
try 'a full disk behind a redirection' 1 sh -c 'dpo-export-gguf $1 >/dev/full' - $tiny
err_is 'dpo-export-gguf: standard output: cannot write: No space left on device'

# A window comes along: the file scores texts beyond it as the folder does.
sliding=tests/golden/numeric/models/mistral-sw8
echo '{"prompt":"1 2 3 4 5 6 7 8","chosen":"9 8 7 6 5 4 3 2 1","rejected":"1 2 3"}' >"$T/pair"
try 'a sliding window' 0 dpo-export-gguf --type f32 -o "$T/x.gguf" $sliding
err_like '^dpo-export-gguf: warning: 2 of 2 layers see 8 tokens: llama.cpp computes full attention, beyond 8 tokens something else$'
scores() { # MODEL: of the pair, without what names the model
    dpo-eval -q --template none --precision fp32 -m "$1" "$T/pair" | head -n 1
}
check 'is in the file' test "$(scores $sliding)" = "$(scores "$T/x.gguf")"
scores $sliding >"$T/out"
out_like '"logps":'

# What all tools have.
echo 'type = f16' >"$T/conf"
try 'a file of options' 0 dpo-export-gguf -q --config "$T/conf" --lock "$T/lock" --seal $tiny -o "$T/x.gguf"
try 'does what they do' 0 dpo-export-gguf -q --type f16 $tiny -o "$T/y.gguf"
check 'byte for byte' cmp "$T/x.gguf" "$T/y.gguf"
try '--help' 0 dpo-export-gguf --help
out_like '^usage: dpo-export-gguf '
try '--version' 0 dpo-export-gguf --version
try '--completion' 0 dpo-export-gguf --completion
out_like 'imatrix'

# Killed at any moment, it leaves the old file. TEST_ALL=1: a hundred kills.
took=$(date +%s%N)
dpo-export-gguf -q --type q4_k_m -o "$T/old.gguf" "$model"
took=$(($(date +%s%N) - took))
echo old >"$T/old.gguf"
kills=$([ "${TEST_ALL:-}" ] && echo 100 || echo 8) killed=0 half=0
for at in $(seq 1 "$kills"); do
    dpo-export-gguf -q --type q4_k_m -o "$T/old.gguf" "$model" &
    sleep "$(echo "$took $at $kills" | awk '{ printf "%.4f", $1 / 1e9 * $2 / $3 }')"
    kill -9 $! 2>"$T/none"
    wait $! 2>"$T/none"
    if [ $? = 137 ]; then killed=$((killed + 1)); elif [ $killed = 0 ]; then took=$((took / 2)); fi
    cmp -s "$T/old.gguf" "$T/one.gguf" && continue
    [ "$(tr -d '\0' <"$T/old.gguf")" = old ] || half=$((half + 1))
done
check "killed $killed times of $kills: never half" test $half = 0
check 'some were killed' test $killed -gt 0
try 'and the next one writes it' 0 dpo-export-gguf -q --type q4_k_m -o "$T/old.gguf" "$model"
check 'whole' cmp "$T/old.gguf" "$T/one.gguf"
done_testing
