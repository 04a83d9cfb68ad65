# dpo-chat
. "${0%/*}/../tap.sh"

model=tests/golden/numeric/models/qwen2
run=tests/golden/eval/adapter
terminal=$BIN/../tests/cli/lib/terminal

chat() {
    dpo-chat -m "$model" --precision fp32 --max-new-tokens 16 "$@"
}

# A model that says the same whatever it is asked, and how its answer begins.
printf '<|im_start|>assistant\n' >"$T/deaf"
first=$(chat -q --template "$T/deaf" --prompt x | cut -c 1-2)

# --- One answer.

try 'an answer' 0 chat --prompt 'What is equity?'
cp "$T/out" "$T/one"
err_is 'dpo-chat: the answer was cut after 16 tokens'
check 'one line at least' test -s "$T/one"
for n in 1 3; do
    try "$n threads" 0 chat -q --threads $n --prompt 'What is equity?'
    out_file_is "$T/one"
    err_is ''
done
try 'into a file' 0 chat -q -o "$T/file" --prompt 'What is equity?'
out_is ''
check 'the same is in it' cmp "$T/one" "$T/file"
try 'in bf16' 0 dpo-chat -m "$model" --precision bf16 --max-new-tokens 16 --prompt 'Hi'
try 'on int8' 0 chat --base-bits 8 --prompt 'Hi'
try 'on what is stored' 0 chat -q --base-bits 16 --prompt 'What is equity?'
out_file_is "$T/one"
try 'an adapter' 0 chat -q --adapter "$run" --prompt 'What is equity?'
cp "$T/out" "$T/adapted"
check 'says something else' sh -c '! cmp -s "$1/one" "$1/adapted"' - "$T"
try 'both' 0 chat -q --adapter "$run" --compare --prompt 'What is equity?'
{ echo '[with the adapter]'; cat "$T/adapted"; echo '[without it]'; cat "$T/one"; } >"$T/both"
out_file_is "$T/both"
try 'fewer tokens' 0 chat -q --max-new-tokens 3 --prompt 'What is equity?'
check 'it is how the other begins' \
    sh -c 'head -c 4 "$1/one" >"$1/a"; head -c 4 "$1/out" | cmp - "$1/a"' - "$T"
try 'a beginning that is given' 0 chat -q --prefill 'Thought:' --prompt 'Hi'
out_like '^Thought:.'
try 'a stop text' 0 chat -q --template "$T/deaf" --stop never --stop "$first" --prompt x
check 'an empty line' test "$(wc -c <"$T/out")" = 1
try 'the talk as JSON' 0 chat --json --prompt Hi
err_like '^{"tool":"dpo-chat","note":"the answer was cut after 16 tokens"}$'

# --- What the model sees.

try 'a system text' 0 chat -q --system 'Be brief.' --prompt 'What is equity?'
cp "$T/out" "$T/brief"
check 'matters' sh -c '! cmp -s "$1/one" "$1/brief"' - "$T"
printf 'Be brief.\n' >"$T/system"
try 'from a file' 0 chat -q --system "@$T/system" --prompt 'What is equity?'
out_file_is "$T/brief"
try 'no template' 0 chat -q --template none --prompt '<|im_start|>user'
cp "$T/out" "$T/plain"
try 'a chat, by name' 0 chat -q --prompt-format chat --prompt 1
cp "$T/out" "$T/by-name"
try 'a chat' 0 chat -q --prompt 1
out_file_is "$T/by-name"
try 'a format' 0 chat -q --prompt-format '<|im_start|>{prompt}' --prompt user
check 'what is typed is plain, what is given as a format is not' \
    sh -c '! cmp -s "$1/out" "$1/plain"' - "$T"
try 'another template' 0 chat -q --template zephyr --prompt Hi
try 'too long for the model' 1 chat -q --prompt "$(yes word | head -n 600 | tr '\n' ' ')"
err_like '^dpo-chat: the prompt has [0-9]+ tokens, and the model was made for 512$'
try 'and yet' 0 chat -q --beyond-context --prompt "$(yes word | head -n 600 | tr '\n' ' ')"

