#!/bin/sh
# No module includes one from a layer above it: layers.sh [ROOT]
# The table is the one in docs/architecture.md; a layer may always include itself.
cd "${1:-.}" || exit 2

table='
core
hash     core
machine  core
tensor   core machine
gguf     core hash tensor
safetensors core hash tensor
records  core hash
net      core
filter   core hash records sources tree
split    core hash records
sources  core hash records
synth    core hash records
unicode  core
bpe      core hash unicode
tokens   core hash records gguf tensor unicode bpe
jinja    core records
template core records jinja
place    core safetensors
lanes    core
gemm     core machine lanes tensor
stream   core machine lanes tensor gemm
attention core machine lanes tensor gemm
ops      core machine hash lanes tensor gemm
adapter  core machine hash tensor safetensors place model ops
decoder  core machine hash lanes tensor safetensors gemm stream attention ops model adapter base
generate core machine hash lanes tensor gemm attention ops model decoder
model    core machine gguf hash place safetensors tensor
base     core machine hash model safetensors tensor
tree     core hash records tokens bpe template model place
train    core tensor records tokens model run
eval     core machine records tree decoder
export   core tensor tokens model
run      core records
'

find common -name '*.[ch]' | sort | xargs grep -n '^ *# *include *"' /dev/null | awk -F: -v table="$table" '
    BEGIN {
        rows = split(table, row, "\n")
        for (i = 1; i <= rows; i++) {
            n = split(row[i], word, " ")
            if (n) known[word[1]] = 1
            for (j = 1; j <= n; j++) may[word[1], word[j]] = 1
        }
    }
    {
        split($1, part, "/")
        layer = part[2]
        split($3, quoted, "\"")
        there = quoted[2]
        if (!sub("/.*", "", there)) problem = "\"" quoted[2] "\" is not written with its layer"
        else if (!(layer in known)) problem = "layer \"" layer "\" is not in the table"
        else if (!((layer, there) in may)) problem = layer " may not include " quoted[2]
        else next
        print $1 ":" $2 ": " problem
        bad = 1
    }
    END { exit bad }'
