# pipelines/slurm/*.sh with stand-ins for Slurm's commands; tests/peers/slurm.sh has the real ones.
. "${0%/*}/../tap.sh"

mkdir "$T/stand-in" "$T/job"
PATH=$T/stand-in:$PATH
export T
stand_in() { # NAME, and its script as input
    { echo '#!/bin/sh' && cat; } >"$T/stand-in/$1"
    chmod +x "$T/stand-in/$1"
}
# Runs a job at once, and again while it was queued again. As the real one it takes a copy of the
# script, or standard input, and reads its own options from it.
stand_in sbatch <<'EOF2'
array=1
for word; do
    case $word in
    --array=*) array=${word#*=1-} ;;
    --dependency=*) echo "${word#*=}" >>"$T/dependencies" ;;
    --output=*) output=${word#*=} ;;
    -*) ;;
    *) break ;;
    esac
    shift
done
script=$T/spool
if [ $# -gt 0 ]; then cp "$1" "$script" && shift; else cat >"$script"; fi
id=$(($(cat "$T/id" 2>/dev/null || echo 100) + 1))
echo $id >"$T/id"
[ ! "$array" ] || echo "array $array" >>"$T/submitted"
for task in $(seq "${array%\%*}"); do
    SLURM_JOB_ID=$id SLURM_ARRAY_TASK_ID=$task
    export SLURM_JOB_ID SLURM_ARRAY_TASK_ID
    rounds=0
    while [ $rounds -lt 5 ]; do
        rounds=$((rounds + 1))
        rm -f "$T/requeued"
        sh "$script" "$@" >>"${output:-$T/job/out}" 2>&1
        echo "job $id.$task $?" >>"$T/ended"
        [ -e "$T/requeued" ] || break
    done
done
echo "$id;cluster"
EOF2
stand_in srun <<'EOF2'
echo "srun $*" >>"$T/said"
while :; do case $1 in -*) shift ;; *) break ;; esac; done
exec "$@"
EOF2
stand_in scontrol <<'EOF2'
case $1 in
show) echo "JobId=$4 JobName=x JobState=$(cat "$T/state") Reason=None" ;;
requeue) echo "$2" >>"$T/requeues" && touch "$T/requeued" ;;
esac
EOF2
stand_in sleep </dev/null
# Ends with the first line of a file, and takes it out.
for program in dpo-train dpo-eval dpo-chat; do
    stand_in $program <<'EOF2'
