#include "records/seal.h"

#include "core/lines.h"

#include <stdio.h>
#include <string.h>

bool seal_write(struct outfile *out, uint64_t records, struct err *err)
{
    char line[64];
    int len = snprintf(line, sizeof line, "{\"_end\":%llu}\n", (unsigned long long)records);

    return outfile_write(out, line, (size_t)len, err);
}

bool seal_read(struct text line, uint64_t *records)
{
    *records = 0;
    if (line.len < 10 || line.len > 28 || memcmp(line.at, "{\"_end\":", 8) != 0) return false;
    for (size_t i = 8; i + 1 < line.len; i++) {
        if (line.at[i] < '0' || line.at[i] > '9') return false;
        *records = *records * 10 + (uint64_t)(line.at[i] - '0');
    }
    return line.at[line.len - 1] == '}';
}

static bool is_open(const struct seal *seal, const char *path, uint64_t line, struct err *err)
{
    return !seal->sealed || err_set(err, "%s:%llu: a record behind the seal", path_shown(path),
                                    (unsigned long long)line);
}

bool seal_met(struct seal *seal, uint64_t records, const char *path, uint64_t line, struct err *err)
{
    if (!is_open(seal, path, line, err)) return false;
    seal->sealed = true;
    seal->said = records;
    return true;
}

bool seal_count(struct seal *seal, const char *path, uint64_t line, struct err *err)
{
    seal->records++;
    return is_open(seal, path, line, err);
}

bool seal_end(struct seal *seal, const char *path, bool needed, struct err *err)
{
    struct seal ended = *seal;

    *seal = (struct seal){0};
    if (!ended.sealed)
        return !needed || err_set(err,
                                  "%s: ends without a seal after %llu records: its writer died or "
                                  "does not use --seal",
                                  path_shown(path), (unsigned long long)ended.records);
    return ended.said == ended.records ||
           err_set(err, "%s: the seal says %llu records, but %llu came", path_shown(path),
                   (unsigned long long)ended.said, (unsigned long long)ended.records);
}
