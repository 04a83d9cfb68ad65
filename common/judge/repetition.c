#include "judge/repetition.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define RUN 4

/* The next word from *at on; false at the end. */
static bool next_word(struct text text, size_t *at, struct text *word)
{
    size_t begin;

    if (!text.len) return false;
    while (*at < text.len && strchr(" \t\r\n\f\v", text.at[*at]) && text.at[*at]) ++*at;
    begin = *at;
    while (*at < text.len && !(strchr(" \t\r\n\f\v", text.at[*at]) && text.at[*at])) ++*at;
    *word = (struct text){text.at + begin, *at - begin};
    return word->len > 0;
}

size_t repetition_words(struct text text)
{
    struct text word;
    size_t at = 0, count = 0;

    while (next_word(text, &at, &word)) count++;
    return count;
}

struct runs {
    struct text *words;
    size_t *slots; /* place + 1 of a run, 0 for none; open addressing */
    size_t count, size;
};

static uint64_t hash_run(const struct text *words)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (size_t i = 0; i < RUN; i++) {
        for (size_t k = 0; k < words[i].len; k++)
            hash = (hash ^ (unsigned char)words[i].at[k]) * 0x100000001B3u;
        hash = (hash ^ 0xFF) * 0x100000001B3u;
    }
    return hash ^ hash >> 29;
}

static bool same_run(const struct text *a, const struct text *b)
{
    for (size_t i = 0; i < RUN; i++)
        if (a[i].len != b[i].len || memcmp(a[i].at, b[i].at, a[i].len) != 0) return false;
    return true;
}

/* Was the run at that place there before? */
static bool add_run(struct runs *runs, size_t place)
{
    size_t slot = (size_t)hash_run(runs->words + place) & (runs->size - 1);

    for (; runs->slots[slot]; slot = (slot + 1) & (runs->size - 1))
        if (same_run(runs->words + runs->slots[slot] - 1, runs->words + place)) return true;
    runs->slots[slot] = place + 1;
    return false;
}

double repetition_share(struct text text)
{
    struct runs runs = {.count = repetition_words(text), .size = 16};
    size_t at = 0, repeated = 0, total = runs.count < RUN ? 0 : runs.count - RUN + 1;

    if (total < 2) return 0;
    while (runs.size < 2 * total) runs.size *= 2;
    runs.words = mem_zero(runs.count, sizeof *runs.words);
    runs.slots = mem_zero(runs.size, sizeof *runs.slots);
    for (size_t i = 0; i < runs.count; i++) next_word(text, &at, &runs.words[i]);
    for (size_t i = 0; i < total; i++) repeated += add_run(&runs, i);
    mem_free(runs.words);
    mem_free(runs.slots);
    return (double)repeated / (double)total;
}
