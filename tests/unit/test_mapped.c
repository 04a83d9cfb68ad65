/* Mapped files, and those that shrink under a reader. */
#include "core/mapped.h"

#include "check.h"
#include "core/outfile.h"
#include "core/report.h"
#include "unit/files.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE ((size_t)4096)
#define PAGES 64

static struct err err;
static _Thread_local volatile unsigned char sink;

static const char *big_file(const char *name)
{
    static char bytes[PAGES * PAGE];

    memset(bytes, 'x', sizeof bytes);
    return files_write(name, bytes, sizeof bytes);
}

TEST(whole_file)
{
    struct mapped file;
    const char *path = files_text("whole", "abc");

    if (!CHECK(mapped_open(&file, path, &err))) return;
    CHECK(file.len == 3 && memcmp(file.at, "abc", 3) == 0);
    CHECK_TEXT(file.path, path);
    mapped_close(&file);
    CHECK(!file.at && !file.path);
    mapped_close(&file); /* is fine */
}

TEST(empty_file)
{
    struct mapped file;

    if (!CHECK(mapped_open(&file, files_text("empty", ""), &err))) return;
    CHECK(!file.at && file.len == 0 && file.path);
    mapped_close(&file);
}

TEST(what_cannot_be_mapped)
{
    struct mapped file;
    const char *fifo = files_path("fifo");

    CHECK(!mapped_open(&file, files_path("absent"), &err) && !file.path);
    CHECK(strstr(err.text, "/absent: No such file or directory"));
    CHECK(mkfifo(fifo, 0600) == 0 && !mapped_open(&file, fifo, &err)); /* and does not wait */
    CHECK(strstr(err.text, "/fifo: not a regular file"));
    CHECK(!mapped_open(&file, "/dev/null", &err));
    CHECK_TEXT(err.text, "/dev/null: not a regular file");
    CHECK(!mapped_open(&file, "/", &err));
    CHECK_TEXT(err.text, "/: not a regular file");
    CHECK(!mapped_take(&file, -1, "x", &err));
    CHECK_TEXT(err.text, "x: Bad file descriptor");
}

/* What was mapped stays, whatever gets the name. */
TEST(replaced_file)
{
    struct mapped file;
    const char *path = big_file("replaced");

    if (!CHECK(mapped_open(&file, path, &err))) return;
    CHECK(rename(files_text("other", "y"), path) == 0);
    for (size_t i = 0; i < file.len; i += PAGE) CHECK(file.at[i] == 'x');
    mapped_close(&file);
}

/* What a child that runs do_it says on standard error, with its end behind it. */
static const char *talk(void (*do_it)(void))
{
    static char text[4000];
    size_t len = 0;
    ssize_t got;
    int ends[2], status;

    if (!CHECK(pipe(ends) == 0)) return "";
    fflush(stdout);
    if (fork() == 0) {
        struct rlimit no_core = {0, 0};

        setrlimit(RLIMIT_CORE, &no_core);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        report_start("t");
        do_it();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + len, sizeof text - 20 - len)) > 0) len += (size_t)got;
    close(ends[0]);
    wait(&status);
    snprintf(text + len, 20, "(%s%d)", WIFSIGNALED(status) ? "signal " : "",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return text;
}

static void map(struct mapped *file, const char *name)
{
    if (!mapped_open(file, big_file(name), &err)) _exit(90);
}

static void touch(const struct mapped *file)
{
    for (size_t i = 0; i < file->len; i += PAGE) sink = file->at[i];
}

static void shrink(const char *name, size_t len)
{
    if (truncate(files_path(name), (off_t)len) != 0) _exit(91);
}

static void read_a_shrinking_file(void)
{
    struct mapped files[3];

    map(&files[0], "one");
    map(&files[1], "two");
    map(&files[2], "three");
    mapped_close(&files[0]);
    map(&files[0], "four");
    shrink("two", PAGE);
    touch(&files[0]);
    touch(&files[2]);
    touch(&files[1]);
}

