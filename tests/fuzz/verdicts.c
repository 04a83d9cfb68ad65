/* What comes back from a review, whole files of it: whatever is taken holds what it promises. */
#include "review/verdicts.h"

#include "fuzz/fuzz.h"

#include <string.h>

static void check_text(const struct verdicts *verdicts, struct text text)
{
    size_t sum = 0;

    for (size_t i = 0; i < text.len; i++) sum += (unsigned char)text.at[i];
    demand(text.len <= verdicts->text.len && sum <= 255 * text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verdicts verdicts = {0};
    struct err err = {0};
    size_t made = 0;

    if (size) buffer_add(&verdicts.text, data, size);
    if (!verdicts_take(&verdicts, "r", &err)) {
        demand(err.text[0] == 'r' && err.text[1] == ':' && strlen(err.text) > 8);
    } else {
        for (size_t i = 0; i < verdicts.count; i++) {
            const struct verdict *verdict = &verdicts.items[i];

            check_text(&verdicts, verdict->id);
            check_text(&verdicts, verdict->note);
            demand(verdict->id.len > 0 && verdict->line > 0 && verdict->choice <= CHOICE_TIE);
            made += verdict->choice != CHOICE_OPEN;
        }
        demand(made > 0);
    }
    verdicts_close(&verdicts);
    return 0;
}
