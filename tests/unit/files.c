#include "unit/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static pid_t owner; /* a child that ends must not remove it */
static char **paths;
static size_t path_count, path_room;

static void die_here(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)found, (void)place;
    if (kind == FTW_DP || kind == FTW_DNR)
        rmdir(path);
    else
        unlink(path);
    return 0;
}

static void remove_folder(void)
{
    if (getpid() == owner) nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    while (path_count > 0) mem_free(paths[--path_count]);
    mem_free(paths);
}

const char *files_path(const char *name)
{
    struct buffer path = {0};

    if (!*folder) {
        snprintf(folder, sizeof folder, "/tmp/dpo-unit-XXXXXX");
        if (!mkdtemp(folder)) die_here(folder);
        owner = getpid();
        atexit(remove_folder);
    }
    buffer_format(&path, "%s/%s", folder, name);
    buffer_byte(&path, '\0');
    paths = mem_room(paths, path_count, &path_room, sizeof *paths);
    return paths[path_count++] = path.at;
}

/* The folders that a path goes through. */
static void make_parents(const char *path)
{
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) die_here(path);
        *at = '/';
    }
}

const char *files_write(const char *name, const void *data, size_t len)
{
    const char *path = files_path(name);
    FILE *file;

    make_parents(path);
    file = fopen(path, "wb");
    if (!file || fwrite(data, 1, len, file) != len || fclose(file) != 0) die_here(path);
    return path;
}

const char *files_text(const char *name, const char *text)
{
    return files_write(name, text, strlen(text));
}

char *files_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    struct buffer text = {0};
    size_t got;

    if (!file) return NULL;
    do {
        buffer_reserve(&text, 65536);
        got = fread(text.at + text.len, 1, 65535, file);
        text.len += got;
    } while (got > 0);
    fclose(file);
    buffer_byte(&text, '\0');
    if (len) *len = text.len - 1;
    return text.at;
}

size_t files_count(void)
{
    DIR *list = opendir(folder);
    size_t count = 0;

    for (struct dirent *entry; list && (entry = readdir(list));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (list) closedir(list);
    return count;
}

struct drip {
    int fd;
    const char *text;
    size_t len;
};

/* A pipe in packet mode keeps what each write gave apart. */
static void *drip_all(void *argument)
{
    struct drip *drip = argument;

    for (size_t i = 0; i < drip->len; i++)
        if (write(drip->fd, drip->text + i, 1) != 1) break;
    close(drip->fd);
    mem_free(drip);
    return NULL;
}

int files_drip(const char *text, size_t len)
{
    struct drip *drip = mem_alloc(sizeof *drip);
    pthread_t thread;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_DIRECT) != 0) die_here("pipe");
    *drip = (struct drip){ends[1], text, len};
    if (pthread_create(&thread, NULL, drip_all, drip) != 0) die_here("thread");
    pthread_detach(thread);
    return ends[0];
}
