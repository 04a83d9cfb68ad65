#include "core/outfolder.h"

#include "core/hidden.h"
#include "core/parent.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100
#define HIDDEN (HIDDEN_NAME + 64) /* bytes of the name of a temporary, with its end */

static void hide(char hidden[HIDDEN], const char *name, unsigned number, const char *kind)
{
    assert(*name && strlen(name) <= HIDDEN_NAME);
    snprintf(hidden, HIDDEN, ".%s.%ld-%u.%s", name, (long)getpid(), number, kind);
}

/* A path beside another, of which name is the last part. */
static char *beside(const char *path, const char *name, const char *other)
{
    return mem_format("%.*s%s", (int)(name - path), path, other);
}

static bool sync_parent(const char *path)
{
    const char *name;
    int fd = parent_open(path, &name);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0) close(fd);
    return good;
}

bool outfolder_make(const char *path, struct err *err)
{
    char *part = mem_copy_text(path);
    const size_t len = strlen(part);
    struct stat found;
    bool good = true;

    for (size_t i = 1; i <= len && good; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        part[i] = '\0';
        good = mkdir(part, 0777) == 0 ? sync_parent(part) : errno == EEXIST;
        part[i] = path[i];
    }
    mem_free(part);
    good = good && stat(path, &found) == 0;
    if (!good) return err_errno(err, "%s: cannot make the folder", path);
    return S_ISDIR(found.st_mode) || err_set(err, "%s: is not a folder", path);
}

bool outfolder_begin(struct outfolder *folder, const char *path, struct err *err)
{
    char hidden[HIDDEN];

    *folder = (struct outfolder){.path = path};
    folder->parent = parent_open(path, &folder->name);
    if (folder->parent < 0) return err_errno(err, "%s: cannot create", path);
    for (unsigned i = 0; i < TRIES; i++) {
        hide(hidden, folder->name, i, "tmp");
        if (mkdirat(folder->parent, hidden, 0777) == 0) {
            folder->temporary = beside(path, folder->name, hidden);
            return true;
        }
        if (errno != EEXIST) break;
    }
    err_errno(err, "%s: cannot create", path);
    close(folder->parent);
    return false;
}

/* 1: an entry other than '.' and '..'; 0 at the end; -1 with errno. */
static int next_entry(DIR *list, struct dirent **entry)
{
    do {
        errno = 0;
        *entry = readdir(list);
    } while (*entry && (strcmp((*entry)->d_name, ".") == 0 || strcmp((*entry)->d_name, "..") == 0));
    return *entry ? 1 : errno ? -1 : 0;
}

/* The files are mostly on the disk already, put there by those who wrote them. */
static bool sync_all(const char *path)
{
    DIR *list = opendir(path);
    struct dirent *entry;
    int got;

    if (!list) return false;
    while ((got = next_entry(list, &entry)) > 0) {
        int fd = openat(dirfd(list), entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        bool good = fd >= 0 && fsync(fd) == 0;

        if (fd >= 0) close(fd);
        if (!good) break;
    }
    if (got == 0 && fsync(dirfd(list)) != 0) got = -1;
    closedir(list);
    return got == 0;
}

/* Removes a folder or a file; what is not there counts as removed. */
static bool delete_tree(char *path)
{
    char *roots[] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    int cause = tree ? 0 : errno;

    while (tree && !cause && (errno = 0, entry = fts_read(tree))) {
        const int kind = entry->fts_info;

        if (kind == FTS_D) continue;
        if (kind == FTS_DNR || kind == FTS_ERR || kind == FTS_NS)
            cause = entry->fts_errno;
        else if (unlinkat(AT_FDCWD, entry->fts_accpath, kind == FTS_DP ? AT_REMOVEDIR : 0) != 0)
            cause = errno;
        if (cause == ENOENT) cause = 0;
    }
    if (tree && !cause) cause = errno == ENOENT ? 0 : errno;
    if (tree) fts_close(tree);
    errno = cause;
    return !cause;
}

/* In two steps; a failure of the second takes the first back. */
static bool replace(const struct outfolder *folder, const char *hidden)
{
    char aside[HIDDEN];
    int cause;

    hide(aside, folder->name, 0, "old");
    if (renameat(folder->parent, folder->name, folder->parent, aside) != 0) return false;
    if (renameat(folder->parent, hidden, folder->parent, folder->name) == 0) {
        fsync(folder->parent);
        renameat(folder->parent, aside, folder->parent, hidden);
        return true;
    }
    cause = errno;
    renameat(folder->parent, aside, folder->parent, folder->name);
    errno = cause;
    return false;
}

/* Gives the folder its name. What had the name before has that of the temporary then. */
static bool publish(const struct outfolder *folder)
{
    const char *hidden = strrchr(folder->temporary, '/');
    const int parent = folder->parent;

    hidden = hidden ? hidden + 1 : folder->temporary;
    if (renameat(parent, hidden, parent, folder->name) == 0) return true;
    if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) return false;
    if (renameat2(parent, hidden, parent, folder->name, RENAME_EXCHANGE) == 0) return true;
    return (errno == EINVAL || errno == ENOSYS) && replace(folder, hidden);
}

