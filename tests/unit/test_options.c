/* The command line and the file beside it; wrong usage in a child, for it ends the program. */
#include "options/options.h"

#include "check.h"
#include "options/config_file.h"
#include "unit/files.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *directory = "out";
static size_t seed = 42, method;
static bool deep;
static struct option_list maps;

static const struct option_spec options[] = {
    {'d', "directory", OPTION_TEXT, &directory, "DIR", "write there"},
    {0, "seed", OPTION_SIZE, &seed, "N", "keys the hash"},
    {0, "method", OPTION_CHOICE, &method, "hash|sklearn", "how"},
    {0, "deep", OPTION_FLAG, &deep, NULL, "further"},
    {0, "map", OPTION_LIST, &maps, "A=B", "names"},
    OPTION_END};
static const struct option_alias aliases[] = {
    {"data_seed", NULL, ALIAS_SAME, "seed", NULL, "one seed is drawn from: give seed", 0},
    {"slow", "false", ALIAS_REFUSED, NULL, NULL, "it always is", 0},
    {"slower", NULL, ALIAS_REFUSED, NULL, NULL, "it never is", 0},
    {"fast", "true", ALIAS_OPTION, "method", "sklearn", NULL, 0},
    {"fast", "false", ALIAS_DEFAULT, "method", "hash", "it was slow before", 0},
    {"seed", "null", ALIAS_OPTION, "seed", "0", NULL, 0},
    {"halt", "true", ALIAS_ALWAYS, "seed", "1", NULL, 0},
    {"folder*", NULL, ALIAS_OPTION, "directory", NULL, NULL, '+'},
    {"dataset_path", NULL, ALIAS_OPERAND, NULL, NULL, NULL, 0},
    {"loader_*", NULL, ALIAS_NOTE, NULL, NULL, "nothing is loaded", 0},
    {NULL, NULL, ALIAS_NOTE, NULL, NULL, NULL, 0}};
static const struct program program = {"test", "tests options", "[FILE...]", options,
                                       NULL,   aliases};

#define ARGUMENTS 12

/* What came of the words: values and operands, or the child's own talk and its exit status. */
static const char *start(const char *const *words)
{
    static char text[4000];
    char *argv[ARGUMENTS + 1] = {"test"}, **rest;
    int ends[2], argc = 1, status;
    size_t len = 0;
    ssize_t got;

    while (*words) argv[argc++] = (char *)*words++;
    if (!CHECK(pipe(ends) == 0)) return "";
    fflush(stdout);
    if (fork() == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        rest = program_start(&program, argc, argv);
        printf("%s %zu %zu %d", directory, seed, method, deep);
        for (size_t i = 0; i < maps.count; i++) printf(" %s", maps.items[i]);
        for (printf(" :"); *rest; rest++) printf(" %s", *rest);
        fflush(stdout);
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + len, sizeof text - 20 - len)) > 0) len += (size_t)got;
    close(ends[0]);
    wait(&status);
    snprintf(text + len, 20, "(%d)", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return text;
}

#define START(...) start((const char *const[]){__VA_ARGS__, NULL})

TEST(values)
{
    CHECK_TEXT(START("a"), "out 42 0 0 : a(0)");
    CHECK_TEXT(START("-d", "x", "a", "--seed=7", "b", "--deep"), "x 7 0 1 : a b(0)");
    CHECK_TEXT(START("-dx", "--method", "sklearn", "--", "--deep"), "x 42 1 0 : --deep(0)");
    CHECK_TEXT(START("--map", "a=b", "--map=c=d", "-"), "out 42 0 0 a=b c=d : -(0)");
}

TEST(flags)
{
    const char *path = files_text("flags", "deep = yes\n");

    CHECK_TEXT(START("--deep=yes"), "out 42 0 1 :(0)");
    CHECK_TEXT(START("--deep", "no"), "out 42 0 1 : no(0)");
    CHECK_TEXT(START("--deep", "--deep=false"), "out 42 0 0 :(0)");
    CHECK_TEXT(START("--config", path, "--deep=no"), "out 42 0 0 :(0)");
    CHECK_TEXT(START("--dee", "--see=7"), "out 7 0 1 :(0)"); /* cut short, but clear */
}

TEST(wrong_usage)
{
    CHECK_TEXT(START("--nothing"), "test: no option is called '--nothing' (see --help)\n(2)");
    CHECK_TEXT(START("-x"), "test: no option is called '-x' (see --help)\n(2)");
    CHECK_TEXT(START("--seed"), "test: '--seed' needs a value (see --help)\n(2)");
    CHECK_TEXT(START("-d"), "test: '-d' needs a value (see --help)\n(2)");
    CHECK_TEXT(START("--seed", "x"), "test: --seed takes a whole number, not 'x'\n(2)");
    CHECK_TEXT(START("--method", "x"), "test: --method takes hash|sklearn, not 'x'\n(2)");
    CHECK_TEXT(START("--threads", "0"), "test: --threads takes 1 to 1024, not 0\n(2)");
    CHECK_TEXT(START("--deep=3"), "test: --deep takes yes or no, not '3'\n(2)");
    CHECK_TEXT(START("--se=1"), "test: '--se=1' may be --seed or --seal (see --help)\n(2)");
    CHECK_TEXT(START("-o", ""), "test: --output: no file name\n(2)");
}

