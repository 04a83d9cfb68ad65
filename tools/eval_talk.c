#include "eval_talk.h"

#include "core/report.h"

#include <time.h>

double eval_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void notes(const struct examples *examples)
{
    if (examples->language->template_differs)
        report_warning("chat_template.jinja and tokenizer_config.json hold different templates; "
                       "the former is used");
    if (examples->prompt_split)
        report_note("%llu prompts end within a token that reaches into the answer",
                    (unsigned long long)examples->prompt_split);
}

void eval_talk(const struct examples *examples, const struct metrics *metrics, uint64_t rows,
               double seconds)
{
    notes(examples);
    for (enum metric metric = METRIC_RECORDS; metric < METRICS; metric++)
        report_count(metric_name(metric), (uint64_t)metrics->values[metric]);
    report_count("cut", examples->cut);
    report_count("prompts_cut", examples->prompt_cut);
    for (enum metric metric = 0; metric < METRIC_RECORDS; metric++)
        if (metric_measured(metric, metrics->adapted))
            report_number(metric_name(metric), metrics->values[metric], 4);
    report_line();
    report_number("seconds", seconds, 2);
    report_number("tokens_per_second", (double)rows / seconds, 0);
    report_line();
}
