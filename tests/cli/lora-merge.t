# dpo-lora-merge
. "${0%/*}/../tap.sh"

golden=tests/golden
base=$golden/numeric/models/qwen2-bf16
adapter=$golden/merge/bf16
tied=$golden/numeric/models/qwen2
run=$golden/eval/adapter
llama=$golden/numeric/models/llama

# The names in a file's header, or what its metadata says for a key: header FILE, text FILE KEY
header() {
    dd if="$1" bs=1 skip=8 count="$(od -An -tu8 -N8 "$1" | tr -d ' ')" 2>"$T/none"
}

names() {
    header "$1" | sed 's/[{},]/\n/g' | sed -n 's/^"\([a-z_.0-9]*\.\(weight\|bias\)\)":$/\1/p' | sort
}

# --- What comes out.

try 'a file' 0 dpo-lora-merge -m "$base" "$adapter" -o "$T/one.safetensors"
out_is ''
err_is 'dpo-lora-merge: tensors 38, folded 21, weights 110592, lost-percent 3.15, worst-error 0.00195'
try 'a stream' 0 dpo-lora-merge -q -m "$base" "$adapter"
out_file_is "$T/one.safetensors"
err_is ''
try 'a stream by name' 0 dpo-lora-merge -q -m "$base" -o - "$adapter"
out_file_is "$T/one.safetensors"
try 'a pipe' 0 sh -c 'dpo-lora-merge -q -m "$1" "$2" | cat' - "$base" "$adapter"
out_file_is "$T/one.safetensors"
try 'three threads' 0 dpo-lora-merge -q --threads 3 -m "$base" "$adapter"
out_file_is "$T/one.safetensors"
try 'there is nothing to seal' 0 dpo-lora-merge -q --seal -m "$base" "$adapter"
out_file_is "$T/one.safetensors"
try 'the same format by name' 0 dpo-lora-merge -q --dtype same --rounding once -m "$base" "$adapter"
out_file_is "$T/one.safetensors"
check 'the names of the base' sh -c '[ "$1" = "$2" ] && [ "$1" ]' - "$(names "$T/one.safetensors")" \
    "$(names "$base/model.safetensors")"
for text in config.json generation_config.json tokenizer.json tokenizer_config.json; do
    check "$text travels" sh -c 'grep -qF "\"$2\":" "$1"' - "$T/one.safetensors" "$text"
done
try 'the talk as JSON' 0 dpo-lora-merge --json -m "$base" "$adapter" -o "$T/other.safetensors"
err_like '^{"tool":"dpo-lora-merge","tensors":38,"folded":21,"weights":110592,"lost-percent":3\.15,"worst-error":0\.00195}$'

try 'a folder' 0 dpo-lora-merge -q -m "$base" "$adapter" -o "$T/folder"
for file in config.json generation_config.json tokenizer.json tokenizer_config.json; do
    check "$file is the base's" cmp "$base/$file" "$T/folder/$file"
done
check 'nothing else' test "$(find "$T/folder" -type f | wc -l)" = 5
try 'the folder is a model' 0 dpo-lora-merge -q -m "$T/folder" "$adapter=0.5" -o "$T/twice/"
try 'a folder takes the place of one' 0 dpo-lora-merge -q -m "$base" "$adapter" -o "$T/twice"
check 'the same weights' cmp "$T/twice/model.safetensors" "$T/folder/model.safetensors"

# --- Formats and roundings.

for format in bf16 f16 f32; do
    try "in $format" 0 dpo-lora-merge -m "$base" "$adapter" --dtype $format -o "$T/$format"
