# dpo-pull against a hub on this machine that does all that hubs and networks do.
. "${0%/*}/../tap.sh"

hub=$BIN/../tests/cli/lib/hub
[ -x "$hub" ] || skip_all "$hub is not built"
unset HF_HOME HF_HUB_CACHE HUGGINGFACE_HUB_CACHE XDG_CACHE_HOME HF_TOKEN HUGGING_FACE_HUB_TOKEN \
    HF_TOKEN_PATH HF_HUB_OFFLINE TRANSFORMERS_OFFLINE HF_ENDPOINT http_proxy https_proxy all_proxy
commit=0123456789abcdef0123456789abcdef01234567
export HOME="$T/home" HF_HOME="$T/cache" HF_ENDPOINT
cd "$T" || exit 1
mkdir home hub

# A repository with what models come with: repository NAME [FAULT...]
model=$SRC/tests/golden/numeric/models/qwen2
repository() {
    mkdir -p "hub/$1/onnx"
    cp "$model"/*.json "hub/$1"
    cp "$model/model.safetensors" "hub/$1"
    echo pickle >"hub/$1/pytorch_model.bin"
    echo onnx >"hub/$1/onnx/model.onnx"
    echo read >"hub/$1/README.md"
    name=$1
    shift
    echo "$@" >"hub/$name/.fault"
}
repository org/good
repository org/names names
for fault in gated private cut forget shift flip slow no-sha bad-sha bad-json twice bad-size escape \
    revision fail head-size; do
    repository "org/$fault" "$fault"
done
echo 'names head-size' >hub/org/head-size/.fault
seq 1 60000 >weights.txt
head -c 300000 weights.txt | cat - "$model/model.safetensors" >big.safetensors
for name in cut forget shift slow; do cp big.safetensors "hub/org/$name/model.safetensors"; done

"$hub" hub port log &
server=$!
trap 'kill $server 2>/dev/null; chmod -R u+rwx "$T"; rm -rf "$T"' EXIT
for _ in $(seq 100); do [ -s port ] || sleep 0.05; done
HF_ENDPOINT=http://127.0.0.1:$(cat port)
folder() { # NAME: of a repository in the cache
    echo "$T/cache/hub/models--org--$1"
}
same() { # FOLDER NAME: are the files of the model there as they are on the hub?
    for file in config.json model.safetensors; do
        cmp "$1/$file" "hub/org/$2/$file" || return 1
    done
}
scratch() { # FILE: one byte is another
    printf X | dd "of=$1" bs=1 seek=3000 conv=notrunc status=none
}
nothing_half() { # NAME: what has a final name is whole
    find "$(folder "$1")/blobs" -type f ! -name '*.incomplete' | while read -r blob; do
        name=${blob##*/}
        case ${#name} in
        64) [ "$(sha256sum <"$blob" | cut -d' ' -f1)" = "$name" ] ;;
        40) [ "$( (printf 'blob %d\000' "$(wc -c <"$blob")" && cat "$blob") | sha1sum | cut -d' ' -f1)" = "$name" ] ;;
        *) false ;;
        esac || echo "$blob"
    done >half
    test ! -s half
}

# --- Into the cache.

try 'a model' 0 dpo-pull org/good
out_is "$(folder good)/snapshots/$commit"
err_like '^dpo-pull: fetched [0-9]+, present 0, bytes [0-9]+$'
check 'its files' same "$(folder good)/snapshots/$commit" good
check 'the ref, without a newline' test "$(wc -c <"$(folder good)/refs/main")" = 40
check 'blobs by their digests' nothing_half good
check 'links lead to them' sh -c 'readlink "$1" | grep -Eq "^\.\./\.\./blobs/[0-9a-f]{64}$"' sh \
    "$(folder good)/snapshots/$commit/model.safetensors"
check 'no pickles, nothing else' test ! -e "$(folder good)/snapshots/$commit/pytorch_model.bin" \
    -a ! -e "$(folder good)/snapshots/$commit/onnx" -a ! -e "$(folder good)/snapshots/$commit/README.md"
