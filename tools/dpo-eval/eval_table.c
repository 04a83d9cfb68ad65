#include "dpo-eval/eval_options.h"
#include "engine.h"

#define DEFAULTS                                                                                   \
    {                                                                                              \
        .template = "auto", .groups = "preference", .judge = "auto",                               \
        .rules = {.max_length = 1024, .max_prompt_length = 512},                                   \
        .sampling = {.top_p = 1, .repetition_penalty = 1}, .beta = 0.1, .judge_seconds = 600,      \
        .seed = 42, .batch_tokens = 2048, .most = 500, .beside = 64, .worst = 10,                  \
    }

struct eval_command eval_command = DEFAULTS;
const struct eval_command eval_defaults = DEFAULTS;

#define HERE(member) &eval_command.member

const struct option_spec eval_options[] = {
    {'m', "model", OPTION_TEXT, HERE(model), "MODEL",
     "a folder, a GGUF file, a name in the hub's cache, ollama:NAME"},
    {0, "adapter", OPTION_TEXT, HERE(adapter), "RUN", "the folder of a LoRA adapter to be tested"},
    {0, "metrics", OPTION_TEXT, HERE(groups), "GROUP,...",
     "what is measured, such as answer or quiz; see the manual"},
    {0, "judge", OPTION_TEXT, HERE(judge), "KIND|COMMAND",
     "auto, exact, contains, number, choice, json, or a command"},
    {0, "judge-timeout", OPTION_NUMBER, HERE(judge_seconds), "SECONDS",
     "that a command may go without a verdict"},
    {0, "repeat", OPTION_SIZE, HERE(repeat), "N",
     "draw N answers to each question; consistency draws 5"},
    {0, "compare", OPTION_FLAG, HERE(compare), NULL,
     "ask the model without its adapter, too, and compare"},
    {0, "baseline", OPTION_TEXT, HERE(baseline), "RESULTS", "compare with an earlier test"},
    {0, "from", OPTION_TEXT, HERE(from), "RESULTS",
     "measure nothing: compare, gate or review these results"},
    {0, "gate", OPTION_LIST, HERE(gates), "'METRIC OP VALUE'",
     "exit 3 unless the metric is so; may be given again"},
    {0, "history", OPTION_TEXT, HERE(history), "FILE", "add the test to this database"},
    {0, "worst", OPTION_SIZE, HERE(worst), "N", "tell of the N records that did worst"},
    {0, "review", OPTION_SIZE, HERE(review), "N", "a blind sheet of N prompts for people"},
    {0, "review-sheet", OPTION_TEXT, HERE(sheet), "FILE", "where that goes"},
    {0, "reviewed", OPTION_TEXT, HERE(reviewed), "FILE", "count what people chose on a sheet"},
    {0, "markers", OPTION_TEXT, HERE(markers), "FILE", "the phrases that make a voice"},
    {0, "negative", OPTION_TEXT, HERE(negative), "FILE", "the phrases that it must not use"},
    {0, "tools", OPTION_TEXT, HERE(tools), "NAME,...", "the tools an agent may call; else any"},
    {0, "prefill", OPTION_TEXT, HERE(begun), "TEXT", "begin each answer with TEXT"},
    {0, "max-new-tokens", OPTION_SIZE, HERE(most), "N", "of an answer, at most"},
    {0, "temperature", OPTION_NUMBER, HERE(sampling.temperature), "X", "0: the likeliest token"},
    {0, "top-k", OPTION_SIZE, HERE(top_k), "N", "draw from the N likeliest; 0: all"},
    {0, "top-p", OPTION_NUMBER, HERE(sampling.top_p), "X", "... that make up X together"},
    {0, "min-p", OPTION_NUMBER, HERE(sampling.min_p), "X",
     "... that have X of the likeliest's chance"},
    {0, "repetition-penalty", OPTION_NUMBER, HERE(sampling.repetition_penalty), "X",
     "of tokens that were there before"},
    {0, "seed", OPTION_SIZE, HERE(seed), "N", "of draws, intervals and sheets"},
    {0, "stop", OPTION_LIST, HERE(stops), "TEXT", "end an answer before TEXT; may be given again"},
    {0, "beside", OPTION_SIZE, HERE(beside), "N", "answers at once; the output is the same"},
    {0, "beta", OPTION_NUMBER, HERE(beta), "X", "scale of the rewards"},
    {0, "template", OPTION_TEXT, HERE(template), "auto|none|NAME|FILE",
     "of conversations: the model's own, or another one"},
    {0, "prompt-format", OPTION_LINES, HERE(rules.prompt_format), "TEXT",
     "put prompts that are strings into TEXT, for its {prompt}"},
    {0, "max-length", OPTION_SIZE, HERE(rules.max_length), "N",
     "cut prompt and answer to N ids together; 0: never"},
    {0, "max-prompt-length", OPTION_SIZE, HERE(rules.max_prompt_length), "N",
     "keep the last N ids of a prompt; 0: all"},
    {0, "truncate", OPTION_CHOICE, HERE(truncate), "keep_start|keep_end",
     "which end of a text that is too long stays"},
    {0, "beyond-context", OPTION_FLAG, HERE(beyond_context), NULL,
     "go on where a text is longer than the model was made for"},
    {0, "precision", OPTION_CHOICE, HERE(precision), PRECISION_CHOICES,
     "of products; auto: bf16 where that is faster"},
    {0, "base-bits", OPTION_CHOICE, HERE(bits), "16|8|4",
     "of the linear layers: as stored, int8 rows or NF4"},
    {0, "memory", OPTION_BYTES, HERE(memory), "SIZE",
     "use no more beside the weights; by default what is free"},
    {0, "batch-tokens", OPTION_SIZE, HERE(batch_tokens), "N",
     "so many tokens at once; the output is the same"},
    OPTION_END};
