# What a training run leaves is on the disk before it gets its name, and the name before anything else
# changes names: a power cut at any moment leaves what a kill would. tests/cli/lib/calls.c keeps the
# order of the calls.
. "${0%/*}/../tap.sh"

seed_model=$BIN/../pipelines/seed_model
[ -x "$seed_model" ] || skip_all "$seed_model is not built"
[ -z "${SAN:-}" ] || skip_all 'sanitizers make calls of their own'
cd "$T" || exit 1
"$seed_model" "$SRC/data/tiny/config.json" --tokenizer "$SRC/data/tiny" -o model 2>/dev/null || exit 1
check 'what is preloaded builds' "${CC:-gcc}" -shared -fPIC -O1 -o calls.so "$SRC/tests/cli/lib/calls.c"
awk 'BEGIN {
    for (i = 0; i < 8; i++)
        printf "{\"prompt\":\"Say word %d\",\"chosen\":\" yes %d good\",\"rejected\":\" no %d bad\"}\n", i, i, i * 7
}' >train.jsonl

# Each name that is given by a rename: is all that it stands for on the disk, and is the folder synced
# before another name comes or goes? A checkpoint counts the bytes of the log, so these, too.
durable() { # RUN LOG
    awk -v run="$(inode "$1")" -v log_file="$(inode "$1/metrics.jsonl")" '
        function bad(why) {
            print NR ": " why
            faults++
        }
        function unsynced(inode) { return (inode in dirty) || !(inode in synced) }
        $1 == "D" { dirty[$2] = 1 }
        $1 == "S" {
            delete dirty[$2]
            synced[$2] = 1
            if ($2 == awaited) awaited = ""
        }
        $1 == "H" && unsynced($2) { bad("something in a folder that gets its name is not synced") }
        $1 == "N" || $1 == "U" {
            if (awaited) bad("the folder is not synced after " name)
            awaited = ""
        }
        $1 == "N" && $4 !~ /^\./ {
            if (unsynced($2)) bad($4 " gets its name, and is not synced")
            if ($4 ~ /^checkpoint-/ && log_file in dirty) bad("the log is not synced before " $4)
            if ($3 == run) seen[$4]++
            awaited = $3
            name = $4
        }
        END {
            if (awaited) bad("the folder is not synced after " name)
            for (i = split(ENVIRON["names"], wanted, " "); i > 0; i--)
                if (!seen[wanted[i]]) bad(wanted[i] " never gets its name")
            exit faults > 0
        }' "$2"
}
inode() {
    stat -c %i "$1"
}
unsynced() { # WHAT INODE: a log without the syncs of that
    awk -v inode="$2" '!($1 == "S" && $2 == inode)' log >less
    check "$run: $1 is synced" sh -c '! cmp -s log less'
    try "$run: $1 that is not would be seen" 1 durable "$run" less
}
train() { # RUN NAMES OPTION...
    run=$1 names="$2 trainer_state.json resume.json dpo_metadata.json"
    shift 2
    rm -f log
    CALLS_LOG=log LD_PRELOAD=$T/calls.so try "$run" 0 dpo-train -q -m model -o "$run" --max-steps 10 \
        --batch-size 2 --gradient-accumulation 1 --logging-steps 1 --eval train.jsonl --eval-steps 2 \
        --threads 1 "$@" train.jsonl
    check "$run: all is on the disk before it has its name" durable "$run" log
    unsynced 'the folder' "$(inode "$run")"
    unsynced 'the log' "$(inode "$run/metrics.jsonl")"
    for file in checkpoint-10 checkpoint-10/optimizer.safetensors checkpoint-10/resume.json \
        trainer_state.json dpo_metadata.json; do
        unsynced "$file" "$(inode "$run/$file")"
    done
}
export names
train adapter 'checkpoint-2 checkpoint-4 checkpoint-10 adapter_model.safetensors adapter_config.json' \
    --lora-rank 2 --save-steps 2
unsynced 'adapter_model.safetensors' "$(inode adapter/adapter_model.safetensors)"
unsynced 'that of a checkpoint' "$(inode adapter/checkpoint-10/adapter_model.safetensors)"
train rollback 'checkpoint-4 checkpoint-6 checkpoint-10 adapter_model.safetensors adapter_config.json' \
    --lora-rank 2 --save-steps 2 --save-total-limit 1 --learning-rate 5e-3 --kl-limit 0.0195 \
    --on-kl halve-lr --on-kl rollback --on-kl halve-lr
check 'rollback: there is one' grep -q '"event":"rollback"' rollback/metrics.jsonl
train full 'checkpoint-10 model.safetensors config.json' --full --learning-rate 1e-4
unsynced 'model.safetensors' "$(inode full/model.safetensors)"
done_testing
