#include "place/hub.h"

#include "core/mapped.h"
#include "core/memory.h"
#include "safetensors/root.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { COMMIT = 40, PART = 96 };

char *hub_cache(void)
{
    static const struct {
        const char *variable, *below;
    } places[] = {
        {"HF_HUB_CACHE", ""},
        {"HUGGINGFACE_HUB_CACHE", ""},
        {"HF_HOME", "/hub"},
        {"XDG_CACHE_HOME", "/huggingface/hub"},
        {"HOME", "/.cache/huggingface/hub"},
    };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        struct buffer path = {0};

        if (!value || !*value) continue;
        buffer_format(&path, "%s%s", value, places[i].below);
        buffer_byte(&path, '\0');
        return path.at;
    }
    return NULL;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/* A part of a name can be one of a path: '--' would stand for '/' there. */
static bool is_part(struct text part)
{
    if (part.len == 0 || part.len > PART) return false;
    for (size_t i = 0; i < part.len; i++) {
        if (!is_word(part.at[i])) return false;
        if (i && part.at[i] == part.at[i - 1] && (part.at[i] == '-' || part.at[i] == '.'))
            return false;
    }
    return !strchr("-.", part.at[0]) && !strchr("-.", part.at[part.len - 1]);
}

/* As git allows it, within what is safe in a path. */
bool hub_is_revision(const char *revision)
{
    const size_t len = strlen(revision);

    if (!len || len > 200 || *revision == '/' || revision[len - 1] == '/') return false;
    if (strstr(revision, "..") || strstr(revision, "//") || strstr(revision, "/.")) return false;
    for (const char *at = revision; *at; at++)
        if (!is_word(*at) && *at != '/' && *at != '+') return false;
    return *revision != '.';
}

static bool is_commit(const char *text, size_t len)
{
    size_t digits = 0;

    while (digits < len && ((text[digits] >= '0' && text[digits] <= '9') ||
                            (text[digits] >= 'a' && text[digits] <= 'f')))
        digits++;
    return len == COMMIT && digits == COMMIT;
}

bool hub_is_commit(const char *text)
{
    return is_commit(text, strlen(text));
}

/* The repository's folder below the cache; false when the name cannot be one of the hub. */
static bool add_repository(struct buffer *path, struct text name)
{
    const char *slash = memchr(name.at, '/', name.len);
    const size_t before = slash ? (size_t)(slash - name.at) : 0;
    const struct text last = slash ? (struct text){slash + 1, name.len - before - 1} : name;

    if (!is_part(last) || (slash && !is_part((struct text){name.at, before}))) return false;
    buffer_text(path, "/models--");
    if (slash) {
        buffer_add(path, name.at, before);
        buffer_text(path, "--");
    }
    buffer_add(path, last.at, last.len);
    buffer_byte(path, '\0');
    path->len--;
    return true;
}

static bool is_folder(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* What refs/REVISION says: 1, 0 when there is no such revision, -1. */
static int read_ref(const char *repository, const char *revision, char commit[COMMIT + 1],
                    struct err *err)
{
    struct buffer name = {0};
    struct mapped file = {0};
    struct root root;
    int fd, got;

    if (!root_open(&root, repository, err)) return -1;
    buffer_format(&name, "refs/%s", revision);
    buffer_byte(&name, '\0');
    got = root_file(&root, name.at, &fd, err);
    if (got > 0 && !mapped_take(&file, fd, repository, err)) got = -1;
    if (got > 0) {
        while (file.len && strchr("\n\r ", file.at[file.len - 1])) file.len--;
        if (is_commit((const char *)file.at, file.len)) {
            memcpy(commit, file.at, COMMIT);
            commit[COMMIT] = '\0';
        } else {
            got = -1;
            err_set(err, "%s/refs/%s: not the number of a commit", repository, revision);
        }
    }
    mapped_close(&file);
    buffer_release(&name);
    root_close(&root);
    return got;
}

/* The revision of a repository that is in the cache. */
static bool find_snapshot(struct buffer *path, const char *name, const char *revision,
                          struct err *err)
{
    char commit[COMMIT + 1];
    int got = 1;

    if (hub_is_commit(revision))
        memcpy(commit, revision, COMMIT + 1);
    else
        got = read_ref(path->at, revision, commit, err);
    if (got < 0) return false;
    if (got == 0)
        return err_set(err, "%s: no revision '%s' in %s: fetch it with 'dpo-pull %s'", name,
                       revision, path->at, name);
    buffer_format(path, "/snapshots/%s", commit);
    buffer_byte(path, '\0');
    return is_folder(path->at) ||
           err_set(err, "%s: %s is not there: fetch it with 'dpo-pull %s'", name, path->at, name);
}

static bool find(struct buffer *path, const char *name, struct err *err)
{
    const char *at = strchr(name, '@'), *revision = at ? at + 1 : "main";
    char *cache = hub_cache();

    buffer_text(path, cache ? cache : "");
    mem_free(cache);
    if (!add_repository(path, (struct text){name, at ? (size_t)(at - name) : strlen(name)}))
        return err_set(err, "%s: there is no such folder or file", name);
    if (!hub_is_revision(revision))
        return err_set(err, "%s: '%s' is not the name of a revision", name, revision);
    if (!cache)
        return err_set(err,
                       "%s: there is no such folder or file, and neither HF_HOME nor HOME "
                       "says where the hub's cache is",
                       name);
    if (is_folder(path->at)) return find_snapshot(path, name, revision, err);
    return err_set(err,
                   "%s: neither a folder or file here nor %s in the hub's cache: fetch it with "
                   "'dpo-pull %s'",
                   name, path->at, name);
}

bool hub_is_name(const char *text)
{
    struct buffer path = {0};
    const bool good = add_repository(&path, text_of(text));

    buffer_release(&path);
    return good;
}

bool hub_repository(const char *name, char **path, struct err *err)
{
    struct buffer found = {0};
    char *cache = hub_cache();
    bool good;

    buffer_text(&found, cache ? cache : "");
    good = add_repository(&found, text_of(name));
    if (!good) err_set(err, "'%s' is not the name of a model: [ORGANISATION/]NAME", name);
    if (good && !cache)
        good = err_set(err, "neither HF_HOME nor HOME says where the hub's cache is");
    mem_free(cache);
    if (good)
        *path = found.at;
    else
        buffer_release(&found);
    return good;
}

bool hub_find(const char *name, char **path, struct err *err)
{
    struct buffer found = {0};

    if (!find(&found, name, err)) {
        buffer_release(&found);
        return false;
    }
    *path = found.at;
    return true;
}
