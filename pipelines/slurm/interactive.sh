#!/bin/sh
# Talk with a model on one of a cluster's machines: interactive.sh -m MODEL [--adapter RUN] ...
#
# srun's own variables say what to ask for, as in
#     SLURM_PARTITION=short SLURM_TIMELIMIT=30 interactive.sh -m MODEL

: "${SLURM_CPUS_PER_TASK:=4}" "${SLURM_MEM_PER_NODE:=16G}" "${SLURM_TIMELIMIT:=1:00:00}"
: "${SLURM_JOB_NAME:=dpo-chat}"
export SLURM_CPUS_PER_TASK SLURM_MEM_PER_NODE SLURM_TIMELIMIT SLURM_JOB_NAME
exec srun --ntasks=1 --cpus-per-task="$SLURM_CPUS_PER_TASK" --pty \
    dpo-chat --threads "$SLURM_CPUS_PER_TASK" "$@"