echo "${0##*/} $*" >>"$T/said"
read -r status <"$T/statuses"
sed -i 1d "$T/statuses"
while [ $# -gt 0 ]; do
    [ "$1" != -o ] || { mkdir -p "$2" && touch "$2/dpo_metadata.json"; }
    shift
done
exit "${status:-0}"
EOF2
done
stand_in dpo-report <<'EOF2'
echo "dpo-report $*" >>"$T/said"
EOF2

begin() { # STATUS...: of the program, each time
    rm -f "$T/said" "$T/requeues" "$T/ended" "$T/requeued"
    touch "$T/said" "$T/ended" "$T/requeues"
    printf '%s\n' "$@" >"$T/statuses"
    echo RUNNING >"$T/state"
}
said() { # NAME TEXT
    printf '%s\n' "$2" >"$T/want"
    check "$1" diff "$T/want" "$T/said"
}
ended() { # the statuses of all rounds
    cut -d' ' -f3 "$T/ended" | tr '\n' ' '
}
slurm=$SRC/pipelines/slurm

# --- A training.

begin 0
export SLURM_CPUS_PER_TASK=8
try 'a training' 0 sbatch --partition=short "$slurm/train.sh" -m model -o "$T/a run" 'a b.jsonl'
said 'it has its processors' "srun --ntasks=1 --cpus-per-task=8 dpo-train --resume --threads 8 -m model -o $T/a run a b.jsonl
dpo-train --resume --threads 8 -m model -o $T/a run a b.jsonl"
check 'is not queued again' test ! -s "$T/requeues"
unset SLURM_CPUS_PER_TASK
begin 75 75 0
sbatch "$slurm/train.sh" -m model -o "$T/run" >/dev/null
check 'stopped twice, queued twice' test "$(grep -c '' "$T/requeues")" = 2
check 'with its number' test "$(sort -u "$T/requeues")" = 102
check 'then it ends' test "$(ended)" = '75 75 0 '
check 'with one processor where none were asked for' grep -q -- '--threads 1 ' "$T/said"
for status in 0 1 2 3 137 143; do
    begin $status
    sbatch "$slurm/train.sh" -m model >/dev/null
    check "status $status stays" test "$(ended)" = "$status " -a ! -s "$T/requeues"
done
begin 75
echo CANCELLED >"$T/state"
sbatch "$slurm/train.sh" -m model >/dev/null
check 'what was cancelled stays so' test "$(ended)" = '75 ' -a ! -s "$T/requeues"

# --- Answers.

for row in dpo-eval:143:1 dpo-eval:138:1 "$T/stand-in/dpo-eval:138:1" dpo-chat:143:1 dpo-chat:138:0 \
    dpo-eval:75:0 dpo-eval:3:0 dpo-chat:0:0; do
    status=${row#*:}
    status=${status%:*}
    begin "$status" 0
    sbatch "$slurm/infer.sh" "${row%%:*}" -m model -o "$T/answers" >/dev/null
    check "${row%%:*} that ends with $status" test "$(grep -c '' "$T/requeues")" = "${row##*:}"
done
begin 0
sbatch "$slurm/infer.sh" dpo-chat -m model --prompts 'a b' -o "$T/answers" >/dev/null
check 'has its options' grep -qx "dpo-chat -m model --prompts a b -o $T/answers --threads 1" "$T/said"
begin 143
echo CANCELLED >"$T/state"
sbatch "$slurm/infer.sh" dpo-eval -m model >/dev/null
check 'cancelled answers stay so' test "$(ended)" = '143 ' -a ! -s "$T/requeues"

# --- A talk.

begin 0
try 'a talk' 0 env SLURM_CPUS_PER_TASK=2 "$slurm/interactive.sh" -m model --system 'Be kind.'
said 'is on a terminal' 'srun --ntasks=1 --cpus-per-task=2 --pty dpo-chat --threads 2 -m model --system Be kind.
dpo-chat --threads 2 -m model --system Be kind.'

# --- A sweep.

begin 0 75 0 0 0
rm -f "$T/submitted"
mkdir "$T/elsewhere"
cd "$T/elsewhere" || exit 1
try 'a sweep' 0 env BETAS='0.05 0.1' RATES='5e-5 1e-4' SEEDS=7 AT_ONCE=2 SBATCH='--partition=short --mem=1G' "$slurm/sweep.sh" sweep -m model train.jsonl
out_like '^4 runs are job [0-9]+; job [0-9]+ compares them in .*/sweep/report.html$'
check 'is one array' grep -qx 'array 4%2' "$T/submitted"
check 'each has its own numbers' test "$(sed -n 's/^dpo-train.*\(--beta.*\)/\1/p' "$T/said" | sort -u)" = \
'--beta 0.05 --learning-rate 1e-4 --seed 7
--beta 0.05 --learning-rate 5e-5 --seed 7
--beta 0.1 --learning-rate 1e-4 --seed 7
--beta 0.1 --learning-rate 5e-5 --seed 7'
check 'one was stopped, and went on' test "$(grep -c '^dpo-train' "$T/said")" = 5
check 'they lie beside each other' test -d sweep/beta-0.05_rate-1e-4_seed-7
check 'one comparison comes afterwards' grep -Eqx 'afterany:[0-9]+' "$T/dependencies"
check 'of all of them' grep -qx "dpo-report -o report.html beta-0.05_rate-5e-5_seed-7 beta-0.05_rate-1e-4_seed-7 \
beta-0.1_rate-5e-5_seed-7 beta-0.1_rate-1e-4_seed-7" "$T/said"
check 'and all is well' test "$(tail -n 1 "$T/ended" | cut -d' ' -f3)" = 0
rm sweep/beta-0.1_rate-5e-5_seed-7/dpo_metadata.json
stand_in dpo-train <<'EOF2'
exit 1
EOF2
try 'a sweep with a run that fails' 0 env BETAS='0.05 0.1' RATES='5e-5 1e-4' SEEDS=7 "$slurm/sweep.sh" sweep -m model
check 'says so' grep -q 'beta-0.1_rate-5e-5_seed-7 has no end (--beta 0.1' sweep/%x.out
check 'and fails' test "$(tail -n 1 "$T/ended" | cut -d' ' -f3)" = 1
try 'no folder' 2 "$slurm/sweep.sh" -m model
err_like '^usage: sweep.sh DIR '
stand_in sbatch <<'EOF2'
echo 'sbatch: error: no partition' >&2
exit 1
EOF2
try 'no cluster' 1 "$slurm/sweep.sh" sweep -m model
err_is 'sbatch: error: no partition'
done_testing
