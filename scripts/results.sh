#!/bin/sh
# Measures what docs/results.md shows: four recipes, each with three seeds. Half an hour on two cores.
#
#     scripts/results.sh [VARIABLE=VALUE...]      as for make: BASE=NAME, COUNT=2500
#     SEEDS='1 2' RECIPES=agentic RESULTS=DIR scripts/results.sh
#
# The lines are those of the reports: before, after, difference, its interval, p. What was measured once
# is not measured again, so it can be broken off; a folder is of one set of variables.
set -eu
cd "$(dirname "$0")/.."
results=${RESULTS:-work/results}
set -- COUNT=400 "$@"
mkdir -p "$results"
die() {
    echo "results.sh: $1" >&2
    exit 1
}
[ -e "$results/variables" ] || echo "$@" >"$results/variables"
before=$(cat "$results/variables")
[ "$before" = "$*" ] || die "$results was measured with $before: RESULTS=DIR names another folder"

# What of a report is shown
metrics() {
    case $1 in
    pipeline) echo 'preference accuracy|preference accuracy by token|perplexity' ;;
    agentic) echo 'full compliance|valid JSON|thought prefix|tool accuracy|argument accuracy' ;;
    constrained | arabic) echo 'preference accuracy|preference accuracy by token|reward accuracy|reward margin|KL to the reference' ;;
    *) die "no numbers are known of '$1': pipeline, agentic, constrained or arabic" ;;
    esac
}

for recipe in ${RECIPES:-pipeline agentic constrained arabic}; do
    shown=$(metrics "$recipe")
    for seed in ${SEEDS:-42 43 44}; do
        report=$results/$recipe-$seed.txt
        [ -e "$report" ] || {
            make -s "$recipe" "WORK=$results/$recipe" DEPLOY=no "TRAIN=--seed $seed" "$@" >"$results/log" 2>&1 ||
                { tail "$results/log" >&2 && exit 1; }
            cp "$results/$recipe/report.txt" "$report"
        }
        echo "$recipe, seed $seed"
        grep -E "^($shown) {2}" "$report"
    done
done
