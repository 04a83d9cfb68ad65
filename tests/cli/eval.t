# dpo-eval
. "${0%/*}/../tap.sh"

model=tests/golden/numeric/models/qwen2
run=tests/golden/eval/adapter
pairs=tests/golden/eval/pairs.jsonl

evaluate() {
    dpo-eval -m "$model" --precision fp32 "$@"
}

# --- What comes out.

printf '%s\n' '{"id":"a","prompt":"1234","chosen":"5678","rejected":"90","topic":"t"}' \
    '{"id":2,"prompt":"12345678","chosen":"5","rejected":"9"}' >"$T/pairs"
try 'a base model' 0 evaluate --max-length 8 "$T/pairs"
out_like '^{"id":"a","prompt":"1234","chosen":"5678","rejected":"90","correct":(true|false),"scores":{"preference_accuracy":[01],"preference_accuracy_tokens":[01],"logps/chosen":-[0-9.]+,"logps/rejected":-[0-9.]+},"logps":{"chosen":-[0-9.]+,"rejected":-[0-9.]+},"ref_logps":{"chosen":-[0-9.]+,"rejected":-[0-9.]+},"tokens":{"chosen":4,"rejected":3},"groups":{"category":"t"}}$'
out_like '^{"id":2,"prompt":"12345678","chosen":"5","rejected":"9","dropped":true}$'
out_like '^{"metrics":{"preference_accuracy":[01],"preference_accuracy_tokens":[01],"logps/chosen":-[0-9.]+,"logps/rejected":-[0-9.]+,"perplexity":[0-9.]+,"records":2,"dropped":1,"tokens":7},"by":{"category":{"t":{"records":1,.*}}},"made_by":{"tool":"dpo-eval","version":"[^"]*","model":"tests/golden/numeric/models/qwen2","model_hash":"[0-9a-f]{64}","adapter":null,"data_hash":"[0-9a-f]{64}","precision":"fp32","options":{"max-length":8}}}$'
err_like '^dpo-eval: records 2, dropped 1, tokens 7, cut 1, prompts_cut 0, preference_accuracy [01]\.0000, preference_accuracy_tokens [01]\.0000, logps/chosen -[0-9.]+, logps/rejected -[0-9.]+, perplexity [0-9.]+$'
err_like '^dpo-eval: seconds [0-9.]+, tokens_per_second [0-9]+$'

try 'an adapter' 0 evaluate --adapter "$run" -o "$T/one" "$pairs"
out_is ''
err_like 'preference_accuracy 0\.8000, preference_accuracy_tokens 0\.6000, reward_accuracy 0\.6000, margin 0\.0200, rewards/chosen -0\.0172, rewards/rejected -0\.0373, loss 0\.6842, kl_sequence 1\.0151,.* kl 0\.0883$'
check 'what is in the adapter, not only its place' grep -q \
    '"adapter":"tests/golden/eval/adapter","adapter_hash":"[0-9a-f]\{64\}","data_hash":"' "$T/one"
