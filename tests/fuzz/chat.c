/* What people type and what models answer: by the first byte a command, an answer that may call a
 * tool, a text for a terminal, or a generation_config.json. */
#include "chat/commands.h"
#include "chat/manner.h"
#include "chat/screen.h"
#include "chat/tools.h"
#include "fuzz.h"
#include "unicode/utf8.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void command(struct text text)
{
    struct spoken spoken;
    struct err err;

    if (!command_parse(text, &spoken, &err)) return;
    if (spoken.operand.len && (spoken.operand.at < text.at ||
                               spoken.operand.at + spoken.operand.len > text.at + text.len))
        abort();
}

/* Each line is an answer; all share a calendar. */
static void answers(struct text text)
{
    static const struct tm today = {.tm_year = 126, .tm_mon = 1, .tm_mday = 28};
    struct tools tools;
    struct buffer out = {0};
    struct err err;

    tools_init(&tools, &today);
    if (!tools_choose(&tools, TEXT("calculator,calendar"), &err)) abort();
    while (text.len) {
        const char *end = memchr(text.at, '\f', text.len);
        const size_t len = end ? (size_t)(end - text.at) : text.len;
        const struct text line = {text.at, len};

        tools_run(&tools, line, &out);
        calendar_run(&tools.entries, line, &out, &err);
        text.at += len + (end != NULL);
        text.len -= len + (end != NULL);
    }
    buffer_release(&out);
    tools_release(&tools);
}

/* Nothing that steers is left, and no row is wider than it may be. */
static void screen(struct text text)
{
    const struct text titles[2] = {TEXT("a"), TEXT("b")};
    struct buffer whole = {0}, clean = {0}, out = {0};
    struct text texts[2];

    utf8_repair(&whole, text);
    buffer_byte(&whole, '.');
    screen_clean(&clean, (struct text){whole.at, whole.len});
    for (size_t i = 0; i < clean.len; i++)
        if ((unsigned char)clean.at[i] < 0x20 && clean.at[i] != '\n' && clean.at[i] != '\t')
            abort();
    texts[0] = (struct text){clean.at, clean.len};
    texts[1] = TEXT("");
    screen_columns(&out, titles, texts, 43);
    for (const char *at = out.at, *end = at + out.len; at < end;) {
        const char *line = memchr(at, '\n', (size_t)(end - at));

        if (!line || screen_width((struct text){at, (size_t)(line - at)}) > 43) abort();
        at = line + 1;
    }
    buffer_release(&whole);
    buffer_release(&clean);
    buffer_release(&out);
}

static void manner(struct text text)
{
    struct manner manner;
    struct err err;

    manner_init(&manner, 0);
    if (manner_read(&manner, text, "g", &err) && !manner_check(&manner, "", &err)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const parts[])(struct text) = {command, answers, screen, manner};
    struct text text;
    char *copy;

    if (size == 0) return 0;
    setlocale(LC_CTYPE, "C.UTF-8");
    copy = mem_alloc(size);
    memcpy(copy, data + 1, size - 1);
    text = (struct text){copy, size - 1};
    parts[data[0] % 4](text);
    mem_free(copy);
    return 0;
}
