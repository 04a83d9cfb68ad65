#!/bin/sh
#SBATCH --job-name=dpo-train --nodes=1 --ntasks=1 --cpus-per-task=8 --mem=40G --time=4:00:00
#SBATCH --requeue --open-mode=append --signal=USR1@180 --output=%x-%j.out
# A training on a cluster's processors, as long as it takes:
#
#     sbatch [OPTION...] train.sh -m MODEL -o RUN [what else dpo-train(1) takes]
#
# Options of sbatch go before those above; what partition to take is one of them. Three minutes
# before its time is over, and when it must make room, dpo-train writes a checkpoint and exits with
# 75; the job is queued again then, and goes on to the same bytes. It must be able to write one in
# the time that the partition gives (GraceTime). After the death of a node it goes on from the last
# one; --save-steps says how often there is one.
#
# As a task of sweep.sh it takes its options from a line of SWEEP.

if [ "${SWEEP:-}" ]; then
    line=$(sed -n "${SLURM_ARRAY_TASK_ID}p" "$SWEEP")
    # shellcheck disable=SC2086 # a word each
    set -- "$@" -o "${SWEEP%/*}/${line%% *}" ${line#* }
fi

# srun gives a step no more than one processor unless it is told.
cpus=${SLURM_CPUS_PER_TASK:-1}
srun --ntasks=1 --cpus-per-task="$cpus" dpo-train --resume --threads "$cpus" "$@"
status=$?

# A job that was cancelled was told to stop in the same way, and is to stay so.
if [ $status -eq 75 ]; then
    case $(scontrol show job -o "$SLURM_JOB_ID") in
    *' JobState=RUNNING '*) scontrol requeue "$SLURM_JOB_ID" && sleep 60 ;;
    esac
fi
exit $status
