/* The options of dpo-eval, and what they come to. */
#ifndef TOOLS_EVAL_OPTIONS_H
#define TOOLS_EVAL_OPTIONS_H

#include "eval/judging.h"
#include "options/options.h"

/* What is measured. */
enum eval_group {
    EVAL_PREFERENCE,
    EVAL_ANSWER,
    EVAL_FORMAT,
    EVAL_CONSISTENCY,
    EVAL_AGREEMENT,
    EVAL_QUIZ,
    EVAL_VOICE,
    EVAL_RETENTION,
    EVAL_LENGTHS,
    EVAL_GROUPS
};

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

void eval_groups_take(void); /* the part that is about --metrics */

bool eval_measures(enum eval_group group);
bool eval_generates(void); /* is anything to be generated? */

/* The judge of answers that --judge names: one of ours, or none and a command. */
enum judge_kind eval_judge(const char **command);

/* A metric by its name: is it measured, by what was asked for? */
bool eval_measured(const char *name);

/* All names of these, between commas. */
const char *eval_measured_names(void);

/* The options that decide what the numbers are: a JSON object of names and texts, appended. */
void eval_options_tell(struct buffer *out);

#endif