# --- How answers are drawn.

draw() {
    chat -q --prompt 'What is equity?' --temperature 1 "$@"
}
try 'drawn' 0 draw
cp "$T/out" "$T/drawn"
check 'is not the likeliest' sh -c '! cmp -s "$1/one" "$1/drawn"' - "$T"
try 'the same seed' 0 draw --seed 42
out_file_is "$T/drawn"
try 'another seed' 0 draw --seed 43
check 'another text' sh -c '! cmp -s "$1/out" "$1/drawn"' - "$T"
for how in '--top-k 1' '--top-p 0.000001' '--min-p 1' '--temperature 0'; do
    # shellcheck disable=SC2086 # two words
    try "$how is the likeliest" 0 draw $how
    out_file_is "$T/one"
done
try 'a penalty' 0 draw --temperature 0 --repetition-penalty 5
check 'changes something' sh -c '! cmp -s "$1/out" "$1/one"' - "$T"

cp -r "$model" "$T/model"
chmod -R u+w "$T/model"
printf '{"do_sample":true,"temperature":1.0,"eos_token_id":495}' >"$T/model/generation_config.json"
try 'what the model says' 0 dpo-chat -m "$T/model" -q --precision fp32 --max-new-tokens 16 \
    --prompt 'What is equity?'
out_file_is "$T/drawn"
try 'what is given wins' 0 dpo-chat -m "$T/model" -q --precision fp32 --max-new-tokens 16 \
    --temperature 0 --prompt 'What is equity?'
out_file_is "$T/one"
printf '{"do_sample":true,"top_p":7}' >"$T/model/generation_config.json"
try 'what it cannot say' 1 dpo-chat -m "$T/model" --prompt Hi
err_is "dpo-chat: $T/model/generation_config.json: 'top_p' is not a number above 0 and up to 1"

# --- Weights that are no numbers.

# The last four bytes of the file are those of a weight: a NaN.
rm -rf "$T/model"
cp -r "$model" "$T/model"
chmod -R u+w "$T/model"
head -c -4 "$model/model.safetensors" >"$T/model/model.safetensors"
printf '\000\000\300\177' >>"$T/model/model.safetensors"
broken="^dpo-chat: $T/model: 'model\\.[a-z0-9_.]*' holds NaN or infinity\$"
for how in '' '--temperature 1' '--base-bits 8' '--base-bits 4' "--adapter $run" "--adapter $run --compare"; do
    # shellcheck disable=SC2086 # words
    try "a NaN $how" 1 dpo-chat -m "$T/model" --precision fp32 --max-new-tokens 4 $how --prompt Hi
    err_like "$broken"
    # shellcheck disable=SC2086 # words
    try "a NaN $how and a file" 1 dpo-chat -m "$T/model" --precision fp32 --max-new-tokens 4 $how --prompts "$T/deaf"
    err_like "$broken"
    out_is ''
done
try 'in a talk' 1 sh -c 'printf "Hi\nHi\n" | dpo-chat -m "$1" --precision fp32 --max-new-tokens 4' - "$T/model"
err_like "$broken"

# --- A file of prompts.

cat >"$T/prompts" <<'END'
What is equity?

{"id":"b","prompt":"Hi","chosen":"x"}
{"id":3,"prompt":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is equity?"}]}
{"messages":[{"role":"user","content":"Hi"}],"system":"Be brief."}
{"prompt":"What is equity?","system":"Be brief.","id":null}
END
try 'prompts' 0 chat --prompts "$T/prompts"
cp "$T/out" "$T/responses"
err_like '^dpo-chat: prompts 5, tokens [0-9]+, seconds [0-9.]+, tokens_per_second [0-9]+$'
check 'five lines' test "$(grep -c '' "$T/out")" = 5
out_like '^{"prompt":"What is equity\?","response":".*"}$'
out_like '^{"id":"b","prompt":"Hi","response":".*"}$'
out_like '^{"id":3,"prompt":\[{"role":"system","content":"Be brief\."},.*\],"response":".*"}$'
try 'little memory' 0 chat -q --memory 1M --prompts "$T/prompts"
out_file_is "$T/responses"
try 'from a pipe' 0 sh -c 'dpo-chat -q -m "$1" --precision fp32 --max-new-tokens 16 --prompts - <"$2"' \
    - "$model" "$T/prompts"
out_file_is "$T/responses"
try 'a system text for those without' 0 chat -q --system 'Be brief.' --prompts "$T/prompts"
check 'two say the same now' test "$(grep 'What is equity' "$T/out" | sed 's/.*"response"//' |
    sort -u | grep -c '')" = 1
