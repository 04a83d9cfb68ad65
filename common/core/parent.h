/* The folder that a path's last name stands in. */
#ifndef CORE_PARENT_H
#define CORE_PARENT_H

#include "core/memory.h"

#include <fcntl.h>
#include <string.h>

/* Opens it, or returns -1 with errno; name is the last one, within path. */
static inline int parent_open(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    struct buffer folder = {0};
    int fd;

    buffer_add(&folder, path, slash ? (size_t)(slash - path) : 0);
    if (!folder.len) buffer_byte(&folder, slash ? '/' : '.');
    buffer_byte(&folder, '\0');
    *name = slash ? slash + 1 : path;
    fd = open(folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    buffer_release(&folder);
    return fd;
}

#endif
