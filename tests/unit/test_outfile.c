/* Files that appear whole or not at all. */
#include "core/outfile.h"

#include "check.h"
#include "unit/files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct err err;

static void check_content(const char *path, const char *want)
{
    char *text = files_read(path, NULL);

    CHECK_TEXT(text, want);
    mem_free(text);
}

TEST(new_file)
{
    const char *path = files_path("new");
    struct outfile out;
    size_t before = files_count();

    if (!CHECK(outfile_open(&out, path, &err))) return;
    CHECK(outfile_write(&out, "a", 1, &err) && outfile_write(&out, "bc\n", 3, &err));
    CHECK(access(path, F_OK) != 0);
    CHECK_INT(out.written, 4);
    CHECK(outfile_commit(&out, &err));
    check_content(path, "abc\n");
    CHECK_INT(files_count(), before + 1);
    outfile_abandon(&out); /* is fine */
    check_content(path, "abc\n");
}

TEST(old_file_stays_until_the_end)
{
    const char *path = files_text("old", "old");
    struct outfile out;
    size_t before = files_count();

    for (int stage = 0; stage < 3; stage++) {
        CHECK(outfile_open(&out, path, &err) && outfile_write(&out, "new", 3, &err));
        if (stage > 0) CHECK(outfile_flush(&out, &err));
        if (stage > 1) CHECK(outfile_sync(&out, &err) && outfile_name(&out, &err));
        check_content(path, "old");
        outfile_abandon(&out);
        check_content(path, "old");
        CHECK_INT(files_count(), before);
    }
    CHECK(outfile_open(&out, path, &err) && outfile_write(&out, "new", 3, &err));
    CHECK(outfile_sync(&out, &err));
    CHECK_INT(files_count(), before);
    CHECK(outfile_name(&out, &err));
    CHECK_INT(files_count(), before + 1);
    check_content(path, "old");
    CHECK(outfile_publish(&out, &err));
    outfile_abandon(&out);
    check_content(path, "new");
    CHECK_INT(files_count(), before);
}

TEST(large_writes)
{
    const char *path = files_path("large");
    static char piece[300000];
    char *text;
    struct outfile out;
    size_t len = 0, sizes[] = {1, 65536, 65537, 262144, 300000, 7, 200000, 262143};

    if (!CHECK(outfile_open(&out, path, &err))) return;
    for (size_t i = 0; i < 40; i++) {
        size_t size = sizes[i % 8];

        memset(piece, 'a' + (int)i % 26, size);
        CHECK(outfile_write(&out, piece, size, &err));
        len += size;
    }
    CHECK(outfile_commit(&out, &err));
    CHECK_INT(out.written, len);
    text = files_read(path, &len);
    CHECK_INT(len, out.written);
    for (size_t i = 0, at = 0; text && i < 40; at += sizes[i++ % 8])
        CHECK(text[at] == 'a' + (int)i % 26 && text[at + sizes[i % 8] - 1] == text[at]);
    mem_free(text);
}

TEST(many_at_once)
{
    struct outfile outs[3];
    const char *path = files_path("same");

    for (int i = 0; i < 3; i++)
        CHECK(outfile_open(&outs[i], path, &err) && outfile_write(&outs[i], &"012"[i], 1, &err) &&
              outfile_sync(&outs[i], &err) && outfile_name(&outs[i], &err));
    for (int i = 0; i < 3; i++) CHECK(outfile_commit(&outs[i], &err));
    check_content(path, "2");
}

TEST(places_that_take_no_file)
{
    struct outfile out;
    const char *folder = files_path("folder");
    char below[300];

    CHECK(mkdir(folder, 0777) == 0);
    CHECK(!outfile_open(&out, folder, &err));
    CHECK(strstr(err.text, "/folder: is a directory"));
    outfile_abandon(&out);
    CHECK(!outfile_open(&out, files_path("absent/x"), &err));
    CHECK(strstr(err.text, "/absent/x: cannot create: No such file or directory"));
    outfile_abandon(&out);
    snprintf(below, sizeof below, "%s/", files_path("nothing"));
    CHECK(!outfile_open(&out, below, &err));
    outfile_abandon(&out);
    CHECK(!outfile_open(&out, "/proc/x", &err));
    outfile_abandon(&out);
    if (geteuid() == 0) return; /* whom no permission stops */
    CHECK(chmod(folder, 0500) == 0);
    snprintf(below, sizeof below, "%s/x", folder);
    CHECK(!outfile_open(&out, below, &err));
    CHECK(strstr(err.text, "cannot create: Permission denied"));
    outfile_abandon(&out);
}

TEST(full_device)
{
    struct outfile out;
    char piece[100000] = {0};

    CHECK(outfile_open(&out, "/dev/full", &err) && outfile_write(&out, "x", 1, &err));
    CHECK(!outfile_commit(&out, &err));
    CHECK_TEXT(err.text, "/dev/full: cannot write: No space left on device");
    CHECK(outfile_open(&out, "/dev/full", &err));
    CHECK(!outfile_write(&out, piece, sizeof piece, &err));
    outfile_abandon(&out);
    CHECK(outfile_open(&out, "/dev/null", &err) && outfile_write(&out, "x", 1, &err));
    CHECK(outfile_commit(&out, &err));
}

