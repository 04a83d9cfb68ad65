#include "unit/golden.h"

#include "core/lines.h"
#include "records/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path_of(const char *name)
{
    static char path[4096];
    const char *root = getenv("SRC");

    snprintf(path, sizeof path, "%s/tests/golden/%s", root ? root : ".", name);
    return path;
}

bool golden_read(const char *name, struct buffer *text)
{
    struct err err;

    text->len = 0;
    if (read_whole_file(path_of(name), text, (size_t)16 << 20, &err)) return true;
    printf("# %s\n", err.text);
    return false;
}

bool golden_unpack(const char *name, struct buffer *text)
{
    char command[4200];
    FILE *pipe;
    size_t got;

    text->len = 0;
    snprintf(command, sizeof command, "xz -dc '%s'", path_of(name));
    pipe = popen(command, "r"); // NOLINT: the path is the test's own
    if (!pipe) return false;
    do {
        buffer_reserve(text, 1 << 20);
        got = fread(text->at + text->len, 1, text->room - text->len, pipe);
        text->len += got;
    } while (got > 0);
    return pclose(pipe) == 0;
}

bool golden_line(const char **at, const char *end, struct scan *scan)
{
    const char *line = *at, *stop;

    if (line == end) return false;
    stop = memchr(line, '\n', (size_t)(end - line));
    *at = stop ? stop + 1 : end;
    if (scan_json(scan, line, (size_t)(*at - line))) return true;
    printf("# %s at byte %zu of: %.60s\n", scan->problem, scan->column, line);
    return false;
}

struct text golden_span(const struct scan *scan, const char *name)
{
    const struct member *member = scan_member(scan, name);

    return member ? (struct text){member->value.at, member->value.len} : (struct text){NULL, 0};
}

struct text golden_string(const struct scan *scan, const char *name, struct buffer *decoded)
{
    const struct member *member = scan_member(scan, name);

    if (!member || member->value.kind != KIND_STRING) return (struct text){NULL, 0};
    decoded->len = 0;
    value_unescape(&member->value, decoded);
    buffer_byte(decoded, '\0');
    return (struct text){decoded->at, decoded->len - 1};
}
