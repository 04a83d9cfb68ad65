/* dpo-pull: fetches a model, whole or not at all, and writes where it is. */
#include "core/outfile.h"
#include "core/report.h"
#include "dpo-pull/pull_talk.h"
#include "options/options.h"
#include "place/hub.h"
#include "pull/pull.h"
#include "pull/token.h"

#include <stdlib.h>
#include <string.h>

static struct pull pull = {.http = {.agent = "dpo-pull/" VERSION}, .progress = pull_talk_progress};
static const char *revision, *endpoint, *token_file;
static size_t timeout = 30, retries = 2;
static bool list;

static const struct option_spec options[] = {
    {'d', "directory", OPTION_TEXT, &pull.directory, "DIR",
     "put the files there, not in the cache"},
    {0, "revision", OPTION_TEXT, &revision, "R", "a branch, a tag or a commit, not main"},
    {0, "list", OPTION_FLAG, &list, NULL, "write which files there are, fetch nothing"},
    {0, "endpoint", OPTION_TEXT, &endpoint, "URL", "of the hub, or of a server like it"},
    {0, "token-file", OPTION_TEXT, &token_file, "FILE", "holds the token to show to the hub"},
    {0, "cacert", OPTION_TEXT, &pull.http.cacert, "FILE",
     "trust these certificates, not the system's"},
    {0, "allow-http", OPTION_FLAG, &pull.http.allow_plain, NULL,
     "go without encryption to other machines, too"},
    {0, "timeout", OPTION_SIZE, &timeout, "SECONDS", "give up a transfer that stalls so long"},
    {0, "retries", OPTION_SIZE, &retries, "N", "try again so often where the way fails"},
    OPTION_END};

static const struct program program = {
    "dpo-pull", "fetch a model", "[ORGANISATION/]NAME[@REVISION][:FILE] | URL", options, NULL,
    NULL};

static bool is_address(const char *operand)
{
    return strncmp(operand, "https://", 8) == 0 || strncmp(operand, "http://", 7) == 0;
}

/* 'NAME@REVISION:FILE' */
static void take_name(const char *operand)
{
    static const char ollama[] = "ollama:";
    char *name = mem_copy_text(operand), *colon = strchr(name, ':'), *at;

    if (strncmp(name, ollama, sizeof ollama - 1) == 0)
        die_usage("'%.200s' names a model of Ollama's, which the hub does not have: fetch it with "
                  "'ollama pull %.200s'",
                  name, colon + 1);
    if (colon) {
        *colon = '\0';
        pull.file = colon + 1;
        if (!*pull.file) die_usage("no file is named behind the ':' of '%.200s'", operand);
    }
    at = strchr(name, '@');
    if (at && revision) die_usage("--revision and '@' both name a revision");
    if (at) *at = '\0';
    pull.name = name;
    pull.revision = at ? at + 1 : revision ? revision : "main";
    if (!hub_is_revision(pull.revision))
        die_usage("'%.200s' is not the name of a revision", pull.revision);
    if (!hub_is_name(name))
        die_usage("'%.200s' is not the name of a model: [ORGANISATION/]NAME", name);
}

/* Without the slashes at its end. */
static void take_endpoint(void)
{
    const char *value = endpoint ? endpoint : getenv("HF_ENDPOINT");
    char *text = mem_copy_text(value && *value ? value : "https://huggingface.co");

    for (size_t len = strlen(text); len && text[len - 1] == '/';) text[--len] = '\0';
    pull.endpoint = text;
}

static void check_options(char **operands)
{
    char *token = NULL;
    struct err err;

    if (!operands[0]) die_usage("no model is named (see --help)");
    if (operands[1]) die_usage("one model at a time, not '%.200s', too", operands[1]);
    if (timeout == 0 || timeout > 86400) die_usage("--timeout takes 1 to 86400 seconds");
    if (retries > 100) die_usage("--retries takes 0 to 100");
    if (pull.directory && !*pull.directory) die_usage("-d: no folder is named");
    pull.http.stall = (double)timeout;
    pull.http.tries = (unsigned)retries + 1;
    pull.threads = option_given("threads") ? settings.threads : 4;
    take_endpoint();
    if (!is_address(operands[0]))
        take_name(operands[0]);
    else if (list || revision)
        die_usage("an address names one file: no --list, no --revision");
    if (!token_find(token_file, &token, &err)) die_of(&err);
    pull.token = token;
    pull.offline = token_is_set("HF_HUB_OFFLINE") || token_is_set("TRANSFORMERS_OFFLINE");
}

/* Where the file of an address goes: its own name, in DIR or here. */
static char *output_of(const char *url)
{
    const size_t len = strcspn(url, "?#");
    const char *name = memrchr(url, '/', len);
    const char *folder = pull.directory ? pull.directory : ".";
    struct text last = {name + 1, len - (size_t)(name + 1 - url)};

    if (name < url + 8 || !last.len || *last.at == '.' || memchr(last.at, '%', last.len))
        die_usage("the address ends in no file's name");
    return mem_format("%s/%.*s", folder, (int)last.len, last.at);
}

static int write_list(void)
{
    struct listing listing;
    struct outfile out;
    struct err err;

    if (!pull_list(&pull, &listing, &err)) die_of(&err);
    if (!outfile_open(&out, settings.output, &err) || !pull_talk_list(&listing, &out, &err) ||
        !outfile_commit(&out, &err))
        die_of(&err);
    listing_release(&listing);
    return EXIT_DONE;
}

static bool run(const char *operand, struct err *err)
{
    return is_address(operand) ? pull_address(&pull, operand, output_of(operand), err)
                               : pull_model(&pull, err);
}

int main(int argc, char **argv)
{
    char **operands = program_start(&program, argc, argv);
    struct err err;
    char *where;

    check_options(operands);
    if (list) return write_list();
    if (!run(operands[0], &err))
        return report_error("%s", err.text), pull.busy ? EXIT_AGAIN : EXIT_FAILED;
    where = mem_format("%s\n", pull.path);
    if (!outfile_put(settings.output, text_of(where), &err)) die_of(&err);
    pull_talk_summary(&pull);
    pull_release(&pull);
    mem_free(where);
    return EXIT_DONE;
}