check 'six lines' test "$(grep -c '' "$T/one")" = 6
try 'the talk as JSON' 0 evaluate --adapter "$run" --json -o "$T/other" "$pairs"
err_like '^{"tool":"dpo-eval","records":5,"dropped":0,.*"reward_accuracy":0\.6000,'
try 'no talk' 0 evaluate --adapter "$run" -q "$pairs"
err_is ''
out_file_is "$T/one"
try 'a half of beta' 0 evaluate --adapter "$run" --beta 0.05 -o "$T/other" "$pairs"
err_like 'reward_accuracy 0\.6000, margin 0\.0100,'
mkdir "$T/told"
cp "$run"/adapter_* "$T/told"
echo '{"training_method":"dpo","beta":0.05}' >"$T/told/dpo_metadata.json"
try "the training's beta" 0 evaluate --adapter "$T/told" "$pairs"
err_like 'reward_accuracy 0\.6000, margin 0\.0100,'
out_like '"options":\{"beta":0\.05'
try 'another one' 0 evaluate --adapter "$T/told" --beta 0.1 "$pairs"
err_like 'margin 0\.0200,'
echo '{"training_method":"dpo","base_model":{"hash":"x"}}' >"$T/told/dpo_metadata.json"
try 'on another base than it was trained on' 0 evaluate --adapter "$T/told" "$pairs"
err_like "^dpo-eval: warning: $T/told was trained on other weights than those of tests/golden/numeric/models/qwen2$"
echo '{"ref_model_name":"m","ref_adapter":"runs/sft","base_model":{"name":"m"}}' >"$T/told/dpo_metadata.json"
try 'trained against an adapter' 0 evaluate --adapter "$T/told" "$pairs"
err_like "^dpo-eval: warning: rewards and the KL are to the base here; in training the reference was 'runs/sft'"
echo '{"ref_model_name":"teacher","ref_adapter":null,"base_model":{"name":"m"}}' >"$T/told/dpo_metadata.json"
try 'trained against another model' 0 evaluate --adapter "$T/told" "$pairs"
err_like "in training the reference was 'teacher'"
echo '{"ref_model_name":"m","ref_adapter":null,"base_model":{"name":"m"}}' >"$T/told/dpo_metadata.json"
try 'trained against the base' 0 evaluate --adapter "$T/told" "$pairs"
check 'nothing is said of it' sh -c '! grep -q "the reference was" "$1"' sh "$T/err"
printf '%s\n' '{"prompt":"hi","system":"be kind","chosen":"yes","rejected":"no"}' >"$T/kind"
try 'a system prompt beside a string' 0 evaluate "$T/kind"
err_like '^dpo-eval: warning: 1 prompts are strings beside a system prompt, which is left out: --prompt-format chat$'
try 'a system prompt beside a message' 0 evaluate --prompt-format chat "$T/kind"
check 'is not left out' sh -c '! grep -q "left out" "$1"' sh "$T/err"
echo '{' >"$T/told/dpo_metadata.json"
try 'metadata that cannot be read' 0 evaluate --adapter "$T/told" "$pairs"
err_like "^dpo-eval: warning: $T/told/dpo_metadata.json: "
err_like 'margin 0\.0200,'

# --- What must not change a byte.

for n in 1 2 3; do
    for tokens in 1 100 100000; do
        try "$n threads, $tokens tokens at once" 0 evaluate --adapter "$run" -q --threads $n \
            --batch-tokens $tokens "$pairs"
        out_file_is "$T/one"
    done
done
try 'little memory' 0 evaluate --adapter "$run" -q --batch-tokens 100000 --memory 1200K "$pairs"
out_file_is "$T/one"
try 'standard input' 0 sh -c 'dpo-eval -q -m "$1" --precision fp32 --adapter "$2" <"$3"' - "$model" \
    "$run" "$pairs"
out_file_is "$T/one"
try 'the metrics by their name' 0 evaluate --adapter "$run" -q --metrics preference "$pairs"
out_file_is "$T/one"

try 'in bf16' 0 dpo-eval -m "$model" --adapter "$run" --precision bf16 -o "$T/bf16" "$pairs"
err_like 'preference_accuracy 0\.8000,'
check 'other numbers' sh -c '! cmp -s "$1/one" "$1/bf16"' - "$T"
try 'on int8' 0 evaluate --adapter "$run" --base-bits 8 -o "$T/int8" "$pairs"
err_like 'preference_accuracy 0\.8000,'
check 'other numbers' sh -c '! cmp -s "$1/one" "$1/int8"' - "$T"
try 'on NF4' 0 evaluate --adapter "$run" --base-bits 4 -o "$T/nf4" "$pairs"
check 'still other numbers' sh -c '! cmp -s "$1/int8" "$1/nf4"' - "$T"
try 'on what is stored' 0 evaluate --adapter "$run" --base-bits 16 -q "$pairs"
out_file_is "$T/one"
try 'as the machine likes it' 0 dpo-eval -m "$model" --precision auto -o "$T/other" "$pairs"

# --- Texts.

