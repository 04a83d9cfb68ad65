/* A command as a judge: whatever it does ends in verdicts or in one line. */
#include "judge/command.h"

#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 20000 };

static struct err err;
static double scores[MANY];
static char reasons[4][64];
static size_t taken;

static bool take(void *context, size_t index, double score, struct text why, struct err *problem)
{
    const size_t *stop = context;

    CHECK(index == taken);
    if (stop && index == *stop) return err_set(problem, "no more");
    scores[taken++] = score;
    if (index < 4) snprintf(reasons[index], sizeof *reasons, "%.*s", (int)why.len, why.at);
    return true;
}

static bool run(const char *command, const struct command_case *cases, size_t count, double seconds)
{
    struct command_judge judge = {.command = command, .seconds = seconds, .take = take};

    taken = 0;
    memset(reasons, 0, sizeof reasons);
    return command_run(&judge, cases, count, &err);
}

static const struct command_case three[] = {
    {.id = {"\"a\"", 3},
     .prompt = {"\"p\\n\"", 5},
     .generated = {"one\n\xFF\"", 6},
     .answer = {"45", 2},
     .chosen = {"[1]", 3},
     .reference_answer = {"ref", 3}},
    {.generated = {"two", 3}},
    {.generated = {NULL, 0}},
};

static void check_error(const char *command, double seconds, const char *want)
{
    CHECK(!run(command, three, 3, seconds));
    CHECK_TEXT(err.text, want);
}

TEST(every_form_of_verdict)
{
    CHECK(run("cat > /dev/null; printf 'true\\n0.25\\n{\"score\":0.5,\"why\":\"so \\\\u00e9\"}'",
              three, 3, 10));
    CHECK(taken == 3 && scores[0] == 1 && scores[1] == 0.25 && scores[2] == 0.5);
    CHECK_TEXT(reasons[0], "");
    CHECK_TEXT(reasons[2], "so \xC3\xA9");
    CHECK(run("cat > /dev/null; echo false; echo '{\"correct\":true}'; echo '{\"correct\":0.1}'",
              three, 3, 10));
    CHECK(scores[0] == 0 && scores[1] == 1 && scores[2] == 0.1);
    CHECK(run("true", three, 0, 10));
    CHECK(run("echo 1; echo 1; echo 1", three, 3, 10)); /* without reading anything */
}

TEST(what_it_is_given)
{
    static const char test[] =
        "IFS= read -r a; IFS= read -r b; IFS= read -r c; "
        "x='{\"id\":\"a\",\"prompt\":\"p\\n\",\"generated\":\"one\\n\xEF\xBF\xBD\\\"\",\"answer\":"
        "45,"
        "\"chosen\":[1],\"reference_answer\":\"ref\"}'; "
        "[ \"$a\" = \"$x\" ] && echo 1 || echo 0; "
        "[ \"$b\" = '{\"generated\":\"two\"}' ] && echo 1 || echo 0; "
        "[ \"$c\" = '{\"generated\":\"\"}' ] && ! read -r d && echo 1 || echo 0";

    CHECK(run(test, three, 3, 10));
    CHECK(scores[0] == 1);
    CHECK(scores[1] == 1);
    CHECK(scores[2] == 1);
}

/* Megabytes both ways, whichever side buffers. */
TEST(no_deadlock)
{
    static char text[300];
    static struct command_case many[MANY];

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < MANY; i++) many[i].generated = (struct text){text, sizeof text};
    CHECK(run("sed 's/.*/{\"correct\":true,\"why\":\"&\"}/' | tr -d '{}' | sed 's/.*/true/'", many,
              MANY, 60));
    CHECK(taken == MANY);
    CHECK(run("cat > /dev/null; awk 'BEGIN{for(i=0;i<20000;i++)print 0.5}'", many, MANY, 60));
    CHECK(taken == MANY && scores[MANY - 1] == 0.5);
    CHECK(!run("head -n 1; exec cat", many, MANY, 60));
    CHECK(strstr(err.text, "as its line 1, which is no verdict") != NULL);
}

TEST(failures)
{
    check_error("/no/such/judge 2> /dev/null", 10,
                "judge '/no/such/judge 2> /dev/null' was not found (status 127)");
    check_error("echo 1; exit 3", 10,
                "judge 'echo 1; exit 3' ended with status 3 after 1 of 3 verdicts");
    check_error("echo 1; echo 1; echo 1; exit 1", 10,
                "judge 'echo 1; echo 1; echo 1; exit 1' ended with status 1 after 3 of 3 verdicts");
    check_error("echo 0; kill -9 $$", 10,
                "judge 'echo 0; kill -9 $$' was killed by signal 9 (Killed) after 1 of 3 verdicts");
    check_error("exit 0", 10, "judge 'exit 0' ended after 0 of 3 verdicts");
    check_error("yes 1", 10, "judge 'yes 1' wrote more than 3 verdicts");
    check_error("echo true; printf 'oh\\033[2J no\\n'", 10,
                "judge 'echo true; printf 'oh\\033[2J no\\n'' wrote 'oh\\x1b[2J no' as its line 2, "
                "which is no verdict");
    check_error("echo", 10, "judge 'echo' wrote '' as its line 1, which is no verdict");
    check_error("echo 2", 10, "judge 'echo 2' wrote '2' as its line 1, which is no verdict");
    check_error("echo '\"true\"'", 10,
                "judge 'echo '\"true\"'' wrote '\"true\"' as its line 1, which is no verdict");
    check_error(
        "echo '{\"why\":1}'", 10,
        "judge 'echo '{\"why\":1}'' wrote '{\"why\":1}' as its line 1, which is no verdict");
    check_error("echo 1; sleep 60", 0.2,
                "judge 'echo 1; sleep 60' was silent for 0.2 s after 1 of 3 verdicts");
    check_error("exec >&-; sleep 60", 0.2,
                "judge 'exec >&-; sleep 60' was silent for 0.2 s after 0 of 3 verdicts");
    check_error("tr '\\0' x < /dev/zero", 10,
                "judge 'tr '\\0' x < /dev/zero' wrote more than 65536 bytes as its line 1");
    check_error("printf 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg'", 10,
                "judge 'printf 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeff...' wrote "
                "'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff...' as its line 1, "
                "which is no verdict");
}

