#include "tokens/normalizer.h"

#include "unicode/nfc.h"

#include <string.h>

static const char *find(struct text text, struct text word)
{
    if (word.len == 1) return memchr(text.at, *word.at, text.len);
    return memmem(text.at, text.len, word.at, word.len);
}

void text_replace(struct buffer *out, struct text text, struct text from, struct text to)
{
    const char *found;

    buffer_reserve(out, text.len + text.len / 2);
    while (text.len && (found = find(text, from))) {
        size_t before = (size_t)(found - text.at);

        buffer_add(out, text.at, before);
        buffer_add(out, to.at, to.len);
        text.at += before + from.len;
        text.len -= before + from.len;
    }
    buffer_add(out, text.at, text.len);
}

static void run_step(const struct normal_step *step, struct text text, struct buffer *out)
{
    switch (step->kind) {
    case NORMAL_NFC: nfc_add(out, text); break;
    case NORMAL_PREPEND:
        buffer_add(out, step->to.at, step->to.len);
        buffer_add(out, text.at, text.len);
        break;
    case NORMAL_REPLACE:
        text_replace(out, text, buffer_content(&step->from), buffer_content(&step->to));
        break;
    }
}

static bool changes_nothing(const struct normal_step *step, struct text text)
{
    switch (step->kind) {
    case NORMAL_NFC: return nfc_is_sure(text);
    case NORMAL_PREPEND: return step->to.len == 0;
    case NORMAL_REPLACE: return !find(text, buffer_content(&step->from));
    }
    return false;
}

struct text normalizer_run(const struct normalizer *normalizer, struct text text,
                           struct buffer scratch[2])
{
    size_t turn = 0;

    for (size_t i = 0; i < normalizer->count && text.len; i++) {
        const struct normal_step *step = &normalizer->steps[i];
        struct buffer *out = &scratch[turn];

        if (changes_nothing(step, text)) continue;
        out->len = 0;
        run_step(step, text, out);
        text = buffer_content(out);
        turn = !turn;
    }
    return text;
}

void normalizer_release(struct normalizer *normalizer)
{
    for (size_t i = 0; i < normalizer->count; i++) {
        buffer_release(&normalizer->steps[i].from);
        buffer_release(&normalizer->steps[i].to);
    }
    *normalizer = (struct normalizer){0};
}