done
err_like 'lost-percent 0\.00, worst-error 0$'
check 'f32 is said' grep -q '"dtype": "float32"' "$T/f32/config.json"
check 'twice the bytes' sh -c '[ $(wc -c <"$1/f32/model.safetensors") -gt $(($(wc -c <"$1/f16/model.safetensors") * 19 / 10)) ]' - "$T"
check 'bf16 is the base as it is' cmp "$T/bf16/config.json" "$base/config.json"
try 'no adapter, but a format' 0 dpo-lora-merge -m "$T/f32" --dtype bf16 -o "$T/back"
err_is 'dpo-lora-merge: tensors 38, folded 0, weights 0, lost-percent 0.00, worst-error 0'
check 'bf16 and back' cmp "$T/back/model.safetensors" "$T/bf16/model.safetensors"
try 'each' 0 dpo-lora-merge -q -m "$base" "$adapter" --rounding each
out_file_is "$T/one.safetensors"
try 'safe' 0 dpo-lora-merge -m "$base" "$adapter" --rounding safe -o "$T/safe.safetensors"
err_like 'lost-percent 3\.16, worst-error 0\.00201$'
try 'exact' 0 dpo-lora-merge -q -m "$base" "$adapter=0.5" "$adapter=0.5" --exact
cp "$T/out" "$T/exact"
try 'is the default' 0 dpo-lora-merge -q -m "$base" "$adapter=0.5" "$adapter=0.5"
out_file_is "$T/exact"
try 'and rounds once' 0 dpo-lora-merge -q -m "$base" "$adapter" --exact --rounding once
out_file_is "$T/one.safetensors"
for rounding in each safe; do
    try "exact, and $rounding" 2 dpo-lora-merge -m "$base" "$adapter" --exact --rounding $rounding
    err_is 'dpo-lora-merge: --exact and --rounding do not say the same'
done
try 'two halves' 0 dpo-lora-merge -m "$base" "$adapter=0.5" "$adapter=0.5" -o "$T/other.safetensors"
err_like 'folded 21, weights 110592, lost-percent 3\.'
try 'what a part is not' 2 dpo-lora-merge -m "$base" "$adapter=x"
err_like "'$adapter=x': the part behind '=' is not a number other than 0"
try 'no part' 2 dpo-lora-merge -m "$base" "$adapter=0"
cp -r "$adapter" "$T/a=2"
try 'a folder of that name' 0 dpo-lora-merge -q -m "$base" "$T/a=2"
out_file_is "$T/one.safetensors"

# --- Shards.

try 'shards' 0 dpo-lora-merge -q -m "$base" "$adapter" -o "$T/shards" --max-shard-size 100K
check 'four' test -e "$T/shards/model-00003-of-00003.safetensors"
check 'and an index' test -e "$T/shards/model.safetensors.index.json"
try 'shards are kept' 0 dpo-lora-merge -q -m "$T/shards" "$adapter=0.001" -o "$T/kept"
check 'the same index' cmp "$T/shards/model.safetensors.index.json" "$T/kept/model.safetensors.index.json"
try 'of shards one file' 0 dpo-lora-merge -q -m "$T/shards" "$adapter=0.001" -o "$T/a.safetensors"
try 'as of one' 0 dpo-lora-merge -q -m "$T/folder" "$adapter=0.001"
out_file_is "$T/a.safetensors"
try 'other shards alone' 0 dpo-lora-merge -q -m "$T/folder" -o "$T/parts" --max-shard-size 100K
check 'are as with an adapter' test -e "$T/parts/model-00003-of-00003.safetensors"
try 'of shards one file alone' 0 dpo-lora-merge -m "$T/parts" --dtype same
out_file_is "$T/one.safetensors"
err_is 'dpo-lora-merge: tensors 38, folded 0, weights 0, lost-percent 0.00, worst-error 0'
dpo-export-gguf -q --type q8_0 "$base" -o "$T/packed.gguf"
try 'unpacked' 0 dpo-lora-merge -q -m "$T/packed.gguf" --dtype same -o "$T/unpacked"
check 'to bf16' grep -q '"torch_dtype": "bfloat16"' "$T/unpacked/config.json"
try 'shards of a stream' 2 dpo-lora-merge -m "$base" "$adapter" --max-shard-size 1G
err_like '^dpo-lora-merge: --max-shard-size goes with a folder: give one by -o DIR'
try 'no shards' 2 dpo-lora-merge -m "$base" "$adapter" --max-shard-size 0 -o "$T/x"

# --- GGUF, ties, metadata, tokenizers.

