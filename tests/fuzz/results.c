/* Files of results: whatever they hold, they are refused with words, or every record can be read
 * and is found by its key. */
#include "results/results.h"
#include "fuzz/fuzz.h"
#include "records/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_item(const struct results *results, size_t i, struct buffer *scratch)
{
    const struct results_item *item = &results->items[i];
    size_t found;

    demand(results_find(results, item->key, &found) && found == i);
    demand(item->members[RESULTS_PROMPT].kind != KIND_ABSENT);
    for (enum results_member member = 0; member < RESULTS_MEMBERS; member++) {
        const struct text text = results_text(results, i, member, scratch);

        demand(text.len == 0 || memchr(text.at, 0, text.len) || text.at[text.len - 1]);
    }
    for (size_t j = 0; j < results->score_count; j++)
        demand(isnan(results->scores[j].values[i]) || isfinite(results->scores[j].values[i]));
    for (size_t j = 0; j < results->group_count; j++) {
        const struct text group = results->groups[j].values[i];

        demand(group.len == 0 || memchr(group.at, 0, group.len) || group.at[group.len - 1]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int fd = memfd_create("results", 0);
    struct results results;
    struct buffer scratch = {0};
    struct err err = {{0}};
    char path[32];

    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    demand(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
    if (results_open(&results, path, &err)) {
        for (size_t i = 0; i < results.count; i++) check_item(&results, i, &scratch);
        results_close(&results);
    } else
        demand(err.text[0] != '\0');
    buffer_release(&scratch);
    close(fd);
    return 0;
}
