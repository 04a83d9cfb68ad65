/* One line of dpo-tokens: what stands in it, and what is said of it. */
#ifndef TREE_SHOW_LINE_H
#define TREE_SHOW_LINE_H

#include "tree/show.h"

/* What a thread works with. */
struct show_desk {
    bool ready;
    struct tree_maker maker;
    struct tree tree;
    struct buffer out; /* the lines of a block */
    struct buffer text;
    struct ids ids;
    struct scan scan;
};

struct show_facts {
    uint64_t ids, longest;
    bool left_out, cut, prompt_cut, prompt_split;
};

/* Adds a line to desk->out for pair->line, or nothing for a seal. */
bool show_line(const struct show *show, struct show_desk *desk, struct pair *pair,
               struct show_facts *facts, struct err *err);

#endif
