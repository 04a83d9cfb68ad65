# dpo-tokens, and the rules of dpo-filter that count tokens.
. "${0%/*}/../tap.sh"

tokens() {
    dpo-tokens -m data/tiny "$@"
}

# --- Texts.

printf '  a b\n\nHello<|im_end|>' >"$T/text"
try 'each line is a text as it stands' 0 tokens --text "$T/text"
out_is '{"ids":[220,258,308],"tokens":["Ġ","Ġa","Ġb"],"text":"  a b"}
{"ids":[],"tokens":[],"text":""}
{"ids":[39,434,78,495],"tokens":["H","ell","o","<|im_end|>"],"text":"Hello<|im_end|>"}'
err_is 'dpo-tokens: read 3, ids 7, longest 4'
try 'the numbers alone' 0 tokens -q --text --count "$T/text"
out_is '{"ids":3}
{"ids":0}
{"ids":4}'
try 'ids back to text' 0 sh -c 'dpo-tokens -q -m data/tiny --text "$1" | dpo-tokens -q -m data/tiny --decode' - "$T/text"
out_is '{"text":"  a b"}
{"text":""}
{"text":"Hello<|im_end|>"}'
printf 'a\377\n' >"$T/bad"
try 'bytes that are no text' 1 tokens --text "$T/bad"
err_like "^dpo-tokens: $T/bad:1: .*UTF-8"

# --- Conversations.

echo '[{"role":"user","content":"1"}]' >"$T/chat"
echo '{"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"2"}]}' >>"$T/chat"
try 'a question gets the beginning of an answer' 0 tokens -q --messages --render "$T/chat"
out_is '{"text":"<|im_start|>user\n1<|im_end|>\n<|im_start|>assistant\n"}
{"text":"<|im_start|>user\n1<|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n"}'
try 'another template' 0 tokens -q --messages --render --template zephyr "$T/chat"
out_like '<.user.>'
echo '{{ messages[0].content }}?' >"$T/template"
try 'one in a file' 0 tokens -q --messages --template "$T/template" "$T/chat"
out_like '^{"ids":\[16,30\],"tokens":\["1","[?]"\],"text":"1[?]"}$'
try 'none' 1 tokens --messages --template none "$T/chat"
err_is "dpo-tokens: $T/chat:1: the model has no chat template"
echo '{{ messages | sum_of_parts }}' >"$T/template"
try 'one that asks for what there is not' 1 tokens --messages --template "$T/template" "$T/chat"
err_like "^dpo-tokens: $T/template:1: .*sum_of_parts"
echo '{"messages":7}' >"$T/bad"
try 'what is no conversation' 1 tokens --messages "$T/bad"
err_is "dpo-tokens: $T/bad:1: neither an array of messages nor an object with 'messages'"
echo '{{ strftime_now("%Y-%m-%d") }}' >"$T/template"
try 'the date can be fixed' 0 env SOURCE_DATE_EPOCH=86400 dpo-tokens -q -m data/tiny --messages \
    --render --template "$T/template" "$T/chat"
out_like '^{"text":"1970-01-02"}$'
try 'a date that is none' 1 env SOURCE_DATE_EPOCH=today dpo-tokens -m data/tiny --messages "$T/chat"
err_is 'dpo-tokens: SOURCE_DATE_EPOCH is no number of seconds since 1970'

# --- Pairs.

