#include "unit/tokens.h"

#include "core/lines.h"
#include "unit/golden.h"

#include <stdio.h>
#include <unistd.h>

bool golden_tokenizer(const char *name, struct buffer *json, struct err *err)
{
    char path[128];

    json->len = 0;
    snprintf(path, sizeof path, "tests/golden/tokens/%s.json", name);
    if (access(path, R_OK) == 0) return read_whole_file(path, json, 1 << 26, err);
    snprintf(path, sizeof path, "tokens/%s.json.xz", name);
    return golden_unpack(path, json) || err_set(err, "%s: is xz installed?", path);
}