try 'compared' 0 chat -q --adapter "$run" --compare --prompts "$T/prompts"
out_like '^{"id":"b","prompt":"Hi","trained_model_response":".*","reference_model_response":".*"}$'

# One by one they say the same.
response() { # NUMBER: of a line of $T/out, its response as it is spelled in JSON
    sed -n "$1p" "$T/out" | sed 's/.*"response"://; s/}$//'
}
same_alone() { # OPTION...
    chat -q "$@" --prompts "$T/prompts" >"$T/out"
    printf '{"prompt":"What is equity?"}\n' >"$T/alone"
    chat -q "$@" --prompts "$T/alone" >"$T/alone.out"
    [ "$(response 1)" = "$(sed 's/.*"response"://; s/}$//' "$T/alone.out")" ] || return
    printf '{"prompt":"Hi","system":"Be brief."}\n' >"$T/alone"
    chat -q "$@" --prompts "$T/alone" >"$T/alone.out"
    [ "$(response 4)" = "$(sed 's/.*"response"://; s/}$//' "$T/alone.out")" ]
}
check 'one by one' same_alone
check 'one by one, drawn' same_alone --temperature 0.8 --top-p 0.9 --seed 5

# --- Talk in a pipe.

talk() {
    printf '%s\n' "$@" | chat -q --temperature 0
}
try 'a line' 0 talk 'What is equity?'
out_file_is "$T/one"
try 'two lines' 0 talk 'What is equity?' 'And what is it not?'
check 'two answers' test "$(grep -c '' "$T/out")" -ge 2
try 'begun anew' 0 talk 'What is equity?' /reset 'What is equity?' clear 'What is equity?'
cat "$T/one" "$T/one" "$T/one" >"$T/three"
out_file_is "$T/three"
try 'another system text' 0 talk '/system Be brief.' 'What is equity?'
out_file_is "$T/brief"
try 'nothing behind the end' 0 talk 'What is equity?' quit 'What is equity?'
out_file_is "$T/one"
try 'no last newline' 0 sh -c 'printf "What is equity?" | dpo-chat -q -m "$1" --precision fp32 \
    --max-new-tokens 16 --temperature 0' - "$model"
out_file_is "$T/one"
try 'kept' 0 talk 'Hi' "/save $T/saved"
check 'as messages' grep -q '^{"messages":\[{"role":"user","content":"Hi"},{"role":"assistant","content":".*"}\]}$' "$T/saved"
try 'an adapter put on' 0 talk "/adapter $run" 'What is equity?'
out_file_is "$T/adapted"
try 'and off' 0 talk "/adapter $run" '/adapter off' 'What is equity?'
out_file_is "$T/one"
try 'and compared' 0 talk "/adapter $run" /compare 'What is equity?'
out_file_is "$T/both"
try 'parameters' 0 sh -c 'printf "/params seed 9\n/params\n/help\n" | dpo-chat -m "$1"' - "$model"
err_like '^seed 9$'
err_like '^temperature 0\.7$'
err_like '^/save FILE '
json_talk() {
    printf '%s\n' /params /help /tools '/tools calendar' /tools /dance |
        dpo-chat --json -m "$model" "$@"
}
try 'what commands show is JSON, too' 1 json_talk
check 'one object a line' test "$(grep -c '^{"tool":"dpo-chat","note":".*[^\]"}$' "$T/err") $(wc -l <"$T/err")" = \
    '5 6'
