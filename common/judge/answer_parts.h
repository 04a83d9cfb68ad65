/* The kinds of answers, each in its file. All read desk->text, the words of the text. */
#ifndef JUDGE_ANSWER_PARTS_H
#define JUDGE_ANSWER_PARTS_H

#include "judge/amount.h"
#include "judge/answer.h"

struct reading {
    const struct judge_key *key;
    struct text text;
    struct judge_desk *desk; /* text and key are read */
};

struct span {
    size_t begin, end; /* of words */
};

/* The last answer that words announce, to the end of its sentence. */
bool answer_announced(const struct reading *r, struct span *found);
struct span answer_whole(const struct reading *r);

/* Is what stands from begin to end denied by the words around it? */
bool answer_denied(const struct words *words, size_t begin, size_t end);

/* 1 for yes, 0 for no, -1 where neither stands at index, said as an answer. */
int answer_yes_no(const struct words *words, size_t index);

/* The span without 'I think', 'the answer is', articles. */
struct span answer_bare(const struct words *words, struct span span);

/* Each gives a verdict, and appends the short answer to out unless that is NULL. Without a verdict
 * to give, for lack of a key, it is false. */
bool answer_contains(struct reading *r, struct buffer *out);
bool answer_choice(struct reading *r, struct buffer *out);
bool answer_number(struct reading *r, struct buffer *out);
bool answer_json(struct reading *r, struct buffer *out);

bool answer_is_choice(const struct judge_key *key, const struct words *words);
bool answer_is_number(struct text answer);

/* An amount of r->text and the key's, by scale, unit and tolerance. */
bool answer_same_amount(const struct reading *r, const struct amount *got,
                        const struct amount *key);

/* Are two scanned values the same? Strings are as their normal forms are, where that is asked. */
bool json_same(const struct value *a, const struct value *b, bool normal, struct judge_desk *desk);

/* The first object in the text that is JSON; scanned by desk->scan. */
bool json_find(struct text text, struct judge_desk *desk, struct text *object);

#endif
