#include "place/locate.h"

#include "core/lines.h"
#include "core/memory.h"
#include "place/hub.h"
#include "place/ollama.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_gguf(int fd)
{
    char magic[4];

    return pread(fd, magic, sizeof magic, 0) == sizeof magic &&
           memcmp(magic, "GGUF", sizeof magic) == 0;
}

static bool check_file(const char *path, struct err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const size_t len = strlen(path);
    bool good;

    if (fd < 0) return err_errno(err, "%s", path);
    good = is_gguf(fd);
    close(fd);
    if (good) return true;
    if (len > 12 && strcmp(path + len - 12, ".safetensors") == 0)
        return err_set(err, "%s: weights alone are no model: give the folder they lie in", path);
    return err_set(err, "%s: not a GGUF file: a model is a folder, a GGUF file or a name", path);
}

/* 1 when it is there and can be a model, 0 when there is no such file, -1. */
static int look(struct place *place, const char *path, struct err *err)
{
    struct stat found;

    if (stat(path, &found) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return 0;
        return err_errno(err, "%s", path_shown(path)), -1;
    }
    if (!S_ISDIR(found.st_mode) && !S_ISREG(found.st_mode))
        return err_set(err, "%s: neither a folder nor a regular file", path), -1;
    if (S_ISREG(found.st_mode) && !check_file(path, err)) return -1;
    *place = (struct place){mem_copy_text(path), S_ISREG(found.st_mode)};
    return 1;
}

/* What was found by a name must still be what the name promised. */
static bool take(struct place *place, char *path, struct err *err)
{
    const int got = look(place, path, err);

    if (got == 0) err_set(err, "%s: not there any more", path);
    mem_free(path);
    return got > 0;
}

bool locate_model(struct place *place, const char *name, struct err *err)
{
    static const char ollama[] = "ollama:";
    char *path;
    int got;

    *place = (struct place){0};
    if (!*name) return err_set(err, "the name of the model is empty");
    got = look(place, name, err);
    if (got) return got > 0;
    if (strncmp(name, ollama, sizeof ollama - 1) == 0)
        return ollama_find(name + sizeof ollama - 1, &path, err) && take(place, path, err);
    return hub_find(name, &path, err) && take(place, path, err);
}

void place_release(struct place *place)
{
    mem_free(place->path);
    *place = (struct place){0};
}