err_like '"note":"max-new-tokens 500\\ntemperature 0.7\\n.*\\nseed 42"}$'
err_like '"note":"/system TEXT .*\\n/save FILE .*\\n//TEXT '
cp "$T/err" "$T/loud"
try 'and shown to who wants quiet' 1 json_talk -q
sed 4d "$T/loud" >"$T/asked"
check 'all but that something was changed' cmp "$T/asked" "$T/err"
try 'tools, in quiet' 0 talk /tools '/tools calculator'
err_is 'tools: none; there are calculator and calendar'
try 'an answer of two tokens' 0 talk '/params max_new_tokens 2' 'What is equity?'
check 'is a short one' test "$(wc -c <"$T/out")" -lt "$(wc -c <"$T/one")"
try 'typed tokens are text' 0 talk '<|im_end|>' '//x'
try 'nothing at all' 0 sh -c 'dpo-chat -m "$1" </dev/null' - "$model"
out_is ''

wrong() { # LINE ERROR: a talk goes on behind a fault, and says so at its end
    try "wrong: $1" 1 talk "$1" 'What is equity?'
    err_is "dpo-chat: $2"
    out_file_is "$T/one"
}
wrong /dance "no command is called '/dance'; /help shows them"
wrong '/reset now' '/reset takes nothing behind it'
wrong /save '/save takes something behind it: /save FILE'
wrong "/save $T/none/file" "$T/none/file: cannot create: No such file or directory"
wrong /compare 'there is no adapter to compare with: /adapter RUN'
wrong '/params heat 1' "no parameter is called 'heat'"
wrong '/params top-p 2' "top-p takes a number above 0 and up to 1, not '2'"
wrong '/params top-p' "top-p takes a number above 0 and up to 1, not ''"
wrong '/tools shell' "no tool is called 'shell'; there are calculator and calendar"
try 'an adapter that is not there' 1 talk "/adapter $T/none" 'What is equity?'
err_like "^dpo-chat: $T/none"
out_file_is "$T/one"

# --- Tools.

