#!/bin/sh
# The jobs of pipelines/slurm by a real Slurm: one machine, started here and ended here, beside
# whatever else runs. A training whose time is over goes on to the bytes that it has without; what
# was cancelled stays so; a sweep is compared; answers are those of the program by itself.
#
#     tests/peers/slurm.sh SEED_MODEL
#
# For root, as Slurm and munge must be. It takes some three minutes: Slurm waits half a one before it
# starts a job again.
set -u
[ "$(id -u)" = 0 ] || { echo 'slurm: skipped: only root can start one'; exit 0; }
command -v slurmctld >/dev/null && command -v munged >/dev/null ||
    apt-get install -qq -y --no-install-recommends slurmctld slurmd slurm-client munge \
        slurm-wlm-basic-plugins >/dev/null 2>&1 || { echo 'slurm: skipped: it cannot be installed'; exit 0; }
SRC=$(cd "${0%/*}/../.." && pwd)
seed_model=$(cd "${1%/*}" && pwd)/${1##*/}
PATH=$SRC/bin:$PATH
D=$(mktemp -d) || exit 1
end() {
    for daemon in slurmd slurmctld munged; do
        [ ! -s "$D/$daemon.pid" ] || kill "$(cat "$D/$daemon.pid")"
    done
    sleep 1
    rm -rf "$D"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

failures=0
check() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >"$D/checked" 2>&1; then
        echo "slurm: ok: $name"
    else
        echo "slurm: not ok: $name" >&2
        cat "$D/checked" >&2
        failures=$((failures + 1))
    fi
}
until_is() { # SECONDS COMMAND...
    tries=$(($1 * 5))
    shift
    for _ in $(seq $tries); do
        "$@" && return
        sleep 0.2
    done
    return 1
}

# --- A cluster of one.

mkdir "$D/state" "$D/spool" "$D/munge" "$D/work"
chmod 755 "$D" "$D/munge"
chown munge: "$D/munge"
dd if=/dev/urandom of="$D/munge/key" bs=1024 count=1 2>/dev/null
chown munge: "$D/munge/key"
chmod 400 "$D/munge/key"
setpriv --reuid=munge --regid=munge --init-groups munged --key-file="$D/munge/key" \
    --socket="$D/munge/socket" --pid-file="$D/munge/pid" --log-file="$D/munge/log" \
    --seed-file="$D/munge/seed" || exit 1
ln -s munge/pid "$D/munged.pid"
host=$(hostname -s)
export SLURM_CONF="$D/slurm.conf"
cat >"$SLURM_CONF" <<END
ClusterName=peer
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthInfo=socket=$D/munge/socket,cred_expire=5
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool
SlurmctldPidFile=$D/slurmctld.pid
SlurmdPidFile=$D/slurmd.pid
SlurmctldLogFile=$D/slurmctld.log
SlurmdLogFile=$D/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=5
SchedulerParameters=sched_min_interval=0,batch_sched_delay=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1 RealMemory=8000
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
slurmctld && slurmd || exit 1

show() { # JOB FIELD
    scontrol show job -o "$1" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p" | head -n 1
}
is_state() { # JOB ERE
    show "$1" JobState | grep -Eq "$2"
}
has_file() { # JOB PATTERN
    [ "$(find "$D/work" -path "$2" | head -n 1)" ]
}
node_is() {
    sinfo -h -o %t | grep -q "$2"
}
check 'a cluster of one' until_is 30 node_is "$host" idle

# --- Jobs, beside each other.

cd "$D/work" || exit 1
"$seed_model" -q "$SRC/data/tiny/config.json" --tokenizer "$SRC/data/tiny" -o model || exit 1
awk 'BEGIN {
    for (i = 0; i < 64; i++)
        printf "{\"prompt\":\"Say word %d\",\"chosen\":\" yes good\",\"rejected\":\" no bad\"}\n", i
}' >train.jsonl
head -n 8 train.jsonl >test.jsonl
cat >train.conf <<'END'
batch-size = 2
gradient-accumulation = 1
learning-rate = 1e-3
lora-rank = 4
max-length = 0
logging-steps = 1000
tensorboard = off
END
jobs=$SRC/pipelines/slurm
submit() { # OPTION... SCRIPT OPTION...: its number
    sbatch --parsable --cpus-per-task=1 --mem=500 "$@"
}
updates=${UPDATES:-40000}
begun=$(date +%s)
long=$(submit --time=1 --signal=USR1@20 "$jobs/train.sh" -m model --config train.conf \
    --max-steps "$updates" --save-steps 0 -o long train.jsonl)
cancelled=$(submit "$jobs/train.sh" -m model --config train.conf --max-steps 1000000 --save-steps 1000 \
    -o cancelled train.jsonl)
check 'a job to cancel runs' until_is 60 has_file "$cancelled" '*/cancelled/checkpoint-*'
scancel "$cancelled"
answers=$(submit "$jobs/infer.sh" dpo-chat -m model --prompts test.jsonl --max-new-tokens 8 -o answers)
tested=$(submit "$jobs/infer.sh" dpo-eval -m model -o results test.jsonl)
check 'answers' until_is 60 is_state "$answers" COMPLETED
dpo-chat -q -m model --prompts test.jsonl --max-new-tokens 8 -o own_answers
check 'are those of the program' cmp answers own_answers
check 'a test' until_is 60 is_state "$tested" COMPLETED
dpo-eval -q -m model -o own_results test.jsonl
check 'is that of the program' cmp results own_results

BETAS='0.1 0.3' RATES=1e-3 SBATCH='--cpus-per-task=1 --mem=500' \
    "$jobs/sweep.sh" sweep -m model --max-steps 20 --max-length 0 train.jsonl >sweep.out
cat sweep.out
report=$(sed 's/.*; job \([0-9]*\) .*/\1/' sweep.out)
check 'a sweep is compared' until_is 60 is_state "$report" COMPLETED
check 'of all runs' test "$(grep -c 'beta-0' sweep/report.txt)" -ge 2

printf 'Hello\n/quit\n' | timeout 60 script -qec "SLURM_CPUS_PER_TASK=1 SLURM_MEM_PER_NODE=500 \
    $jobs/interactive.sh -m model --max-new-tokens 4" talk >/dev/null 2>&1
check 'a talk on a terminal' grep -q Hello talk

check 'what was cancelled stays so' until_is 30 is_state "$cancelled" CANCELLED
check 'with a checkpoint' has_file "$cancelled" '*/cancelled/checkpoint-*'

# --- The long one: stopped as its time is over, queued again, and so on.

check 'the long training ends' until_is 400 is_state "$long" 'COMPLETED|FAILED|TIMEOUT'
check 'well' is_state "$long" COMPLETED
check 'it was queued again' test "$(show "$long" Restarts)" -ge 1
check 'it went on where it was' grep -q 'goes on' "dpo-train-$long.out"
echo "slurm: $(show "$long" Restarts) restarts in $(($(date +%s) - begun)) s"
dpo-train -q -m model --config train.conf --max-steps "$updates" --save-steps 0 -o own train.jsonl
for file in adapter_model.safetensors trainer_state.json metrics.jsonl; do
    check "$file is that of one run" cmp "long/$file" "own/$file"
done
check 'cancelled for good' is_state "$cancelled" CANCELLED
[ $failures = 0 ]