/* SIGXFSZ is ignored by every tool, so the limit is an error like any other. */
TEST(file_size_limit)
{
    const char *path = files_text("limited", "old");
    struct rlimit old, small = {100000, 100000};
    struct outfile out;
    char piece[1000] = {0};
    bool good = true;

    signal(SIGXFSZ, SIG_IGN);
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small.rlim_max = old.rlim_max;
    CHECK(outfile_open(&out, path, &err) && setrlimit(RLIMIT_FSIZE, &small) == 0);
    for (int i = 0; good && i < 200; i++) good = outfile_write(&out, piece, sizeof piece, &err);
    good = good && outfile_commit(&out, &err);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(!good && strstr(err.text, "/limited: cannot write: File too large"));
    outfile_abandon(&out);
    check_content(path, "old");
}

TEST(links_are_replaced)
{
    const char *target = files_text("target", "target"), *link = files_path("link");
    struct outfile out;
    struct stat stat;

    CHECK(symlink(target, link) == 0);
    CHECK(outfile_open(&out, link, &err) && outfile_write(&out, "new", 3, &err));
    CHECK(outfile_commit(&out, &err));
    check_content(link, "new");
    check_content(target, "target");
    CHECK(lstat(link, &stat) == 0 && S_ISREG(stat.st_mode));
}

TEST(rights_follow_the_mask)
{
    mode_t mask = umask(027);
    const char *path = files_path("rights");
    struct outfile out;
    struct stat stat;

    CHECK(outfile_open(&out, path, &err) && outfile_commit(&out, &err));
    umask(mask);
    CHECK(lstat(path, &stat) == 0 && (stat.st_mode & 0777) == 0640 && stat.st_size == 0);
}

TEST(old_permissions_are_kept)
{
    const char *path = files_text("private", "old");
    struct outfile out;
    struct stat stat = {0};

    CHECK(chmod(path, 0604) == 0);
    CHECK(outfile_open(&out, path, &err) && fstat(out.fd, &stat) == 0);
    CHECK((stat.st_mode & 0777) == 0604); /* nobody else may look before it is done */
    CHECK(outfile_commit(&out, &err));
    CHECK(lstat(path, &stat) == 0 && (stat.st_mode & 0777) == 0604 && stat.st_size == 0);
}

/* Links to what is no regular file, and names in /proc and /dev, are written through. */
TEST(what_is_written_straight)
{
    const char *link = files_path("to-pipe"), *file = files_text("open", "old ");
    int ends[2], fd = open(file, O_WRONLY | O_CLOEXEC);
    struct outfile out;
    struct stat stat;
    char name[64], got[4] = "";

    if (!CHECK(pipe(ends) == 0)) return;
    snprintf(name, sizeof name, "/proc/self/fd/%d", ends[1]);
    CHECK(symlink(name, link) == 0);
    CHECK(outfile_open(&out, link, &err) && out.folder < 0);
    CHECK(outfile_write(&out, "abc", 3, &err) && outfile_commit(&out, &err));
    CHECK(lstat(link, &stat) == 0 && S_ISLNK(stat.st_mode));
    CHECK(read(ends[0], got, 4) == 3 && memcmp(got, "abc", 3) == 0);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    CHECK(outfile_open(&out, name, &err) && out.folder < 0);
    CHECK(outfile_write(&out, "new", 3, &err) && outfile_commit(&out, &err));
    check_content(file, "old new");
    CHECK(outfile_open(&out, "/dev/stdout", &err) && !out.path && out.fd == STDOUT_FILENO);
    outfile_abandon(&out);
    CHECK(!outfile_open(&out, "", &err));
    CHECK_TEXT(err.text, "'': no file name");
    close(ends[0]);
    close(ends[1]);
    close(fd);
}

TEST(dangling_links_are_replaced)
{
    const char *link = files_path("dangling");
    struct outfile out;
    struct stat stat;

    CHECK(symlink("nowhere", link) == 0);
    CHECK(outfile_open(&out, link, &err) && outfile_commit(&out, &err));
    CHECK(lstat(link, &stat) == 0 && S_ISREG(stat.st_mode));
    CHECK(access(files_path("nowhere"), F_OK) != 0);
}

static bool same(const char *one, const char *other)
{
    struct outfile a, b;
    bool got;

    if (!CHECK(outfile_open(&a, one, &err) && outfile_open(&b, other, &err))) return false;
    got = outfile_same(&a, &b);
    CHECK(outfile_same(&b, &a) == got);
    outfile_abandon(&a);
    outfile_abandon(&b);
    return got;
}