printf '%s\n' '{"id":"a","prompt":"1234","chosen":"5678","rejected":"90"}' >"$T/pairs"
try 'a pair' 0 tokens --pairs "$T/pairs"
out_is '{"id":"a","prompt_ids":[16,17,18,19],"prompt_tokens":["1","2","3","4"],"chosen_ids":[20,21,22,23,495],"chosen_tokens":["5","6","7","8","<|im_end|>"],"rejected_ids":[24,15,495],"rejected_tokens":["9","0","<|im_end|>"],"prompt_text":"1234","chosen_text":"12345678<|im_end|>","rejected_text":"123490<|im_end|>"}'
err_is 'dpo-tokens: read 1, ids 12, longest 9'
try 'lines are told apart' 0 sh -c 'cat "$1/pairs" "$1/chat" "$1/text" | dpo-tokens -q -m data/tiny --count' - "$T"
out_is '{"id":"a","prompt_ids":4,"chosen_ids":5,"rejected_ids":3}
{"ids":9}
{"ids":12}
{"ids":3}
{"ids":4}'
try 'a bound on both' 0 tokens --pairs --count --max-length 7 "$T/pairs"
out_is '{"id":"a","prompt_ids":4,"chosen_ids":3,"rejected_ids":3}'
err_is 'dpo-tokens: read 1, ids 10, longest 7, cut 1, dropped 0'
try 'the end stays' 0 tokens -q --pairs --count --max-length 7 --truncate keep_end "$T/pairs"
out_is '{"id":"a","prompt_ids":0,"chosen_context_ids":2,"chosen_ids":5,"rejected_context_ids":4,"rejected_ids":3}'
try 'no room for an answer' 0 tokens --pairs --count --max-length 4 "$T/pairs"
out_is '{"id":"a","dropped":true}'
err_like 'cut 0, dropped 1$'
try 'a bound on the prompt' 0 tokens --pairs --count --max-prompt-length 1 "$T/pairs"
out_is '{"id":"a","prompt_ids":1,"chosen_ids":5,"rejected_ids":3}'
err_is 'dpo-tokens: read 1, ids 9, longest 6, prompts_cut 1'
try 'a format without a place' 2 tokens -q --pairs --prompt-format 'Q: ' "$T/pairs"
err_is "dpo-tokens: --prompt-format takes 'chat' or a text with {prompt} in it, not 'Q: '"
try 'a format' 0 tokens -q --pairs --render --prompt-format 'Q: {prompt} A: ' "$T/pairs"
out_like '"prompt_text":"Q: 1234 A: ","chosen_text":"Q: 1234 A: 5678<.im_end.>"'
try 'a format of two lines' 0 tokens -q --pairs --render --prompt-format 'Q:\t{prompt}\n\\n\A' "$T/pairs"
out_like '"prompt_text":"Q:\\t1234\\n\\\\n\\\\A"'
printf 'prompt-format = "Q:\\t{prompt}\\n\\\\n\\\\A"\n' >"$T/format.conf"
try 'the same from a file' 0 tokens -q --pairs --render --config "$T/format.conf" "$T/pairs"
out_like '"prompt_text":"Q:\\t1234\\n\\\\n\\\\A"'
printf '%s\n' '{"prompt":[{"role":"system","content":"s"},{"role":"user","content":"1\"2"}],"chosen":[{"role":"assistant","content":"5"}],"rejected":[{"role":"assistant","content":"6"}]}' >"$T/turns"
printf '%s\n' '{"prompt":"1\"2","chosen":"5","rejected":"6","system":"s"}' >"$T/strings"
try 'messages' 0 tokens -q --pairs --render "$T/turns"
cp "$T/out" "$T/rendered"
try 'strings as messages' 0 tokens -q --pairs --render --prompt-format chat "$T/strings"
out_file_is "$T/rendered"
try 'messages as messages' 0 tokens -q --pairs --render --prompt-format chat "$T/turns"
out_file_is "$T/rendered"
try 'no template for messages' 1 dpo-tokens -m data/tiny --template none --pairs --prompt-format chat "$T/strings"
err_is "dpo-tokens: $T/strings:1: the prompt is to be a message, and the model has no chat template"
printf '%s\n' '{"prompt":"Hel","chosen":"lo","rejected":"p"}' >"$T/split"
try 'a token that reaches into the answer' 0 tokens --pairs --count "$T/split"
out_is '{"prompt_ids":1,"chosen_ids":3,"rejected_ids":3}'
err_like '1 prompts end within a token'
echo '{"prompt":"p","chosen":7,"rejected":"r"}' >"$T/bad"
try 'what is no pair' 1 tokens --pairs "$T/bad"
err_is "dpo-tokens: $T/bad:1: 'chosen' is a number, not a string or a list of messages"
try 'a stream without its seal' 1 sh -c 'dpo-tokens -m data/tiny --pairs --seal <"$1"' - "$T/pairs"
err_like 'without a seal'
try 'a number that is no id' 1 sh -c 'echo "[1.5]" | dpo-tokens -m data/tiny --decode'
err_is 'dpo-tokens: standard input:1: element 1 is no id of this tokenizer'
try 'a number that is no number of ours' 1 sh -c 'echo "[1e300]" | dpo-tokens -m data/tiny --decode'
err_is 'dpo-tokens: standard input:1: element 1 is no id of this tokenizer'
try 'ids that there are not' 1 sh -c 'echo "[1,99999]" | dpo-tokens -m data/tiny --decode'
err_is 'dpo-tokens: standard input:1: element 2 is no id of this tokenizer'
try 'no ids at all' 1 sh -c 'echo "{}" | dpo-tokens -m data/tiny --decode'
err_is "dpo-tokens: standard input:1: neither an array of ids nor an object with 'ids'"
try 'ids of a pair' 0 sh -c 'dpo-tokens -q -m data/tiny --pairs "$1" | dpo-tokens -q -m data/tiny --decode' - "$T/pairs"
out_is '{"prompt_text":"1234","chosen_text":"5678<|im_end|>","rejected_text":"90<|im_end|>"}'
try 'ids of a pair that was left out' 0 sh -c \
    'dpo-tokens -q -m data/tiny --pairs --max-length 4 "$1" | dpo-tokens -m data/tiny --decode' - "$T/pairs"
