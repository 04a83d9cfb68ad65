/* dpo-deploy: a GGUF file becomes a model of Ollama, is asked, and then gets its names. */
#include "core/report.h"
#include "deploy/rollout.h"
#include "deploy/smoke.h"
#include "dpo-deploy/deploy_back.h"
#include "dpo-deploy/deploy_history.h"
#include "dpo-deploy/deploy_plan.h"
#include "dpo-deploy/deploy_recipe.h"

#include <stdio.h>
#include <stdlib.h>

static const char *name, *host, *rollback, *history;
static struct option_list tags;
static struct deploy_options made_of = {.template = "auto"};
static struct smoke smoke = {.limit = 512};
static bool dry_run;

static const struct option_spec options[] = {
    {0, "name", OPTION_TEXT, &name, "NAME[:TAG]", "what Ollama is to call the model"},
    {0, "tag", OPTION_LIST, &tags, "TAG", "another tag that is moved to it, too"},
    {0, "modelfile", OPTION_TEXT, &made_of.modelfile, "FILE", "begin with what this one says"},
    {0, "system", OPTION_TEXT, &made_of.system, "TEXT|@FILE", "the system message"},
    {0, "parameter", OPTION_LIST, &made_of.parameters, "NAME=VALUE", "temperature=0.7, stop=..."},
    {0, "template", OPTION_TEXT, &made_of.template, "auto|FAMILY|FILE",
     "the Go template; auto: as the file's chat template has it"},
    {0, "host", OPTION_TEXT, &host, "URL", "where Ollama listens, in place of OLLAMA_HOST"},
    {0, "smoke", OPTION_TEXT, &smoke.prompt, "PROMPT", "ask this before any name moves"},
    {0, "expect", OPTION_TEXT, &smoke.expect, "REGEX", "what the answer must match, or exit 3"},
    {0, "dry-run", OPTION_FLAG, &dry_run, NULL, "print the Modelfile, say what would be done"},
    {0, "rollback", OPTION_TEXT, &rollback, "NAME[:TAG]", "give names to what they meant before"},
    {0, "history", OPTION_TEXT, &history, "FILE", "add a row to this database"},
    OPTION_END};

static const struct program program = {
    "dpo-deploy", "make a GGUF file a model of Ollama", "[FILE.gguf]", options, NULL, NULL};

static uint64_t file_size;

static bool show_progress(void *context, uint64_t bytes)
{
    char line[80];

    (void)context;
    snprintf(line, sizeof line, "%3.0f%% of %.2f GB sent", 100 * (double)bytes / (double)file_size,
             (double)file_size / 1e9);
    report_progress(line);
    return true;
}

static void check_usage(char **files)
{
    struct err err;

    if (rollback) deploy_back_check(files[0]);
    if (!rollback && (!files[0] || files[1])) die_usage("one GGUF file is deployed at a time");
    if (!rollback && !name) die_usage("--name is missing: what Ollama is to call the model");
    if (smoke.expect && !smoke.prompt) die_usage("--expect needs --smoke");
    if (smoke.expect && !smoke_check(smoke.expect, &err)) die_usage("--expect: %s", err.text);
}

/* The answer is shown, whether it is as expected or not. */
static int ask(const struct rollout *rollout, struct err *err)
{
    if (!smoke_run(&smoke, rollout->client, rollout->candidate, err)) return EXIT_FAILED;
    report_note("answer to the smoke test, %llu tokens in %.1f s: %s",
                (unsigned long long)smoke.tokens, smoke.seconds, smoke.answer.at);
    return smoke.holds ? EXIT_DONE : EXIT_GATE;
}

static int deploy(struct rollout *rollout, const struct recipe *recipe, struct err *err)
{
    struct client *client = rollout->client;
    struct buffer json = {0};
    struct err other;
    bool sent = false, made;
    int status = EXIT_DONE;

    file_size = recipe->gguf.file.len;
    if (!client_greet(client, err) ||
        !client_upload(client, recipe->fd, file_size, recipe->sha256,
                       report_shows_progress() ? show_progress : NULL, &sent, err))
        return EXIT_FAILED;
    report_progress(NULL);
    recipe_write_request(recipe, rollout->candidate, &json);
    made = client_create(client, (struct text){json.at, json.len}, err);
    buffer_release(&json);
    if (!made) status = EXIT_FAILED;
    if (made && smoke.prompt) status = ask(rollout, err);
    if (status == EXIT_DONE && !rollout_move(rollout, err)) status = EXIT_FAILED;
    if (!rollout_clear(rollout, &other)) report_warning("%s", other.text);
    report_count("bytes", file_size);
    report_count("sent", sent ? file_size : 0);
    report_count("names", rollout->moved);
    return status;
}

static void end(int status, const struct err *err)
{
    if (status == EXIT_FAILED) die_of(err);
    if (status == EXIT_GATE) report_error("%s: no name was moved", err->text);
    deploy_history_end(status, file_size, &smoke);
    report_line();
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct rollout rollout;
    struct recipe recipe;
    struct client client;
    struct err err;
    int status = EXIT_DONE;

    check_usage(files);
    client_open(&client, host ? host : getenv("OLLAMA_HOST"), "dpo-deploy/" VERSION);
    if (!rollout_open(&rollout, &client, rollback ? rollback : name, tags.items, tags.count, &err))
        die_usage("%s", err.text);
    if (rollback) {
        deploy_back(&rollout, history, dry_run);
    } else {
        deploy_recipe_make(&recipe, files[0], &made_of);
        rollout_candidate(&rollout, recipe.sha256);
        if (dry_run) deploy_plan_say(&rollout, &recipe, smoke.prompt);
        if (history && !dry_run) deploy_history_begin(history, &rollout, files[0], recipe.sha256);
        deploy_recipe_write_modelfile(&recipe, dry_run && !settings.output ? "-" : settings.output,
                                      made_of.modelfile);
        if (!dry_run) status = deploy(&rollout, &recipe, &err);
        recipe_close(&recipe);
    }
    if (!dry_run) end(status, &err);
    rollout_close(&rollout);
    smoke_release(&smoke);
    client_close(&client);
    return status;
}
