#include "pull/pull.h"

#include "core/lines.h"
#include "net/download.h"
#include "place/hub.h"
#include "pull/repository.h"
#include "pull/store.h"
#include "pull/wanted.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct session {
    struct pull *pull;
    struct repository repository;
    struct listing listing;
    struct store store;
};

void pull_release(struct pull *pull)
{
    mem_free(pull->path);
    pull->path = NULL;
}

/* A full disk is better known before than after an hour. */
static bool check_room(const struct session *session, const struct fetch *fetch, struct err *err)
{
    struct statvfs disk;
    uint64_t needed = 0, room;

    for (size_t i = 0; i < fetch->count; i++) {
        struct stat there;
        const struct fetched *file = &fetch->files[i];
        const uint64_t size = file->size;

        if (size == DOWNLOAD_UNKNOWN || !file->partial) continue;
        needed += size;
        if (stat(file->partial, &there) == 0)
            needed -= (uint64_t)there.st_size < size ? (uint64_t)there.st_size : size;
    }
    assert(session->store.folder);
    if (statvfs(session->store.folder, &disk) != 0) return true;
    room = (uint64_t)disk.f_bavail * disk.f_frsize;
    return needed <= room ||
           err_set(err, "%s: %llu MB are to be fetched, and %llu MB are free there",
                   session->store.folder, (unsigned long long)(needed >> 20),
                   (unsigned long long)(room >> 20));
}

/* Is the file there? As store_look. The first one that is to be fetched is asked for even where the
 * list has told all, so that a missing right is explained. */
static int look(struct session *session, struct listed *file, struct fetched *fetched, bool first,
                struct err *err)
{
    const bool known = file->size != LISTING_UNKNOWN && *file->etag;
    int got;

    if (!known && !repository_ask(&session->repository, session->listing.commit, file, err))
        return -1;
    got = store_look(&session->store, file, fetched, err);
    if (got == 0 && first && known &&
        !repository_ask(&session->repository, session->listing.commit, file, err))
        return -1;
    return got;
}

/* Sorts out what is there already. */
static bool prepare(struct session *session, const struct wanted *wanted, struct fetch *fetch,
                    struct err *err)
{
    assert(session->listing.files);
    for (size_t i = 0; i < wanted->count; i++) {
        struct listed *file = &session->listing.files[wanted->files[i]];
        struct fetched *fetched = &fetch->files[fetch->count];
        const int got = look(session, file, fetched, fetch->count == 0, err);

        if (got != 0) {
            mem_free(fetched->final);
            mem_free(fetched->partial);
            *fetched = (struct fetched){0};
            if (got < 0) return false;
            session->pull->present++;
            continue;
        }
        fetched->url = repository_url(&session->repository, session->listing.commit, file->name);
        fetched->size = file->size;
        fetched->digest = listed_digest(file);
        fetched->etag = fetched->digest ? NULL : mem_format("\"%s\"", file->etag);
        fetch->count++;
    }
    return check_room(session, fetch, err);
}

static bool get(struct session *session, const struct wanted *wanted, struct err *err)
{
    struct pull *pull = session->pull;
    struct fetch fetch = {.http = pull->http,
                          .token = pull->token,
                          .threads = pull->threads,
                          .files = mem_zero(wanted->count + 1, sizeof *fetch.files),
                          .context = pull->context,
                          .progress = pull->progress};
    bool good = prepare(session, wanted, &fetch, err) && fetch_all(&fetch, err);

    for (size_t i = 0; i < wanted->count && good; i++) {
        const struct listed *file = &session->listing.files[wanted->files[i]];

        good = store_place(&session->store, file, err);
        pull->bytes += file->size;
    }
    if (good) pull->fetched += fetch.count;
    for (size_t i = 0; i < fetch.count; i++) {
        mem_free(fetch.files[i].url);
        mem_free(fetch.files[i].final);
        mem_free(fetch.files[i].partial);
        mem_free((void *)fetch.files[i].etag);
    }
    mem_free(fetch.files);
    return good;
}

/* An index first: it says which shards are wanted. */
static bool get_all(struct session *session, struct err *err)
{
    const struct pull *pull = session->pull;
    struct wanted wanted = {0}, shards = {0};
    bool good = pull->file ? wanted_file(&wanted, &session->listing, pull->name, pull->file, err)
                           : wanted_model(&wanted, &session->listing, pull->name, err);

    good = good && get(session, &wanted, err);
    if (good && wanted.indexed) {
        char *path = store_path(&session->store, wanted_index);

        good = wanted_shards(&shards, &session->listing, path, err) && get(session, &shards, err);
        mem_free(path);
    }
    if (good)
        session->pull->path =
            wanted.count == 1
                ? store_path(&session->store, session->listing.files[wanted.files[0]].name)
                : mem_copy_text(session->store.result);
    wanted_release(&wanted);
    wanted_release(&shards);
    return good;
}

static struct repository repository_of(const struct pull *pull)
{
    return (struct repository){.endpoint = pull->endpoint,
                               .token = pull->token,
                               .name = pull->name,
                               .http = http_open(&pull->http)};
}

bool pull_list(const struct pull *pull, struct listing *listing, struct err *err)
{
    struct repository repository;
    bool good;

    if (pull->offline) return err_set(err, "offline: no list of '%s' is asked for", pull->name);
    repository = repository_of(pull);
    good = repository_list(&repository, pull->revision, listing, err);
    http_close(repository.http);
    return good;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = mem_format("%s/%s", folder, name);
    const bool there = access(path, R_OK) == 0;

    mem_free(path);
    return there;
}

/* Says where the cache holds the model. */
static bool find_cached(struct pull *pull, struct err *err)
{
    char *name, *folder;
    bool good;

    if (pull->directory) return err_set(err, "offline: nothing is put into '%s'", pull->directory);
    name = mem_format("%s@%s", pull->name, pull->revision);
    good = hub_find(name, &folder, err);
    mem_free(name);
    if (!good) return err_prefix(err, "offline");
    if (pull->file) {
        good = is_there(folder, pull->file);
        if (good)
            pull->path = mem_format("%s/%s", folder, pull->file);
        else
            err_set(err, "offline: '%s' is not in %s", pull->file, folder);
        mem_free(folder);
        return good;
    }
    pull->path = folder;
    return is_there(folder, "config.json") || err_set(err, "offline: %s is not complete", folder);
}

bool pull_model(struct pull *pull, struct err *err)
{
    struct session session = {.pull = pull};
    bool good;
    int got;

    if (pull->offline) return find_cached(pull, err);
    session.repository = repository_of(pull);
    good = repository_list(&session.repository, pull->revision, &session.listing, err);
    if (good) {
        got = store_open(&session.store, pull->name, session.listing.commit, pull->directory, err);
        pull->busy = got == 0;
        good = got > 0 && get_all(&session, err) &&
               store_refer(&session.store, pull->revision, session.listing.commit, err);
        if (got > 0) store_close(&session.store);
    }
    listing_release(&session.listing);
    http_close(session.repository.http);
    return good;
}
