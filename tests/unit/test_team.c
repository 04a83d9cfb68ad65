#include "check.h"
#include "machine/slab.h"
#include "machine/team.h"

#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

enum { PIECES = 500, MOST_THREADS = 5 };

struct count {
    atomic_int done[PIECES];         /* how often each piece was */
    atomic_int within[MOST_THREADS]; /* threads at work under a number */
    atomic_int wrong;
};

static void work(void *context, size_t piece, size_t thread)
{
    struct count *count = context;

    if (thread >= MOST_THREADS || atomic_fetch_add(&count->within[thread], 1) > 0) count->wrong++;
    atomic_fetch_add(&count->done[piece], 1);
    atomic_fetch_sub(&count->within[thread], 1);
}

TEST(each_piece_is_done_once)
{
    for (size_t threads = 1; threads <= MOST_THREADS; threads++) {
        struct team *team = team_start(threads);
        const size_t counts[] = {0, 1, 2, 7, PIECES};

        CHECK_INT(team_size(team), threads);
        for (size_t call = 0; call < 200; call++) {
            const size_t pieces = counts[call % 5];
            struct count count = {0};
            size_t done = 0;

            team_run(team, pieces, work, &count);
            for (size_t i = 0; i < PIECES; i++) done += count.done[i] == (i < pieces);
            CHECK_INT(done, PIECES);
            CHECK_INT(count.wrong, 0);
            if (call == 100) usleep(20000); /* the others have gone to sleep */
        }
        team_stop(team);
    }
    team_stop(NULL);
}

static void fill(void *context, size_t piece, size_t thread)
{
    struct team *team = context;
    const size_t bytes = 100 + piece * 1000;
    char *scratch = team_scratch(team, thread, bytes);

    memset(scratch, 1, bytes);
    if ((uintptr_t)scratch % 64 != 0 || team_scratch(team, thread, bytes / 2) != scratch)
        CHECK(false);
}

TEST(scratch_is_aligned_and_stays)
{
    struct team *team = team_start(3);

    team_run(team, 40, fill, team);
    CHECK(team_scratch(team, 0, 1) != team_scratch(team, 1, 1));
    team_stop(team);
}

static void take(struct slab *slab, char *places[3])
{
    places[0] = slab_take(slab, 3, 5);
    places[1] = slab_take(slab, 0, 8);
    places[2] = (char *)slab_floats(slab, 100);
}

TEST(a_slab_gives_what_it_counted)
{
    struct slab slab = {0};
    char *places[3];

    take(&slab, places);
    CHECK(!places[0] && !places[1] && !places[2]);
    CHECK_INT(slab.used, 64 + 448);
    slab_fill(&slab);
    CHECK_INT(slab.used, 0);
    take(&slab, places);
    CHECK_INT(slab.used, slab.size);
    CHECK(places[1] - places[0] == 64 && places[2] == places[1]);
    CHECK((uintptr_t)places[0] % 64 == 0);
    memset(places[0], 1, slab.size);
    slab_release(&slab);
    CHECK(!slab.block);
}

int main(void)
{
    RUN(each_piece_is_done_once);
    RUN(scratch_is_aligned_and_stays);
    RUN(a_slab_gives_what_it_counted);
    return check_end();
}
