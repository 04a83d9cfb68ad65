#include "eval/results.h"

#include "records/value.h"

static void add_sides(struct buffer *out, const char *name, double chosen, double rejected)
{
    buffer_format(out, ",\"%s\":{\"chosen\":", name);
    number_write(out, chosen);
    buffer_text(out, ",\"rejected\":");
    number_write(out, rejected);
    buffer_byte(out, '}');
}

static void add_score(struct buffer *out, const struct example *item, const struct score *score)
{
    if (item->rows == 0) {
        buffer_text(out, ",\"dropped\":true");
        return;
    }
    buffer_format(out, ",\"correct\":%s", score_is_correct(score) ? "true" : "false");
    add_sides(out, "logps", score->policy[0], score->policy[1]);
    add_sides(out, "ref_logps", score->reference[0], score->reference[1]);
    add_sides(out, "tokens", (double)item->scored[0], (double)item->scored[1]);
}

static void add_metrics(struct buffer *out, const struct metrics *metrics)
{
    const char *separator = "";

    buffer_text(out, "{\"metrics\":{");
    for (enum metric metric = 0; metric < METRICS; metric++) {
        if (!metric_measured(metric, metrics->adapted)) continue;
        buffer_format(out, "%s\"%s\":", separator, metric_name(metric));
        number_write(out, metrics->values[metric]);
        separator = ",";
    }
    buffer_text(out, "}}\n");
}

bool results_write(struct examples *examples, const struct score *scores,
                   const struct metrics *metrics, struct outfile *out, struct err *err)
{
    struct buffer members = {0}, line = {0};
    bool good = true;

    for (size_t i = 0; good && i < examples->count; i++) {
        good = examples_text(examples, i, &members, err);
        if (!good) break;
        line.len = 0;
        buffer_byte(&line, '{');
        buffer_add(&line, members.at, members.len);
        add_score(&line, &examples->items[i], &scores[i]);
        buffer_text(&line, "}\n");
        good = outfile_write(out, line.at, line.len, err);
    }
    line.len = 0;
    add_metrics(&line, metrics);
    good = good && outfile_write(out, line.at, line.len, err);
    buffer_release(&members);
    buffer_release(&line);
    return good;
}
