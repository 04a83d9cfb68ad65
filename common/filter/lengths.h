/* How many tokens a model sees in a pair: for the rules that bound them. */
#ifndef FILTER_LENGTHS_H
#define FILTER_LENGTHS_H

#include "tree/tree.h"

struct lengths {
    size_t prompt; /* ids of the prompt */
    size_t whole;  /* of the prompt and the longer answer */
};

/* What a thread counts with; all zero at first. */
struct lengths_desk {
    bool ready;
    struct tree_rules rules;
    struct tree_maker maker;
    struct tree tree;
};

bool lengths_find(struct lengths_desk *desk, const struct language *language,
                  const char *prompt_format, struct pair *pair, struct lengths *lengths,
                  struct err *err);
void lengths_desk_release(struct lengths_desk *desk);

#endif
