#include "dpo-filter/filter_talk.h"

#include "core/report.h"

#define LABELS_SHOWN 12

const char *name_shown(struct buffer *out, const char *name, size_t len)
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
        report_count(name_shown(&out, labels[j].name, labels[j].len), labels[j].count);
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

void filter_talk_summary(struct summary *summary)
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
