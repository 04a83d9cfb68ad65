#include "dpo-filter/filter_talk.h"

#include "core/report.h"
#include "options/options.h"

#include <math.h>
#include <string.h>

#define KAPPAS_SHOWN 20
#define ANNOTATORS_SHOWN 40

static void report_kept(const struct filter *filter)
{
    report_count("read", filter->read);
    report_count("kept", filter->kept);
    report_count("dropped", filter->read - filter->kept);
    report_group("dropped_by");
    for (size_t i = 0; i < filter_rules(); i++)
        if (filter->broke[i]) report_count(filter_rule_name(i), filter->broke[i]);
    report_group_end();
    report_line();
}

/* Nothing left is seldom meant: say which rules did it and why they may. */
static void explain_empty(const struct filter *filter)
{
    if (filter->kept || !filter->read) return;
    report_warning("nothing is left of %llu records%s", (unsigned long long)filter->read,
                   filter->invert ? ": none breaks a rule" : "");
    for (size_t i = 0; i < filter_rules() && !filter->invert; i++)
        if (filter->broke[i] && filter_why_empty(i))
            report_warning("%s dropped %llu: %s", filter_rule_name(i),
                           (unsigned long long)filter->broke[i], filter_why_empty(i));
}

/* Others pass a rule that looks at some records only, and hide that it left none of these. */
static void explain_range(const struct filter *filter, const char *name, bool reached)
{
    if (reached || !filter->kept || filter->invert) return;
    for (size_t i = 0; i < filter_rules(); i++)
        if (strcmp(filter_rule_name(i), name) == 0)
            report_warning("%s keeps none of these: %s", name, filter_why_empty(i));
}

static void report_ranges(const struct filter *filter)
{
    const struct rules *rules = &filter->rules;

    if (option_given("min-gap") && filter->scored) {
        report_note("gaps go from %g to %g; %g or more is kept", filter->least_gap,
                    filter->most_gap, rules->min_gap);
        explain_range(filter, "min-gap", filter->most_gap >= rules->min_gap);
    }
    if (option_given("min-gap") && !filter->scored)
        report_warning("no pair has both scores, so --min-gap changes nothing");
    if (option_given("min-consensus") && filter->rated) {
        report_note("consensus goes from %g to %g; above %g is kept", filter->least_rating,
                    filter->most_rating, rules->min_consensus);
        explain_range(filter, "min-consensus", filter->most_rating > rules->min_consensus);
    }
}

static void report_kappas(const struct agreement *all)
{
    struct buffer a = {0}, b = {0};
    size_t i = 0;

    for (; i < all->kappa_count && i < KAPPAS_SHOWN; i++) {
        const struct kappa *kappa = &all->kappas[i];
        const struct buffer *x = &all->names[kappa->a], *y = &all->names[kappa->b];

        report_note("%s and %s: kappa %.3f over %llu items", name_shown(&a, x->at, x->len),
                    name_shown(&b, y->at, y->len), kappa->value,
                    (unsigned long long)kappa_items(kappa));
    }
    if (i < all->kappa_count) report_note("%zu higher kappas are not shown", all->kappa_count - i);
    buffer_release(&a);
    buffer_release(&b);
}

static void report_annotators(const struct agreement *all)
{
    struct buffer out = {0};
    size_t i = 0;

    for (; i < all->annotators && i < ANNOTATORS_SHOWN; i++) {
        uint32_t who = all->ranking[i].annotator;
        const char *name = name_shown(&out, all->names[who].at, all->names[who].len);

        if (isnan(all->scores[who]))
            report_note("%s shares no item with anybody and is not judged", name);
        else
            report_note("%s: mean kappa %.3f, %s", name, all->scores[who],
                        all->dropped[who] ? "dropped" : "kept");
    }
    if (i < all->annotators) report_note("%zu more annotators are not shown", all->annotators - i);
    buffer_release(&out);
}

static void report_unseen(const struct filter *filter)
{
    uint64_t exact = filter->unseen_matches[UNSEEN_SAME],
             near = filter->unseen_matches[UNSEEN_NEAR];

    if (exact || near)
        report_note("unseen: %llu word for word, %llu but for case and punctuation",
                    (unsigned long long)exact, (unsigned long long)near);
}

void filter_talk(struct filter *filter)
{
    if (filter->bom) report_note("dropped a byte order mark");
    report_ranges(filter);
    if (option_given("min-agreement") && !filter->annotated)
        report_warning("no pair names an annotator, so --min-agreement changes nothing");
    if (option_given("min-agreement")) {
        report_kappas(&filter->agreement);
        report_annotators(&filter->agreement);
    }
    report_unseen(filter);
    report_kept(filter);
    explain_empty(filter);
    if (filter->summarize) filter_talk_summary(&filter->summary);
}
