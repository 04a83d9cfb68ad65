/* The options of dpo-eval, and what they come to. */
#ifndef TOOLS_EVAL_OPTIONS_H
#define TOOLS_EVAL_OPTIONS_H

#include "eval/judging.h"
#include "options/options.h"

struct eval_command {
    const char *model, *adapter, *template;
    const char *groups, *judge, *markers, *negative, *begun, *tools;
    const char *baseline, *from, *history, *reviewed, *sheet;
    struct option_list gates, stops;
    struct tree_rules rules;
    struct sampling sampling;
    double beta, judge_seconds;
    size_t seed, top_k, truncate, precision, bits, memory, batch_tokens;
    size_t most, repeat, beside, review, worst;
    bool compare, beyond_context;
};

/* As the options leave it, defaults first. */
extern struct eval_command eval_command;
extern const struct eval_command eval_defaults;
extern const struct option_spec eval_options[];

/* After program_start: checks them, dies of wrong usage. */
void eval_options_check(void);

/* The judge of answers that --judge names: one of ours, or none and a command. */
enum judge_kind eval_judge(const char **command);

/* Of which options there is talk: those that decide what the numbers are, or what is answered. */
enum eval_deciding { EVAL_DECIDES_NUMBERS, EVAL_DECIDES_ANSWERS };

/* Appends those that are not as by default: a JSON object. */
void eval_options_tell(enum eval_deciding deciding, struct buffer *out);

#endif