pairs=$golden/eval/pairs.jsonl
try 'the adapter from outside' 0 dpo-eval -q -m "$tied" --adapter "$run" --precision fp32 "$pairs"
sed -n 's/.*"logps":\({[^}]*}\).*/\1/p' "$T/out" | sed 's/\(\.[0-9]\{2\}\)[0-9]*/\1/g' >"$T/outside"
try 'folded' 0 dpo-lora-merge -q -m "$tied" "$run" -o "$T/folded"
try 'the adapter within' 0 dpo-eval -q -m "$T/folded" --precision fp32 "$pairs"
sed -n 's/.*"logps":\({[^}]*}\).*/\1/p' "$T/out" | sed 's/\(\.[0-9]\{2\}\)[0-9]*/\1/g' >"$T/within"
check 'the same answers are as likely' sh -c 'test -s "$1/within" && cmp "$1/within" "$1/outside"' - "$T"
# The tokenizer of a GGUF base goes along: the same keys at the end of the pipe, the same ids.
for name in smollm qwen2 qwen3 llama mistral; do
    part=$golden/numeric/adapters/$name
    try "$name as GGUF" 0 dpo-export-gguf -q --type f32 "$golden/numeric/models/$name" -o "$T/base.gguf"
    try "$name: a folder" 0 dpo-lora-merge -q -m "$T/base.gguf" "$part" -o "$T/told-$name"
    echo "It's 12,345 words: <|im_end|> naÃ¯ve" >"$T/text"
    try "$name: the file's ids" 0 dpo-tokens -q --text -m "$T/base.gguf" "$T/text"
    cp "$T/out" "$T/ids"
    try "$name: the folder's ids" 0 dpo-tokens -q --text -m "$T/told-$name" "$T/text"
    out_file_is "$T/ids"
    try "$name: down the pipe" 0 sh -c 'dpo-lora-merge -q -m "$1" "$2" | dpo-export-gguf -q --type f32 -o "$3"' \
        - "$T/base.gguf" "$part" "$T/piped.gguf"
    try "$name: the pipe's ids" 0 dpo-tokens -q --text -m "$T/piped.gguf" "$T/text"
    out_file_is "$T/ids"
done
try 'of another GGUF file' 1 dpo-lora-merge -m "$golden/models/llama.gguf" "$adapter"
err_like "is nothing that can be folded into this model|is not \["
try 'metadata travels' 0 dpo-lora-merge -q -m "$tied" "$run" -o "$T/m"
check 'the adapter stays as it was' test ! -e "$T/m/adapter_config.json"
mkdir "$T/told"
cp "$run"/* "$T/told"
echo '{"training_method": "dpo", "base_model": {"hash": "x"}, "folds": []}' >"$T/told/dpo_metadata.json"
try 'another base' 0 dpo-lora-merge -m "$tied" "$T/told" -o "$T/m"
err_like "^dpo-lora-merge: warning: $T/told was trained on other weights than those of $tied"
mkdir "$T/checkpoint-2"
cp "$run"/adapter* "$T/checkpoint-2"
echo '{"inputs": {"model": "x"}}' >"$T/checkpoint-2/resume.json"
try 'another base, of a checkpoint' 0 dpo-lora-merge -m "$tied" "$T/checkpoint-2" -o "$T/checked"
err_like "^dpo-lora-merge: warning: $T/checkpoint-2 was trained on other weights than those of $tied"
check 'its metadata' cmp "$T/told/dpo_metadata.json" "$T/m/dpo_metadata.json"
cp "$base/tokenizer.json" "$T/told"
echo 'a template' >"$T/told/chat_template.jinja"
try 'its own tokenizer' 0 dpo-lora-merge -q -m "$tied" "$T/told" -o "$T/m"
check 'its template' cmp "$T/told/chat_template.jinja" "$T/m/chat_template.jinja"
check 'all of the tokenizer' test ! -e "$T/m/tokenizer_config.json"
mkdir "$T/bare"
cp "$tied/config.json" "$tied/model.safetensors" "$T/bare"
try 'no tokenizer' 0 dpo-lora-merge -m "$T/bare" "$run" -o "$T/m"
err_like "warning: $T/bare has no tokenizer.json: put the original model's beside the weights"

# --- What is refused, before a byte is written.

refused() { # NAME WHY OPERAND...
    name=$1 why=$2
    shift 2
    try "$name" 1 dpo-lora-merge -m "$llama" "$@" -o "$T/never"
    err_like "$why"
    check "$name: nothing is there" test ! -e "$T/never"
}

refused 'no adapter' "there is no 'adapter_config.json': this is no adapter" "$base"
refused 'no folder' 'nowhere: No such file' "$T/nowhere"
refused 'of another model' 'as the model and .adapter_config.json. say|nothing that can be folded' "$adapter"
for key in use_bdlora target_parameters layer_replication trainable_token_indices; do
    rm -rf "$T/bad"
    cp -r "$golden/merge/lm-head" "$T/bad"
    sed "s/\"$key\": [a-z]*/\"$key\": [1]/" "$golden/merge/lm-head/adapter_config.json" >"$T/bad/adapter_config.json"
    refused "$key" "'$key' is set: it is not implemented" "$T/bad"