TEST(two_names_of_one_file)
{
    const char *path = files_path("twice"), *open_file = files_text("held", "x");
    int fd = open(open_file, O_WRONLY | O_CLOEXEC);
    char name[64];

    CHECK(same(path, path) && same(path, files_path("./twice")));
    CHECK(!same(path, files_path("other")) && !same(path, "-") && same("-", "/dev/stdout"));
    CHECK(mkdir(files_path("below"), 0777) == 0);
    CHECK(!same(path, files_path("below/twice")));
    CHECK(same(path, files_path("below/../twice")));
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    CHECK(same(name, name) && same(name, open_file) && !same(name, path));
    CHECK(!same("/dev/null", "/dev/null"));
    CHECK(rmdir(files_path("below")) == 0);
    close(fd);
}

TEST(several_are_one_commit)
{
    const char *paths[] = {files_text("first", "old"), files_text("second", "old")};
    struct outfile outs[2], *both[] = {&outs[0], &outs[1]};
    size_t before = files_count();

    for (int last = 0; last < 2; last++) {
        for (int i = 0; i < 2; i++)
            CHECK(outfile_open(both[i], paths[i], &err) && outfile_write(both[i], "new", 3, &err));
        if (!last) CHECK(close(outs[1].fd) == 0); /* so that its write fails */
        CHECK(outfile_commit_all(both, 2, &err) == last);
        CHECK_INT(files_count(), before);
        for (int i = 0; i < 2; i++) check_content(paths[i], last ? "new" : "old");
    }
}

/* The file can be read back before it has its name. */
TEST(descriptor_can_be_read)
{
    struct outfile out;
    char got[4] = "";

    CHECK(outfile_open(&out, files_path("both-ways"), &err) && outfile_write(&out, "abc", 3, &err));
    CHECK(outfile_flush(&out, &err) && pread(out.fd, got, 4, 0) == 3);
    CHECK_TEXT(got, "abc");
    outfile_abandon(&out);
}

/* In a child, which has none in the end: what closing would tell is told. */
TEST(standard_output_at_its_end)
{
    struct outfile out;
    int status;

    fflush(stdout);
    if (fork() == 0) {
        bool good = outfile_open(&out, "-", &err) && outfile_commit(&out, &err) &&
                    fcntl(STDOUT_FILENO, F_GETFD) >= 0 && close(STDOUT_FILENO) == 0 &&
                    outfile_open(&out, NULL, &err) && !outfile_commit(&out, &err) &&
                    strcmp(err.text, "standard output: cannot close: Bad file descriptor") == 0;
        _exit(!good);
    }
    CHECK(wait(&status) > 0 && status == 0);
}

/* What happens to a temporary with a name when a signal ends the program. */
static int die_named(const char *path, int number)
{
    struct outfile out;
    int status;

    fflush(stdout);
    if (fork() == 0) {
        if (outfile_open(&out, path, &err) && outfile_write(&out, "new", 3, &err) &&
            outfile_sync(&out, &err) && outfile_name(&out, &err) && out.named)
            raise(number);
        _exit(1);
    }
    CHECK(wait(&status) > 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

TEST(signals_leave_nothing)
{
    static const int numbers[] = {SIGINT, SIGPIPE, SIGTERM};
    const char *path = files_text("signalled", "old");
    size_t before = files_count();

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        CHECK_INT(die_named(path, numbers[i]), numbers[i]);
        CHECK_INT(files_count(), before);
    }
    CHECK_INT(die_named(path, SIGHUP), -1); /* goes on to its own end: see main */
    check_content(path, "old");
}

/* However many there are. */
TEST(signals_leave_nothing_of_many)
{
    size_t before = files_count();
    int status;

    fflush(stdout);
    if (fork() == 0) {
        static struct outfile outs[40];
        char name[20];

        for (int i = 0; i < 40; i++) {
            snprintf(name, sizeof name, "many-%d", i);
            if (!outfile_open(&outs[i], files_path(name), &err) || !outfile_name(&outs[i], &err))
                _exit(1);
        }
        if (files_count() == before + 40) raise(SIGTERM);
        _exit(1);
    }
    CHECK(wait(&status) > 0 && WIFSIGNALED(status));
    CHECK_INT(files_count(), before);
}

int main(void)
{
    signal(SIGINT, SIG_DFL); /* whoever runs us may ignore it */
    signal(SIGHUP, SIG_IGN); /* as under nohup */
    RUN(new_file);
    RUN(old_file_stays_until_the_end);
    RUN(large_writes);
    RUN(many_at_once);
    RUN(places_that_take_no_file);
    RUN(full_device);
    RUN(file_size_limit);
    RUN(links_are_replaced);
    RUN(rights_follow_the_mask);
    RUN(old_permissions_are_kept);
    RUN(what_is_written_straight);
    RUN(dangling_links_are_replaced);
    RUN(two_names_of_one_file);
    RUN(several_are_one_commit);
    RUN(descriptor_can_be_read);
    RUN(standard_output_at_its_end);
    RUN(signals_leave_nothing);
    RUN(signals_leave_nothing_of_many);
    return check_end();
}
