#include "pull/listing.h"

#include "place/hub.h"
#include "place/object.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_LIMIT = 240, PARTS_LIMIT = 16 };

/* Parts without '.', '..', control characters or a backslash, and not hidden ones: our temporaries
 * are. */
static bool is_name(const char *name)
{
    size_t part = 0, parts = 1;

    for (const char *at = name; *at; at++) {
        const unsigned char c = (unsigned char)*at;

        if (c < ' ' || c == 127 || c == '\\' || (part == 0 && (c == '.' || c == '/'))) return false;
        part = c == '/' ? 0 : part + 1;
        if (c == '/') parts++;
    }
    return part > 0 && parts <= PARTS_LIMIT && strlen(name) <= NAME_LIMIT;
}

bool listed_set_etag(struct listed *file, const char *etag)
{
    size_t len;

    file->etag[0] = '\0';
    if (strncmp(etag, "W/", 2) == 0) etag += 2;
    if (*etag == '"') etag++;
    len = strcspn(etag, "\"");
    if (len == 0 || len >= sizeof file->etag || *etag == '.') return false;
    for (size_t i = 0; i < len; i++)
        if (!(etag[i] >= 'a' && etag[i] <= 'z') && !(etag[i] >= 'A' && etag[i] <= 'Z') &&
            !(etag[i] >= '0' && etag[i] <= '9') && !strchr("._-", etag[i]))
            return false;
    memcpy(file->etag, etag, len);
    file->etag[len] = '\0';
    return true;
}

const char *listed_digest(const struct listed *file)
{
    const size_t len = strlen(file->etag);

    return (len == 64 || (len == 40 && file->size != LISTING_UNKNOWN)) &&
                   strspn(file->etag, "0123456789abcdef") == len
               ? file->etag
               : NULL;
}

/* What is kept as a large file has its digest and size in an object of its own. */
static bool take_content(struct listed *file, const struct object *entry, struct err *err)
{
    const char *etag = NULL;
    struct object large;
    int got = object_inner(entry, "lfs", &large, err);
    const bool is_large = got > 0;

    if (got >= 0) got = object_count(is_large ? &large : entry, "size", &file->size, err);
    if (got >= 0)
        got = object_text(is_large ? &large : entry, is_large ? "sha256" : "blobId", &etag, err);
    if (got == 0 && is_large) got = object_text(&large, "oid", &etag, err);
    if (got < 0) return false;
    return !etag || listed_set_etag(file, etag) ||
           object_fail(entry, "blobId", err, "is not the digest of a file");
}

static bool take_file(struct listing *listing, const struct object *entry, struct err *err)
{
    struct listed file = {.size = LISTING_UNKNOWN};
    const char *name = NULL;

    if (object_text(entry, "rfilename", &name, err) < 0) return false;
    if (!name || !is_name(name)) return true;
    if (!take_content(&file, entry, err)) return false;
    file.name = mem_copy_text(name);
    listing->files = mem_room(listing->files, listing->count, &listing->room, sizeof file);
    listing->files[listing->count++] = file;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

static bool take_all(struct listing *listing, const struct object *root, struct err *err)
{
    const char *commit = NULL;
    size_t count = 0;
    int got = object_text(root, "sha", &commit, err);

    if (got < 0) return false;
    if (got == 0 || !hub_is_commit(commit))
        return object_fail(root, "sha", err, "is not the number of a commit");
    memcpy(listing->commit, commit, sizeof listing->commit);
    got = object_list(root, "siblings", &count, err);
    if (got < 0) return false;
    if (got == 0) return object_fail(root, "siblings", err, "is missing");
    for (size_t i = 0; i < count; i++) {
        struct object entry;

        if (!object_list_inner(root, "siblings", i, &entry))
            return object_fail(root, "siblings", err, "holds something that is not an object");
        if (!take_file(listing, &entry, err)) return false;
    }
    if (listing->count) qsort(listing->files, listing->count, sizeof *listing->files, by_name);
    for (size_t i = 1; i < listing->count; i++)
        if (strcmp(listing->files[i - 1].name, listing->files[i].name) == 0)
            return object_fail(root, "siblings", err, "names a file twice");
    return true;
}

bool listing_parse(struct listing *listing, struct text json, const char *path, struct err *err)
{
    struct object root;
    bool good;

    *listing = (struct listing){0};
    if (!object_parse(&root, json, path, err)) return false;
    good = take_all(listing, &root, err);
    object_release(&root);
    if (!good) listing_release(listing);
    return good;
}

void listing_release(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) mem_free(listing->files[i].name);
    mem_free(listing->files);
    *listing = (struct listing){0};
}

struct listed *listing_find(const struct listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->count; i++)
        if (strcmp(listing->files[i].name, name) == 0) return &listing->files[i];
    return NULL;
}