static void end(struct outfolder *folder)
{
    close(folder->parent);
    mem_free(folder->temporary);
    *folder = (struct outfolder){.parent = -1};
}

/* The old folder goes last, and only when the new one is there to stay; what cannot be removed is
 * left to the next sweep. */
bool outfolder_commit(struct outfolder *folder, struct err *err)
{
    const char *failed = !sync_all(folder->temporary) ? "cannot sync"
                         : !publish(folder)           ? "cannot rename to"
                                                      : NULL;

    if (failed) {
        err_errno(err, "%s: %s", folder->path, failed);
    } else if (fsync(folder->parent) != 0) {
        err_errno(err, "%s: cannot sync the folder of", folder->path);
        end(folder);
        return false;
    }
    outfolder_abandon(folder);
    return !failed;
}

void outfolder_abandon(struct outfolder *folder)
{
    delete_tree(folder->temporary);
    end(folder);
}

bool outfolder_remove(const char *path, struct err *err)
{
    char hidden[HIDDEN], *temporary;
    const char *name;
    int parent = parent_open(path, &name), got = -1;
    bool good;

    if (parent < 0) return err_errno(err, "%s: cannot remove", path);
    for (unsigned i = 0; i < TRIES && got != 0; i++) {
        hide(hidden, name, i, "tmp");
        got = renameat(parent, name, parent, hidden);
        if (got != 0 && errno != ENOTEMPTY && errno != EEXIST) break;
    }
    good = got == 0 && fsync(parent) == 0;
    if (good) {
        temporary = beside(path, name, hidden);
        good = delete_tree(temporary);
        mem_free(temporary);
    }
    if (!good) err_errno(err, "%s: cannot remove", path);
    close(parent);
    return good;
}

/* Another program may write a file beside ours, without our lock. */
static bool is_in_use(const struct hidden *hidden, const struct stat *found)
{
    if (S_ISDIR(found->st_mode) || hidden->pid == (long)getpid()) return false;
    return kill((pid_t)hidden->pid, 0) == 0 || errno == EPERM;
}

static bool sweep_entry(const char *path, int folder, const char *entry)
{
    struct hidden hidden;
    char name[HIDDEN_NAME + 1];
    struct stat found;
    bool good;
    char *whole;

    if (!hidden_parse(&hidden, entry)) return true;
    if (fstatat(folder, entry, &found, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
    if (is_in_use(&hidden, &found)) return true;
    snprintf(name, sizeof name, "%.*s", (int)hidden.len, entry + 1);
    if (hidden.old && faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        return renameat(folder, entry, folder, name) == 0;
    whole = mem_format("%s/%s", path, entry);
    good = delete_tree(whole);
    mem_free(whole);
    return good;
}

bool outfolder_sweep(const char *path, struct err *err)
{
    DIR *list = opendir(path);
    struct dirent *entry;
    int got = -1;

    while (list && (got = next_entry(list, &entry)) > 0)
        if (!sweep_entry(path, dirfd(list), entry->d_name)) {
            err_errno(err, "%s/%s: cannot remove", path, entry->d_name);
            break;
        }
    if (got < 0) err_errno(err, "%s", path);
    if (list) closedir(list);
    return got == 0;
}
