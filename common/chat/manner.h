/* How answers are drawn: the numbers of sampling, by the names that options, /params and
 * generation_config.json have for them. */
#ifndef CHAT_MANNER_H
#define CHAT_MANNER_H

#include "core/err.h"
#include "core/memory.h"
#include "generate/sampler.h"

struct manner {
    double temperature; /* 0: the likeliest token each time */
    double top_p, min_p, repetition_penalty;
    size_t top_k, seed, most; /* most: tokens of an answer */
};

/* What holds where nobody says anything. */
void manner_init(struct manner *manner, double temperature);

/* Takes over what a generation_config.json says of sampling; path is what to call it. Nothing where
 * it does not say that it samples ('do_sample'). */
bool manner_read(struct manner *manner, struct text json, const char *path, struct err *err);

/* Sets one by its name, as 'top-p' or 'top_p'. */
bool manner_set(struct manner *manner, struct text name, struct text value, struct err *err);

/* Takes over those whose names are given. */
void manner_take(struct manner *manner, const struct manner *from, bool (*given)(const char *name));

/* Are all in their ranges? who stands before the name: '--' of an option. */
bool manner_check(const struct manner *manner, const char *who, struct err *err);

/* Appends 'name value', a line each. */
void manner_show(const struct manner *manner, struct buffer *out);

struct sampling manner_sampling(const struct manner *manner);

#endif