check 'nothing is left over' test -z "$(find cache -name '*.incomplete' -o -name '*.tmp')"
check 'the other tools find it' dpo-tokens -q -m org/good --text --count "$SRC/VERSION"
: >log
try 'again' 0 dpo-pull org/good
err_like '^dpo-pull: fetched 0, present [0-9]+, '
check 'one request' test "$(grep -c '' log)" = 1
try 'by its commit' 0 dpo-pull --revision $commit org/good
try 'by a revision in the name' 0 dpo-pull -q org/good@pr/1
check 'its ref' test "$(cat "$(folder good)/refs/pr/1")" = $commit
check 'which is found' dpo-tokens -q -m org/good@pr/1 --text --count "$SRC/VERSION"
try 'a hub that lists names alone' 0 dpo-pull org/names
check 'digests come from its HEAD' nothing_half names
check 'all is there' same "$(folder names)/snapshots/$commit" names
try 'two revisions' 2 dpo-pull --revision a org/good@b
err_is "dpo-pull: --revision and '@' both name a revision"
try 'the output' 0 dpo-pull -q -o where org/good
check 'says where' test "$(cat where)" = "$(folder good)/snapshots/$commit"
try 'many threads' 0 dpo-pull -q --threads 9 -d nine org/good
check 'give the same' same nine good

# --- Lists and single files.

try '--list' 0 dpo-pull --list org/good
out_like "^$(wc -c <"$model/config.json")	config.json\$"
out_like '^7	pytorch_model.bin$'
out_like '^5	onnx/model.onnx$'
try '--list without lengths' 0 dpo-pull --list --endpoint "$HF_ENDPOINT/" org/names
out_like '^\?	config.json$'
mkdir -p hub/org/gguf/q
printf 'GGUF-one' >hub/org/gguf/one.gguf
printf 'GGUF-two' >hub/org/gguf/q/two.gguf
try 'several GGUF files' 1 dpo-pull org/gguf
err_is 'dpo-pull: org/gguf: 2 GGUF files, of which one must be named: org/gguf:one.gguf (see --list)'
try 'one of them' 0 dpo-pull -q org/gguf:q/two.gguf
out_is "$(folder gguf)/snapshots/$commit/q/two.gguf"
check 'it is that' test "$(cat "$(cat out)")" = GGUF-two
check 'a link three folders up' sh -c 'readlink "$1" | grep -q "^\.\./\.\./\.\./blobs/"' sh "$(cat out)"
try 'none of them' 1 dpo-pull org/gguf:none.gguf
err_is "dpo-pull: org/gguf: there is no file 'none.gguf' (see --list)"
mkdir -p hub/org/alone hub/org/pickles hub/org/empty
printf 'GGUF-alone' >hub/org/alone/m.gguf
try 'a single GGUF file' 0 dpo-pull -q org/alone
out_is "$(folder alone)/snapshots/$commit/m.gguf"
cp hub/org/good/config.json hub/org/good/pytorch_model.bin hub/org/pickles
try 'pickles' 1 dpo-pull org/pickles
err_like 'org/pickles: its weights are there as pickles alone'
try 'nothing at all' 1 dpo-pull org/empty
err_is 'dpo-pull: org/empty: no weights, neither as safetensors nor as GGUF'

# --- Shards.

