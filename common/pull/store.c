#include "pull/store.h"

#include "core/outfile.h"
#include "core/outfolder.h"
#include "core/parent.h"
#include "net/download.h"
#include "place/hub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINK_LIMIT = 512 };

/* Makes the folder that a path's last name stands in. */
static bool make_parent(const char *path, struct err *err)
{
    char *folder = mem_copy_text(path), *slash = strrchr(folder, '/');
    bool good = true;

    if (slash && slash != folder) {
        *slash = '\0';
        good = outfolder_make(folder, err);
    }
    mem_free(folder);
    return good;
}

static bool make_folders(const struct store *store, struct err *err)
{
    char *blobs = mem_format("%s/blobs", store->folder);
    bool good =
        outfolder_make(store->folder, err) &&
        (store->plain || (outfolder_make(blobs, err) && outfolder_make(store->result, err)));

    mem_free(blobs);
    return good;
}

/* On the folder itself: no file of ours is left in it. */
static int take_lock(struct store *store, struct err *err)
{
    store->lock = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->lock < 0) return err_errno(err, "%s", store->folder), -1;
    if (flock(store->lock, LOCK_EX | LOCK_NB) == 0) return 1;
    if (errno != EWOULDBLOCK) return err_errno(err, "%s: cannot lock", store->folder), -1;
    err_set(err, "%s: another run is putting files there: try again later", store->folder);
    return 0;
}

int store_open(struct store *store, const char *repository, const char *commit,
               const char *directory, struct err *err)
{
    struct err why;
    int got;

    *store = (struct store){.plain = directory != NULL, .lock = -1};
    if (!hub_repository(repository, &store->cached, &why)) {
        store->cached = NULL;
        if (!directory) return *err = why, -1;
    }
    store->folder = mem_copy_text(directory ? directory : store->cached);
    store->result =
        directory ? mem_copy_text(directory) : mem_format("%s/snapshots/%s", store->folder, commit);
    got = make_folders(store, err) ? take_lock(store, err) : -1;
    if (got <= 0) store_close(store);
    return got;
}

void store_close(struct store *store)
{
    if (store->lock >= 0) close(store->lock);
    mem_free(store->folder);
    mem_free(store->cached);
    mem_free(store->result);
    *store = (struct store){.lock = -1};
}

char *store_path(const struct store *store, const char *file)
{
    return mem_format("%s/%s", store->result, file);
}

/* A blob was checked before it got its name. */
static bool has_blob(const char *repository, const struct listed *file)
{
    char *path = mem_format("%s/blobs/%s", repository ? repository : "", file->etag);
    struct stat found;
    const bool there = repository && stat(path, &found) == 0 && S_ISREG(found.st_mode) &&
                       (uint64_t)found.st_size == file->size;

    mem_free(path);
    return there;
}

/* Puts a blob's bytes into the partial file, where the download checks them: what cannot be copied
 * is fetched. On file systems that can, both share the room on the disk. */
static void copy_blob(const struct store *store, const struct listed *file, const char *to)
{
    char *from = mem_format("%s/blobs/%s", store->cached, file->etag);
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out =
        in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    ssize_t got = 1;

    while (out >= 0 && got > 0) got = copy_file_range(in, NULL, out, NULL, (size_t)1 << 30, 0);
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    mem_free(from);
}

static int look_plain(const struct store *store, const struct listed *file, struct fetched *fetched,
                      struct err *err)
{
    const char *digest = listed_digest(file), *name;
    int got = 0;

    fetched->final = mem_format("%s/%s", store->folder, file->name);
    name = strrchr(fetched->final, '/') + 1;
    fetched->partial = mem_format("%.*s.%s.%.16s.incomplete", (int)(name - fetched->final),
                                  fetched->final, name, file->etag);
    if (!make_parent(fetched->final, err)) return -1;
    if (digest) got = download_verify(fetched->final, file->size, digest, err);
    if (got == 0 && digest && access(fetched->partial, F_OK) != 0 && has_blob(store->cached, file))
        copy_blob(store, file, fetched->partial);
    return got;
}

int store_look(const struct store *store, const struct listed *file, struct fetched *fetched,
               struct err *err)
{
    if (store->plain) return look_plain(store, file, fetched, err);
    fetched->final = mem_format("%s/blobs/%s", store->folder, file->etag);
    fetched->partial = mem_format("%s/blobs/%s.dpo.incomplete", store->folder, file->etag);
    return has_blob(store->folder, file);
}

/* '../../blobs/ETAG', one '../' more for each folder in the file's name. */
static void link_target(const struct listed *file, char target[LINK_LIMIT])
{
    struct buffer text = {0};

    buffer_text(&text, "../../");
    for (const char *at = file->name; *at; at++)
        if (*at == '/') buffer_text(&text, "../");
    buffer_format(&text, "blobs/%s", file->etag);
    snprintf(target, LINK_LIMIT, "%.*s", (int)text.len, text.at);
    buffer_release(&text);
}

static bool links_to(const char *path, const char *target)
{
    char there[LINK_LIMIT];
    const ssize_t len = readlink(path, there, sizeof there - 1);

    there[len > 0 ? len : 0] = '\0';
    return strcmp(there, target) == 0;
}

/* Where a file system has no links the file itself is moved there. */
bool store_place(const struct store *store, const struct listed *file, struct err *err)
{
    char target[LINK_LIMIT];
    char *path, *temporary, *blob;
    bool good;

    if (store->plain) return true;
    link_target(file, target);
    path = store_path(store, file->name);
    temporary = mem_format("%s.%ld.tmp", path, (long)getpid());
    blob = mem_format("%s/blobs/%s", store->folder, file->etag);
    good = make_parent(path, err);
    if (good && !links_to(path, target)) {
        unlink(temporary);
        if (symlink(target, temporary) == 0)
            good = fetch_rename(temporary, path, err);
        else if (errno == EPERM || errno == EOPNOTSUPP)
            good = fetch_rename(blob, path, err);
        else
            good = err_errno(err, "%s: cannot link", path);
    }
    mem_free(blob);
    mem_free(temporary);
    mem_free(path);
    return good;
}

bool store_refer(const struct store *store, const char *revision, const char *commit,
                 struct err *err)
{
    char *path = mem_format("%s/refs/%s", store->folder, revision);
    const bool good = store->plain || hub_is_commit(revision) ||
                      (make_parent(path, err) && outfile_put(path, text_of(commit), err));

    mem_free(path);
    return good;
}
