/* The command line. One table per tool feeds the parser, --help, --config and the shell's
 * completion, so that no option is spelled twice:
 *
 *     static const struct option_spec options[] = {
 *         {'d', "directory", OPTION_TEXT, &directory, "DIR", "write the three parts here"},
 *         {0, "seed", OPTION_SIZE, &seed, "N", "keys the hash"},
 *         OPTION_END};
 *     static const struct program program = {"dpo-split", "split pairs ...", "[FILE...]", options};
 *     char **files = program_start(&program, argc, argv);
 *
 * What every tool has (--help, --output, --quiet, ...) is added by itself. */
#ifndef OPTIONS_OPTIONS_H
#define OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_type {
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char * */
    OPTION_LINES,  /* the same; on the command line \n, \t and \\ stand for what they do in C */
    OPTION_LIST,   /* struct option_list: may be given again */
    OPTION_SIZE,   /* size_t: a whole number */
    OPTION_BYTES,  /* size_t: a whole number with K, M, G or T behind it, of 1024 */
    OPTION_NUMBER, /* double: finite */
    OPTION_CHOICE  /* size_t: which word of choices, counted from 0 */
};

struct option_list {
    const char **items;
    size_t count, room;
    bool from_file; /* the command line replaces what the file gave */
};

struct option_spec {
    char letter; /* 0: none */
    const char *name;
    enum option_type type;
    void *value;         /* its content before parsing is the default that --help shows */
    const char *operand; /* its name in --help; for a choice 'first|last|keep' */
    const char *help;
};

#define OPTION_END                                                                                 \
    {                                                                                              \
        0, NULL, OPTION_FLAG, NULL, NULL, NULL                                                     \
    }

struct option_alias;

struct program {
    const char *name, *purpose;
    const char *operands; /* '[FILE...]' */
    const struct option_spec *options;
    void (*about)(void); /* prints more for --version; NULL where there is no more */
    const struct option_alias
        *aliases; /* other names in the file of --config (options/config_file) */
};

/* What every tool was told. */
struct settings {
    const char *output; /* NULL: standard output */
    size_t threads;     /* at least 1 */
    bool seal;          /* see dpo(7): streams carry their length at the end */
};
extern struct settings settings;

/* Parses argv, acts on --help, --version, --completion, --config and --lock, and returns the
 * operands, ended by NULL. Wrong usage ends the program with status 2. */
char **program_start(const struct program *program, int argc, char **argv);

bool option_given(const char *name); /* on the command line or in the file */

#endif
