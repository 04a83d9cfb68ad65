#include "unit/tokens.h"

#include "core/lines.h"

#include <stdio.h>
#include <unistd.h>

static bool unpack(const char *path, struct buffer *json, struct err *err)
{
    char command[256];
    FILE *pipe;
    size_t got;

    snprintf(command, sizeof command, "xz -dc '%s'", path);
    pipe = popen(command, "r"); // NOLINT: the path is the test's own
    if (!pipe) return err_errno(err, "%s", command);
    do {
        buffer_reserve(json, 1 << 20);
        got = fread(json->at + json->len, 1, json->room - json->len, pipe);
        json->len += got;
    } while (got > 0);
    return pclose(pipe) == 0 || err_set(err, "%s failed: is xz installed?", command);
}

bool golden_tokenizer(const char *name, struct buffer *json, struct err *err)
{
    char path[128];

    json->len = 0;
    snprintf(path, sizeof path, "tests/golden/tokens/%s.json", name);
    if (access(path, R_OK) == 0) return read_whole_file(path, json, 1 << 26, err);
    snprintf(path, sizeof path, "tests/golden/tokens/%s.json.xz", name);
    return unpack(path, json, err);
}