try 'a format without a place' 2 evaluate -q --prompt-format 'Q: ' "$T/pairs"
err_is "dpo-eval: --prompt-format takes 'chat' or a text with {prompt} in it, not 'Q: '"
try 'a format' 0 evaluate -q --prompt-format 'Q: {prompt} A: ' "$T/pairs"
out_like '"tokens":{"chosen":5,"rejected":3}'
try 'the end stays' 0 evaluate --max-length 6 --truncate keep_end "$T/pairs"
err_like 'records 2, dropped 0, tokens 12, cut 0, prompts_cut 2,'
try 'a bound on the prompt' 0 evaluate --max-prompt-length 1 "$T/pairs"
err_like 'records 2, dropped 0, .* prompts_cut 2,'
try 'conversations need a template' 1 evaluate --template none "$pairs"
err_is "dpo-eval: $pairs:1: the record holds messages, and the model has no chat template"
printf '%s\n' '{"prompt":"Hel","chosen":"lo","rejected":"p"}' >"$T/split"
try 'a token that reaches into the answer' 0 evaluate "$T/split"
err_like '1 prompts end within a token'

# --- Gates.

try 'a gate that is met' 0 evaluate --adapter "$run" -o "$T/other" --gate 'margin > 0.02' \
    --gate 'reward_accuracy >= 0.6' "$pairs"
try 'gates that are not' 3 evaluate --adapter "$run" -q -o "$T/gated" --gate 'margin > 1' \
    --gate 'tokens = 115' --gate 'reward_accuracy>=0.7' "$pairs"
err_like '^dpo-eval: gate not met: margin is 0\.020[0-9]*, not > 1$'
err_like '^dpo-eval: gate not met: reward_accuracy is 0\.6, not >= 0\.7$'
check 'the results are there' cmp "$T/one" "$T/gated"
try 'a gate on what is not measured' 2 evaluate --gate 'json_validity >= 1' "$pairs"
err_like "^dpo-eval: --gate: 'json_validity' is not measured; there are preference_accuracy, "
try 'a gate that needs an adapter' 2 evaluate --gate 'margin > 0' "$pairs"
err_is "dpo-eval: --gate: 'margin' is measured with --adapter only"
try 'a gate that is none' 2 evaluate --gate margin "$pairs"
err_is "dpo-eval: --gate takes 'METRIC OP VALUE' with < <= > >= = or !=, not 'margin'"

# --- Wrong usage.

try 'no model' 2 dpo-eval "$pairs"
err_is 'dpo-eval: -m MODEL is missing: which one is to be tested?'
try 'metrics there are not' 2 evaluate --metrics taste "$pairs"
err_is "dpo-eval: --metrics takes preference, answer, format, consistency, agreement, quiz, voice, retention and lengths, not 'taste'"
try 'no beta' 2 evaluate --beta 0 "$pairs"
err_is 'dpo-eval: --beta must be above 0'
try 'nothing at once' 2 evaluate --batch-tokens 0 "$pairs"
err_is 'dpo-eval: --batch-tokens must be above 0'
try 'no size' 2 evaluate --memory much "$pairs"
err_is "dpo-eval: --memory takes a size such as 512M or 8G, not 'much'"

# --- Bad input, one line each; nothing appears.

fails() { # NAME LINE COMMAND...
    rm -f "$T/never"
    name=$1
    line=$2
    shift 2
    try "$name" 1 "$@" -o "$T/never"
    err_is "dpo-eval: $line"
    check "$name: no results" test ! -e "$T/never"
}

: >"$T/empty"
fails 'an empty test set' 'there are no pairs to score' evaluate "$T/empty"
fails 'a test set of which nothing is left' \
    'there are no pairs to score: all prompts fill --max-length' evaluate --max-length 4 "$T/pairs"
echo '{"prompt":"p","chosen":7,"rejected":"r"}' >"$T/bad"
fails 'what is no pair' \
    "$T/bad:1: 'chosen' is a number, not a string or a list of messages" evaluate "$T/bad"
fails 'a stream without its seal' \
    'standard input: ends without a seal after 2 records: its writer died or does not use --seal' \
    sh -c 'file=$1 && shift && dpo-eval --seal "$@" <"$file"' - "$T/pairs" -m "$model"
echo '{"prompt":"","chosen":"a","rejected":""}' >"$T/bad"
fails 'an answer without a token to be scored' \
    "$T/bad:1: 'rejected' has no token that could be scored" evaluate "$T/bad"
awk 'BEGIN { for (i = 0; i < 300; i++) s = s " 12"; print "{\"prompt\":\"p\",\"chosen\":\"" s "\",\"rejected\":\"r\"}" }' >"$T/long"
fails 'a text that is too long' \
    "$T/long:1: a text has 902 tokens, and the model was made for 512" evaluate "$T/long"
