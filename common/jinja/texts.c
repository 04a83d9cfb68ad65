#include "jinja/texts.h"

#include "jinja/codes.h"
#include "records/value.h"

#include <string.h>

bool items_add(struct items *items, struct datum datum)
{
    if (items->count == items->room) {
        size_t room = items->room ? 2 * items->room : 8;
        struct datum *more = work_take(items->work, room * sizeof *more);

        if (!more) return false;
        if (items->count > 0) memcpy(more, items->at, items->count * sizeof *more);
        items->at = more;
        items->room = room;
    }
    items->at[items->count++] = datum;
    return work_spend(items->work, 0);
}

bool items_add_text(struct items *items, const char *at, const char *end)
{
    return items_add(items, datum_text((struct text){at, (size_t)(end - at)}));
}

bool items_end(struct items *items, enum datum_kind kind, struct datum *out)
{
    return datum_list(items->work, kind, items->at, items->count, out);
}

static bool breaks_line(uint32_t code)
{
    return (code >= '\n' && code <= '\r') || (code >= 0x1c && code <= 0x1e) || code == 0x85 ||
           code == 0x2028 || code == 0x2029;
}

bool text_lines(struct work *work, struct text text, struct list *lines)
{
    struct items items = {.work = work};
    const char *at = text.at, *end = text.at + text.len, *begin = at;

    while (at < end) {
        const char *here = at;
        uint32_t code = utf8_next(&at);

        if (!breaks_line(code)) continue;
        if (!items_add_text(&items, begin, here)) return false;
        if (code == '\r' && at < end && *at == '\n') at++;
        begin = at;
    }
    if (!items_add_text(&items, begin, end) || !work_spend(work, text.len)) return false;
    *lines = (struct list){items.at, items.count, 0};
    return true;
}

const char *text_find(struct text text, struct text word, bool last)
{
    if (word.len > text.len) return NULL;
    if (word.len == 0) return last ? text.at + text.len : text.at;
    if (!last) return memmem(text.at, text.len, word.at, word.len);
    for (const char *at = text.at + (text.len - word.len); at >= text.at; at--)
        if (memcmp(at, word.at, word.len) == 0) return at;
    return NULL;
}

/* An empty old stands before every letter and at the end. */
static bool replace_nothing(struct work *work, struct text text, struct text new, int64_t count,
                            struct datum *out)
{
    const char *at = text.at, *end = text.at + text.len;
    size_t mark = work->out->len;

    while (count != 0) {
        const char *next = at;

        count--;
        if (!work_add(work, new.at, new.len)) return false;
        if (at == end) break;
        utf8_next(&next);
        if (!work_add(work, at, (size_t)(next - at))) return false;
        at = next;
    }
    return work_add(work, at, (size_t)(end - at)) && datum_pop(work, mark, out);
}

bool texts_replace(struct work *work, struct text text, struct text old, struct text new,
                   int64_t count, struct datum *out)
{
    size_t mark = work->out->len;

    if (old.len == 0) return replace_nothing(work, text, new, count, out);
    for (const char *found; count != 0 && (found = text_find(text, old, false)); count--) {
        size_t before = (size_t)(found - text.at);

        if (!work_add(work, text.at, before) || !work_add(work, new.at, new.len)) return false;
        text.at += before + old.len;
        text.len -= before + old.len;
    }
    return work_add(work, text.at, text.len) && datum_pop(work, mark, out);
}

bool work_add_escaped(struct work *work, struct text text)
{
    static const struct {
        char byte;
        const char *text;
    } rows[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'\'', "&#39;"}, {'"', "&#34;"}};

    for (size_t i = 0; i < text.len; i++) {
        size_t row = 0;

        while (row < 5 && rows[row].byte != text.at[i]) row++;
        if (row < 5 ? !work_add_text(work, rows[row].text) : !work_add(work, text.at + i, 1))
            return false;
    }
    return true;
}
