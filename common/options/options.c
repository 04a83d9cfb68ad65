#include "options/options.h"

#include "core/lock.h"
#include "core/memory.h"
#include "core/report.h"
#include "options/config_file.h"
#include "options/option_help.h"
#include "options/option_value.h"

#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MAX_ROWS 128

struct settings settings;

static struct {
    bool help, version, completion, quiet, json;
    const char *config, *lock;
} shared;

static const struct option_spec shared_options[] = {
    {'o', "output", OPTION_TEXT, &settings.output, "FILE",
     "write FILE, whole or not at all, instead of standard output"},
    {0, "threads", OPTION_SIZE, &settings.threads, "N",
     "work on N processors; the output is the same"},
    {0, "seal", OPTION_FLAG, &settings.seal, NULL,
     "end the output with its record count; standard input of pairs must have one"},
    {0, "lock", OPTION_TEXT, &shared.lock, "FILE",
     "run alone: exit 75 while another run holds FILE"},
    {0, "config", OPTION_TEXT, &shared.config, "FILE",
     "read 'name = value' lines first; the command line wins"},
    {0, "json", OPTION_FLAG, &shared.json, NULL, "talk in JSON, one object a line"},
    {'q', "quiet", OPTION_FLAG, &shared.quiet, NULL, "say nothing but errors"},
    {0, "completion", OPTION_FLAG, &shared.completion, NULL, "print a completion for bash"},
    {'h', "help", OPTION_FLAG, &shared.help, NULL, "print this text"},
    {0, "version", OPTION_FLAG, &shared.version, NULL, "print the version"},
    OPTION_END};

/* The tool's own rows and then the shared ones, in the order --help shows them. */
static const struct option_spec *rows[MAX_ROWS];
static bool given[MAX_ROWS];
static bool settled[MAX_ROWS]; /* nothing else in the file changes it */
static size_t row_count;

static struct buffer notes;

/* What the file says of options by names that are no options. */
static struct claim {
    const struct option_alias *alias;
    const char *name, *value; /* of the file, whose text stays */
    char *where;
} * claims;
static size_t claim_count, claim_room;

static char *operands_of_file[2];

static size_t find_row(const char *name)
{
    size_t i = 0;

    while (i < row_count && !config_name_is(rows[i]->name, name)) i++;
    return i;
}

/* A tool's own row stands for a shared one of that name. */
static void gather(const struct option_spec *specs)
{
    for (; specs->name; specs++) {
        if (find_row(specs->name) < row_count) continue;
        if (row_count == MAX_ROWS) die("more than %d options in a table", MAX_ROWS);
        rows[row_count++] = specs;
    }
}

bool option_given(const char *name)
{
    size_t i = find_row(name);

    return i < row_count && given[i];
}

static void finish_printing(void)
{
    if (fflush(stdout) != 0 || ferror(stdout)) die("standard output: cannot write");
    exit(EXIT_DONE);
}

/* What it means, to the end of the program; a backslash before any other letter is one. */
static const char *unescaped(const char *text)
{
    static const char letters[] = "nt\\", meanings[] = "\n\t\\";
    char *copy = mem_copy_text(text), *to = copy;

    for (; *text; text++) {
        const char *letter = *text == '\\' && text[1] ? strchr(letters, text[1]) : NULL;

        if (letter) text++;
        *to++ = letter ? meanings[letter - letters] : *text;
    }
    *to = '\0';
    return copy;
}

static void take(size_t row, const char *text, bool from_file, const char *where)
{
    struct err err;

    if (rows[row]->type == OPTION_LIST) {
        struct option_list *list = rows[row]->value;

        if (!from_file && list->from_file) list->count = 0;
        list->from_file = from_file;
    }
    if (rows[row]->type == OPTION_LINES && !from_file) text = unescaped(text);
    if (!option_value_set(rows[row], text, &err)) die_usage("%s%s", where, err.text);
    given[row] = true;
}

/* Words about the file are said when it is known how: --quiet may come later. */
static void note(const char *where, const char *name, const char *why)
{
    buffer_format(&notes, "%s'%.80s': %s", where, name, why);
    buffer_byte(&notes, '\0');
}