out_is '{"dropped":true}'
err_is 'dpo-tokens: read 1, ids 0, longest 0, dropped 1'
try 'what says that it was not left out' 1 sh -c "echo '{\"dropped\":false}' | dpo-tokens -m data/tiny --decode"
err_is "dpo-tokens: standard input:1: neither an array of ids nor an object with 'ids'"
echo '{"dropped":true,"ids":[24]}
[16,17,18]
{"prompt_ids":[16,17],"chosen_ids":[18,19,20],"rejected_ids":[21]}' >"$T/ids"
try 'the counts of ids' 0 tokens --decode "$T/ids"
err_is 'dpo-tokens: read 3, ids 10, longest 5'
try 'ids of a pair without a common prompt' 0 sh -c \
    'dpo-tokens -q -m data/tiny --pairs --max-length 7 --truncate keep_end "$1" | dpo-tokens -m data/tiny --decode' - "$T/pairs"
out_is '{"prompt_text":"","chosen_context_text":"34","chosen_text":"5678<|im_end|>","rejected_context_text":"1234","rejected_text":"90<|im_end|>"}'
err_is 'dpo-tokens: read 1, ids 14, longest 7'
try 'texts are not counted' 0 tokens --render "$T/chat"
err_is 'dpo-tokens: read 2'
for option in --max-length=2 --max-prompt-length=2 --truncate=keep_end '--prompt-format={prompt}'; do
    try "of pairs alone: $option" 2 tokens --text "$option" "$T/text"
    err_is "dpo-tokens: $(expr "$option" : '\([^=]*\)') is for pairs"
done
try 'of pairs alone, and conversations' 2 tokens --messages --max-length 2 "$T/chat"
try 'of pairs alone, and ids' 2 tokens --decode --max-length 2 "$T/ids"

# --- The same for any number of threads, and whole files.

