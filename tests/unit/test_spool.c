/* Records put aside: what is read back is what was added, from memory or from the disk. */
#include "records/spool.h"

#include "check.h"
#include "unit/files.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#define RECORDS 2000

static size_t length_of(size_t i)
{
    return i * i % 1500;
}

static bool holds(const char *bytes, size_t i)
{
    for (size_t at = 0; at < length_of(i); at++)
        if (bytes[at] != (char)(i + at)) return false;
    return true;
}

static bool add_one(struct spool *spool, size_t i, uint64_t *begin, struct err *err)
{
    char bytes[1500];

    for (size_t at = 0; at < length_of(i); at++) bytes[at] = (char)(i + at);
    return spool_add(spool, bytes, length_of(i), begin, err);
}

TEST(what_goes_in_comes_out)
{
    static uint64_t begins[RECORDS];
    struct spool spool;
    struct err err;
    char bytes[1500];
    bool good = true;

    if (!CHECK(spool_open(&spool, &err))) return;
    for (size_t i = 0; i < RECORDS; i++) {
        size_t earlier = i * 7919 % (i + 1);

        good = good && add_one(&spool, i, &begins[i], &err);
        good = good && spool_read(&spool, begins[earlier], bytes, length_of(earlier), &err) &&
               holds(bytes, earlier);
    }
    CHECK(good && spool.size > 1000000);
    for (size_t i = RECORDS; i-- > 0;)
        good = good && spool_read(&spool, begins[i], bytes, length_of(i), &err) && holds(bytes, i);
    CHECK(good);
    spool_close(&spool);
}

TEST(several_records_in_one_read)
{
    struct spool spool;
    struct err err;
    static char big[300000], back[300010];
    uint64_t first, second, third;

    CHECK(spool_open(&spool, &err));
    memset(big, 'b', sizeof big);
    CHECK(spool_add(&spool, "aaaaa", 5, &first, &err));
    CHECK(spool_add(&spool, big, 300000, &second, &err));
    CHECK(spool_add(&spool, "ccccc", 5, &third, &err));
    CHECK(first == 0 && second == 5 && third == 300005);
    CHECK(spool_read(&spool, 0, back, 300010, &err)); /* partly on the disk, partly not yet */
    CHECK(memcmp(back, "aaaaab", 6) == 0 && memcmp(back + 300004, "bccccc", 6) == 0);
    spool_close(&spool);
}

TEST(folders)
{
    struct spool spool;
    struct err err;

    files_text("x", "x");
    setenv("TMPDIR", files_path("absent"), 1);
    CHECK(!spool_open(&spool, &err));
    CHECK(strstr(err.text, "/absent: no temporary file: No such file or directory"));
    setenv("TMPDIR", "", 1);
    CHECK(spool_open(&spool, &err));
    spool_close(&spool);
    unsetenv("TMPDIR");
}

TEST(full_disk)
{
    struct rlimit old = {0}, small = {100000, 0};
    struct spool spool;
    struct err err;
    uint64_t begin;
    bool good = true;

    signal(SIGXFSZ, SIG_IGN);
    CHECK(spool_open(&spool, &err) && getrlimit(RLIMIT_FSIZE, &old) == 0);
    small.rlim_max = old.rlim_max;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    for (size_t i = 0; good && i < RECORDS; i++) good = add_one(&spool, i, &begin, &err);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(!good);
    CHECK_TEXT(err.text, "temporary file: cannot write: File too large");
    spool_close(&spool);
}

int main(void)
{
    RUN(what_goes_in_comes_out);
    RUN(several_records_in_one_read);
    RUN(folders);
    RUN(full_disk);
    return check_end();
}
