#include "filter/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All pairs of one debate, and all debates, are one source here. */
static struct text source_kind(struct text source)
{
    if (source.len >= 7 && memcmp(source.at, "debate:", 7) == 0) source.len = 6;
    return source;
}

static bool label_is(const struct summary_label *label, struct text name)
{
    return label->len == name.len && memcmp(label->name, name.at, name.len) == 0;
}

static void count_label(struct summary_label *labels, struct text name, uint64_t *others)
{
    size_t i = 0;

    while (labels[i].name && !label_is(&labels[i], name)) i++;
    if (i == SUMMARY_LABELS) {
        ++*others;
        return;
    }
    if (!labels[i].name) {
        labels[i].name = mem_alloc(name.len + 1);
        memcpy(labels[i].name, name.at, name.len);
        labels[i].name[name.len] = '\0';
        labels[i].len = name.len;
    }
    labels[i].count++;
}

/* Exact up to 32 characters, then twelve bins for each doubling. */
static size_t bin_of(size_t chars)
{
    double bin = chars < 32 ? (double)chars : 32 + 12 * log2((double)chars / 32);

    return bin < SUMMARY_BINS ? (size_t)bin : SUMMARY_BINS - 1;
}

static uint64_t bin_start(size_t bin)
{
    return bin < 32 ? bin : (uint64_t)ceil(32 * exp2(((double)bin - 32) / 12));
}

static void add_length(struct summary *summary, int which, size_t chars)
{
    size_t *least = &summary->least[which], *most = &summary->most[which];

    if (summary->count == 1 || chars < *least) *least = chars;
    if (chars > *most) *most = chars;
    summary->bins[which][bin_of(chars)]++;
}

void summary_add(struct summary *summary, const struct summary_item *item)
{
    summary->count++;
    summary->chosen_longer += item->chars[1] > item->chars[2];
    summary->same_length += item->chars[1] == item->chars[2];
    if (item->source.len)
        count_label(summary->sources, source_kind(item->source), &summary->other_sources);
    if (item->topic.len)
        count_label(summary->topics, item->topic, &summary->other_topics);
    else
        summary->no_topic++;
    for (int i = 0; i < 3; i++) add_length(summary, i, item->chars[i]);
}

uint64_t summary_quantile(const struct summary *summary, int which, double share)
{
    double wanted = fmax(share * (double)summary->count, 1);
    uint64_t before = 0;
    size_t bin = 0;

    if (share <= 0) return summary->least[which];
    if (share >= 1) return summary->most[which];
    for (; bin + 1 < SUMMARY_BINS; bin++) {
        before += summary->bins[which][bin];
        if ((double)before >= wanted) break;
    }
    before = bin_start(bin);
    return before < summary->least[which] ? summary->least[which] : before;
}

double summary_longer_is_right(const struct summary *summary)
{
    double right = (double)summary->chosen_longer + (double)summary->same_length / 2;

    return summary->count ? right / (double)summary->count : 0;
}

static int by_count(const void *a, const void *b)
{
    const struct summary_label *x = a, *y = b;
    int order;

    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    order = memcmp(x->name, y->name, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

void summary_sort(struct summary *summary)
{
    struct summary_label *lists[] = {summary->sources, summary->topics};

    for (int i = 0; i < 2; i++) {
        size_t count = 0;

        while (lists[i][count].name) count++;
        qsort(lists[i], count, sizeof *lists[i], by_count);
    }
}

void summary_release(struct summary *summary)
{
    for (size_t i = 0; i < SUMMARY_LABELS; i++) {
        mem_free(summary->sources[i].name);
        mem_free(summary->topics[i].name);
    }
    *summary = (struct summary){0};
}