static void say_notes(void)
{
    for (size_t at = 0; at < notes.len; at += strlen(notes.at + at) + 1)
        report_note("%s", notes.at + at);
    buffer_release(&notes);
}

/* What asks for a text instead of the work, or for another file. */
static bool is_for_command_line(const struct option_spec *row)
{
    return row->value == &shared.config || row->value == &shared.help ||
           row->value == &shared.version || row->value == &shared.completion;
}

/* A value of the file; what is said with a capital there is not here. */
static void take_config_value(const char *name, const char *value, const char *where)
{
    size_t row = find_row(name);
    char flag[80];
    size_t i = 0;

    if (row == row_count) die_usage("%sno option is called '%.80s'", where, name);
    for (; value[i] && i + 1 < sizeof flag; i++) flag[i] = (char)tolower((unsigned char)value[i]);
    flag[i] = '\0';
    if (!settled[row]) take(row, rows[row]->type == OPTION_FLAG ? flag : value, true, where);
}

static void settle(const char *name, const char *value, const char *where)
{
    settled[find_row(name)] = false;
    take_config_value(name, value, where);
    settled[find_row(name)] = true;
}

__attribute__((noreturn)) static void refuse_name(const char *name, const char *value,
                                                  const char *why, const char *where)
{
    die_usage("%s'%.80s = %.80s' is refused: %s", where, name, value, why);
}

static void add_claim(const struct option_alias *alias, const struct config_item *item,
                      const char *where)
{
    claims = mem_room(claims, claim_count, &claim_room, sizeof *claims);
    claims[claim_count++] = (struct claim){alias, item->name, item->value, mem_copy_text(where)};
}

/* When all is read. */
static void check_claims(void)
{
    struct buffer text = {0};

    for (size_t i = 0; i < claim_count; i++) {
        const struct claim *claim = &claims[i];

        text.len = 0;
        option_value_text(rows[find_row(claim->alias->option)], &text);
        buffer_byte(&text, '\0');
        if (strcmp(text.at, claim->alias->set ? claim->alias->set : claim->value) != 0)
            refuse_name(claim->name, claim->value, claim->alias->why, claim->where);
        mem_free(claim->where);
    }
    buffer_release(&text);
    mem_free(claims);
}

static void take_alias(const struct option_alias *alias, struct config_item *item,
                       const char *where)
{
    const char *value = alias->set ? alias->set : item->value;

    if (alias->kind >= ALIAS_NOTE && !alias->value && strcasecmp(item->value, "false") == 0) return;
    if (alias->kind == ALIAS_REFUSED) refuse_name(item->name, item->value, alias->why, where);
    if (alias->kind == ALIAS_SAME) {
        add_claim(alias, item, where);
        return;
    }
    if (alias->why) note(where, item->name, alias->why);
    if (alias->kind == ALIAS_OPERAND)
        operands_of_file[0] = item->value;
    else if (alias->kind == ALIAS_ALWAYS)
        settle(alias->option, value, where);
    else if (alias->kind == ALIAS_OPTION ||
             (alias->kind == ALIAS_DEFAULT && !option_given(alias->option)))
        take_config_value(alias->option, value, where);
}

static void take_config_item(const struct option_alias *aliases, struct config_item *item,
                             const char *where)
{
    const struct option_alias *alias = config_file_alias(aliases, item->name, NULL);
    const size_t row = find_row(item->name);

    if (!alias && row == row_count) die_usage("%sno option is called '%.80s'", where, item->name);
    if (!alias && is_for_command_line(rows[row]))
        die_usage("%s'%.80s' belongs on the command line", where, item->name);
    if (!item->value) {
        alias = config_file_null(aliases, item->name);
        if (alias) take_config_value(alias->option, alias->set, where);
        return;
    }
    if (alias || rows[row]->type != OPTION_LIST) {
        config_item_join(item, alias && alias->between ? alias->between : ',');
        alias = config_file_alias(aliases, item->name, item->value);
    }
    if (alias) {
        take_alias(alias, item, where);
        return;
    }
    for (char *value = item->value; item->count > 0; item->count--) {
        char *next = value + strlen(value) + 1;

        take_config_value(item->name, value, where);
        value = next;
    }
}

