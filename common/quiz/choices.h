/* The options of a question, and which of them an answer names.
 *
 * Options may be labelled, 'A) the price', '(B) the date', 'c. the broker': all of them in order,
 * or none. The labels are taken off. An answer is a letter, labelled or not, the text of an option,
 * or its number, counted from 0. */
#ifndef QUIZ_CHOICES_H
#define QUIZ_CHOICES_H

#include "core/err.h"
#include "records/scan.h"

#define CHOICES_MOST 26

struct choices {
    struct text items[CHOICES_MOST]; /* without their labels */
    size_t count;
};

/* Reads an array of 2 to 26 different texts. list is working space; the texts go to texts, which
 * must have room for as many bytes as array has, or they would move. */
bool choices_read(struct choices *choices, const struct value *array, struct scan *list,
                  struct buffer *texts, struct err *err);

/* A string or a number of JSON: which option is meant? */
bool choices_find(const struct choices *choices, const struct value *answer, struct buffer *texts,
                  size_t *found, struct err *err);

#endif
