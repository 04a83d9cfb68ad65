#include "safetensors/root.h"

#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES 100 /* while somebody renames folders above */

/* The length of what stands before '/snapshots/REVISION', or 0. */
static size_t repository_length(const char *path)
{
    static const char middle[] = "/snapshots";
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0, tail = sizeof middle - 1;

    if (len <= tail || memcmp(path + len - tail, middle, tail) != 0) return 0;
    return len - tail;
}

bool root_open(struct root *root, const char *path, struct err *err)
{
    char whole[PATH_MAX];
    size_t above;

    *root = (struct root){.path = path, .folder = -1};
    if (!realpath(path, whole)) return err_errno(err, "%s", *path ? path : "''");
    above = repository_length(whole);
    if (above) {
        struct buffer inside = {0};

        buffer_format(&inside, "%s/", whole + above + 1);
        buffer_byte(&inside, '\0');
        root->inside = inside.at;
        whole[above] = '\0';
    } else {
        root->inside = mem_copy_text("");
    }
    root->folder = open(whole, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root->folder >= 0) return true;
    err_errno(err, "%s", path);
    root_close(root);
    return false;
}

/* Kernels before 5.6 do not have the call; some containers refuse what they do not know. */
static int open_beneath(int folder, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = -1;

    for (int i = 0; i < TRIES; i++) {
        fd = syscall(SYS_openat2, folder, name, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) return openat(folder, name, (int)how.flags);
    return (int)fd;
}

static int fail(const struct root *root, const char *name, int folder, const char *inside,
                struct err *err)
{
    int cause = errno;
    struct stat found;
    char *path = root_path(root, name);
    bool dangling = cause == ENOENT && fstatat(folder, inside, &found, AT_SYMLINK_NOFOLLOW) == 0;

    errno = cause;
    if (dangling)
        err_set(err, "%s: what it links to is not there: was it fetched to the end?", path);
    else if (cause == EXDEV)
        err_set(err, "%s: leads out of the model's folder", path);
    else if (cause != ENOENT)
        err_errno(err, "%s", path);
    mem_free(path);
    return cause == ENOENT && !dangling ? 0 : -1;
}

int root_file(const struct root *root, const char *name, int *fd, struct err *err)
{
    struct buffer inside = {0};
    int got = 1;

    buffer_format(&inside, "%s%s", root->inside, name);
    buffer_byte(&inside, '\0');
    *fd = open_beneath(root->folder, inside.at);
    if (*fd < 0) got = fail(root, name, root->folder, inside.at, err);
    buffer_release(&inside);
    return got;
}

char *root_path(const struct root *root, const char *name)
{
    struct buffer path = {0};
    size_t len = strlen(root->path);

    buffer_format(&path, "%s%s%s", root->path, len && root->path[len - 1] == '/' ? "" : "/", name);
    buffer_byte(&path, '\0');
    return path.at;
}

void root_close(struct root *root)
{
    if (root->folder >= 0) close(root->folder);
    mem_free(root->inside);
    *root = (struct root){.folder = -1};
}