TEST(config_files)
{
    const char *path = files_text("conf", "# a comment\n\n seed = 5 \r\nmap = a=b\nmap = c=d\n"
                                          "deep=yes\ndirectory = with spaces");

    CHECK_TEXT(START("--config", path), "with spaces 5 0 1 a=b c=d :(0)");
    CHECK_TEXT(START("--seed", "9", "--config", path, "--map", "e=f"),
               "with spaces 9 0 1 e=f :(0)");
    CHECK(strstr(START("--config", files_text("bad", "seed 5\n")),
                 "bad:1: 'seed 5' is not 'name = value'\n(2)"));
    CHECK(strstr(START("--config", files_text("bad", "\nsead = 5\n")),
                 "bad:2: no option is called 'sead'\n(2)"));
    CHECK(strstr(START("--config", files_text("bad", "seed = x\n")),
                 "bad:1: --seed takes a whole number, not 'x'\n(2)"));
    CHECK(strstr(START("--config", files_path("gone")), "No such file or directory\n(2)"));
}

static const char *config(const char *text)
{
    const char *got = START("--config", files_text("conf", text));
    const char *conf = strstr(got, "conf:");

    return conf ? conf : got;
}

TEST(other_spellings)
{
    CHECK_TEXT(config("DEEP: True\n"), "conf:1: no option is called 'DEEP'\n(2)");
    CHECK_TEXT(config("---\ndeep: True\nseed: 7  # lucky\ndirectory: 'a # b'\n"),
               "a # b 7 0 1 :(0)");
    CHECK_TEXT(config("map: ['a=b', c=d]\nmap = e=f\nseed = 7\nseed = None\nmethod: null\n"),
               "out 0 0 0 a=b c=d e=f :(0)");
    CHECK_TEXT(config("directory = [a, \"b\"]"), "a,b 42 0 0 :(0)");
    CHECK_TEXT(config("seed = 1\nconfig = x"), "conf:2: 'config' belongs on the command line\n(2)");
    CHECK_TEXT(config("help = true"), "conf:1: 'help' belongs on the command line\n(2)");
    CHECK_TEXT(config("version: true"), "conf:1: 'version' belongs on the command line\n(2)");
    CHECK_TEXT(config("completion = no"), "conf:1: 'completion' belongs on the command line\n(2)");
    CHECK_TEXT(config("seed: 'null'"), "conf:1: --seed takes a whole number, not 'null'\n(2)");
    CHECK_TEXT(config("dir: x"), "conf:1: no option is called 'dir'\n(2)");
}

TEST(other_names)
{
    const char *path = files_text("conf", "dataset_path = a.jsonl\nfolder_a: [x, y]\n");

    CHECK_TEXT(START("--config", path), "x+y 42 0 0 : a.jsonl(0)");
    CHECK_TEXT(START("--config", path, "b"), "x+y 42 0 0 : b(0)");
    CHECK_TEXT(config("data-seed = 42\nfast = on"), "out 42 1 0 :(0)");
    CHECK_TEXT(config("data_seed = None\ndata_seed = 7"),
               "conf:2: 'data_seed = 7' is refused: one seed is drawn from: give seed\n(2)");
    path = files_text("conf", "data_seed = 7\nseed = 7\n");
    CHECK_TEXT(START("--config", path), "out 7 0 0 :(0)");
    CHECK(strstr(START("--config", path, "--seed", "8"), "conf:1: 'data_seed = 7' is refused"));
    CHECK_TEXT(config("slower = False"), "out 42 0 0 :(0)");
    CHECK_TEXT(config("slow = False"), "conf:1: 'slow = False' is refused: it always is\n(2)");
    CHECK_TEXT(config("fast = maybe"), "conf:1: no option is called 'fast'\n(2)");
    CHECK_TEXT(config("method = sklearn\nfast = no\nquiet = yes"), "out 42 1 0 :(0)");
    CHECK(strstr(config("loader_a = 1\n\nfast = no"), "conf:1: 'loader_a': nothing is loaded\n"));
    CHECK(strstr(config("fast = no"), "conf:1: 'fast': it was slow before\nout 42 0 0 :(0)"));
    CHECK_TEXT(config("seed = 7\nhalt = yes"), "out 1 0 0 :(0)");
    CHECK_TEXT(config("halt = yes\nseed = 7\nhalt = yes"), "out 1 0 0 :(0)");
    path = files_text("conf", "halt = yes\n");
    CHECK_TEXT(START("--config", path, "--seed", "7"), "out 7 0 0 :(0)");
    CHECK_TEXT(config("loader_a = 1\nquiet = yes"), "out 42 0 0 :(0)");
}

TEST(help_and_version)
{
    const char *help = START("--help");

    CHECK(strncmp(help, "usage: test [OPTION...] [FILE...]\ntests options.\n", 48) == 0);
    CHECK(strstr(help, "\n  -d, --directory DIR          write there [out]\n"));
    CHECK(strstr(help, "\n      --seed N                 keys the hash [42]\n"));
    CHECK(strstr(help, "\n      --method hash|sklearn    how [hash]\n"));
    CHECK(strstr(help, "--config FILE") && strstr(help, "(0)"));
    CHECK(strncmp(START("--version"), "test (dpo-tools) ", 17) == 0);
    CHECK(strstr(START("--completion"), "complete -o filenames -F _test test\n(0)"));
}

int main(void)
{
    RUN(values);
    RUN(flags);
    RUN(wrong_usage);
    RUN(config_files);
    RUN(other_spellings);
    RUN(other_names);
    RUN(help_and_version);
    return check_end();
}
