#include "run/chain.h"

#include "core/lines.h"
#include "records/value.h"
#include "run/metadata.h"

#include <string.h>

#define FILE_LIMIT ((size_t)1 << 20)

static void add_links(struct buffer *chain, const char *at, size_t len)
{
    if (len && chain->len) buffer_text(chain, ", ");
    buffer_add(chain, at, len);
}

/* Of the links that a folder's file leads to, the last: that of the file itself. */
static struct text last_link(const struct buffer *links, struct scan *scan, struct buffer *list)
{
    buffer_byte(list, '[');
    buffer_add(list, links->at, links->len);
    buffer_byte(list, ']');
    if (!scan_json(scan, list->at, list->len) || !scan->count) return (struct text){0};
    return (struct text){scan->members[scan->count - 1].value.at,
                         scan->members[scan->count - 1].value.len};
}

static bool add_own(struct buffer *chain, const char *folder, const char *name, struct err *err)
{
    struct metadata_origin origin;
    struct buffer list = {0};
    struct scan scan = {0};
    const int got = metadata_read(&origin, folder, err);

    if (got < 0) return false;
    if (got == 0) {
        buffer_text(&list, "{\"training_method\": null, \"base_model\": {\"name\": ");
        text_quote(&list, text_of(name));
        buffer_text(&list, "}}");
        add_links(chain, list.at, list.len);
    } else {
        const struct text link = last_link(&origin.folds, &scan, &list);

        add_links(chain, link.at, link.len);
        metadata_release(&origin);
    }
    scan_release(&scan);
    buffer_release(&list);
    return true;
}

static bool add_base(struct buffer *chain, const char *base, struct err *err)
{
    struct metadata_origin origin;
    const int got = base ? metadata_read(&origin, base, err) : 0;

    if (got > 0) {
        add_links(chain, origin.folds.at, origin.folds.len);
        metadata_release(&origin);
    }
    return got >= 0;
}

/* The text with another chain. */
static bool splice(const struct buffer *text, const struct buffer *chain, const char *path,
                   struct buffer *out, struct err *err)
{
    struct scan scan = {0};
    const struct member *folds;
    const bool good = scan_json(&scan, text->at, text->len) && scan.root.kind == KIND_OBJECT;

    if (good && (folds = scan_member(&scan, "folds"))) {
        const size_t before = (size_t)(folds->value.at - text->at);

        buffer_add(out, text->at, before);
        buffer_format(out, "[%.*s]", (int)chain->len, chain->len ? chain->at : "");
        buffer_add(out, folds->value.at + folds->value.len, text->len - before - folds->value.len);
    } else if (good) {
        buffer_text(out, "{\n  \"folds\": [");
        buffer_add(out, chain->at, chain->len);
        buffer_text(out, scan.count ? "]," : "]");
        buffer_add(out, scan.root.at + 1, scan.root.len - 1);
        buffer_byte(out, '\n');
    } else {
        err_set(err, "%s: is not a JSON object", path);
    }
    scan_release(&scan);
    return good;
}

/* The text of a folder's file: 1, 0 or -1; checked to be what other readers expect. */
static int read_text(const char *folder, struct buffer *text, char **path, struct err *err)
{
    struct metadata_origin origin;
    const int got = metadata_read(&origin, folder, err);

    *path = mem_format("%s/%s", folder, METADATA_FILE);
    if (got <= 0) return got;
    metadata_release(&origin);
    return read_whole_file(*path, text, FILE_LIMIT, err) ? 1 : -1;
}

static bool write_last(const char *folder, const struct buffer *chain, bool alone, const char *name,
                       struct buffer *out, struct err *err)
{
    struct buffer text = {0};
    char *path;
    const int got = read_text(folder, &text, &path, err);
    bool good = got >= 0;

    if (got > 0 && alone) {
        buffer_add(out, text.at, text.len);
    } else if (got > 0) {
        good = splice(&text, chain, path, out, err);
    } else if (good && chain->len) {
        buffer_text(out, "{\n  \"training_method\": null,\n  \"base_model\": {\"name\": ");
        text_quote(out, text_of(name));
        buffer_text(out, "},\n  \"folds\": [");
        buffer_add(out, chain->at, chain->len);
        buffer_text(out, "]\n}\n");
    }
    buffer_release(&text);
    mem_free(path);
    return good;
}

bool chain_text(const char *const *adapters, size_t count, const char *base, const char *name,
                struct buffer *out, struct err *err)
{
    struct buffer chain = {0};
    bool good;

    if (count == 0) return !base || write_last(base, &chain, true, name, out, err);
    good = add_base(&chain, base, err);
    for (size_t i = 0; good && i + 1 < count; i++) good = add_own(&chain, adapters[i], name, err);
    good = good && write_last(adapters[count - 1], &chain, count == 1, name, out, err);
    buffer_release(&chain);
    return good;
}
