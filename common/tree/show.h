/* What the model sees of texts, conversations and pairs, a line of JSON for each: dpo-tokens. */
#ifndef TREE_SHOW_H
#define TREE_SHOW_H

#include "core/outfile.h"
#include "tree/tree.h"

/* What the lines are; SHOW_ANY looks at each. */
enum show_lines { SHOW_ANY, SHOW_TEXT, SHOW_PAIRS, SHOW_MESSAGES };

/* What is said of them: all, numbers alone, texts alone, or the texts of ids. */
enum show_way { SHOW_ALL, SHOW_COUNT, SHOW_RENDER, SHOW_DECODE };

struct show {
    const struct language *language;
    struct tree_rules rules;
    enum show_lines lines;
    enum show_way way;
    struct outfile *out;
    bool need_seal;                        /* pairs on standard input must end with a seal */
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    /* What came of it. */
    uint64_t read, ids, longest;
    uint64_t left_out;     /* pairs whose prompt alone fills --max-length */
    uint64_t cut;          /* pairs with an answer that lost something */
    uint64_t prompt_cut;   /* pairs with a prompt that lost something */
    uint64_t prompt_split; /* pairs whose prompt alone ends with other tokens */
};

bool show_run(struct show *show, char **paths, size_t threads, struct err *err);

#endif
