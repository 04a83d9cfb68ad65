#include "machine/available.h"

#include "core/memory.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 1 << 16 };

/* One of the two generations of control groups: where it stands, and what its files are called. */
struct generation {
    const char *mount;
    const char *limit, *usage;
    const char *cache[2]; /* in memory.stat */
};

static const struct generation generations[] = {
    {"/sys/fs/cgroup", "memory.max", "memory.current", {"inactive_file ", "active_file "}},
    {"/sys/fs/cgroup/memory",
     "memory.limit_in_bytes",
     "memory.usage_in_bytes",
     {"total_inactive_file ", "total_active_file "}}};

/* A small file, terminated, or "" when it cannot be read. */
static const char *content(struct buffer *text, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    text->len = 0;
    buffer_reserve(text, FILE_MOST);
    while (fd >= 0 && text->len < FILE_MOST - 1 && got > 0) {
        got = read(fd, text->at + text->len, FILE_MOST - 1 - text->len);
        if (got > 0) text->len += (size_t)got;
    }
    if (fd >= 0) close(fd);
    text->at[text->len] = '\0';
    return text->at;
}

/* The number at the beginning of a line's rest, at most SIZE_MAX. */
static uint64_t number_at(const char *text)
{
    return strtoull(text, NULL, 10);
}

/* What follows a line's first word, or NULL. */
static const char *line_of(const char *text, const char *word)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, word, strlen(word)) == 0) return line + strlen(word);
    }
    return NULL;
}

static uint64_t of_machine(const char *root, struct buffer *text, struct buffer *path)
{
    const char *line;

    path->len = 0;
    buffer_format(path, "%s/proc/meminfo", root);
    line = line_of(content(text, path->at), "MemAvailable:");
    return line ? number_at(line + strspn(line, " ")) << 10 : UINT64_MAX;
}

/* A number in a file of a group; UINT64_MAX where there is none, as for 'max'. */
static uint64_t of_group(const char *folder, const char *name, struct buffer *text)
{
    struct buffer path = {0};
    uint64_t number = UINT64_MAX;

    buffer_format(&path, "%s/%s", folder, name);
    content(text, path.at);
    if (text->at[0] >= '0' && text->at[0] <= '9') number = number_at(text->at);
    buffer_release(&path);
    return number;
}

static uint64_t cache_of(const struct generation *generation, const char *folder,
                         struct buffer *text)
{
    struct buffer path = {0};
    uint64_t sum = 0;

    buffer_format(&path, "%s/memory.stat", folder);
    content(text, path.at);
    for (int i = 0; i < 2; i++) {
        const char *line = line_of(text->at, generation->cache[i]);

        if (line) sum += number_at(line);
    }
    buffer_release(&path);
    return sum;
}

static uint64_t left_in(const struct generation *generation, const char *folder,
                        struct buffer *text)
{
    const uint64_t limit = of_group(folder, generation->limit, text);
    uint64_t usage = of_group(folder, generation->usage, text), cache;

    if (limit == UINT64_MAX || usage == UINT64_MAX) return UINT64_MAX;
    cache = cache_of(generation, folder, text);
    usage -= cache < usage ? cache : usage;
    return usage < limit ? limit - usage : 0;
}

/* Cuts the last name off a path. */
static void go_up(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash) *slash = '\0';
}

/* The group and all above it; in a container the paths of those outside lead nowhere. */
static uint64_t of_groups(const struct generation *generation, const char *root, const char *group,
                          struct buffer *text)
{
    struct buffer folder = {0};
    uint64_t least = UINT64_MAX;
    size_t base;

    buffer_format(&folder, "%s%s", root, generation->mount);
    base = folder.len;
    buffer_add(&folder, group, strcspn(group, "\n"));
    buffer_byte(&folder, '\0');
    for (; strlen(folder.at) >= base; go_up(folder.at)) {
        const uint64_t left = left_in(generation, folder.at, text);

        if (left < least) least = left;
    }
    buffer_release(&folder);
    return least;
}

/* A line of /proc/self/cgroup is 'NUMBER:CONTROLLERS:PATH', with no controllers in the newer
 * generation. */
static uint64_t of_line(const char *root, const char *line, struct buffer *text)
{
    const char *controllers = strchr(line, ':'), *end, *group;
    bool memory = false;

    if (!controllers || !(group = strchr(++controllers, ':'))) return UINT64_MAX;
    end = group++;
    for (const char *word = controllers; word < end; word += strcspn(word, ",:") + 1)
        memory |= strcspn(word, ",:") == 6 && strncmp(word, "memory", 6) == 0;
    if (controllers == end) return of_groups(&generations[0], root, group, text);
    return memory ? of_groups(&generations[1], root, group, text) : UINT64_MAX;
}

size_t available_memory(const char *root)
{
    struct buffer text = {0}, path = {0}, lines = {0};
    uint64_t least = of_machine(root, &text, &path);

    path.len = 0;
    buffer_format(&path, "%s/proc/self/cgroup", root);
    content(&lines, path.at);
    for (const char *line = lines.at; line && *line; line = strchr(line, '\n')) {
        uint64_t left;

        line += *line == '\n';
        if (!*line) break;
        left = of_line(root, line, &text);
        if (left < least) least = left;
    }
    buffer_release(&text);
    buffer_release(&path);
    buffer_release(&lines);
    return least < SIZE_MAX ? (size_t)least : SIZE_MAX;
}