done
rm -rf "$T/bad"
cp -r "$golden/merge/lm-head" "$T/bad"
head -c 3000 "$golden/merge/lm-head/adapter_model.safetensors" >"$T/bad/adapter_model.safetensors"
refused 'a short file' 'adapter_model.safetensors: ' "$T/bad"
refused 'two that stand in one place' "'lm_head.weight': two adapters hold a tensor that stands in its place" \
    "$golden/merge/modules-to-save" "$golden/merge/modules-to-save"
try 'no model' 1 dpo-lora-merge -m "$T/nowhere" "$adapter" -o "$T/never"
try 'no -m' 2 dpo-lora-merge "$adapter"
err_like 'dpo-lora-merge: -m MODEL is missing: what was the adapter trained on\?'
try 'no operand' 2 dpo-lora-merge -m "$base"
err_is 'dpo-lora-merge: no adapter is named: there is nothing to fold, and no --dtype or --max-shard-size to change to'
try 'the base itself' 1 dpo-lora-merge -m "$T/bare" "$run" -o "$T/bare/"
err_is "dpo-lora-merge: $T/bare: is the folder of the base"
cp "$SRC/tests/golden/models/llama.gguf" "$T/base.gguf"
for other in "$T/bare -o $T/bare/model.safetensors" "$T/base.gguf -o $T/base.gguf"; do
    # shellcheck disable=SC2086 # two words
    try 'weights of the base' 1 dpo-lora-merge --dtype f32 -m $other
    err_is "dpo-lora-merge: ${other#* -o }: holds weights of the base"
done
cp -r "$run" "$T/own"
try 'weights of the adapter' 1 dpo-lora-merge -m "$T/bare" "$T/own" -o "$T/own/adapter_model.safetensors"
err_is "dpo-lora-merge: $T/own/adapter_model.safetensors: holds weights of an adapter"
check 'which stay' cmp "$SRC/tests/golden/models/llama.gguf" "$T/base.gguf"
check 'those of the folder, too' cmp "$tied/model.safetensors" "$T/bare/model.safetensors"
mkdir "$T/mine"
touch "$T/mine/thesis.txt" "$T/mine/config.json"
try 'a folder of something else' 1 dpo-lora-merge -m "$base" "$adapter" -o "$T/mine"
err_is "dpo-lora-merge: $T/mine: holds 'thesis.txt', which would be lost: give the name of a new folder"
check 'which is as it was' test -e "$T/mine/thesis.txt"
try 'a folder that cannot be' 1 dpo-lora-merge -m "$base" "$adapter" -o "$T/nowhere/x"

# --- Trouble on the way.

try 'a full disk' 1 dpo-lora-merge -m "$base" "$adapter" -o /dev/full
err_like '^dpo-lora-merge: /dev/full: cannot write: '
try 'a full standard output' 1 sh -c 'dpo-lora-merge -m "$1" "$2" >/dev/full' - "$base" "$adapter"
try 'a pipe that is closed' 0 sh -c 'dpo-lora-merge -q -m "$1" "$2" | head -c 1 >/dev/null' - "$base" "$adapter"
# TEST_ALL=1: a hundred kills, at instants all over a run.
took=$(date +%s%N)
dpo-lora-merge -q -m "$base" "$adapter" --dtype f32 -o "$T/timed"
took=$(($(date +%s%N) - took))
cp -r "$T/folder" "$T/old"
kills=$([ "${TEST_ALL:-}" ] && echo 100 || echo 8) killed=0 half=0
for at in $(seq 1 "$kills"); do
    dpo-lora-merge -q -m "$base" "$adapter" --dtype f32 -o "$T/old" &
    sleep "$(echo "$took $at $kills" | awk '{ printf "%.4f", $1 / 1e9 * $2 / $3 }')"
    kill -9 $! 2>"$T/none"
    wait $! 2>"$T/none"
    if [ $? = 137 ]; then killed=$((killed + 1)); elif [ $killed = 0 ]; then took=$((took / 2)); fi
    cmp -s "$T/old/model.safetensors" "$T/folder/model.safetensors" ||
        cmp -s "$T/old/model.safetensors" "$T/f32/model.safetensors" || half=$((half + 1))
done
check "killed $killed times of $kills: never half" test $half = 0
check 'some were killed' test $killed -gt 0
check 'killed: the old or the new' sh -c 'cmp "$1/old/model.safetensors" "$1/folder/model.safetensors" ||
    cmp "$1/old/model.safetensors" "$1/f32/model.safetensors"' - "$T"
done_testing
