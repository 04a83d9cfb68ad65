# The teaching model of data/base and the programs that make it.
. "${0%/*}/../tap.sh"

learn=$BIN/../pipelines/learn_tokenizer
texts=$BIN/../pipelines/base_text
[ -x "$texts" ] || skip_all "$texts is not built"

# --- Texts.

cat >"$T/pairs" <<'END'
{"prompt":"Why?","chosen":"So \"that\".","rejected":"No."}
{"instruction":"Tell","input":"","output":"it\n"}
END
try 'texts' 0 "$texts" "$T/pairs"
cat >"$T/want" <<'END'
{"text":"Why?So \"that\"."}
{"text":"<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSo \"that\"."}
{"text":"Why?No."}
{"text":"<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nNo."}
{"text":"Tellit\n"}
{"text":"<|im_start|>user\nTell<|im_end|>\n<|im_start|>assistant\nit\n"}
END
out_file_is "$T/want"
head -n 1 "$T/pairs" >"$T/pair"
try 'the rejected ones as they stand' 0 "$texts" --answers rejected --as plain "$T/pair"
out_is '{"text":"Why?No."}'
try 'the chosen ones as chats, from a pipe' 0 "$texts" --answers chosen --as chat <"$T/pair"
out_is '{"text":"<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSo \"that\"."}'
try 'nothing was rejected' 1 "$texts" --answers rejected "$T/pairs"
err_is "base_text: $T/pairs:2: there is no answer"
echo '{"chosen":"x"}' | try 'nothing was asked' 1 "$texts"
err_is 'base_text: -:1: there is no prompt'
printf '{"prompt":"a","chosen":"b"}\n\n{"prompt"}\n' | try 'no JSON' 1 "$texts"
err_like '^base_text: -:3: .* at byte 10$'

# --- A tokenizer.

"$texts" data/mortgage/../voice/*/content.jsonl >"$T/texts"
try 'a tokenizer' 0 "$learn" --size 400 -o "$T/one" "$T/texts"
try 'again' 0 "$learn" --size 400 -o "$T/two" "$T/texts"
check 'the same bytes' cmp "$T/one/tokenizer.json" "$T/two/tokenizer.json"
check 'the same template as the model' cmp "$T/one/tokenizer_config.json" data/base/tokenizer_config.json
echo '{"messages":[{"role":"user","content":"the السلام <"}]}' >"$T/chat"
try 'it takes a chat apart' 0 dpo-tokens -q -m "$T/one" --messages "$T/chat"
sed -n 's/.*"ids":\[\([0-9,]*\)\].*/{"ids":[\1]}/p' "$T/out" >"$T/ids"
try 'and together' 0 dpo-tokens -q -m "$T/one" --decode "$T/ids"
out_like '<\|im_start\|>user\\nthe السلام <<\|im_end\|>'
echo '{"text":"aaaa<|im_end|>aaaa aaaa"}' >"$T/few"
try 'too little' 1 "$learn" --size 300 -o "$T/three" "$T/few"
err_is 'learn_tokenizer: the texts give 261 tokens only'
check 'leaves nothing' test ! -e "$T/three"
echo '{"text":1}' | try 'no text' 1 "$learn" -o "$T/three"
err_is "learn_tokenizer: -:1: there is no 'text' that is a string"
echo 'text' | try 'no record' 1 "$learn" -o "$T/three"
err_like '^learn_tokenizer: -:1: .* at byte 1$'
try 'no folder' 2 "$learn" "$T/texts"
err_like '^learn_tokenizer: -o FOLDER is missing'
for size in 299 8193; do
    try "a size of $size" 2 "$learn" --size $size -o "$T/three" "$T/texts"
    err_like '^learn_tokenizer: --size is from 300 to 8192'
done
try 'no such place' 1 "$learn" --size 400 -o "$T/none/there" "$T/texts"
err_is "learn_tokenizer: $T/none/there: No such file or directory"

# --- The model.

sed -n 's/^    \([0-9a-f]\{64\}  [a-z_.]*\)$/\1/p' data/base/README.md >"$T/sums"
check 'the card names four files' test "$(wc -l <"$T/sums")" -eq 4
check 'they are those of the card' sh -c 'cd data/base && sha256sum --quiet -c "$1"' - "$T/sums"
check 'of no more than 8 MB' sh -c '[ $(cat data/base/*.json data/base/*.safetensors | wc -c) -le 8000000 ]'

dpo-merge -q data/mortgage/seed.json "$SRC/build/data/debates.db" |
    dpo-filter -q --min-consensus 0.7 --no-special --no-placeholders |
    dpo-split -q -d "$T/split" --seed 42
rows=56
[ -z "${SAN:-}" ] || rows=8
head -n $rows "$T/split/test.jsonl" >"$T/test.jsonl"
try 'what it makes of questions it never saw' 0 dpo-eval -m data/base --gate 'perplexity < 60' \
    --gate 'preference_accuracy >= 0.2' --gate 'preference_accuracy <= 0.7' -o "$T/results" "$T/test.jsonl"
err_like "^dpo-eval: records $rows, dropped 0, "
done_testing
