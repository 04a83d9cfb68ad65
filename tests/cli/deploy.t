# dpo-deploy against an Ollama on this machine that does what real ones do.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
server=$BIN/../tests/cli/lib/ollama
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
[ -x "$server" ] || skip_all "$server is not built"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

"$seed_model" -q data/tiny/config.json --tokenizer data/tiny -o "$T/model"
cat >"$T/model/chat_template.jinja" <<'EOF'
{%- if messages[0].role != 'system' %}{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}
{%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
EOF
dpo-export-gguf -q --type bf16 "$T/model" -o "$T/m.gguf"
dpo-export-gguf -q --type q8_0 "$T/model" -o "$T/n.gguf"

fault() { echo "$1" >"$T/fault"; }
fault none
"$server" "$T/port" "$T/log" "$T/fault" &
pid=$!
trap 'kill $pid; chmod -R u+rwx "$T"; rm -rf "$T"' EXIT
while [ ! -s "$T/port" ]; do sleep 0.05; done
OLLAMA_HOST=127.0.0.1:$(cat "$T/port")
export OLLAMA_HOST
calls() { # what was asked, a row of the same once
    cut -d' ' -f1,2 "$T/log" | sed 's/sha256:.*/sha256:H/' | uniq | tr '\n' ';'
}

# --- The plan.

try 'a dry run' 0 dpo-deploy "$T/m.gguf" --name a:v1 --tag prod --system 'Say "no".' \
    --parameter temperature=0.7 --parameter stop=X --smoke Well --dry-run
out_is 'FROM ./m.gguf
TEMPLATE """{{- if not .System }}<|im_start|>system
Be kind.<|im_end|>
{{ end }}{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
PARAMETER temperature 0.7
PARAMETER stop X
SYSTEM """Say "no"."""'
err_like '^dpo-deploy: would send .*/m.gguf, [0-9]* bytes, to http://127.0.0.1:[0-9]* where it is not'
err_like '^dpo-deploy: would make a:candidate-[0-9a-f]{12} with the template of chatml$'
err_like '^dpo-deploy: would move a:prod$'
check 'asks nobody' test ! -s "$T/log"
check 'writes nothing' test ! -e "$T/m.Modelfile"

# --- A model gets its names.

try 'a deployment' 0 dpo-deploy "$T/m.gguf" --name a:v1 --tag prod --tag next \
    --smoke 'Refinance at 6.5 %?' --expect 'not|wait|keep' --history "$T/runs.db"
err_like '^dpo-deploy: answer to the smoke test, 4 tokens in [0-9.]* s: No, wait .*\.$'
err_like '^dpo-deploy: bytes [0-9]*, sent [0-9]*, names 3$'
check 'in this order' test "$(calls)" = "GET /api/version;HEAD /api/blobs/sha256:H;\
POST /api/blobs/sha256:H;POST /api/create;POST /api/chat;GET /api/tags;\
POST /api/copy;GET /api/tags;POST /api/copy;GET /api/tags;POST /api/copy;GET /api/tags;\
DELETE /api/delete;"
looked=$(grep -c '' "$T/log")
check 'a Modelfile is there' grep -q 'FROM ./m.gguf' "$T/m.Modelfile"
check 'with the stops' grep -q 'PARAMETER stop <|im_end|>' "$T/m.Modelfile"
check 'the history has a row' test "$(sqlite3 "$T/runs.db" \
    'SELECT kind, result, run_dir, exit_status FROM runs')" = 'deploy|done|a:v1|0'
check 'and figures' test "$(sqlite3 "$T/runs.db" \
    "SELECT value FROM figures WHERE name = 'smoke_tokens'")" = 4.0

try 'the same again sends nothing' 0 dpo-deploy "$T/m.gguf" --name a:v1 --tag prod
err_like ', sent 0, names 2$'
check 'and copies nothing' sh -c '! sed "1,$2d" "$1" | grep -q copy' sh "$T/log" "$looked"

try 'its Modelfile gives the same' 0 dpo-deploy "$T/m.gguf" --name a:v1 --dry-run \
    --modelfile "$T/m.Modelfile"
out_file_is "$T/m.Modelfile"

try 'another model' 0 dpo-deploy "$T/n.gguf" --name a:v2 --tag prod -q
looked=$(grep -c '' "$T/log")
try 'a dry run of the way back' 0 dpo-deploy --rollback a --tag prod --dry-run --history "$T/dry.db"
err_is "dpo-deploy: would let a:prod and a:prod-prev change places at http://$OLLAMA_HOST"
out_is ''
check 'asks nobody' test "$(grep -c '' "$T/log")" = "$looked"
check 'and writes nothing down' test ! -e "$T/dry.db"
try 'and back' 0 dpo-deploy --rollback a --tag prod --history "$T/runs.db"
err_is 'dpo-deploy: names 1'
check 'which is written down, of that tag only' test "$(sqlite3 "$T/runs.db" \
    "SELECT json_extract(options, '\$.rollback') FROM runs ORDER BY id DESC LIMIT 1")" = a:prod
try 'nothing to go back to' 1 dpo-deploy --rollback a:v9
err_is "dpo-deploy: there is no 'a:v9-prev' to go back to"

# --- Gates and failures: no name moves.

digest() { # NAME: what the server says
    curl -s "http://$OLLAMA_HOST/api/tags" | tr '{' '\n' | sed -n "s/.*\"$1\".*\"digest\":\"\([0-9a-f]*\)\".*/\1/p"
}

still() { # NAME STATUS LIKE OPTIONS...: fails so, and leaves nothing
    what=$1 status=$2 like=$3
    shift 3
    looked=$(grep -c '' "$T/log")
    try "$what" "$status" dpo-deploy "$T/m.gguf" --name b:v1 --tag prod "$@"
    err_like "$like"
    check "$what: no name was moved" sh -c '! sed "1,$2d" "$1" | grep -q copy' sh "$T/log" "$looked"
}
still 'an answer that is wrong' 3 "does not match 'yes': no name was moved" --smoke Well --expect yes
check 'is a gate in the history' dpo-deploy -q "$T/m.gguf" --name b:v1 --smoke x
for row in 'silent;3;the model says nothing to the smoke test' \
    'runner;1;llama-server process has terminated' 'endless;1;smoke test has no end'; do
    fault "${row%%;*}"
    rest=${row#*;}
    still "${row%%;*}" "${rest%%;*}" "${rest#*;}" --smoke Well
done
for row in 'old;Ollama 0.5.4 is too old' 'no-version;is not an Ollama server' \
    'page;is not a JSON object' 'create;the server: open STORE' 'early;ended before the model' \
    'template;unclosed action' 'form;is too old' "lost;' was made, and is not there"; do
    fault "${row%%;*}"
    still "${row%%;*}" 1 "^dpo-deploy: .*${row#*;}"
done
fault upload
echo >>"$T/m.gguf"
still 'a full disk' 1 'no space left on device'
fault 'copy=b:prod'
try 'a name that cannot be moved' 1 dpo-deploy "$T/n.gguf" --name b:v3 --tag prod
err_like "could not be copied to 'b:prod'"
fault none
try 'takes back the others' 1 dpo-deploy --rollback b:v3

if command -v curl >/dev/null; then
    printf x | cat "$T/m.gguf" - >"$T/o.gguf"
    dpo-deploy -q "$T/m.gguf" --name w:m --tag prod --tag stable
    dpo-deploy -q "$T/n.gguf" --name w:n --tag prod --tag stable
    m=$(digest w:m) n=$(digest w:n)
    for name in prod stable; do
        fault "copy=w:$name"
        try "w:$name cannot be moved" 1 dpo-deploy "$T/o.gguf" --name w:o --tag prod --tag stable
        check 'the names are back' test "$(digest w:prod) $(digest w:stable)" = "$n $n"
        check 'and their ways back' test "$(digest w:prod-prev) $(digest w:stable-prev)" = "$m $m"
        check 'nothing else is left' test "$(digest w:prod-kept)$(digest w:o)" = ''
    done
    for name in prod stable stable-prev; do
        fault "copy=w:$name"
        try "w:$name cannot go back" 1 dpo-deploy --rollback w --tag prod --tag stable
        check 'none did' test "$(digest w:prod) $(digest w:stable)" = "$n $n"
        check 'and all still can' test "$(digest w:prod-prev) $(digest w:stable-prev)" = "$m $m"
        check 'nothing else is left' test "$(digest w:prod-swap)$(digest w:stable-swap)" = ''
    done
    fault none
    try 'a tag has no way back' 1 dpo-deploy --rollback w --tag prod --tag nosuch
    err_is "dpo-deploy: there is no 'w:nosuch-prev' to go back to"
    check 'so the other stays' test "$(digest w:prod)" = "$n"
else
    skip 'ways back stay' 'curl is missing'
fi

try 'nobody there' 1 dpo-deploy "$T/m.gguf" --name b --host 127.0.0.1:9
err_like '^dpo-deploy: no answer \(does Ollama run there\? see OLLAMA_HOST and --host\): http://127.0.0.1:9/'
try 'it is written down' 1 dpo-deploy "$T/m.gguf" --name b --host 127.0.0.1:9 -q --history "$T/bad.db"
check 'as failed' test "$(sqlite3 "$T/bad.db" 'SELECT result FROM runs')" = failed

# --- Killed at any moment: a name means the one model or the other. TEST_ALL=1: a hundred kills.

if command -v curl >/dev/null; then
    dpo-deploy -q "$T/m.gguf" --name k:m --tag prod
    took=$(date +%s%N)
    dpo-deploy -q "$T/n.gguf" --name k:n --tag prod
    took=$(($(date +%s%N) - took))
    m=$(digest k:m) n=$(digest k:n)
    check 'two models' test "$m" != "$n" -a "$(digest k:prod)" = "$n"
    kills=$([ "${TEST_ALL:-}" ] && echo 100 || echo 8) killed=0 half=0
    for at in $(seq 1 "$kills"); do
        [ $((at % 2)) = 0 ] && name=n || name=m
        dpo-deploy -q "$T/$name.gguf" --name "k:$name" --tag prod 2>"$T/none" &
        sleep "$(echo "$took $at $kills" | awk '{ printf "%.4f", $1 / 1e9 * $2 / $3 }')"
        kill -9 $! 2>"$T/none"
        wait $! 2>"$T/none"
        if [ $? = 137 ]; then killed=$((killed + 1)); elif [ $killed = 0 ]; then took=$((took / 2)); fi
        case $(digest k:prod) in "$m" | "$n") ;; *) half=$((half + 1)) ;; esac
    done
    check "killed $killed times of $kills: one or the other" test $half = 0
    check 'some were killed' test $killed -gt 0
    try 'the next one goes through' 0 dpo-deploy -q "$T/m.gguf" --name k:m --tag prod
    check 'and prod is it' test "$(digest k:prod)" = "$m"
else
    skip 'killed at any moment' 'curl is missing'
fi

# --- Templates.

printf '{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}{{ end }}' >"$T/go"
try 'a template that differs' 0 dpo-deploy "$T/m.gguf" --name b --dry-run --template "$T/go"
err_like "warning: the template may differ from the model's own: 1 messages give"
try 'another family' 0 dpo-deploy "$T/m.gguf" --name b --dry-run --template llama3
out_like '^PARAMETER stop <\|eot_id\|>$'
try 'no such template' 1 dpo-deploy "$T/m.gguf" --name b --dry-run --template bogus
err_is "dpo-deploy: --template: 'bogus' is no family of templates, and no file"
echo '{"template_hash":"00"}' >"$T/dpo_metadata.json"
try 'not the template of training' 0 dpo-deploy "$T/m.gguf" --name b --dry-run
err_like 'warning: .*/m.gguf: its chat template is not the one that dpo_metadata.json beside it'
rm "$T/dpo_metadata.json"
cp "$T/model/tokenizer_config.json" "$T/kept.json"
for row in 'false;0' 'true;1'; do
    sed -i "s/\"bos_token\": [^,]*,/\"bos_token\": \"<|im_start|>\", \"add_bos_token\": ${row%;*},/" \
        "$T/model/tokenizer_config.json"
    dpo-export-gguf -q --type bf16 "$T/model" -o "$T/bos.gguf"
    try "a text's beginning is added: ${row%;*}" "${row#*;}" dpo-deploy "$T/bos.gguf" --name b --dry-run
    cp "$T/kept.json" "$T/model/tokenizer_config.json"
done
rm "$T/model/chat_template.jinja" && sed -i '/chat_template/d' "$T/model/tokenizer_config.json"
dpo-export-gguf -q --type bf16 "$T/model" -o "$T/bare.gguf"
try 'no chat template' 1 dpo-deploy "$T/bare.gguf" --name b --dry-run
err_like "bare.gguf: has no chat template: name a family by --template"
try 'none is wanted' 0 dpo-deploy "$T/bare.gguf" --name b --dry-run --template plain
out_like '\{\{ \.Prompt \}\}'
echo '{{ messages }}' >"$T/model/chat_template.jinja"
dpo-export-gguf -q --type bf16 "$T/model" -o "$T/odd.gguf"
try 'a template of no family' 1 dpo-deploy "$T/odd.gguf" --name b --dry-run
err_like 'odd.gguf: a Go template is needed \(--template FILE\): the chat template is of no family'

# --- What else is given.

printf 'You are\nbrief.\n' >"$T/system"
try 'a system message from a file' 0 dpo-deploy "$T/m.gguf" --name b --dry-run --system "@$T/system"
out_like '^SYSTEM """You are$'
try 'a Modelfile to standard output' 0 dpo-deploy -q "$T/m.gguf" --name b -o -
out_like '^FROM ./m.gguf$'
rm "$T/m.Modelfile"
try 'a Modelfile elsewhere' 0 dpo-deploy -q "$T/m.gguf" --name b -o "$T/elsewhere"
check 'and not beside the model' sh -c 'test -s "$1/elsewhere" && ! test -e "$1/m.Modelfile"' sh "$T"
printf 'FROM x\nADAPTER y\n' >"$T/bad"
try 'a bad Modelfile' 1 dpo-deploy "$T/m.gguf" --name b --modelfile "$T/bad"
err_like '/bad:2: fold the adapter into the model'
try 'what cannot be written' 0 dpo-deploy "$T/m.gguf" --name b --system 'a"""b'
err_like 'warning: no Modelfile is written beside the model: SYSTEM has quotes'
try 'a parameter of the wrong type' 2 dpo-deploy "$T/m.gguf" --name b --parameter top_k=x
err_is "dpo-deploy: --parameter: 'top_k' is not a whole number: 'x'"
try 'a parameter without a value' 2 dpo-deploy "$T/m.gguf" --name b --parameter top_k
try 'not a GGUF file' 1 dpo-deploy "$T/go" --name b
head -c 5000 "$T/m.gguf" >"$T/cut.gguf"
try 'half a GGUF file' 1 dpo-deploy "$T/cut.gguf" --name b
try 'no name' 2 dpo-deploy "$T/m.gguf"
err_is 'dpo-deploy: --name is missing: what Ollama is to call the model'
try 'a bad name' 2 dpo-deploy "$T/m.gguf" --name 'a b'
try 'a bad tag' 2 dpo-deploy "$T/m.gguf" --name b --tag c:d
try 'no file' 2 dpo-deploy --name b
try 'two files' 2 dpo-deploy "$T/m.gguf" "$T/n.gguf" --name b
try 'an expectation of nothing' 2 dpo-deploy "$T/m.gguf" --name b --expect x
try 'a bad expectation' 2 dpo-deploy "$T/m.gguf" --name b --smoke x --expect '('
err_like "^dpo-deploy: --expect: '\(' is not a regular expression"
try 'a rollback of a file' 2 dpo-deploy "$T/m.gguf" --rollback b
try 'a rollback to a name' 2 dpo-deploy --rollback b --name c
looked=$(grep -c '' "$T/log")
for option in --smoke --expect --system --parameter --modelfile --template --output; do
    try "a rollback with $option" 2 dpo-deploy --rollback a --tag prod "$option" x=1
    err_is "dpo-deploy: $option does nothing beside --rollback: no model is made or asked"
done
check 'asks nobody' test "$(grep -c '' "$T/log")" = "$looked"
echo 'name = c:v1' >"$T/conf"
try 'what all tools have' 0 dpo-deploy --json --threads 1 --seal --lock "$T/lock" --dry-run \
    --config "$T/conf" "$T/m.gguf"
try 'help' 0 dpo-deploy --help
try 'version' 0 dpo-deploy --version
try 'completion' 0 dpo-deploy --completion
done_testing
