#include "place/folder.h"

#include "core/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int folder_map(const struct root *folder, const char *name, struct mapped *file, struct err *err)
{
    int fd, got = root_file(folder, name, &fd, err);
    char *path;

    *file = (struct mapped){0};
    if (got <= 0) return got;
    path = root_path(folder, name);
    got = mapped_take(file, fd, path, err) ? 1 : -1;
    mem_free(path);
    return got;
}

static int is_gguf(const struct dirent *entry)
{
    const size_t len = strlen(entry->d_name);

    return len > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + len - 5, ".gguf") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool tell_several(const struct root *folder, struct dirent **entries, int count,
                         struct err *err)
{
    struct buffer names = {0};

    for (int i = 0; i < count; i++)
        buffer_format(&names, "%s'%s'", i ? ", " : "", entries[i]->d_name);
    buffer_byte(&names, '\0');
    err_set(err, "%s: %d GGUF files, of which one must be named: %s", folder->path, count,
            names.at);
    buffer_release(&names);
    return false;
}

int folder_map_gguf(const struct root *folder, struct mapped *file, struct err *err)
{
    struct dirent **entries;
    const int count = scandir(folder->path, &entries, is_gguf, by_name);
    int got = 0;

    *file = (struct mapped){0};
    if (count < 0) return err_errno(err, "%s", folder->path), -1;
    if (count == 1) got = folder_map(folder, entries[0]->d_name, file, err);
    if (count > 1) got = tell_several(folder, entries, count, err) - 1;
    for (int i = 0; i < count; i++) mem_free(entries[i]);
    mem_free(entries);
    return got;
}

int folder_has_safetensors(const struct root *folder, struct err *err)
{
    static const char *const names[] = {"model.safetensors", "model.safetensors.index.json"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int fd;
        const int got = root_file(folder, names[i], &fd, err);

        if (got > 0) close(fd);
        if (got) return got;
    }
    return 0;
}