/* The values stay in use to the end of the program, so the text is never freed. */
static void read_config(const char *path, const struct option_alias *aliases)
{
    static struct config_file file; /* where leak checkers see it */
    struct config_item item;
    char where[320];
    struct err err;
    int got;

    if (!config_file_open(&file, path, &err)) die_usage("%s", err.text);
    while ((got = config_file_next(&file, &item, &err)) > 0) {
        snprintf(where, sizeof where, "%.256s:%zu: ", path, file.line);
        take_config_item(aliases, &item, where);
    }
    if (got < 0) die_usage("%s", err.text);
}

static void build_getopt(struct option *longs, char *letters)
{
    *letters++ = ':'; /* a missing operand is ':' and not '?' */
    for (size_t i = 0; i < row_count; i++) {
        bool operand = rows[i]->type != OPTION_FLAG;

        longs[i] = (struct option){rows[i]->name, operand ? required_argument : optional_argument,
                                   NULL, 256 + (int)i};
        if (!rows[i]->letter) continue;
        *letters++ = rows[i]->letter;
        if (operand) *letters++ = ':';
    }
    longs[row_count] = (struct option){0};
    *letters = '\0';
}

static size_t row_of(int got)
{
    size_t i = 0;

    if (got >= 256) return (size_t)got - 256;
    while (rows[i]->letter != got) i++;
    return i;
}

/* The word is short for several options, or for none. */
__attribute__((noreturn)) static void refuse_long(const char *word)
{
    size_t len = strcspn(word + 2, "="), found = row_count;

    for (size_t i = 0; i < row_count; i++) {
        if (strncmp(rows[i]->name, word + 2, len) != 0) continue;
        if (found < row_count)
            die_usage("'%.80s' may be --%s or --%s (see --help)", word, rows[found]->name,
                      rows[i]->name);
        found = i;
    }
    die_usage("no option is called '%.80s' (see --help)", word);
}

__attribute__((noreturn)) static void refuse(int got, const char *word)
{
    if (got == ':') die_usage("'%.80s' needs a value (see --help)", word);
    if (optopt && optopt < 256) die_usage("no option is called '-%c' (see --help)", optopt);
    refuse_long(word);
}

static void read_arguments(int argc, char **argv, bool only_config)
{
    struct option longs[MAX_ROWS + 1];
    char letters[2 * MAX_ROWS + 2];
    int got;

    build_getopt(longs, letters);
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (got == '?' || got == ':') refuse(got, argv[optind - 1]);
        if (!only_config)
            take(row_of(got), optarg, false, "");
        else if (rows[row_of(got)]->value == &shared.config)
            shared.config = optarg;
    }
}

/* The three standard streams must be open: a data file that got number 2 would take our talk. */
static void open_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd) exit(1);
}

static size_t processors(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return (size_t)CPU_COUNT(&set);
}

static void take_lock(void)
{
    struct err err;
    int got = lock_take(shared.lock, &err);

    if (got < 0) die("%s", err.text);
    if (got) return;
    report_note("%s: another run holds the lock", shared.lock);
    exit(EXIT_AGAIN);
}

static void print_version(const struct program *program)
{
    printf("%s (dpo-tools) %s\n", program->name, VERSION);
    if (program->about) program->about();
}

char **program_start(const struct program *program, int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error to report */
    open_standard_streams();
    report_start(program->name);
    settings.threads = processors();
    for (int i = 1; i < argc; i++) /* words about wrong options are words, too */
        if (strcmp(argv[i], "--json") == 0) report_style(false, true);
    gather(program->options);
    gather(shared_options);
    read_arguments(argc, argv, true);
    if (shared.config) read_config(shared.config, program->aliases);
    read_arguments(argc, argv, false);
    check_claims();
    report_style(shared.quiet, shared.json);
    say_notes();
    if (shared.help) option_help(program, rows, row_count);
    if (shared.version) print_version(program);
    if (shared.completion) option_completion(program->name, rows, row_count);
    if (shared.help || shared.version || shared.completion) finish_printing();
    if (settings.threads < 1 || settings.threads > 1024)
        die_usage("--threads takes 1 to 1024, not %zu", settings.threads);
    if (settings.output && !*settings.output) die_usage("--output: no file name");
    if (shared.lock) take_lock();
    return argv[optind] || !operands_of_file[0] ? argv + optind : operands_of_file;
}
