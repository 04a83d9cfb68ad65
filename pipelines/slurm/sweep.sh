#!/bin/sh
# Which numbers are best? A training for each combination, side by side as the cluster has room, and
# one comparison of all of them:
#
#     BETAS='0.05 0.1' RATES='5e-5 1e-4' SEEDS='42 43' sweep.sh DIR -m MODEL --eval VAL TRAIN ...
#
# What follows DIR is for dpo-train(1). Without a list its default is taken. Runs are
# DIR/beta-B_rate-R_seed-S; DIR/report.html and report.txt compare them, and the last job fails
# where one of them has no end. SBATCH has more options for sbatch, as --partition=short, in place of
# those of train.sh; AT_ONCE says how many run at a time. A sweep that is begun again does what is
# missing.

set -u
case ${1:-} in
'' | -*)
    echo 'usage: sweep.sh DIR -m MODEL [OPTION of dpo-train ...] TRAIN' >&2
    exit 2
    ;;
esac
mkdir -p "$1" || exit 1
dir=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)

for beta in ${BETAS:-0.1}; do
    for rate in ${RATES:-5e-5}; do
        for seed in ${SEEDS:-42}; do
            echo "beta-${beta}_rate-${rate}_seed-$seed --beta $beta --learning-rate $rate --seed $seed"
        done
    done
done >"$dir/sweep"
count=$(grep -c '' "$dir/sweep")

SWEEP=$dir/sweep
export SWEEP
# shellcheck disable=SC2086 # a word each
runs=$(sbatch ${SBATCH:-} --parsable --job-name=dpo-sweep --array="1-$count${AT_ONCE:+%$AT_ONCE}" \
    --output="$dir/%x-%a.out" "$here/train.sh" "$@") || exit
runs=${runs%%;*}

# After all of them, however they ended: one that failed must not hide the others.
report=$(sbatch --parsable --job-name=dpo-report --time=0:15:00 --output="$dir/%x.out" \
    --dependency="afterany:$runs" <<'EOT'
#!/bin/sh
cd "${SWEEP%/*}" || exit 1
status=0
set --
while read -r run options; do
    if [ -e "$run/dpo_metadata.json" ]; then
        set -- "$@" "$run"
    else
        echo "$run has no end ($options)" && status=1
    fi
done <"$SWEEP"
[ $# -gt 0 ] || exit 1
dpo-report -o report.html "$@" && dpo-report --text -o report.txt "$@" && exit $status
EOT
) || exit
echo "$count runs are job $runs; job ${report%%;*} compares them in $dir/report.html"
