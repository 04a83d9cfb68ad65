/* What a model is asked in a test: the prompts of records, as ids. A record is a pair, or lacks
 * answers to compare: of what dpo-pairs(5) names only 'prompt' must be there.
 *
 * Lines lie on the disk (records/spool), to be taken apart again when what came of them is judged
 * and written; the prompts' ids are in memory, for they are all asked at once. */
#ifndef EVAL_QUESTIONS_H
#define EVAL_QUESTIONS_H

#include "examples/examples.h"

struct question {
    uint64_t begin; /* of its line, in the spool */
    size_t len;
    size_t first, forms; /* its prompts: its own, then its paraphrases where these are wanted */
    uint32_t file;       /* which of the paths, from 0 */
    uint64_t line;
};

struct question_prompt {
    size_t begin, count; /* of all ids */
};

struct questions {
    /* Set before reading; borrowed. */
    const struct language *language;
    const struct tree_rules *rules;
    struct text begun;                     /* what all answers begin with; may be empty */
    bool paraphrases;                      /* 'paraphrases', or those of 'metadata', are wanted */
    bool need_seal;                        /* standard input must end with one */
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    struct question *items;
    size_t count, room;
    struct question_prompt *prompts;
    size_t prompt_count, prompt_room;
    struct ids ids;
    size_t longest;     /* prompt, in ids */
    uint64_t cut;       /* prompts that lost ids */
    size_t paraphrased; /* questions with paraphrases */
    char **paths;       /* borrowed */
    struct spool lines;
    struct buffer line; /* of the last question asked for */
    struct tree_maker *maker;
};

/* Errors name file and line. Files may hold quizzes (quiz/quiz.h), too. */
bool questions_read(struct questions *questions, char **paths, size_t threads, struct err *err);

/* Those of pairs that were read already, with their lines kept, dropped ones among them. */
bool questions_of(struct questions *questions, struct examples *examples, struct err *err);

void questions_close(struct questions *questions);

/* A question's line taken apart once more; good until the next call. */
bool questions_pair(struct questions *questions, size_t number, struct pair *pair, struct err *err);

/* What a question belongs to, as it stands in the record; NULL where it is of none. */
enum question_group { GROUP_CATEGORY, GROUP_SOURCE, GROUP_DIALECT, GROUP_COUNT };
extern const char *const question_groups[GROUP_COUNT];
const struct value *question_group(struct pair *pair, enum question_group group);

#endif
