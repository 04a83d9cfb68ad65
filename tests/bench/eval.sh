#!/usr/bin/env bash
# dpo-eval's answers to a test set beside transformers' generate(): 'make bench-eval'.
#
#   BENCH_MODEL=DIR        a model; by default seeded weights in the shape of SmolLM2-135M
#   BENCH_PROMPTS=50       prompts
#   BENCH_TOKENS=500       tokens of each answer
#   BENCH_WAYS='fp32'      what products are computed in: fp32 bf16
#   BENCH_THREADS=2        threads of both
#   BENCH_DIR=build/bench  where models and peers go; remove it to begin afresh
#   BUILD=build/gcc        where our programs are
#
# transformers takes 8 prompts at once, as a loop over a test set does; loading is not counted on either
# side. Goes to standard output as Markdown.
set -euo pipefail
export LC_ALL=C

dir=$(realpath -m "${BENCH_DIR:-build/bench}")
threads=${BENCH_THREADS:-$(nproc)}
prompts=${BENCH_PROMPTS:-50}
tokens=${BENCH_TOKENS:-500}
build=${BUILD:-build/gcc}
read -ra ways <<< "${BENCH_WAYS:-fp32}"
. tests/bench/python.sh

results=$dir/eval.jsonl
install_python
model=${BENCH_MODEL:-}
[ -n "$model" ] || {
    seed_model tests/bench/shapes/smollm2-135m.json smollm2-135m-words data/tiny
    model=$dir/models/smollm2-135m-words
}
mkdir -p "$dir/out"
awk -v count="$prompts" 'BEGIN { for (i = 0; i < count; i++)
    printf "{\"prompt\":\"Question %d: what does a client pay in month %d, and why?\"}\n", i, i * 7 }' \
    > "$dir/out/prompts.jsonl"

echo "| way | tokens | seconds | tokens/s | beside transformers |"
echo "|---|---|---|---|---|"
for way in "${ways[@]}"; do
    read -r made seconds < <("$python" tests/bench/peers/answers.py "$model" "$dir/out/prompts.jsonl" \
        "$([ "$way" = bf16 ] && echo bfloat16 || echo float32)" 8 "$tokens" "$threads" 2> /dev/null)
    peer=$(awk -v n="$made" -v s="$seconds" 'BEGIN { print n / s }')
    awk -v w="$way" -v n="$made" -v s="$seconds" \
        'BEGIN { printf "| transformers, batch 8, %s | %d | %.1f | %.0f | 1.0 |\n", w, n, s, n / s }'
    "$build/bin/dpo-eval" -m "$model" --metrics lengths --precision "$way" --max-new-tokens "$tokens" \
        --threads "$threads" --json -o "$dir/out/answers.jsonl" "$dir/out/prompts.jsonl" 2> "$dir/out/eval.log"
    rate=$(sed -n 's/.*"generated_per_second":\([0-9.]*\).*/\1/p' "$dir/out/eval.log")
    length=$(tail -n 1 "$dir/out/answers.jsonl" | sed -n 's/.*"length\/tokens":\([0-9.]*\).*/\1/p' | head -n 1)
    awk -v w="$way" -v r="$rate" -v n="$length" -v c="$prompts" -v p="$peer" \
        'BEGIN { printf "| dpo-eval, %s | %d | %.1f | %.0f | %.1f |\n", w, n * c, n * c / r, r, r / p }'
done
