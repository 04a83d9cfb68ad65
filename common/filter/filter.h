/* Pairs in, those that break no rule out: what dpo-filter does.
 *
 * One pass in constant memory, unless something must see every pair first: conflicts, agreement, a
 * sample, an order. Then the pairs are put aside on the disk, and memory holds some bytes each. */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "core/outfile.h"
#include "filter/agreement.h"
#include "filter/rules.h"
#include "filter/summary.h"
#include "records/shelf.h"

#define FILTER_RULES 32

/* Rules that look at the whole set; their numbers follow those of rules.h. */
enum { FILTER_CONFLICTS, FILTER_AGREEMENT, FILTER_SAMPLE, FILTER_WHOLE_RULES };

enum filter_sort { SORT_NONE, SORT_GAP, SORT_CONSENSUS, SORT_LENGTH };

struct filter {
    struct rules rules;
    bool no_conflicts;
    double min_agreement; /* RULES_UNSET: not asked for */
    size_t sample, seed;  /* sample 0: all */
    size_t sort;          /* enum filter_sort */
    bool invert;
    bool summarize;
    struct outfile *out;
    struct outfile *rejects;               /* what is dropped, each with the rule, or NULL */
    void (*failed)(const struct err *err); /* see threads.h; may be NULL */

    /* What came of it. */
    uint64_t read, kept, broke[FILTER_RULES];
    uint64_t unseen_matches[UNSEEN_MATCHES];
    uint64_t scored, rated, annotated; /* pairs with both scores, a consensus, an annotator */
    double least_gap, most_gap, least_rating, most_rating;
    struct summary summary;
    struct agreement agreement;
    bool bom;

    /* Its own. */
    struct hash_key key;
    struct shelf shelf;
    struct buffer line, shelved;
    struct scan scan;
};

bool filter_run(struct filter *filter, char **paths, size_t threads, bool need_seal,
                struct err *err);
void filter_release(struct filter *filter);

size_t filter_rules(void); /* rows of broke that mean something */
const char *filter_rule_name(size_t rule);
const char *filter_why_empty(size_t rule);

#endif