try 'which may be meant' 0 evaluate -q --beyond-context -o "$T/other" "$T/long"
# Dynamic positions change with a text's length from the model's own on; that is not computed.
cp -r "$model" "$T/dynamic"
chmod -R u+w "$T/dynamic"
sed -i 's/"rope_type": "default"/"rope_type": "dynamic", "factor": 4.0/' "$T/dynamic/config.json"
try 'dynamic positions' 0 dpo-eval -q -m "$T/dynamic" --precision fp32 --beyond-context -o "$T/other" "$T/pairs"
far='its dynamic rotary positions go no farther'
fails 'go no farther' "$T/long:1: a text has 902 tokens, and the model was made for 512: $far" \
    dpo-eval -m "$T/dynamic" --beyond-context "$T/long"
echo '{"prompt":"12345"}' >"$T/short"
fails 'for an answer, too' \
    "prompts of up to 5 tokens and answers of 508 make 513, and the model was made for 512: $far: see --max-new-tokens and --max-prompt-length" \
    dpo-eval -m "$T/dynamic" --beyond-context --metrics lengths --max-new-tokens 508 "$T/short"
fails 'not enough memory' \
    'a batch of 9 tokens needs 66K of memory beside the weights, and there is 1K' \
    evaluate --max-length 8 --memory 1K "$T/pairs"
try 'no model there' 1 dpo-eval -m none "$pairs"
err_like '^dpo-eval: none: neither a folder or file here'
fails 'no adapter there' "$T/none: No such file or directory" \
    evaluate --adapter "$T/none" "$pairs"

# Models that are not what they say.
change() { # PATTERN: a copy of the model, with its config changed
    rm -rf "$T/model"
    cp -r "$model" "$T/model"
    chmod -R u+w "$T/model"
    sed -i "$1" "$T/model/config.json"
}

change ''
awk '{ print } /"special": false/ && last ~ /499/ { more = 1 }
    /"id"/ { last = $0 }
    more && /}/ { for (i = 500; i < 513; i++) printf ",{\"id\":%d,\"content\":\"<%d>\",\"special\":false,\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false}", i, i; more = 0 }' \
    "$T/model/tokenizer.json" >"$T/tokenizer.json"
cp "$T/tokenizer.json" "$T/model"
echo '{"prompt":"p","chosen":"<511>","rejected":"<512>"}' >"$T/far"
fails 'a tokenizer that knows more than the model' \
    "$T/far:1: token 512 is beyond the model's vocabulary of 512" dpo-eval -m "$T/model" "$T/far"
change ''
# The last four bytes of the file are those of a weight: a NaN.
truncate -s -4 "$T/model/model.safetensors"
printf '\000\000\300\177' >>"$T/model/model.safetensors"
try 'a weight that is no number' 1 dpo-eval -m "$T/model" -o "$T/never" "$pairs"
err_like "^dpo-eval: .*'model\.[a-z0-9_.]*' .*(NaN|finite|number)"
change 's/"intermediate_size": 128/"intermediate_size": 96/'
try 'weights of another shape' 1 dpo-eval -m "$T/model" "$pairs"
err_like "^dpo-eval: $T/model: 'model.layers.0.mlp.gate_proj.weight' has the shape \[128, 64\], not \[96, 64\]\$"
try 'an adapter of another model' 1 dpo-eval -m tests/golden/numeric/models/smollm --adapter "$run" "$pairs"
err_like "^dpo-eval: $run"
try 'a full disk' 1 sh -c 'dpo-eval -q -m "$1" "$2" >/dev/full' - "$model" "$pairs"
err_like 'No space left'

# --- What it computes with.

try 'the kernels' 0 dpo-eval --version
out_like '^processor [a-z0-9]+, kernels: fp32 [a-z0-9-]+, bf16 [a-z0-9-]+; auto takes (fp32|bf16)$'
try 'the plain kernels' 0 env DPO_CPU=plain dpo-eval --version
out_like '^processor plain, kernels: fp32 plain, bf16 plain[a-z-]*; auto takes fp32$'
try 'no such processor' 2 env DPO_CPU=cray dpo-eval --version
err_is "dpo-eval: DPO_CPU is plain, avx2, avx512, avx512bf16 or amx, not 'cray'"

done_testing
