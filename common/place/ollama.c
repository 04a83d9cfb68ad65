#include "place/ollama.h"

#include "core/mapped.h"
#include "place/object.h"
#include "place/ollama_name.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { LAYERS = 10000 };

/* Reads 'sha256:HEX', and 'sha256-HEX' as it stood in older files. */
static bool read_digest(const char *text, char digest[OLLAMA_DIGEST + 1])
{
    static const char kind[] = "sha256";
    const size_t before = sizeof kind - 1;

    if (strncmp(text, kind, before) != 0 || (text[before] != ':' && text[before] != '-'))
        return false;
    text += before + 1;
    if (strlen(text) != OLLAMA_DIGEST || strspn(text, "0123456789abcdef") != OLLAMA_DIGEST)
        return false;
    memcpy(digest, text, OLLAMA_DIGEST + 1);
    return true;
}

/* What a layer is: the end of its type, or NULL for one that is none of Ollama's. */
static const char *layer_kind(const char *type)
{
    static const char before[] = "application/vnd.ollama.image.";

    return strncmp(type, before, sizeof before - 1) == 0 ? type + sizeof before - 1 : NULL;
}

static bool take_layer(const struct object *layer, const char *path, size_t *found,
                       char digest[OLLAMA_DIGEST + 1], uint64_t *size, struct err *err)
{
    const char *type = "", *text = "", *kind;

    if (object_text(layer, "mediaType", &type, err) < 0) return false;
    kind = layer_kind(type);
    if (!kind) return true;
    if (strcmp(kind, "adapter") == 0)
        return err_set(err, "%s: the model has an adapter beside it, which would be left out",
                       path);
    if (strcmp(kind, "tensor") == 0)
        return err_set(err, "%s: the model is stored as tensors, not as GGUF", path);
    if (strcmp(kind, "model") != 0) return true;
    if (++*found > 1) return err_set(err, "%s: the model is in several files", path);
    if (object_text(layer, "digest", &text, err) < 0 || object_count(layer, "size", size, err) < 0)
        return false;
    return read_digest(text, digest) || object_fail(layer, "digest", err, "is not sha256:HEX");
}

static bool take_layers(const struct object *manifest, const char *path,
                        char digest[OLLAMA_DIGEST + 1], uint64_t *size, struct err *err)
{
    static const char key[] = "layers";
    size_t count, found = 0;
    const int got = object_list(manifest, key, &count, err);

    if (got <= 0) return got == 0 && object_fail(manifest, key, err, "is missing");
    if (count > LAYERS) return object_fail(manifest, key, err, "are more than %d", LAYERS);
    for (size_t i = 0; i < count; i++) {
        struct object layer;

        if (!object_list_inner(manifest, key, i, &layer))
            return object_fail(manifest, key, err, "holds what is no object");
        if (!take_layer(&layer, path, &found, digest, size, err)) return false;
    }
    return found || err_set(err, "%s: there is no model in it", path);
}

bool ollama_manifest(struct text json, const char *path, char digest[OLLAMA_DIGEST + 1],
                     uint64_t *size, struct err *err)
{
    struct object manifest;
    bool good;

    *size = UINT64_MAX;
    if (!object_parse(&manifest, json, path, err)) return false;
    good = take_layers(&manifest, path, digest, size, err);
    object_release(&manifest);
    return good;
}

static bool is_folder(const char *path)
{
    struct stat found;

    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static void find_store(struct buffer *path)
{
    const char *given = getenv("OLLAMA_MODELS"), *home = getenv("HOME");

    if (given && *given) {
        buffer_text(path, given);
    } else {
        buffer_format(path, "%s/.ollama/models", home ? home : "");
        buffer_byte(path, '\0');
        if (!home || !is_folder(path->at)) {
            path->len = 0;
            buffer_text(path, "/usr/share/ollama/.ollama/models");
        } else {
            path->len--;
        }
    }
    buffer_byte(path, '\0');
    path->len--;
}

/* Goes into a folder by a name in any case; in its very case, where that is there, too. */
static bool enter(struct buffer *path, const char *name)
{
    DIR *list = opendir(path->at);
    char found[256] = "";

    for (struct dirent *entry; list && strcmp(found, name) != 0 && (entry = readdir(list));)
        if (strcasecmp(entry->d_name, name) == 0 && strlen(name) < sizeof found)
            memcpy(found, entry->d_name, strlen(name) + 1);
    if (list) closedir(list);
    if (!*found) return false;
    buffer_format(path, "/%s", found);
    buffer_byte(path, '\0');
    path->len--;
    return true;
}

/* The blob must be there to its end. */
static bool find_blob(struct buffer *path, size_t store, const char *name, const char *digest,
                      uint64_t size, struct err *err)
{
    struct stat found;

    path->len = store;
    buffer_format(path, "/blobs/sha256-%s", digest);
    buffer_byte(path, '\0');
    if (stat(path->at, &found) != 0) return err_errno(err, "ollama:%s: %s", name, path->at);
    if (!S_ISREG(found.st_mode))
        return err_set(err, "ollama:%s: %s is not a regular file", name, path->at);
    if (size != UINT64_MAX && (uint64_t)found.st_size != size)
        return err_set(
            err, "ollama:%s: %s has %" PRIu64 " bytes, not %" PRIu64 ": was it fetched to the end?",
            name, path->at, (uint64_t)found.st_size, size);
    return true;
}

static bool read_manifest(const char *path, char digest[OLLAMA_DIGEST + 1], uint64_t *size,
                          struct err *err)
{
    struct mapped file;
    struct text json;
    bool good;

    if (!mapped_open(&file, path, err)) return false;
    json = (struct text){(const char *)file.at, file.len};
    good = ollama_manifest(json, path, digest, size, err);
    mapped_close(&file);
    return good;
}

static bool find(struct buffer *path, const char *name, struct err *err)
{
    struct ollama_name parts;
    char digest[OLLAMA_DIGEST + 1];
    uint64_t size;
    size_t store;

    if (!ollama_name_parse(&parts, name, err)) return false;
    find_store(path);
    store = path->len;
    buffer_text(path, "/manifests");
    buffer_byte(path, '\0');
    path->len--;
    if (!enter(path, parts.host) || !enter(path, parts.space) || !enter(path, parts.model) ||
        !enter(path, parts.tag)) {
        path->at[store] = '\0';
        return err_set(err,
                       "ollama:%s: '%s:%s' is not in the store %s: fetch it with "
                       "'ollama pull %s'",
                       name, parts.model, parts.tag, path->at, name);
    }
    return read_manifest(path->at, digest, &size, err) &&
           find_blob(path, store, name, digest, size, err);
}

bool ollama_find(const char *name, char **path, struct err *err)
{
    struct buffer found = {0};

    if (!find(&found, name, err)) {
        buffer_release(&found);
        return false;
    }
    *path = found.at;
    return true;
}
