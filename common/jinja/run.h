/* Runs a template's tree.
 *
 *     run_start(&run, &tree, &out, now, &err);
 *     run_bind(&run, TEXT("messages"), &messages);    (made in run.work)
 *     good = run_tree(&run);
 *     run_end(&run);
 *
 * A tree is only read: threads may run one at the same time, each with its own struct run. */
#ifndef JINJA_RUN_H
#define JINJA_RUN_H

#include "jinja/tree.h"

#define RUN_CALLS 100  /* macros within macros */
#define RUN_DEPTH 2000 /* expressions and statements within each other, over all calls */

struct binding {
    uint32_t name;
    struct datum value;
};

struct frame { /* the names that a loop, a macro or a block sets */
    struct frame *parent;
    struct binding *at;
    size_t count, room;
};

struct macro {
    const struct node *node;
    struct frame *frame; /* where it was defined */
};

struct run {
    struct work work;
    const struct syntax *tree;
    struct datum *root;  /* by the number of the name: what is set outside of frames */
    struct frame *frame; /* NULL: outside of frames */
    unsigned depth, calls;
    uint32_t line; /* of the first failure */
};

/* What is made is added to out. now is what strftime_now tells; NULL: there is no such function. */
void run_start(struct run *run, const struct syntax *tree, struct buffer *out, const struct tm *now,
               struct err *err);
void run_bind(struct run *run, struct text name, const struct datum *value);

/* On failure out is as it was before, and run->line says where. */
bool run_tree(struct run *run);
void run_end(struct run *run);

/* Between run.c and eval.c: */
bool eval(struct run *run, const struct node *node, struct datum *out);
bool eval_filter(struct run *run, const struct node *node, const struct datum *self,
                 struct datum *out);
bool run_call_macro(struct run *run, const struct macro *macro, const struct datum *given,
                    const struct text *names, size_t count, struct datum *out);

#endif
