/* What a model is trained or tested on, as it will read it: pairs, or texts.
 *
 * All are read before the first is used: so a mistake in the last line costs no hour, and it is
 * known what the work will take. Ids lie on the disk (records/spool), in memory stand some bytes
 * for each example. */
#ifndef EXAMPLES_EXAMPLES_H
#define EXAMPLES_EXAMPLES_H

#include "decoder/batch.h"
#include "examples/form.h"
#include "records/spool.h"
#include "tree/tree.h"

struct example {
    uint64_t ids;  /* where its ids begin, in bytes */
    uint64_t text; /* where its line begins, likewise */
    size_t text_len;
    size_t prompt;
    struct branch branches[2]; /* chosen, rejected */
    size_t sides;              /* that there are: 2 of a pair, 1 of a text */
    size_t lengths[2];         /* ids to be scored, as ipo counts them, ... */
    size_t scored[2];          /* ... and those that have a score: not the first id of all */
    size_t tokens;             /* of all sides, each with its prompt, as TRL's num_tokens */
    size_t rows;               /* of a batch; 0: dropped */
    uint32_t file;             /* which of the paths, from 0 */
    uint64_t line;
    double gap;  /* chosen_score - rejected_score; NaN where one is missing */
    bool longer; /* the chosen answer has more ids than the rejected one */
};

enum examples_kind { EXAMPLES_PAIRS, EXAMPLES_TEXTS };

/* Is the prompt of a text left unscored? auto: where there is one. */
enum completion_only { COMPLETION_ONLY_AUTO, COMPLETION_ONLY_YES, COMPLETION_ONLY_NO };

struct examples {
    /* Set before reading; borrowed. */
    const struct language *language;
    const struct config *config;
    struct tree_rules rules; /* score_prompts is set by examples_read */
    enum examples_kind kind;
    enum completion_only completion_only;
    bool beyond_context;                   /* texts longer than the model was made for are fine */
    bool keep_dropped;                     /* they are items, too, and none left is no error */
    bool keep_lines;                       /* for examples_line */
    bool need_seal;                        /* standard input must end with one */
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    struct example *items;
    size_t count, room;
    char **paths;   /* as given to examples_read; borrowed */
    enum form form; /* of texts: all have the same */

    /* Examples, of all that were read. */
    uint64_t read;
    uint64_t dropped;  /* --max-length leaves nothing to score: the prompt fills it */
    uint64_t unscored; /* texts without a token to score from the first; dropped, too */

    /* Examples, without those dropped. */
    uint64_t cut, cut_chosen, cut_rejected; /* an answer lost ids: any, this one */
    uint64_t lost_end;                      /* an answer lost its end, so the end token */
    uint64_t prompt_cut;                    /* the prompt lost ids */
    uint64_t prompt_split;                  /* the prompt ends within a token of an answer */
    uint64_t system_lost;                   /* a system prompt that strings have no place for */
    uint64_t unasked;                       /* see pairs.h */
    uint64_t same;                          /* both answers are the same ids */
    uint64_t chosen_longer;
    uint64_t scored, tokens; /* as above */
    size_t longest;          /* text, in tokens */

    struct spool texts, spooled;
    struct ids ids_read; /* of the last example asked for */
};

/* An error names file and line. */
bool examples_read(struct examples *examples, char **paths, size_t threads, struct err *err);
void examples_close(struct examples *examples);

/* Adds an example to a batch: first what is scored of chosen, then of rejected. */
bool examples_add(struct examples *examples, size_t number, struct batch *batch, struct err *err);

/* Its ids: the prompt, then what each branch has for itself. Good until the next call. */
const struct ids *examples_ids(struct examples *examples, size_t number, struct err *err);

/* A SHA-256 over ids and branches of all that were not dropped, in their order. */
bool examples_digest(struct examples *examples, char out[65], struct err *err);

/* Its line, replacing what is in out. */
bool examples_line(struct examples *examples, size_t number, struct buffer *out, struct err *err);

/* The name of a file to be shown, for items[i].file. */
const char *examples_path(const struct examples *examples, size_t file);

/* The numbers of all items: the largest gap first, those without one last, else as they came. */
void examples_order_by_gap(const struct examples *examples, size_t *order);

#endif
