#include "quiz/wording.h"

#include "records/value.h"

#include <string.h>
#include <strings.h>

static bool is_arabic(struct text text)
{
    const char *at = text.at, *end = text.at + text.len;
    size_t arabic = 0, latin = 0;

    while (at < end) {
        const uint32_t code = utf8_next(&at);

        arabic += (code >= 0x620 && code <= 0x6ff) || (code >= 0x750 && code <= 0x77f);
        latin += (code < 0x80 && (code | 0x20) >= 'a' && (code | 0x20) <= 'z') ||
                 (code >= 0xc0 && code < 0x250);
    }
    return arabic > latin;
}

static bool asks_already(struct text text)
{
    static const struct text words = TEXT("true or false");
    const size_t mark = text.len && memchr("?.:", text.at[text.len - 1], 3) ? 1 : 0;

    if (text.len < words.len + mark) return false;
    return strncasecmp(text.at, words.at, words.len) == 0 ||
           strncasecmp(text.at + text.len - mark - words.len, words.at, words.len) == 0;
}

static void write_options(struct buffer *out, const struct choices *choices)
{
    for (size_t i = 0; i < choices->count; i++) {
        buffer_format(out, "\n%c) ", (int)('A' + i));
        buffer_add(out, choices->items[i].at, choices->items[i].len);
    }
}

void wording_write(struct buffer *out, enum question_type type, struct text question,
                   const struct choices *choices)
{
    const bool arabic = is_arabic(question);

    buffer_text(out, arabic ? "السؤال: " : "### Question:\n");
    buffer_add(out, question.at, question.len);
    if (type == QUESTION_CHOICE) write_options(out, choices);
    if (type == QUESTION_TRUE_FALSE && !asks_already(question))
        buffer_text(out, arabic ? "\nصح أم خطأ؟" : "\nTrue or false?");
    buffer_text(out, arabic ? "\nالجواب: " : "\n\n### Answer:\n");
}