mkdir -p hub/org/shards
cp "$model"/*.json hub/org/shards
cp big.safetensors hub/org/shards/model-00001-of-00002.safetensors
cp "$model/model.safetensors" hub/org/shards/model-00002-of-00002.safetensors
cp big.safetensors hub/org/shards/consolidated.safetensors
index() { # SHARD
    printf '{"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"%s"}}' "$1" \
        >hub/org/shards/model.safetensors.index.json
}
index model-00002-of-00002.safetensors
try 'shards' 0 dpo-pull -q org/shards
check 'those of the index' test -e "$(cat out)/model-00002-of-00002.safetensors" -a \
    ! -e "$(cat out)/consolidated.safetensors"
index model-00003-of-00003.safetensors
try 'a shard that is not there' 1 dpo-pull -q org/shards
err_like "names 'model-00003-of-00003.safetensors', which the repository does not have"
index ../../../../etc/passwd
try 'a shard elsewhere' 1 dpo-pull -q org/shards
err_like 'model.safetensors.index.json: '

# --- Into a folder.

try '-d' 0 dpo-pull -d plain org/good
out_is plain
err_like '^dpo-pull: fetched [0-9]+, present 0,'
check 'plain files' same plain good
check 'and no links' test -z "$(find plain -type l)" -a -z "$(find plain -name '.*' -type f)"
scratch plain/model.safetensors
: >log
try 'one of them was changed' 0 dpo-pull --directory plain org/good
err_like '^dpo-pull: fetched 1, present'
check 'it is as it should be' same plain good
check 'its bytes came from the cache' test "$(grep -c 'GET /large' log)" = 0
mkdir -p file/model.safetensors
try 'a folder stands in the way' 1 dpo-pull -q -d file org/good
err_like 'file/model.safetensors: cannot be put there: Is a directory$'
try 'a file stands there' 1 dpo-pull -q -d port org/good
err_is 'dpo-pull: port: is not a folder'

# --- Tokens.

: >log
echo good >token
try 'private' 1 dpo-pull org/private
err_is 'dpo-pull: org/private: there is none by this name, or it is private: for a private one give a token in HF_TOKEN or by --token-file'
try 'a wrong token' 1 env HF_TOKEN=wrong dpo-pull org/private
err_is 'dpo-pull: org/private: the token is not accepted, or gives no right to it (401)'
try '--token-file' 0 dpo-pull -q --token-file token org/private
rm -rf "$(folder private)"
try 'HF_TOKEN' 0 env HF_TOKEN=good dpo-pull -q org/private
check 'the other host saw none' sh -c 'grep "/large/" log && ! grep "/large/.*token=" log'
cp token cache/token
try 'the file of a login' 0 dpo-pull -q org/private
try 'which may be switched off' 1 env HF_HUB_DISABLE_IMPLICIT_TOKEN=1 dpo-pull -q org/private
rm cache/token
: >none
try 'an empty token' 1 dpo-pull --token-file none org/private
err_is 'dpo-pull: none: holds no token'
printf 'a\001b' >odd
try 'an odd token' 1 dpo-pull --token-file odd org/private
err_is 'dpo-pull: odd: not a token: it holds characters that none has'
try 'no such file' 1 dpo-pull --token-file nowhere org/private
err_is 'dpo-pull: nowhere: No such file or directory'
try 'gated' 1 dpo-pull org/gated
err_is "dpo-pull: org/gated: its owners give it to those they know: ask for access at $HF_ENDPOINT/org/gated, then give a token in HF_TOKEN or by --token-file"

# --- What hubs and networks do wrong.

try 'no such model' 1 dpo-pull org/none
err_is "dpo-pull: org/none: $HF_ENDPOINT has no model of this name, or none with this revision"
try 'no such revision' 1 dpo-pull --revision no-such org/good
err_is "dpo-pull: org/good: there is no revision 'no-such'"
for name in no-sha bad-sha; do
    try "$name" 1 dpo-pull "org/$name"
    err_like "'sha' is not the number of a commit\$"
done
try 'bad-json' 1 dpo-pull org/bad-json
try 'twice' 1 dpo-pull org/twice
err_like "'siblings' names a file twice"
try 'bad-size' 1 dpo-pull org/bad-size
try 'names that lead away' 0 dpo-pull --list org/escape
check 'are not there' sh -c '! grep evil out'
try 'a list and a server that differ' 1 dpo-pull org/head-size
err_like 'another length|more came'
try 'a server that fails' 1 dpo-pull --retries 0 org/fail
err_like ': 500 the server failed$'
try 'nobody there' 1 dpo-pull --retries 0 --endpoint http://127.0.0.1:1 org/good
err_like '^dpo-pull: http://127.0.0.1:1/api/models/org/good/revision/main: no connection \('
try 'wrong bytes' 1 dpo-pull -q org/flip
err_like ': the bytes are not those promised: [0-9a-f]{64} in place of [0-9a-f]{64}$'
check 'they have no name' nothing_half flip
check 'and no ref' test ! -e "$(folder flip)/refs/main"
try 'lines that break' 0 dpo-pull -q org/cut
check 'all came' same "$(folder cut)/snapshots/$commit" cut
check 'in parts' grep -q 'GET /large/org/cut.*range=bytes=[1-9]' log

half() { # NAME: as a killed run leaves it
    rm -rf "$(folder "$1")"
    digest=$(sha256sum <"hub/org/$1/model.safetensors" | cut -d' ' -f1)
    mkdir -p "$(folder "$1")/blobs"
    head -c 100000 "hub/org/$1/model.safetensors" >"$(folder "$1")/blobs/$digest.dpo.incomplete"
}
: >log
half cut
try 'a run that goes on' 0 dpo-pull -q org/cut
check 'from where it was' grep -q 'GET /large/org/cut.*range=bytes=100000-' log
half forget
try 'a server without ranges' 0 dpo-pull -q org/forget
check 'begins anew' same "$(folder forget)/snapshots/$commit" forget
half shift
try 'a server with wrong ranges' 1 dpo-pull -q org/shift
err_like ': another part of the file came than the one asked for$'
half cut
scratch "$(folder cut)/blobs/$digest.dpo.incomplete"
try 'a partial file that is wrong' 0 dpo-pull -q org/cut
check 'is replaced' same "$(folder cut)/snapshots/$commit" cut
half cut
cat big.safetensors >>"$(folder cut)/blobs/$digest.dpo.incomplete"
try 'a partial file that is too long' 0 dpo-pull -q org/cut
half cut
cp /etc/hostname victim
ln -sf "$T/victim" "$(folder cut)/blobs/$digest.dpo.incomplete"
try 'a partial file that is a link' 1 dpo-pull -q org/cut
check 'is not followed' cmp -s /etc/hostname victim
rm -rf "$(folder cut)"

try 'a limit on the size of files' 1 sh -c 'ulimit -f 100; dpo-pull -q -d small org/good'
err_like 'small/\.model.*\.incomplete: cannot write: File too large$'
check 'no file in part' test ! -e small/model.safetensors
try 'and then without it' 0 dpo-pull -q -d small org/good
check 'all of it' same small good

# --- Wrong usage.

try 'no model' 2 dpo-pull
err_is 'dpo-pull: no model is named (see --help)'
try 'two models' 2 dpo-pull a b
for name in ../x a/b/c 'a b' org/ org/.. a--b; do
    try "a name like '$name'" 2 dpo-pull "$name"
    err_like "is not the name of a model"
done
asked=$(grep -c '' log)
try 'a model of Ollama' 2 dpo-pull ollama:qwen3:4b
err_is "dpo-pull: 'ollama:qwen3:4b' names a model of Ollama's, which the hub does not have: fetch it with 'ollama pull qwen3:4b'"
check 'nobody was asked' test "$(grep -c '' log)" = "$asked"
try 'a revision that leads away' 2 dpo-pull --revision ../x org/good
try 'no time' 2 dpo-pull --timeout 0 org/good
try 'no file' 2 dpo-pull org/good:
try 'plain http to another machine' 1 dpo-pull --endpoint http://198.51.100.7 org/good
err_like ': plain http to another machine can be read and changed on its way: --allow-http permits it$'
try '--allow-http' 0 dpo-pull -q --allow-http org/good
try 'an endpoint that is none' 1 dpo-pull --endpoint ftp://127.0.0.1 org/good

# --- What all tools share.

echo 'revision = main' >conf
try 'options that all tools have' 0 dpo-pull --json --seal --config conf --lock lock org/good
err_like '^{"tool":"dpo-pull","fetched":0,"present":[0-9]+,"bytes":[0-9]+}$'
try 'the version' 0 dpo-pull --version
try 'a completion' 0 dpo-pull --completion
out_like 'token-file'

# --- Addresses.

printf 'GGUF%050000d' 7 >hub/org/gguf/long.gguf
url=$HF_ENDPOINT/org/gguf/resolve/main/long.gguf
try 'an address' 0 dpo-pull -q "$url"
out_is ./long.gguf
check 'the file' cmp long.gguf hub/org/gguf/long.gguf
rm long.gguf
try 'an address, into a folder' 0 dpo-pull -q -d new/plain "$HF_ENDPOINT/large/org/gguf/long.gguf?signed=1"
out_is new/plain/long.gguf
check 'the same' cmp new/plain/long.gguf hub/org/gguf/long.gguf
echo '<html>' >hub/org/gguf/page.gguf
try 'what is no GGUF file' 1 dpo-pull -q "$HF_ENDPOINT/large/org/gguf/page.gguf"
err_like ': what came is not a GGUF file$'
check 'has no name' test ! -e page.gguf
for case in cut:'the answer ends early' chunked-cut:'the answer ends early' \
    no-length:'the server does not say how long the file is' long:. digits:'longer than what' \
    endless:'the server does not say how long' loop:'more than 5 redirects' gzip:'packed as' \
    many-fields:. one-field:. closed:'closed without' garbage:. 'status?404':'404 not found' \
    'status?500':'500 the server failed' much-later:'come again in 86400 s' \
    nowhere:'does not say where to' 'to?file:///etc/passwd':'leads' 'to?gopher://127.0.0.1/':leads; do
    try "a server that sends ${case%%:[!/]*}" 1 timeout 60 dpo-pull -q --retries 0 --timeout 2 \
        "$HF_ENDPOINT/h/${case%:*}"
    err_like "${case##*:}"
done
for path in slow-body slow-head silent; do
    try "a server that is slow: $path" 1 dpo-pull -q --retries 0 --timeout 1 "$HF_ENDPOINT/h/$path"
    err_like 'the server is too slow'
done
try 'no file in an address' 2 dpo-pull "$HF_ENDPOINT/"
try 'no list of an address' 2 dpo-pull --list "$url"

# --- Offline.

kill_server() {
    kill $server
    wait $server 2>/dev/null
}
try 'offline' 0 env HF_HUB_OFFLINE=1 dpo-pull -q --endpoint http://127.0.0.1:1 org/good
out_is "$(folder good)/snapshots/$commit"
try 'offline, a file' 0 env TRANSFORMERS_OFFLINE=yes dpo-pull -q org/gguf:q/two.gguf
try 'offline, what is not there' 1 env HF_HUB_OFFLINE=1 dpo-pull -q org/none
err_like '^dpo-pull: offline: org/none@main: '

try 'offline, into a folder' 1 env HF_HUB_OFFLINE=ON dpo-pull -d plain org/good
err_is "dpo-pull: offline: nothing is put into 'plain'"
try 'offline, a list' 1 env HF_HUB_OFFLINE=1 dpo-pull --list org/good
try 'offline, an address' 1 env HF_HUB_OFFLINE=True dpo-pull "$url"
err_is 'dpo-pull: offline: nothing is fetched'

# --- Certificates.

try 'no certificates' 1 dpo-pull --retries 0 --cacert nowhere --endpoint https://127.0.0.1:1 org/good
if command -v openssl >/dev/null && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key \
    -out certificate -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1; then
    # A port may be taken: then the server ends at once, and another one is tried.
    secure=$(($(cat port) % 20000 + 40001)) answers=
    for _ in 1 2 3 4 5 6 7 8; do
        secure=$((secure + 7))
        openssl s_server -accept "$secure" -cert certificate -key key -WWW >/dev/null 2>&1 &
        tls=$!
        while kill -0 "$tls" 2>/dev/null; do
            openssl s_client -connect "localhost:$secure" </dev/null >/dev/null 2>&1 && answers=yes && break
            sleep 0.05
        done
        [ ! "$answers" ] || break
    done
    try 'a certificate nobody knows' 1 dpo-pull --retries 0 "https://localhost:$secure/big.safetensors"
    err_like ': the certificate is not trusted \('
    mkdir -p api/models/org/good/revision
    echo "{\"sha\":\"$commit\",\"siblings\":[{\"rfilename\":\"a\"}]}" \
        >'api/models/org/good/revision/main?blobs=true'
    try '--cacert' 0 dpo-pull --cacert certificate --list --endpoint "https://localhost:$secure" org/good
    out_is '?	a'
    try 'a wrong name' 1 dpo-pull --retries 0 --cacert certificate "https://127.0.0.1:$secure/x.safetensors"
    err_like ': the certificate is not trusted \('
    kill "$tls"
else
    skip 'certificates' 'no openssl'
fi

# --- Two at once, and kill -9.

rm -rf "$(folder slow)"
dpo-pull -q org/slow >first 2>&1 &
first=$!
for _ in $(seq 100); do [ -d "$(folder slow)/blobs" ] || sleep 0.02; done
sleep 0.3
try 'a second run' 75 dpo-pull -q org/slow
err_like 'another run is putting files there: try again later$'
wait $first
check 'the first one ends well' test -s first -a -e "$(cat first)/model.safetensors"
bad=0 killed=0
rm -rf "$(folder slow)"
kills=$([ "${TEST_ALL:-}" ] && echo 100 || echo 12)
for i in $(seq 1 "$kills"); do
    timeout -s KILL "0.$((i * 84 / kills + 10))" dpo-pull -q org/slow >/dev/null 2>&1
    if [ $? = 137 ]; then killed=$((killed + 1)); else rm -rf "$(folder slow)"; fi
    [ ! -d "$(folder slow)/blobs" ] || nothing_half slow || bad=$((bad + 1))
    [ ! -e "$(folder slow)/refs/main" ] || same "$(folder slow)/snapshots/$commit" slow || bad=$((bad + 1))
done
check "killed $killed times of $kills: nothing half has a name" test $bad = 0
check 'some runs were killed' test $killed -ge 4
try 'the next run succeeds' 0 dpo-pull -q org/slow
check 'with all files' same "$(folder slow)/snapshots/$commit" slow
kill_server
try 'the server is gone' 1 dpo-pull -q --retries 1 org/good
err_like ': no connection \('
done_testing
