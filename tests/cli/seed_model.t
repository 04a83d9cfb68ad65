# pipelines/seed_model, which writes models for recipes and benchmarks.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
[ -x "$seed_model" ] || skip_all "$seed_model is not built"

try 'a model' 0 "$seed_model" data/tiny/config.json --tokenizer data/tiny -o "$T/one"
check 'what it is' cmp data/tiny/config.json "$T/one/config.json"
check 'its tokenizer' cmp data/tiny/tokenizer.json "$T/one/tokenizer.json"
try 'the same seed' 0 "$seed_model" data/tiny/config.json --seed 1 -o "$T/two"
check 'gives the same weights' cmp "$T/one/model.safetensors" "$T/two/model.safetensors"
check 'as they are for ever' test "$(cksum <"$T/one/model.safetensors")" = "2542156461 263320"
try 'another one' 0 "$seed_model" data/tiny/config.json --seed 2 -o "$T/two"
check 'does not' sh -c '! cmp -s "$1/one/model.safetensors" "$1/two/model.safetensors"' - "$T"

echo '{"prompt":"Hello","chosen":" there","rejected":" you"}' >"$T/pair"
for family in llama mistral qwen2 qwen3; do
    for dtype in bf16 f32; do
        try "$family in $dtype" 0 "$seed_model" "tests/golden/models/configs/$family.json" \
            --dtype $dtype --tokenizer data/tiny -o "$T/$family-$dtype"
        try "$family in $dtype can be computed with" 0 dpo-eval -m "$T/$family-$dtype" "$T/pair"
        err_like 'perplexity [45][0-9][0-9]\.'
    done
done
for shape in tests/bench/shapes/*.json; do
    check "$shape is a model" sh -c '! "$1" "$2" -o "$3/none/there" 2>"$3/err" &&
        grep -q "none/there: No such file" "$3/err"' - "$seed_model" "$shape" "$T"
done

try 'no config' 2 "$seed_model" -o "$T/two"
err_is 'seed_model: one CONFIG.json says what to write'
try 'no folder' 2 "$seed_model" data/tiny/config.json
err_is 'seed_model: -o FOLDER is missing'
try 'what is no config' 1 "$seed_model" data/tiny/tokenizer.json -o "$T/three"
err_like '^seed_model: data/tiny/tokenizer.json'
check 'leaves nothing' test ! -e "$T/three"
done_testing
