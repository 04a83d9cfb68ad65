/* What the tests that keep the data sets honest have in common: reading records, and measuring
 * their texts. Paths are as seen from the root of the repository. */
#ifndef TESTS_UNIT_DATASET_H
#define TESTS_UNIT_DATASET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* All records of a JSONL file, or NULL after a line that says what is wrong with it: an escape
 * where UTF-8 would do, a space at an end of a line, no object. The caller releases it. */
json_t *dataset_lines(const char *path);
json_t *dataset_document(const char *path); /* the same for a file that is one JSON value */

const char *dataset_text(const json_t *record, const char *member); /* "" where there is none */
bool dataset_has_texts(const json_t *record, const char *const *members); /* none empty; to NULL */

size_t dataset_letters(const char *text); /* code points */
size_t dataset_words(const char *text);

/* The share of the pairs whose chosen answer is the longer one, in code points. */
double dataset_longer_share(const json_t *pairs);

#endif