static void read_as_json(void)
{
    struct mapped file;

    report_style(true, true);
    map(&file, "one\n");
    shrink("one\n", 0);
    touch(&file);
}

TEST(shrinking_file)
{
    char want[300];

    snprintf(want, sizeof want, "t: %s: the file shrank while it was read\n(1)", files_path("two"));
    CHECK_TEXT(talk(read_a_shrinking_file), want);
    CHECK(strstr(talk(read_as_json), "/one\\u000a: the file shrank while it was read\"}\n(1)"));
}

static void read_with_an_open_output(void)
{
    struct mapped file;
    struct outfile out;

    map(&file, "two");
    if (!outfile_open(&out, files_path("out"), &err) || !outfile_write(&out, "new", 3, &err) ||
        !outfile_name(&out, &err) || !out.named)
        _exit(92);
    shrink("two", 0);
    touch(&file);
}

TEST(temporaries_vanish)
{
    size_t before;

    files_text("out", "old");
    big_file("two");
    before = files_count();
    CHECK(strstr(talk(read_with_an_open_output), "(1)"));
    CHECK_INT(files_count(), before);
}

static void read_without_standard_error(void)
{
    close(STDERR_FILENO);
    read_with_an_open_output();
}

TEST(temporaries_vanish_unheard)
{
    size_t before = files_count();

    CHECK_TEXT(talk(read_without_standard_error), "(1)");
    CHECK_INT(files_count(), before);
}

static void *touch_all(void *argument)
{
    touch(argument);
    return NULL;
}

static void read_in_threads(void)
{
    struct mapped files[8];
    pthread_t threads[8];
    char name[20];

    for (int i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "shard-%d", i);
        map(&files[i], name);
        shrink(name, 0);
    }
    for (int i = 0; i < 8; i++)
        if (pthread_create(&threads[i], NULL, touch_all, &files[i]) != 0) _exit(93);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
}

TEST(one_line_from_many_threads)
{
    const char *said = talk(read_in_threads), *newline = strchr(said, '\n');

    CHECK(strstr(said, "/shard-") && newline && strcmp(newline, "\n(1)") == 0);
}

static void *map_and_close(void *argument)
{
    struct mapped file;
    struct err mine;

    for (int i = 0; i < 200 && mapped_open(&file, argument, &mine); i++) {
        touch(&file);
        mapped_close(&file);
    }
    return NULL;
}

TEST(threads_map_at_once)
{
    const char *path = big_file("busy");
    pthread_t threads[4];
    struct mapped file;

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, map_and_close, (void *)path) == 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    CHECK(mapped_open(&file, path, &err));
    touch(&file);
    mapped_close(&file);
}

static void touch_a_mapping_of_others(void)
{
    struct mapped file;
    int fd;
    const unsigned char *at;

    signal(SIGBUS, SIG_DFL);
    map(&file, "two");
    big_file("foreign");
    fd = open(files_path("foreign"), O_RDONLY | O_CLOEXEC);
    at = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    shrink("foreign", 0);
    if (at != MAP_FAILED) sink = at[PAGE];
}

static void get_the_signal(void)
{
    struct mapped file;

    signal(SIGBUS, SIG_DFL);
    map(&file, "two");
    raise(SIGBUS);
}

/* The handler is installed once in a process, so this runs before the first mapping. */
TEST(other_addresses_keep_the_default)
{
    char want[30];

    snprintf(want, sizeof want, "(signal %d)", SIGBUS);
    CHECK_TEXT(talk(touch_a_mapping_of_others), want);
    CHECK_TEXT(talk(get_the_signal), want);
}

int main(void)
{
    files_path("");
    RUN(other_addresses_keep_the_default);
    RUN(whole_file);
    RUN(empty_file);
    RUN(what_cannot_be_mapped);
    RUN(replaced_file);
    RUN(shrinking_file);
    RUN(temporaries_vanish);
    RUN(temporaries_vanish_unheard);
    RUN(one_line_from_many_threads);
    RUN(threads_map_at_once);
    return check_end();
}
