/* The options of dpo-train, and what they come to. */
#ifndef TOOLS_TRAIN_OPTIONS_H
#define TOOLS_TRAIN_OPTIONS_H

#include "adapter/adapter_options.h"
#include "examples/examples.h"
#include "options/options.h"
#include "train/settings.h"

#include <jansson.h>

/* What was asked for beside struct train_settings. */
struct train_command {
    const char *model, *run, *eval, *reference, *adapter, *template, *cache, *history;
    const char *loss, *scheduler, *targets;
    struct tree_rules rules;
    enum completion_only completion_only;
    bool full, beyond_context;
    struct adapter_options lora;
    size_t precision; /* index in PRECISION_CHOICES */
    unsigned base_bits;
    size_t memory; /* bytes; 0: what is free */
    bool resume, tensorboard, dry_run;
};

/* As the options of the table (train_table.c) leave it, their defaults first. */
struct train_said {
    struct train_command command;
    struct train_settings settings;
    size_t method, divergence, truncate, completion, order, curriculum, best, bits, tensorboard;
    size_t seed, rank;
    double rate, alpha, dropout;
    bool rslora;
    struct option_list on_kl;
};
extern struct train_said train_said;
extern const struct option_spec train_options[];

/* The part of train_options_take that is about the adapter. */
void train_options_adapter(void);

/* The run's folder is none that is read. */
void train_options_place(void);

/* After program_start: checks them, dies of wrong usage. */
void train_options_take(struct train_command *command, struct train_settings *settings);

/* Those alone that decide what the numbers are, by name: what a checkpoint must have been made with
 * to be gone on from. The caller owns the object. */
json_t *train_options_deciding(void);

/* All of them into RUN/dpo-train.conf, for people and for --config; defaults as comments. */
bool train_options_keep(const char *run, struct err *err);

#endif
