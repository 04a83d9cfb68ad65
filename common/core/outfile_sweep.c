#include "core/hidden.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_of(const char *entry, const char *name)
{
    struct hidden hidden;
    const size_t len = strnlen(name, HIDDEN_NAME);

    return hidden_parse(&hidden, entry) && !hidden.old && hidden.len == len &&
           memcmp(entry + 1, name, len) == 0;
}

/* Who writes a temporary holds its lock until it has its name, and the kernel drops the lock of a
 * process that ends: unlike the number in the name this holds for other machines and containers,
 * too. Where the file system has no locks the file stays. */
static void sweep_entry(int folder, const char *entry)
{
    int fd = openat(folder, entry, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat found;

    if (fd < 0) return;
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, entry, 0);
    close(fd);
}

void hidden_sweep(int folder, const char *name)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    while (list && (entry = readdir(list)))
        if (is_of(entry->d_name, name)) sweep_entry(folder, entry->d_name);
    if (list)
        closedir(list);
    else if (fd >= 0)
        close(fd);
}
