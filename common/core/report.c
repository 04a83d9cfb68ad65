#include "core/report.h"

#include "core/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program = "dpo";
static bool quiet, json;
static struct buffer summary;
static bool first = true;  /* nothing stands in this list yet */
static bool titled;        /* with --json an object is open behind the title */
static size_t group_begin; /* where the open group begins in the summary, plus 1; 0: none is */

void report_start(const char *name)
{
    program = name;
}

void report_style(bool be_quiet, bool as_json)
{
    quiet = be_quiet;
    json = as_json;
}

/* The length of the UTF-8 character at p, a C string; 0 when there is none. */
static size_t character(const unsigned char *p)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = *p < 0x80 ? 1 : *p < 0xc0 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf8 ? 4 : 0;
    unsigned code = *p & (0x7fU >> len);

    if (len < 2) return len;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    return code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : len;
}

/* The form of a byte or of a character of C1 that may not be shown as it is. */
static int escape(char *out, size_t room, unsigned code, bool broken, bool as_json)
{
    if (broken && as_json) return snprintf(out, room, "\xef\xbf\xbd"); /* U+FFFD */
    return snprintf(out, room, as_json ? "\\u00%02x" : "\\x%02X", code);
}

/* Control bytes of C0, DEL and (as UTF-8) C1 may not reach a terminal, and JSON holds UTF-8 only:
 * a format may have cut a character, and a path may be anything. */
static size_t visible(char *out, size_t room, const char *text, bool as_json)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t used = 0;

    for (size_t len; *p && used + 8 < room; p += len ? len : 1) {
        bool c1;

        len = character(p);
        c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;
        if (as_json && (*p == '"' || *p == '\\'))
            used += (size_t)snprintf(out + used, room - used, "\\%c", *p);
        else if (!len || c1 || *p < 0x20 || *p == 0x7f)
            used += (size_t)escape(out + used, room - used, p[c1], !len, as_json);
        else
            for (size_t i = 0; i < len; i++) out[used++] = (char)p[i];
    }
    out[used] = '\0';
    return used;
}

/* No allocation: this also runs when memory has run out. Returns the length. */
static size_t compose(char *line, size_t room, const char *kind, const char *format, va_list args)
{
    char text[1024], clean[2048];
    int len;

    vsnprintf(text, sizeof text, format, args);
    visible(clean, sizeof clean, text, json);
    if (json)
        len = snprintf(line, room, "{\"tool\":\"%s\",\"%s\":\"%s\"}\n", program, kind, clean);
    else if (strcmp(kind, "warning") == 0)
        len = snprintf(line, room, "%s: warning: %s\n", program, clean);
    else
        len = snprintf(line, room, "%s: %s\n", program, clean);
    return len > 0 ? (size_t)len : 0;
}

#define WIPE "\r\033[K"

static bool progress_shown;

bool report_shows_progress(void)
{
    return !quiet && !json && isatty(STDERR_FILENO);
}

void report_progress(const char *text)
{
    struct buffer line = {0};

    if (!report_shows_progress() || (!text && !progress_shown)) return;
    buffer_format(&line, WIPE "%s", text ? text : "");
    progress_shown = text != NULL;
    if (write(STDERR_FILENO, line.at, line.len) < 0) progress_shown = false;
    buffer_release(&line);
}

/* One write, so that lines of several tools on one terminal do not mix. */
static void say(const char *kind, const char *format, va_list args)
{
    char line[REPORT_LINE];
    size_t len = compose(line, sizeof line, kind, format, args);

    if (progress_shown) report_progress(NULL);
    if (len && write(STDERR_FILENO, line, len) < 0) return;
}

size_t report_last_words(char line[REPORT_LINE], const char *format, ...)
{
    va_list args;
    size_t len;

    va_start(args, format);
    len = compose(line, REPORT_LINE, "error", format, args);
    va_end(args);
    return len;
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

void report_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("error", format, args);
    va_end(args);
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

bool report_is_json(void)
{
    return json;
}

void report_table(const char *format, ...)
{
    char text[1024], line[REPORT_LINE];
    va_list args;
    size_t len;

    if (quiet || json) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    len = visible(line, sizeof line - 1, text, false);
    line[len++] = '\n';
    if (progress_shown) report_progress(NULL);
    if (write(STDERR_FILENO, line, len) < 0) return;
}

/* The text form separates by ', '. A JSON line has the tool's name before all else. */
static void summary_name(const char *name)
{
    char clean[256];

    visible(clean, sizeof clean, name, json);
    if (json)
        buffer_format(&summary, "%s\"%s\":", first && (titled || group_begin) ? "" : ",", clean);
    else
        buffer_format(&summary, "%s%s ", first ? "" : ", ", clean);
    first = false;
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

void report_figure(const char *name, double value, int digits)
{
    if (!isfinite(value)) return;
    summary_name(name);
    buffer_format(&summary, "%.*g", digits, value);
}

void report_title(const char *name, const char *words)
{
    char clean[512];

    visible(clean, sizeof clean, words, json);
    if (json)
        buffer_format(&summary, ",\"%s\":\"%s\",\"counts\":{", name, clean);
    else
        buffer_format(&summary, "%s: ", clean);
    titled = true;
}

void report_group(const char *name)
{
    group_begin = summary.len + 1;
    if (json)
        buffer_format(&summary, ",\"%s\":{", name);
    else
        buffer_text(&summary, " (");
    first = true;
}

void report_group_end(void)
{
    if (first)
        summary.len = group_begin - 1;
    else
        buffer_byte(&summary, json ? '}' : ')');
    group_begin = 0;
    first = false;
}

void report_line(void)
{
    struct buffer line = {0};

    if (progress_shown) report_progress(NULL);
    buffer_format(&line, json ? "{\"tool\":\"%s\"" : "%s: ", program);
    buffer_add(&line, summary.at, summary.len);
    if (json) buffer_text(&line, titled ? "}}" : "}");
    buffer_byte(&line, '\n');
    first = true;
    titled = false;
    if (!quiet && write(STDERR_FILENO, line.at, line.len) < 0) summary.len = 0;
    summary.len = 0;
    buffer_release(&line);
}
