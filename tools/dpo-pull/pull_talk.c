#include "dpo-pull/pull_talk.h"

#include "core/clock.h"
#include "core/report.h"

#include <stdio.h>

static double began;
static uint64_t had; /* bytes that were there when it began */

void pull_talk_progress(void *context, uint64_t done, uint64_t total)
{
    char text[160], left[32] = "?";
    double took, rate;

    (void)context;
    if (!report_shows_progress()) return;
    if (began <= 0) {
        began = clock_seconds();
        had = done;
    }
    took = clock_seconds() - began;
    rate = took > 0 && done > had ? (double)(done - had) / took : 0;
    if (rate > 0 && total >= done) clock_show(left, sizeof left, (double)(total - done) / rate);
    snprintf(text, sizeof text, "%.1f of %.1f MB, %.1f MB/s, %s left", (double)done / 1e6,
             (double)total / 1e6, rate / 1e6, left);
    report_progress(text);
}

void pull_talk_summary(const struct pull *pull)
{
    report_progress(NULL);
    report_count("fetched", pull->fetched);
    report_count("present", pull->present);
    report_count("bytes", pull->bytes);
    report_line();
}

bool pull_talk_list(const struct listing *listing, struct outfile *out, struct err *err)
{
    struct buffer line = {0};
    bool good = true;

    for (size_t i = 0; i < listing->count && good; i++) {
        const struct listed *file = &listing->files[i];

        line.len = 0;
        if (file->size == LISTING_UNKNOWN)
            buffer_format(&line, "?\t%s\n", file->name);
        else
            buffer_format(&line, "%llu\t%s\n", (unsigned long long)file->size, file->name);
        good = outfile_write(out, line.at, line.len, err);
    }
    buffer_release(&line);
    return good;
}
