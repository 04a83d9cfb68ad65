/* The results of a test, as dpo-eval writes them, read back.
 *
 * A line a record, then one with the metrics:
 *
 *     {"id":...,"prompt":...,"chosen":...,"rejected":...,"generated":"...","correct":true,
 *      "scores":{"answer_accuracy":1,...},"logps":{"chosen":-7.25,"rejected":-9.5},
 *      "groups":{"category":"rates",...},"samples":["...",...],"dropped":true,...}
 *     {"metrics":{"answer_accuracy":0.5,...},"by":{...},"comparison":{...},"made_by":{...}}
 *
 * Only 'prompt' and 'metrics' must be there, and null counts as absent. The whole file is held in
 * memory; what is found in it are spans of that. Scores and groups are columns, one for each name
 * that any record has. Without scores, 'correct' is the preference_accuracy and 'logps' gives
 * logps/chosen and logps/rejected. */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include "core/err.h"
#include "records/scan.h"

#define RESULTS_SCORES 64 /* names at most */
#define RESULTS_GROUPS 8
#define RESULTS_WORD 256 /* bytes, of such a name and of what is kept of a group's word */

enum results_member {
    RESULTS_PROMPT, /* a string, or messages as the others may be */
    RESULTS_GENERATED,
    RESULTS_CHOSEN,
    RESULTS_REJECTED,
    RESULTS_ANSWER,
    RESULTS_REFERENCE, /* what the model without its adapter said */
    RESULTS_SAMPLES,   /* an array of strings: further answers */
    RESULTS_MEMBERS
};

struct results_item {
    struct text id;        /* its meaning, or the number as written; nothing where it has none */
    struct hash128 key;    /* by which two files are matched, see results_key */
    struct hash128 prompt; /* of the prompt's text: the same prompt has the same in every file */
    struct value members[RESULTS_MEMBERS]; /* as written; KIND_ABSENT where there is none */
    uint64_t line;
    bool dropped; /* could not be scored */
};

struct results_scores {
    struct text name; /* 'answer_accuracy' */
    double *values;   /* of each item; NaN where it has none */
};

struct results_groups {
    struct text name;    /* 'category' */
    struct text *values; /* of each item; at is NULL where it has none */
};

struct results_metric {
    struct text name;
    double value; /* NaN where the file says null */
};

struct results {
    char *path; /* as shown to people */
    struct results_item *items;
    size_t count;
    struct results_scores *scores; /* in the order in which they first occur */
    size_t score_count;
    struct results_groups *groups;
    size_t group_count;
    struct results_metric *metrics; /* of the last line, in its order */
    size_t metric_count, metric_room;
    struct value by, comparison, made_by; /* of the last line; KIND_ABSENT where missing */

    size_t *order;      /* items by their key, for results_find */
    struct buffer text; /* the file; ids and names in it are without escapes */
};

/* '-' is standard input. False when it is no whole file of results: err names file and line. */
bool results_open(struct results *results, const char *path, struct err *err);
void results_close(struct results *results);

/* What an id is known by, and what a prompt. A record without an id is known by its prompt. Of
 * several records that are known by the same all but the first have a key of their own, by how many
 * came before. The same in every run. */
struct hash128 results_key(struct text id);
struct hash128 results_prompt_key(const struct value *prompt);
bool results_find(const struct results *results, struct hash128 key, size_t *item);

/* As much of a group's word as files of results keep: whole characters. */
struct text results_word(struct text word);

/* What a person reads of a member: the meaning of a string, the contents of messages with newlines
 * between them, anything else as written; nothing where it is absent. Good until scratch is used
 * again. */
struct text results_text(const struct results *results, size_t item, enum results_member member,
                         struct buffer *scratch);

/* Columns by name, or NULL; a metric's value, or NaN. */
const struct results_scores *results_scores_named(const struct results *results, struct text name);
const struct results_groups *results_groups_named(const struct results *results, struct text name);
double results_metric(const struct results *results, struct text name);

#endif
