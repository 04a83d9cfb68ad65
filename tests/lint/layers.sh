#!/bin/sh
# No module includes one from a layer above it: layers.sh [ROOT]
# The table is the one in docs/architecture.md; a layer may always include itself.
cd "${1:-.}" || exit 2

table='
core
options  core
hash     core
machine  core
page     core unicode
tensor   core machine
gguf     core hash tensor
safetensors core hash tensor
records  core hash
quiz     core records
net      core hash
pull     core hash safetensors place net
judge    core records
filter   core hash records sources tree judge
split    core hash records
sources  core hash records
synth    core hash records judge
unicode  core
bpe      core hash unicode
tokens   core hash records gguf tensor unicode bpe
jinja    core records
template core records jinja
place    core safetensors
lanes    core
pack     core hash machine lanes tensor gguf
gemm     core machine lanes tensor
stream   core machine lanes tensor gemm
attention core machine lanes tensor gemm
ops      core machine hash lanes tensor gemm
optimizer core hash machine adapter control
adapter  core machine hash tensor safetensors place model ops
decoder  core machine hash lanes tensor safetensors gemm stream attention ops model adapter base
generate core machine hash lanes tensor gemm attention ops model decoder
model    core machine gguf hash place records safetensors tensor
base     core machine hash model safetensors tensor
statistics core hash
results  core hash records
loss     core
control  core
tree     core hash records tokens bpe template model place
examples core hash records tree decoder
learn    core hash machine lanes tensor safetensors tokens tree model adapter decoder generate examples loss optimizer
train    core hash machine tensor safetensors place adapter optimizer examples loss control run model base decoder generate tree records learn
eval     core hash machine records tokens tree model decoder generate examples run judge quiz results statistics
export   core hash records machine tensor safetensors gguf place model tokens bpe pack
fold     core machine lanes tensor gguf safetensors place model adapter gemm run records unicode tokens bpe
deploy   core hash records gguf template place net
run      core hash records
review   core hash records results statistics page
report   core hash options records run results statistics page
report   core hash options records unicode run results statistics page
chat     core records unicode tokens tree model decoder generate judge
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
