#include "run/metadata.h"

#include "core/lines.h"
#include "records/value.h"

#include <string.h>
#include <unistd.h>

#define RESUME "resume.json"
#define RESUME_LIMIT ((size_t)4 << 20)

/* A member of an object, taken apart in its turn; false where it is no object. */
static bool enter(const struct scan *scan, const char *key, struct scan *inner)
{
    const struct member *member = scan_member(scan, key);

    return member && member->value.kind == KIND_OBJECT &&
           scan_json(inner, member->value.at, member->value.len);
}

static bool take_hash(char **hash, const char *path, struct text text, struct err *err)
{
    struct scan scan = {0}, inputs = {0};
    struct buffer meaning = {0};
    const struct member *model = NULL;

    if (scan_json(&scan, text.at, text.len) && scan.root.kind == KIND_OBJECT &&
        enter(&scan, "inputs", &inputs))
        model = scan_member(&inputs, "model");
    if (model && model->value.kind == KIND_STRING) {
        value_unescape(&model->value, &meaning);
        buffer_byte(&meaning, '\0');
        *hash = meaning.at;
    }
    scan_release(&inputs);
    scan_release(&scan);
    return *hash || err_set(err, "%s: 'inputs.model' is not a string", path);
}

static bool read_resume(char **hash, const char *folder, struct err *err)
{
    char *path = mem_format("%s/" RESUME, folder);
    struct buffer text = {0};
    bool good = true;

    if (access(path, F_OK) == 0)
        good = read_whole_file(path, &text, RESUME_LIMIT, err) &&
               take_hash(hash, path, (struct text){text.at, text.len}, err);
    buffer_release(&text);
    mem_free(path);
    return good;
}

static bool read_hash(char **hash, const char *folder, struct err *err)
{
    struct metadata_origin origin;
    const int got = metadata_read(&origin, folder, err);

    *hash = NULL;
    if (got < 0) return false;
    if (got == 0) return read_resume(hash, folder, err);
    *hash = origin.base_hash;
    origin.base_hash = NULL;
    metadata_release(&origin);
    return true;
}

int metadata_suits(const char *folder, const char *identity, struct err *err)
{
    char *hash;
    bool same;

    if (!read_hash(&hash, folder, err)) return -1;
    same = !hash || strcmp(hash, identity) == 0;
    mem_free(hash);
    return same;
}
