#!/bin/sh
#SBATCH --job-name=dpo-infer --nodes=1 --ntasks=1 --cpus-per-task=4 --mem=16G --time=0:15:00
#SBATCH --requeue --open-mode=append --signal=USR1@60 --output=%x-%j.out
# Answers to a file of prompts, or a test, on a cluster's processors:
#
#     sbatch [OPTION...] infer.sh dpo-chat -m MODEL [--adapter RUN] --prompts FILE -o ANSWERS
#     sbatch [OPTION...] infer.sh dpo-eval -m MODEL [--adapter RUN] -o RESULTS TEST
#
# Options of sbatch go before those above. A job that must make room is queued again. When its time
# is over dpo-eval is, too, and goes on with the answers that it has; dpo-chat would begin anew, so
# it ends: give it more time.

cpus=${SLURM_CPUS_PER_TASK:-1}
srun --ntasks=1 --cpus-per-task="$cpus" "$@" --threads "$cpus"
status=$?

# SIGTERM makes room, SIGUSR1 says that time is short. A job that was cancelled is to stay so.
case ${1##*/}:$status in
*:143 | dpo-eval:138)
    case $(scontrol show job -o "$SLURM_JOB_ID") in
    *' JobState=RUNNING '*) scontrol requeue "$SLURM_JOB_ID" && sleep 60 ;;
    esac
    ;;
esac
exit $status
