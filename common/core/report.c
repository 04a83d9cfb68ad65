#include "core/report.h"

#include "core/memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program = "dpo";
static bool quiet, json;
static struct buffer summary;
static bool in_group, group_empty;

void report_start(const char *name)
{
    program = name;
}

void report_style(bool be_quiet, bool as_json)
{
    quiet = be_quiet;
    json = as_json;
}

/* Control bytes of C0, DEL and (as UTF-8) C1 may not reach a terminal. */
static size_t visible(char *out, size_t room, const char *text, bool as_json)
{
    size_t used = 0;

    for (const unsigned char *p = (const unsigned char *)text; *p && used + 8 < room; p++) {
        bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
        unsigned code = c1 ? *++p : *p;

        if (as_json && (code == '"' || code == '\\') && !c1)
            used += (size_t)snprintf(out + used, room - used, "\\%c", (int)code);
        else if (c1 || code < 0x20 || code == 0x7f)
            used +=
                (size_t)snprintf(out + used, room - used, as_json ? "\\u00%02x" : "\\x%02X", code);
        else
            out[used++] = (char)code;
    }
    out[used] = '\0';
    return used;
}

/* One write, so that lines of several tools on one terminal do not mix. No allocation: this also
 * runs when memory has run out. */
static void say(const char *kind, const char *format, va_list args)
{
    char text[1024], clean[2048], line[2304];
    int len;

    vsnprintf(text, sizeof text, format, args);
    visible(clean, sizeof clean, text, json);
    if (json)
        len =
            snprintf(line, sizeof line, "{\"tool\":\"%s\",\"%s\":\"%s\"}\n", program, kind, clean);
    else if (strcmp(kind, "warning") == 0)
        len = snprintf(line, sizeof line, "%s: warning: %s\n", program, clean);
    else
        len = snprintf(line, sizeof line, "%s: %s\n", program, clean);
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0) return;
}

/* Several threads may find the memory gone at once: the first says so, the others wait for the
 * end. */
static void die_once(void)
{
    static atomic_flag dying = ATOMIC_FLAG_INIT;

    while (atomic_flag_test_and_set(&dying)) pause();
}

void die(const char *format, ...)
{
    va_list args;

    die_once();
    va_start(args, format);
    say("error", format, args);
    va_end(args);
    exit(EXIT_FAILED);
}

void die_of(const struct err *err)
{
    die("%s", err->text);
}

void die_usage(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("error", format, args);
    va_end(args);
    exit(EXIT_USAGE);
}

void report_warning(const char *format, ...)
{
    va_list args;

    if (quiet) return;
    va_start(args, format);
    say("warning", format, args);
    va_end(args);
}

void report_note(const char *format, ...)
{
    va_list args;

    if (quiet) return;
    va_start(args, format);
    say("note", format, args);
    va_end(args);
}

/* Nothing stands before this item but a title or the bracket of a group. */
static bool starts_list(void)
{
    return !summary.len || (in_group && group_empty) ||
           (summary.len > 1 && memcmp(summary.at + summary.len - 2, ": ", 2) == 0);
}

/* The text form separates by ', ' and opens a group with ' (' after the item it explains. */
static void summary_name(const char *name)
{
    char clean[256];

    visible(clean, sizeof clean, name, json);
    if (json)
        buffer_format(&summary, "%s\"%s\":", in_group && group_empty ? "" : ",", clean);
    else
        buffer_format(&summary, "%s%s ", starts_list() ? "" : ", ", clean);
    group_empty = false;
}

void report_count(const char *name, uint64_t count)
{
    summary_name(name);
    buffer_format(&summary, "%llu", (unsigned long long)count);
}

void report_number(const char *name, double value, int decimals)
{
    summary_name(name);
    buffer_format(&summary, "%.*f", decimals, value);
}

void report_title(const char *name, const char *words)
{
    char clean[512];

    visible(clean, sizeof clean, words, json);
    if (json)
        buffer_format(&summary, ",\"%s\":\"%s\"", name, clean);
    else
        buffer_format(&summary, "%s: ", clean);
}

void report_group(const char *name)
{
    if (json)
        buffer_format(&summary, ",\"%s\":{", name);
    else
        buffer_text(&summary, " (");
    in_group = group_empty = true;
}

void report_group_end(void)
{
    bool nothing = !json && group_empty;

    if (nothing)
        summary.len -= 2; /* take ' (' back */
    else
        buffer_byte(&summary, json ? '}' : ')');
    in_group = group_empty = false;
}

void report_line(void)
{
    struct buffer line = {0};

    if (quiet) {
        summary.len = 0;
        return;
    }
    buffer_format(&line, json ? "{\"tool\":\"%s\"" : "%s: ", program);
    buffer_add(&line, summary.at, summary.len);
    buffer_text(&line, json ? "}\n" : "\n");
    if (write(STDERR_FILENO, line.at, line.len) < 0) summary.len = 0;
    summary.len = 0;
    buffer_release(&line);
}
