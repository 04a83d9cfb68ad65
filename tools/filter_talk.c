#include "filter_talk.h"

#include "core/options.h"
#include "core/report.h"

#include <math.h>
#include <stdio.h>

#define LABELS_SHOWN 12

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
    if (filter->kept || !filter->read || filter->invert) return;
    report_warning("nothing is left of %llu records", (unsigned long long)filter->read);
    for (size_t i = 0; i < filter_rules(); i++)
        if (filter->broke[i] && filter_why_empty(i))
            report_warning("%s dropped %llu: %s", filter_rule_name(i),
                           (unsigned long long)filter->broke[i], filter_why_empty(i));
}

static void report_ranges(const struct filter *filter)
{
    if (option_given("min-gap") && filter->scored)
        report_note("gaps go from %g to %g; %g or more is kept", filter->least_gap,
                    filter->most_gap, filter->rules.min_gap);
    if (option_given("min-gap") && !filter->scored)
        report_warning("no pair has both scores, so --min-gap changes nothing");
    if (option_given("min-consensus") && filter->rated)
        report_note("consensus goes from %g to %g; above %g is kept", filter->least_rating,
                    filter->most_rating, filter->rules.min_consensus);
}

static void report_agreement(const struct filter *filter)
{
    const struct agreement *all = &filter->agreement;

    if (!option_given("min-agreement")) return;
    for (size_t i = 0; i < all->kappa_count; i++)
        report_note("%s and %s: kappa %.3f over %llu items", all->names[all->kappas[i].a],
                    all->names[all->kappas[i].b], kappa_value(&all->kappas[i]),
                    (unsigned long long)kappa_items(&all->kappas[i]));
    for (size_t i = 0; i < all->annotators; i++) {
        if (isnan(all->scores[i]))
            report_note("%s shares no item with anybody and is not judged", all->names[i]);
        else
            report_note("%s: mean kappa %.3f, %s", all->names[i], all->scores[i],
                        all->dropped[i] ? "dropped" : "kept");
    }
}

static void report_labels(const char *what, const struct summary_label *labels, uint64_t others,
                          uint64_t none)
{
    size_t i = 0;

    if (!labels[0].name) return;
    while (i < LABELS_SHOWN && labels[i].name) i++;
    for (size_t j = i; labels[j].name; j++) others += labels[j].count;
    report_title("summary", what);
    for (size_t j = 0; j < i; j++) report_count(labels[j].name, labels[j].count);
    if (others) report_count("(others)", others);
    if (none) report_count("(none)", none);
    report_line();
}

static void report_lengths(const struct summary *summary)
{
    static const char *const names[] = {"characters of prompt", "characters of chosen",
                                        "characters of rejected"};
    static const struct {
        const char *name;
        double share;
    } points[] = {{"least", 0}, {"tenth", 0.1}, {"half", 0.5}, {"nine_tenths", 0.9}, {"most", 1}};

    for (int i = 0; i < 3; i++) {
        report_title("summary", names[i]);
        for (size_t k = 0; k < sizeof points / sizeof points[0]; k++)
            report_count(points[k].name, summary_quantile(summary, i, points[k].share));
        report_line();
    }
}

static void report_summary(struct summary *summary)
{
    summary_sort(summary);
    report_labels("sources", summary->sources, summary->other_sources, 0);
    report_labels("topics", summary->topics, summary->other_topics, summary->no_topic);
    if (!summary->count) return;
    report_lengths(summary);
    report_number("chosen_longer", (double)summary->chosen_longer / (double)summary->count, 3);
    report_number("same_length", (double)summary->same_length / (double)summary->count, 3);
    report_number("picking_the_longer_is_right", summary_longer_is_right(summary), 3);
    report_line();
}

void filter_talk(struct filter *filter)
{
    if (filter->bom) report_note("dropped a byte order mark");
    report_ranges(filter);
    report_agreement(filter);
    report_kept(filter);
    explain_empty(filter);
    if (filter->summarize) report_summary(&filter->summary);
}
