/* A text as words in normal form.
 *
 * Letters are lower case; Arabic marks and the tatweel are dropped, the forms of the alef are one;
 * the Arabic and Persian digits are 0 to 9. A number is one word as number_write has it, without
 * currency signs and commas between thousands, k, m, b and powers of ten multiplied in; '%' is the
 * word 'percent'. All else divides words: '30-year' is '30 year'. */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

#include "core/memory.h"

#include <stdbool.h>

/* What stands before a word, the strongest of it. */
enum word_break { BREAK_NONE, BREAK_HYPHEN, BREAK_CLAUSE, BREAK_COLON, BREAK_SENTENCE, BREAK_LINE };

struct word {
    size_t at, len;   /* in the normal form */
    size_t from, end; /* in the text that was read */
    enum word_break before;
    bool asked; /* its sentence ends with a question mark */
};

/* All zero is an empty one, its storage used again by the next text. */
struct words {
    struct buffer normal; /* the words with a space between two */
    struct word *items;
    size_t count, room;
};

void words_read(struct words *words, struct text text);
void words_release(struct words *words);

struct text words_item(const struct words *words, size_t index);
bool words_is(const struct words *words, size_t index, const char *word); /* false beyond the end */

/* Does one of the rows stand at index, its words with one space between two? NULL ends the rows.
 * How many words it has, or 0; the longest wins. */
size_t words_match(const struct words *words, size_t index, const char *const *rows);

/* Do the needle's words, or the given ones of them, stand at index? */
bool words_at(const struct words *words, size_t index, const struct words *needle);
bool words_same(const struct words *words, size_t index, const struct words *other, size_t from,
                size_t count);

/* The index behind the last word of the sentence that index stands in. */
size_t words_sentence(const struct words *words, size_t index);

/* The words from begin to end, with spaces. */
struct text words_span(const struct words *words, size_t begin, size_t end);

#endif
