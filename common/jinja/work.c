#include "jinja/work.h"

#include <stdalign.h>
#include <string.h>

#define FIRST_CHUNK ((size_t)8 << 10)
#define LARGEST_CHUNK ((size_t)1 << 20)

struct arena_chunk {
    struct arena_chunk *next;
    alignas(max_align_t) char at[];
};

static void add_chunk(struct arena *arena, size_t size)
{
    size_t room = arena->taken < FIRST_CHUNK     ? FIRST_CHUNK
                  : arena->taken > LARGEST_CHUNK ? LARGEST_CHUNK
                                                 : arena->taken;
    struct arena_chunk *chunk;

    if (room < size) room = size;
    chunk = mem_alloc(sizeof *chunk + room);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->next = chunk->at;
    arena->left = room;
    arena->taken += room;
}

void *arena_take(struct arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    void *taken;

    if (size > WORK_MEMORY) return NULL;
    if (size == 0) size = 1;
    size = (size + unit - 1) / unit * unit;
    if (size > arena->left) {
        if (arena->taken > WORK_MEMORY - size) return NULL;
        add_chunk(arena, size);
    }
    taken = arena->next;
    arena->next += size;
    arena->left -= size;
    return taken;
}

void arena_release(struct arena *arena)
{
    while (arena->chunks) {
        struct arena_chunk *next = arena->chunks->next;

        mem_free(arena->chunks);
        arena->chunks = next;
    }
    *arena = (struct arena){0};
}

void *work_take(struct work *work, size_t size)
{
    void *taken = arena_take(&work->arena, size);

    if (!taken)
        err_set(work->err, "its values need more than %zu MiB of memory", WORK_MEMORY >> 20);
    return taken;
}

bool work_spend(struct work *work, size_t amount)
{
    work->steps += 1 + amount / 64;
    if (work->steps <= WORK_STEPS) return true;
    return err_set(work->err, "it takes more than %llu steps", (unsigned long long)WORK_STEPS);
}

bool work_add(struct work *work, const char *at, size_t len)
{
    if (len > WORK_TEXT || work->out->len - work->base > WORK_TEXT - len)
        return err_set(work->err, "it makes more than %zu MiB of text", WORK_TEXT >> 20);
    buffer_add(work->out, at, len);
    return work_spend(work, len);
}

bool work_add_text(struct work *work, const char *text)
{
    return work_add(work, text, strlen(text));
}

bool work_pop(struct work *work, size_t mark, struct text *text)
{
    size_t len = work->out->len - mark;
    char *at = work_take(work, len + 1);

    if (!at) return false;
    if (len > 0) memcpy(at, work->out->at + mark, len);
    work->out->len = mark;
    *text = (struct text){at, len};
    return true;
}
