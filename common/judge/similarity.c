#include "judge/similarity.h"

#include "judge/amount.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 6
#define BETA 2.0

/* A text's characters without white space. */
struct letters {
    uint32_t *at;
    size_t count;
};

/* What Python's str.split() takes for white space. */
static bool is_space(uint32_t code)
{
    return (code >= 9 && code <= 13) || (code >= 0x1C && code <= 0x20) || code == 0x85 ||
           code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

static struct letters read_letters(struct text text)
{
    struct letters letters = {mem_zero(text.len + 1, sizeof *letters.at), 0};
    size_t len;

    for (size_t at = 0; at < text.len; at += len) {
        uint32_t code = amount_code(text, at, &len);

        if (!is_space(code)) letters.at[letters.count++] = code;
    }
    return letters;
}

/* The runs of a length, in order, so that equal ones are neighbours. */
static int compare(const void *a, const void *b, void *length)
{
    const uint32_t *x = *(uint32_t *const *)a, *y = *(uint32_t *const *)b;

    for (size_t i = 0; i < *(size_t *)length; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

static uint32_t **sorted_runs(const struct letters *letters, size_t length)
{
    size_t count = letters->count - length + 1;
    uint32_t **runs = mem_zero(count, sizeof *runs);

    for (size_t i = 0; i < count; i++) runs[i] = letters->at + i;
    qsort_r(runs, count, sizeof *runs, compare, &length);
    return runs;
}

/* How many runs of that length both have, each as often as the one that has it less often. */
static size_t common_runs(const struct letters *a, const struct letters *b, size_t length)
{
    uint32_t **x = sorted_runs(a, length), **y = sorted_runs(b, length);
    size_t i = 0, k = 0, common = 0;

    while (i < a->count - length + 1 && k < b->count - length + 1) {
        int order = compare(&x[i], &y[k], &length);

        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    mem_free(x);
    mem_free(y);
    return common;
}

double similarity_chrf(struct text generated, struct text reference)
{
    struct letters a = read_letters(generated), b = read_letters(reference);
    double precision = 0, recall = 0, orders = 0, square = BETA * BETA;

    for (size_t length = 1; length <= LONGEST; length++) {
        double common;

        if (a.count < length || b.count < length) break;
        common = (double)common_runs(&a, &b, length);
        precision += common / (double)(a.count - length + 1);
        recall += common / (double)(b.count - length + 1);
        orders++;
    }
    mem_free(a.at);
    mem_free(b.at);
    if (orders == 0 || precision + recall == 0) return 0;
    precision /= orders;
    recall /= orders;
    return (1 + square) * precision * recall / (square * precision + recall);
}

static bool stands_in(const struct words *words, const struct words *concept)
{
    for (size_t i = 0; i < words->count; i++)
        if (words_at(words, i, concept)) return true;
    return false;
}

double similarity_concepts(const struct text *concepts, size_t count, struct text generated,
                           struct judge_desk *desk)
{
    size_t found = 0;

    words_read(&desk->text, generated);
    for (size_t i = 0; i < count; i++) {
        words_read(&desk->key, concepts[i]);
        found += stands_in(&desk->text, &desk->key);
    }
    return count ? (double)found / (double)count : 0;
}
