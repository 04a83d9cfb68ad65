/* One question of a quiz as a line that dpo-eval asks: an object with its id, prompt, answer,
 * options and type, and every other member that the question had. */
#ifndef QUIZ_QUESTION_H
#define QUIZ_QUESTION_H

#include "quiz/wording.h"

#define HEADING_LABELS 8

/* What a quiz says of all its questions. */
struct heading {
    const struct member
        *labels[HEADING_LABELS]; /* unit, title ..., borrowed; NULL: there is none */
    struct buffer place;         /* 'unit-01/chapter-02', for ids */
};

/* Working space, all zero before its first use. */
struct question_desk {
    struct scan scan, list;
    struct buffer texts, prompt, id;
    struct choices choices;
};

/* Appends the line of the question that stands in json, an object; number is its place in its quiz,
 * from 1. What has a prompt already is passed on as it is. False with err, which says why but not
 * where. */
bool question_write(struct question_desk *desk, const struct heading *heading, struct text json,
                    size_t number, struct buffer *out, struct err *err);
void question_desk_release(struct question_desk *desk);

/* Appends JSON that stands on several lines as one. */
void value_write_line(const struct value *value, struct buffer *out);

#endif
