#!/bin/sh
# The table of recipe 2: pipelines/voice.sh FOLDER... with the results of one topic in each, sft.jsonl and
# dpo.jsonl, which is empty where preferences were not wanted, and better, yes where they helped.

# figure METRIC RESULTS: of the last line, or a dash
figure() {
    value=$(tail -n 1 "$2" | grep -o "\"$1\":[0-9.e-]*" | head -n 1)
    [ -z "$value" ] && echo - || printf '%.3f\n' "${value#*:}"
}

row='%-26s %9s %9s %9s %9s  %s\n'
# shellcheck disable=SC2059
{
    printf "$row" '' 'SFT' '' 'then DPO' '' ''
    printf "$row" topic quiz voice quiz voice kept
    for topic; do
        kept=SFT
        grep -q yes "$topic/better" && kept=DPO
        grep -q no "$topic/wanted" && kept='SFT (DPO not wanted)'
        printf "$row" "${topic##*/}" "$(figure quiz_accuracy "$topic/sft.jsonl")" \
            "$(figure voice "$topic/sft.jsonl")" "$(figure quiz_accuracy "$topic/dpo.jsonl")" \
            "$(figure voice "$topic/dpo.jsonl")" "$kept"
    done
}
