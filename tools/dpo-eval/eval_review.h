/* dpo-eval --review and --reviewed: a sheet for a blind review, and what came of it. */
#ifndef TOOLS_EVAL_REVIEW_H
#define TOOLS_EVAL_REVIEW_H

#include "results/results.h"
#include "review/outcome.h"

/* Writes a sheet of count prompts to path (NULL: standard output): a page, or a table for
 * spreadsheets. baseline is NULL where now has both answers to a prompt. */
void eval_review_write(const struct results *now, const struct results *baseline, size_t count,
                       uint64_t seed, bool table, const char *path);

/* Counts what people said in file, tells it, and writes it as results to path (NULL: standard
 * output). seed is NULL where nobody named one. Returns the rates, for gates. */
struct outcome_rate eval_reviewed(const char *file, const struct results *now,
                                  const struct results *baseline, const uint64_t *seed,
                                  const char *path);

#endif
