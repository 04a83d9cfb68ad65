#include "filter_talk.h"

#include "core/options.h"
#include "core/report.h"

#include <math.h>
#include <stdio.h>

#define LABELS_SHOWN 12
#define KAPPAS_SHOWN 20
#define ANNOTATORS_SHOWN 40

/* A name as a C string: a NUL byte in it is spelled. Replaces what is in out. */
static const char *shown(struct buffer *out, const char *name, size_t len)
{
    out->len = 0;
    for (size_t i = 0; i < len; i++)
        if (name[i])
            buffer_byte(out, name[i]);
        else
            buffer_text(out, "\\x00");
    buffer_byte(out, '\0');
    return out->at;
}

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

static void report_kappas(const struct agreement *all)
{
    struct buffer a = {0}, b = {0};
    size_t i = 0;

    for (; i < all->kappa_count && i < KAPPAS_SHOWN; i++) {
        const struct kappa *kappa = &all->kappas[i];
        const struct buffer *x = &all->names[kappa->a], *y = &all->names[kappa->b];

        report_note("%s and %s: kappa %.3f over %llu items", shown(&a, x->at, x->len),
                    shown(&b, y->at, y->len), kappa->value, (unsigned long long)kappa_items(kappa));
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
        const char *name = shown(&out, all->names[who].at, all->names[who].len);

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

static void report_labels(const char *what, const struct summary_label *labels, uint64_t others,
                          uint64_t none)
{
    struct buffer out = {0};
    size_t i = 0;

    if (!labels[0].name) return;
    while (i < LABELS_SHOWN && labels[i].name) i++;
    for (size_t j = i; labels[j].name; j++) others += labels[j].count;
    report_title("summary", what);
    for (size_t j = 0; j < i; j++)
        report_count(shown(&out, labels[j].name, labels[j].len), labels[j].count);
    if (others) report_count("(others)", others);
    if (none) report_count("(none)", none);
    report_line();
    buffer_release(&out);
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
    if (option_given("min-agreement")) {
        report_kappas(&filter->agreement);
        report_annotators(&filter->agreement);
    }
    report_unseen(filter);
    report_kept(filter);
    explain_empty(filter);
    if (filter->summarize) report_summary(&filter->summary);
}
