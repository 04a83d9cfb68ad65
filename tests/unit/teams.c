#include "teams.h"

#include "core/memory.h"

#include <string.h>

bool teams_agree(void (*run)(struct team *team, void *out), size_t bytes)
{
    char *first = mem_zero(1, bytes), *other = mem_alloc(bytes);
    bool agree = true;

    for (size_t threads = 1; threads <= 3; threads++) {
        struct team *team = team_start(threads);

        memset(other, 0, bytes);
        run(team, threads == 1 ? first : other);
        if (threads > 1 && memcmp(first, other, bytes) != 0) agree = false;
        team_stop(team);
    }
    mem_free(first);
    mem_free(other);
    return agree;
}