cat data/voice/*/pairs.jsonl data/agentic/*.jsonl >"$T/many"
for n in 1 2 3 8; do
    try "$n threads" 0 tokens -q --pairs --threads $n -o "$T/out$n" "$T/many"
    check 'the same bytes' cmp "$T/out1" "$T/out$n"
done
try 'a full disk' 1 sh -c 'dpo-tokens -m data/tiny --pairs "$1" >/dev/full' - "$T/many"
err_like 'No space left'

# --- The same model from a folder and from a GGUF file.

cat "$T/pairs" "$T/chat" "$T/text" data/agentic/test.jsonl >"$T/any"
try 'a folder' 0 tokens -q "$T/any"
cp "$T/out" "$T/want"
try 'a GGUF file' 0 dpo-tokens -q -m tests/golden/tree/tiny.gguf "$T/any"
out_file_is "$T/want"
mkdir -p "$T/store/manifests/registry.ollama.ai/library/tiny" "$T/store/blobs"
digest=$(printf '%064d' 7)
cp tests/golden/tree/tiny.gguf "$T/store/blobs/sha256-$digest"
size=$(wc -c <tests/golden/tree/tiny.gguf)
printf '{"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:%s","size":%d}]}' \
    "$digest" "$size" >"$T/store/manifests/registry.ollama.ai/library/tiny/latest"
try "Ollama's store" 0 env OLLAMA_MODELS="$T/store" dpo-tokens -q -m ollama:tiny "$T/any"
out_file_is "$T/want"
snapshot=$T/hub/models--some--tiny/snapshots/$(printf '%040d' 7)
mkdir -p "$snapshot" "$T/hub/models--some--tiny/refs"
cp data/tiny/tokenizer.json data/tiny/tokenizer_config.json "$snapshot"
printf '%040d' 7 >"$T/hub/models--some--tiny/refs/main"
try "the hub's cache" 0 env HF_HUB_CACHE="$T/hub" dpo-tokens -q -m some/tiny "$T/any"
out_file_is "$T/want"

# --- Models that are not there.

try 'no model' 2 dpo-tokens --text
err_like '^dpo-tokens: -m MODEL is missing'
mkdir "$T/empty"
try 'a folder without a tokenizer' 1 dpo-tokens -m "$T/empty" --text
err_is "dpo-tokens: $T/empty: neither 'tokenizer.json' nor a GGUF file"
try 'a name that nothing has' 1 env HF_HUB_CACHE="$T/empty" dpo-tokens -m some/model --text
err_like 'some/model'
try 'two ways at once' 2 tokens --count --render
try 'two kinds at once' 2 tokens --text --pairs
try 'a kind of ids' 2 tokens --decode --text
try 'a seal of texts' 2 tokens --seal --text

# --- dpo-filter.

try 'a bound on tokens' 0 dpo-filter -m data/tiny --max-tokens 8 "$T/pairs"
out_is ''
err_like 'dropped 1 \(max-tokens 1\)$'
try 'just long enough' 0 dpo-filter -q -m data/tiny --max-tokens 9 --max-prompt-tokens 4 "$T/pairs"
out_file_is "$T/pairs"
try 'a bound on the prompt' 0 dpo-filter -m data/tiny --max-prompt-tokens 3 "$T/pairs"
err_like 'dropped 1 \(max-prompt-tokens 1\)$'
try 'what the prompt is put into counts' 0 dpo-filter -m data/tiny --max-prompt-tokens 5 \
    --prompt-format 'x{prompt}y' "$T/pairs"
err_like 'dropped 1 \(max-prompt-tokens 1\)$'
try 'a bound without a model' 2 dpo-filter --max-tokens 9 "$T/pairs"
try 'a model without a bound' 2 dpo-filter -m data/tiny "$T/pairs"
printf '%s\n' '{"prompt":[{"role":"user","content":"1"}],"chosen":[{"role":"assistant","content":"2"}],"rejected":[{"role":"assistant","content":"3"}]}' >"$T/chats"
try 'conversations need a template' 1 dpo-filter -m data/tiny --template none --max-tokens 9 "$T/chats"
err_is "dpo-filter: $T/chats:1: the record holds messages, and the model has no chat template"
try 'and get one' 0 dpo-filter -q -m data/tiny --max-tokens 99 "$T/chats"
out_file_is "$T/chats"

done_testing