/* Gone, or dead and waiting for init to notice. */
static bool is_dead(int pid)
{
    char path[64], state = 'Z';
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "r");
    if (!file) return true;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 'Z';
    fclose(file);
    return state == 'Z' || state == 'X';
}

/* What a judge leaves behind goes with it, when it fails and when it ends. */
TEST(children)
{
    static const char *const commands[] = {
        "echo $PPID > /dev/null; sleep 61 & echo $! > \"$JUDGE_PID\"; echo rubbish; wait",
        "sleep 61 & echo $! > \"$JUDGE_PID\"; wait",
        "sleep 61 & echo $! > \"$JUDGE_PID\"; echo 1; echo 1; echo 1"};
    char path[] = "/tmp/test_command.XXXXXX";
    int fd = mkstemp(path);

    setenv("JUDGE_PID", path, 1);
    for (size_t i = 0; i < 3; i++) {
        FILE *file;
        int pid = 0, tries = 0;

        CHECK(run(commands[i], three, 3, 0.3) == (i == 2));
        file = fopen(path, "r");
        CHECK(file && fscanf(file, "%d", &pid) == 1 && pid > 1);
        if (file) fclose(file);
        while (pid > 1 && !is_dead(pid) && tries++ < 200) usleep(10000);
        CHECK(pid > 1 && tries < 200);
    }
    close(fd);
    unlink(path);
}

/* The numbers of a judge and of what it started, told in a file; false until they are there. */
static bool read_family(const char *path, int pids[2])
{
    FILE *file = fopen(path, "r");
    const bool good = file && fscanf(file, "%d %d\n", &pids[0], &pids[1]) == 2;

    if (file) fclose(file);
    return good && pids[0] > 1 && pids[1] > 1;
}

static bool wait_until_dead(int pid)
{
    for (int tries = 0; tries < 200; tries++, usleep(10000))
        if (is_dead(pid)) return true;
    return false;
}

/* Nothing of a judge outlives the program that asked it, however that ends, nor can the judge
 * prevent it by a signal to its group. */
TEST(an_end_of_the_program)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGKILL};
    char path[] = "/tmp/test_command.XXXXXX";
    int fd = mkstemp(path);

    setenv("JUDGE_PID", path, 1);
    for (size_t i = 0; i < 3; i++) {
        int pids[2] = {0}, tries = 0;
        pid_t program;

        CHECK(ftruncate(fd, 0) == 0);
        fflush(stdout);
        program = fork();
        if (program == 0) {
            signal(signals[i], SIG_DFL);
            run("trap '' TERM; kill -s TERM 0; sleep 47 & echo $$ $! > \"$JUDGE_PID\"; wait", three,
                3, 60);
            _exit(0);
        }
        while (!read_family(path, pids) && tries++ < 1000) usleep(10000);
        CHECK(kill(program, signals[i]) == 0);
        CHECK(waitpid(program, NULL, 0) == program);
        CHECK(pids[0] > 1 && wait_until_dead(pids[0]));
        CHECK(pids[1] > 1 && wait_until_dead(pids[1]));
    }
    close(fd);
    unlink(path);
}

TEST(the_caller)
{
    struct command_judge judge = {"yes 1 | head -n 3", 10, take, &(size_t){1}};
    sigset_t before, after;

    taken = 0;
    sigprocmask(SIG_BLOCK, NULL, &before);
    CHECK(!command_run(&judge, three, 3, &err));
    CHECK_TEXT(err.text, "no more");
    CHECK(taken == 1);
    CHECK(run("exec <&-; echo 1; echo 1; echo 1", three, 3, 10)); /* raises SIGPIPE, or not */
    sigprocmask(SIG_BLOCK, NULL, &after);
    CHECK(sigismember(&before, SIGPIPE) == sigismember(&after, SIGPIPE));
}

int main(void)
{
    RUN(every_form_of_verdict);
    RUN(what_it_is_given);
    RUN(no_deadlock);
    RUN(failures);
    RUN(children);
    RUN(an_end_of_the_program);
    RUN(the_caller);
    return check_end();
}
