#!/bin/sh
# Measures what docs/results.md shows: four recipes, each with three seeds. Half an hour on two cores.
#
#     scripts/results.sh [VARIABLE=VALUE...]      as for make: BASE=NAME, COUNT=400
#     SEEDS='1 2' RECIPES=agentic RESULTS=DIR scripts/results.sh
#
# The lines are those of the reports: before, after, difference, its interval, p. What was measured once
# is not measured again, so it can be broken off.
set -eu
cd "$(dirname "$0")/.."
results=${RESULTS:-work/results}

# What of a report is shown
metrics() {
    case $1 in
    pipeline) echo 'preference accuracy|preference accuracy by token|perplexity' ;;
    agentic) echo 'full compliance|valid JSON|thought prefix|tool accuracy|argument accuracy' ;;
    *) echo 'preference accuracy|preference accuracy by token|reward accuracy|reward margin|KL to the reference' ;;
    esac
}

mkdir -p "$results"
for recipe in ${RECIPES:-pipeline agentic constrained arabic}; do
    for seed in ${SEEDS:-42 43 44}; do
        report=$results/$recipe-$seed.txt
        [ -e "$report" ] || {
            make -s "$recipe" "WORK=$results/$recipe" DEPLOY=no "TRAIN=--seed $seed" "$@" >"$results/log" 2>&1 ||
                { tail "$results/log" >&2 && exit 1; }
            cp "$results/$recipe/report.txt" "$report"
        }
        echo "$recipe, seed $seed"
        grep -E "^($(metrics "$recipe")) {2}" "$report"
    done
done
