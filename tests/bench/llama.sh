# llama.cpp for engine.sh and ship.sh: sourced after dir and peers are set.
# shellcheck shell=bash disable=SC2154

# The libraries are in one package, the headers in the history that the other one carries.
install_llama() {
    local node=$dir/node version=3.22.1 file
    libraries=$node/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64
    export GGML_LIBRARIES=$libraries
    [ "$node/llama" -nt "$peers/llama.c" ] && return
    mkdir -p "$node/include"
    (cd "$node" && npm init -y && npm install --omit=optional --ignore-scripts \
        node-llama-cpp@$version @node-llama-cpp/linux-x64@$version) > "$node/log" 2>&1 || return
    [ -e "$node/source" ] ||
        git clone -q -n "$node/node_modules/node-llama-cpp/llama/gitRelease.bundle" "$node/source" || return
    for file in include/llama.h ggml/include/{ggml,ggml-cpu,ggml-backend,ggml-alloc,ggml-opt,gguf}.h; do
        git -C "$node/source" show "HEAD:$file" > "$node/include/${file##*/}" || return
    done
    "${CC:-gcc}" -O2 -I "$node/include" "$peers/llama.c" -o "$node/llama" "$libraries"/libllama.v*.so \
        "$libraries"/libggml.v*.so "$libraries/libggml-base.so" -Wl,-rpath,"$libraries"
}
