/* A trainer killed, or failed by the system, at each call that changes files: what was there stays,
 * what is there is whole, and the next run ends with the same. */
#include "check.h"
#include "core/memory.h"
#include "core/outfolder.h"
#include "train/checkpoints.h"
#include "unit/faults.h"
#include "unit/files.h"
#include "unit/trained.h"

#include <dirent.h>

#define STEPS ((uint64_t)40) /* numbers of checkpoints; also what their values are made from */

static struct err err;
static struct trained states[STEPS];

static void make_states(void)
{
    for (uint64_t i = 10; i < STEPS; i += 10) trained_init(&states[i], files_path("run"), i);
}

static void release_states(void)
{
    for (uint64_t i = 10; i < STEPS; i += 10) trained_release(&states[i]);
}

static bool write_as(uint64_t number, uint64_t state, struct err *out)
{
    json_t *resume = json_pack("{s:I}", "state", (json_int_t)state);
    const bool good = checkpoint_write(&states[state].checkpoint, number, resume, out);

    json_decref(resume);
    return good;
}

static bool write_and_prune(struct err *out)
{
    return write_as(30, 30, out) && checkpoints_prune(files_path("run"), 2, NULL, 0, out);
}

static bool write_again(struct err *out)
{
    return write_as(20, 30, out);
}

/* The state that a checkpoint is, or 0 when it is none of them as a whole. */
static uint64_t state_of(uint64_t number)
{
    struct trained got;
    uint64_t state = 0;
    json_t *resume;

    trained_init(&got, files_path("run"), 1);
    resume = checkpoint_read(&got.checkpoint, number, &err);
    if (resume) state = (uint64_t)json_integer_value(json_object_get(resume, "state"));
    if (state >= STEPS || state % 10 || !state || !trained_same(&got, &states[state])) state = 0;
    json_decref(resume);
    trained_release(&got);
    return state;
}

static void clear(void)
{
    CHECK(outfolder_remove(files_path("run"), &err));
}

static size_t hidden(void)
{
    DIR *list = opendir(files_path("run"));
    size_t count = 0;

    for (const struct dirent *entry; list && (entry = readdir(list));)
        count += entry->d_name[0] == '.' && strlen(entry->d_name) > 2;
    if (list) closedir(list);
    return count;
}

/* Checkpoints 10 and 20 stand, and all that stand are whole: as they were, but for number, which
 * may be the new one. */
static void look(uint64_t number, uint64_t state)
{
    struct checkpoints found;
    bool good;

    CHECK(checkpoints_find(&found, files_path("run"), &err));
    good = found.count > 0 && found.numbers[found.count - 1] >= (faults_no_exchange ? 10 : 20);
    for (size_t i = 0; i < found.count; i++) {
        const uint64_t is = state_of(found.numbers[i]);

        good =
            good && is && (is == found.numbers[i] || (found.numbers[i] == number && is == state));
    }
    CHECK(good);
    checkpoints_release(&found);
}

/* After the next run the checkpoints are the expected ones, and nothing else is left. */
static void check_end_state(bool (*job)(struct err *), uint64_t number, uint64_t state)
{
    CHECK(outfolder_sweep(files_path("run"), &err));
    look(number, state);
    CHECK_INT(state_of(20) > 0, 1);
    CHECK_INT(hidden(), 0);
    CHECK(job(&err));
    CHECK_INT(state_of(number), state);
    CHECK_INT(hidden(), 0);
}

static void sweep(bool (*job)(struct err *), int fault, bool sticky, uint64_t number)
{
    enum faults_end end = FAULTS_SILENT;
    long at = 1;

    for (bool more = true; more; at += CHECK_SLOW ? 7 : 1) {
        CHECK(outfolder_make(files_path("run"), &err));
        CHECK(write_as(10, 10, &err) && write_as(20, 20, &err));
        more = faults_try(job, fault, sticky, at, &end);
        CHECK(end != FAULTS_SILENT);
        look(number, 30);
        if (end == FAULTS_DONE) CHECK_INT(state_of(number), 30);
        if (fault && !sticky) CHECK(hidden() <= 1);
        check_end_state(job, number, 30);
        clear();
    }
    CHECK(end == FAULTS_DONE && at > 20);
    printf("# %ld places\n", at - 1);
}

TEST(killed)
{
    sweep(write_and_prune, FAULT_KILL, false, 30);
}

TEST(killed_while_one_is_replaced)
{
    for (int i = 0; i < 2; i++) {
        faults_no_exchange = i;
        sweep(write_again, FAULT_KILL, false, 20);
    }
    faults_no_exchange = false;
}

TEST(disk_full)
{
    sweep(write_and_prune, ENOSPC, false, 30);
    sweep(write_again, ENOSPC, false, 20);
}

TEST(disk_gone)
{
    sweep(write_and_prune, EIO, true, 30);
    sweep(write_again, EIO, true, 20);
}

int main(void)
{
    json_set_alloc_funcs(mem_alloc, mem_free);
    make_states();
    RUN(killed);
    RUN(killed_while_one_is_replaced);
    RUN(disk_full);
    RUN(disk_gone);
    release_states();
    return check_end();
}
