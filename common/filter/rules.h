/* What a pair must satisfy to stay. Each rule is one row of a table in rules.c: its name is the
 * option that sets it, and the name the summary and the rejects know it by. */
#ifndef FILTER_RULES_H
#define FILTER_RULES_H

#include "filter/lengths.h"
#include "filter/script.h"
#include "filter/unseen.h"
#include "filter/where.h"
#include "records/pairs.h"

#define RULES_UNSET (-1e300)

struct rules {
    double min_consensus; /* strictly above; RULES_UNSET: not asked for */
    bool keep_unrated;
    double min_gap;
    size_t min_chars, max_chars;          /* of each answer; 0: no bound */
    size_t max_tokens, max_prompt_tokens; /* as language counts them; 0: no bound */
    const struct language *language;
    const char *prompt_format; /* see tree.h */
    double length_ratio;
    bool user_last, no_special, no_placeholders, json_actions;
    struct scripts scripts;
    struct wheres wheres;
    struct unseen unseen;
};

#define RULES_INIT                                                                                 \
    {                                                                                              \
        .min_consensus = RULES_UNSET, .min_gap = RULES_UNSET, .length_ratio = RULES_UNSET          \
    }

enum { RULES_PASSED = -1 };

struct ruling {
    int rule;                /* the first one the pair breaks, or RULES_PASSED */
    enum unseen_match match; /* UNSEEN_NEW unless that rule is 'unseen' */
};

/* scratch is working space. lengths are the pair's where a bound on tokens is set. */
struct ruling rules_judge(const struct rules *rules, struct pair *pair,
                          const struct lengths *lengths, struct buffer *scratch);

size_t rules_count(void);
const char *rule_name(size_t rule);

/* Why this rule alone may have emptied a stream, or NULL. */
const char *rule_why_empty(size_t rule);

#endif