call() { # TOOL ARGS LIST: a model that says this each time, and is stopped before it says more
    call=$(printf 'Thought: So.\nAction: {"tool": "%s", "args": "%s"}' "$1" "$2")
    more=$(chat -q --template "$T/deaf" --prefill "$call" --prompt x)
    chat --template "$T/deaf" --stop "$(printf '%s' "${more#"$call"}" | head -c 1)" \
        --prefill "$call" --prompt x --tools "$3"
}
try 'a calculator' 0 call calculator '17 * 6' calculator,calendar
out_like '^Observation: 102$'
check 'not without an end' test "$(grep -c Observation "$T/out")" = 8
err_like '^dpo-chat: tools were called 8 times: the model does not come to an end$'
try 'a calendar' 0 call calendar 'create: Tea; 2027-01-02' calendar
out_like '^Observation: entered: Tea, 2027-01-02$'
try 'what is none' 0 call calculator 'rm -rf /' calculator
out_like '^Observation: failed: '
try 'what may not be called' 0 call calculator '1 + 1' calendar
out_like '^Observation: failed: there is no tool "calculator"$'
try 'tools are chosen in talk' 0 sh -c 'printf "/tools\n/tools calculator\n/tools off\n" |
    dpo-chat -m "$1"' - "$model"
err_like '^tools: none; there are calculator and calendar$'
err_like '^dpo-chat: tools: calculator$'

# --- A terminal.

on_terminal() { # COLUMNS TERM OPTION...; the orders come by standard input
    columns=$1 kind=$2
    shift 2
    TERM=$kind timeout 60 "$terminal" "$columns" dpo-chat -m "$model" --precision fp32 \
        --temperature 0 --max-new-tokens 16 "$@"
}
for kind in xterm dumb; do
    try "$kind: a talk" 0 on_terminal 80 $kind <<'END'
wait > 
type What is equity?\n
wait cut after 16 tokens
wait > 
type quit\n
END
    check "$kind: the answer" sh -c 'tr -d "\r" <"$1/out" | grep -qF "$(head -n 1 "$1/one")"' - "$T"
    try "$kind: Ctrl-C twice ends" 0 on_terminal 80 $kind <<'END'
wait > 
type \x03
wait once more
wait > 
type \x03
END
    try "$kind: Ctrl-D ends" 0 on_terminal 80 $kind <<'END'
wait > 
type \x04
END
    try "$kind: Ctrl-C ends an answer, no more" 0 on_terminal 80 $kind --beyond-context \
        --max-new-tokens 1000000 --prefill START <<'END'
wait > 
type Hi\n
wait START
type \x03
wait > 
type /params max-new-tokens 1\n
wait > 
type Hi\n
wait cut after 1 tokens
wait > 
type \x04
END
done

edits() {
    dpo-chat --version | grep -q 'editing: \(edit\|readline\)'
}
if edits; then
    try 'a line is edited' 0 on_terminal 80 xterm <<'END'
wait > 
type is equity?\x01What \n
wait cut after 16 tokens
wait > 
type \e[A\n
wait cut after 16 tokens
wait > 
type dance\x03
wait > 
type \x04
END
    check 'the answer to what it became' \
        sh -c 'tr -d "\r" <"$1/out" | grep -qF "$(head -n 1 "$1/one")"' - "$T"
    check 'and again from the history' test "$(grep -c 'cut after' "$T/out")" = 2
else
    skip 'a line is edited' 'neither libedit nor readline'
fi

try 'two columns' 0 on_terminal 100 dumb --adapter "$run" --compare <<'END'
wait > 
type Hi\n
wait without it
wait > 
type \x04
END
check 'side by side' grep -q 'with the adapter  *│ without it' "$T/out"
try 'too narrow for that' 0 on_terminal 99 dumb --adapter "$run" --compare <<'END'
wait > 
type Hi\n
wait [without it]
wait > 
type \x04
END

# --- Wrong usage.

usage() { # ERROR OPTION...
    line=$1
    shift
    try "usage: $*" 2 dpo-chat "$@"
    err_is "dpo-chat: $line"
}
usage '-m MODEL is missing: who is to answer?' --prompt Hi
usage "'Hi': a prompt is given by --prompt, a file of them by --prompts" -m "$model" Hi
usage '--prompt and --prompts exclude each other' -m "$model" --prompt a --prompts b
usage '--seal is for pairs, and there are none here' -m "$model" --seal --prompt Hi
usage '--output is for --prompt and --prompts' -m "$model" -o "$T/never"
usage '--compare needs --adapter: with what?' -m "$model" --compare
usage '--tools is not for --prompts' -m "$model" --tools calendar --prompts x
usage '--tools and --compare exclude each other' -m "$model" --adapter "$run" --tools calendar --compare
usage "--tools: no tool is called 'shell'; there are calculator and calendar" -m "$model" --tools shell
usage "--prompt-format takes 'chat' or a text with {prompt} in it, not 'Q:'" -m "$model" --prompt-format Q:
usage '--temperature takes a number from 0 on' -m "$model" --temperature -1 --prompt Hi
usage '--top-p takes a number above 0 and up to 1' -m "$model" --top-p 0 --prompt Hi
usage '--min-p takes a number from 0 to 1' -m "$model" --min-p 1.5 --prompt Hi
usage '--repetition-penalty takes a number above 0' -m "$model" --repetition-penalty 0 --prompt Hi
usage '--max-new-tokens takes a whole number from 1 to 1000000' -m "$model" --max-new-tokens 0
usage '--stop takes a text that is not empty' -m "$model" --stop '' --prompt Hi
usage "--top-k takes a whole number, not 'few'" -m "$model" --top-k few
usage "--memory takes a size such as 512M or 8G, not 'much'" -m "$model" --memory much

# --- Bad input, one line each; nothing appears.

fails() { # ERROR OPTION...
    line=$1
    shift
    rm -f "$T/never"
    try "fails: $*" 1 chat -q -o "$T/never" "$@"
    err_is "dpo-chat: $line"
    check "fails: $*: no file" test ! -e "$T/never"
}
bad() { # ERROR LINE: of a file of prompts, behind a good one
    printf 'Hi\n%s\n' "$2" >"$T/bad"
    fails "$T/bad:2: $1" --prompts "$T/bad"
}
bad 'not JSON: the text ends too early at byte 11' '{"prompt":'
bad "there is neither 'prompt' nor 'messages'" '{"text":"Hi"}'
bad "'prompt' is a number, not a string or messages" '{"prompt":1}'
bad "'messages' is a string, not an array" '{"messages":"Hi"}'
bad "'prompt' and 'messages' exclude each other" '{"prompt":"a","messages":[]}'
bad "'id' is an array, not a string or a number" '{"id":[],"prompt":"a"}'
bad "'system' is a number, not a string" '{"system":1,"prompt":"a"}'
bad 'it has no messages' '{"prompt":[]}'
bad 'a message is a string, not an object' '{"prompt":["Hi"]}'
bad 'a message has no role' '{"prompt":[{"content":"a"}]}'
bad "a message's content is null, not a string" '{"prompt":[{"role":"user","content":null}]}'
bad 'the conversation ends with an answer: nothing is left to be said' \
    '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'
bad 'byte 2 is not UTF-8' "$(printf 'a\377')"
bad "the prompt has 607 tokens, and the model was made for 512" \
    "$(yes x | head -n 300 | tr '\n' ' ')"
fails "$T/none: No such file or directory" --prompts "$T/none"
: >"$T/empty"
fails "$T/empty: there are no prompts" --prompts "$T/empty"
fails "$T/none: No such file or directory" --system "@$T/none" --prompt Hi
printf 'a\377' >"$T/latin"
fails "$T/latin: the text is not UTF-8" --system "@$T/latin" --prompt Hi
try 'too little memory' 1 chat -q --memory 10K --prompt Hi
err_like '^dpo-chat: a prompt of [0-9]+ tokens with its answer, [0-9]+ in all, needs [0-9]+K of memory beside the weights, and there is 10K$'
needed=$(sed -n 's/.* needs \([0-9]*[KM]\) of memory.*/\1/p' "$T/err")
try 'as much as it says is enough' 0 chat -q --memory "$needed" --prompt Hi
fails "gemma:1: the template says: the system role is not supported" --template gemma --system x \
    --prompt Hi
printf '{"prompt":[{"role":"user","content":"a"}]}\n' >"$T/messages"
fails "$T/messages:1: the record holds messages, and the model has no chat template" \
    --template none --prompts "$T/messages"
try 'no model' 1 dpo-chat -m "$T/none" --prompt Hi
err_like "^dpo-chat: .*$T/none"
try 'another base' 1 dpo-chat -m tests/golden/numeric/models/llama --adapter "$run" --prompt Hi
err_like '^dpo-chat: .*adapter'
mkdir "$T/rebased"
cp "$run"/adapter_* "$T/rebased"
try 'a base that nothing tells' 0 dpo-chat -m "$model" --adapter "$T/rebased" --max-new-tokens 2 --prompt Hi
err_is 'dpo-chat: the answer was cut after 2 tokens'
echo '{"training_method":"dpo","base_model":{"hash":"x"}}' >"$T/rebased/dpo_metadata.json"
try 'on another base than it was trained on' 0 dpo-chat -m "$model" --adapter "$T/rebased" --max-new-tokens 2 --prompt Hi
err_is "dpo-chat: warning: $T/rebased was trained on other weights than those of the model
dpo-chat: the answer was cut after 2 tokens"
try 'a full disk' 1 sh -c 'dpo-chat -q -m "$1" --prompt Hi >/dev/full' - "$model"
err_is 'dpo-chat: standard output: cannot write: No space left on device'
try 'nobody reads' 0 bash -c 'set -o pipefail; (dpo-chat -q -m "$1" --beyond-context \
    --max-new-tokens 100000 --prompt Hi; [ $? = 141 ]) | head -c 1 >/dev/null' - "$model"
err_is ''
done_testing
