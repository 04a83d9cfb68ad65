#include "report/run_folder.h"

#include "core/lines.h"
#include "core/number.h"
#include "options/config_file.h"
#include "records/value.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define STATE_LIMIT ((size_t)256 << 20)
#define SMALL_LIMIT ((size_t)4 << 20)

static char *file_in(const char *folder, const char *name)
{
    return mem_format("%s/%s", folder, name);
}

static bool is_there(const char *folder, const char *name)
{
    char *path = file_in(folder, name);
    bool there = access(path, F_OK) == 0;

    mem_free(path);
    return there;
}

bool run_folder_is(const char *path)
{
    return is_there(path, "metrics.jsonl") || is_there(path, "trainer_state.json");
}

/* The history of transformers' file: elements as the lines of ours. */
static void add_history(struct run_log *log, const char *path, const struct value *history)
{
    struct scan scan = {0};

    if (history->kind == KIND_ARRAY && scan_json(&scan, history->at, history->len)) {
        for (size_t i = 0; i < scan.count; i++) {
            char *where = mem_format("%s: entry %zu of 'log_history'", path, i + 1);

            run_log_add(log, where,
                        (struct text){scan.members[i].value.at, scan.members[i].value.len});
            mem_free(where);
        }
    }
    scan_release(&scan);
}

static bool add_state(struct run_folder *run, const char *path, struct text text, bool history,
                      struct err *err)
{
    struct scan scan = {0};
    bool good = scan_json(&scan, text.at, text.len) && scan.root.kind == KIND_OBJECT;

    if (!good) err_set(err, "%s: is not a JSON object", path);
    for (size_t i = 0; good && i < scan.count; i++) {
        const struct value *value = &scan.members[i].value;
        struct buffer name = {0}, scratch = {0};

        value_unescape(&scan.members[i].key, &name);
        if (value_is(&scan.members[i].key, TEXT("log_history"))) {
            if (history) add_history(&run->log, path, value);
        } else if (value->kind == KIND_STRING || value->kind == KIND_NUMBER) {
            facts_add(&run->state, (struct text){name.at, name.len},
                      value->kind == KIND_STRING ? value_text(value, &scratch)
                                                 : (struct text){value->at, value->len});
        }
        buffer_release(&name);
        buffer_release(&scratch);
    }
    scan_release(&scan);
    return good;
}

/* Reads a file that may be missing. What is wrong with it becomes a note. */
static bool read_some_file(struct run_folder *run, const char *name, size_t limit,
                           struct buffer *text)
{
    char *path = file_in(run->path, name);
    struct err err;
    bool good = false;

    if (access(path, F_OK) == 0) {
        good = read_whole_file(path, text, limit, &err);
        if (!good) run_log_note(&run->log, err.text);
    }
    mem_free(path);
    return good;
}

static size_t bare_word(const char *at, const char *end)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);

        if ((size_t)(end - at) >= len && memcmp(at, words[i], len) == 0) return len;
    }
    return 0;
}

/* Python writes numbers that are none as words, which are no JSON. They become null. */
static void replace_words(struct buffer *out, struct text text)
{
    const char *at = text.at, *end = text.len ? at + text.len : at;
    bool string = false;

    while (at < end) {
        size_t len = string ? 0 : bare_word(at, end);

        if (len) {
            buffer_text(out, "null");
            at += len;
            continue;
        }
        if (string && *at == '\\' && at + 1 < end)
            buffer_byte(out, *at++);
        else if (*at == '"')
            string = !string;
        buffer_byte(out, *at++);
    }
}

static void read_state(struct run_folder *run, bool history)
{
    char *path = file_in(run->path, "trainer_state.json");
    struct buffer text = {0}, json = {0};
    struct err err;

    if (read_some_file(run, "trainer_state.json", STATE_LIMIT, &text)) {
        replace_words(&json, (struct text){text.at, text.len});
        if (!add_state(run, path, (struct text){json.at, json.len}, history, &err))
            run_log_note(&run->log, err.text);
    }
    buffer_release(&text);
    buffer_release(&json);
    mem_free(path);
}

static void read_metadata(struct run_folder *run)
{
    char *path = file_in(run->path, "dpo_metadata.json");
    struct buffer text = {0};
    struct err err;

    if (read_some_file(run, "dpo_metadata.json", SMALL_LIMIT, &text)) {
        run->has_metadata =
            facts_flatten(&run->metadata, path, (struct text){text.at, text.len}, &err);
        if (!run->has_metadata) run_log_note(&run->log, err.text);
    }
    buffer_release(&text);
    mem_free(path);
}

static void read_options(struct run_folder *run)
{
    char *path = file_in(run->path, "dpo-train.conf");
    struct buffer text = {0};
    struct config_file file = {0};
    struct config_item item;
    struct err err;
    int got = 1;

    if (!read_some_file(run, "dpo-train.conf", SMALL_LIMIT, &text)) {
        mem_free(path);
        return;
    }
    if (!config_file_begin(&file, path, text, &err)) got = -1;
    while (got > 0 && (got = config_file_next(&file, &item, &err)) > 0) {
        char *value = item.value;

        if (value && item.count == 1) facts_add(&run->options, text_of(item.name), text_of(value));
        for (size_t i = 0; value && item.count > 1 && i < item.count; i++) {
            facts_add(&run->options, text_of(item.name), text_of(value));
            value += strlen(value) + 1;
        }
    }
    if (got < 0) run_log_note(&run->log, err.text);
    run->has_options = got == 0;
    buffer_release(&file.text);
    mem_free(path);
}

static char *last_name(const char *path)
{
    size_t len = strlen(path), begin;
    char *name;

    while (len > 1 && path[len - 1] == '/') len--;
    for (begin = len; begin > 0 && path[begin - 1] != '/';) begin--;
    name = mem_alloc(len - begin + 1);
    memcpy(name, path + begin, len - begin);
    name[len - begin] = '\0';
    return name;
}

bool run_folder_open(struct run_folder *run, const char *path, struct err *err)
{
    bool own = is_there(path, "metrics.jsonl"), good = true;

    *run = (struct run_folder){.path = mem_copy_text(path), .name = last_name(path)};
    run_log_init(&run->log);
    if (own) {
        char *log = file_in(path, "metrics.jsonl");

        good = run_log_read(&run->log, log, err);
        mem_free(log);
    }
    if (!good) {
        run_folder_close(run);
        return false;
    }
    read_state(run, !own);
    read_metadata(run);
    read_options(run);
    return true;
}

void run_folder_close(struct run_folder *run)
{
    run_log_release(&run->log);
    facts_release(&run->state);
    facts_release(&run->metadata);
    facts_release(&run->options);
    mem_free(run->path);
    mem_free(run->name);
}

bool run_folder_finished(const struct run_folder *run)
{
    const char *step = facts_find(&run->state, "global_step");
    const char *planned = facts_find(&run->state, "max_steps");

    return run->has_metadata || (step && planned && strcmp(step, planned) == 0);
}

bool run_folder_stopped(const struct run_folder *run)
{
    return run->log.stop_step >= run->log.last_step;
}

void run_folder_state(const struct run_folder *run, struct buffer *out)
{
    const char *text = facts_find(&run->state, "max_steps");
    double planned;

    if (!run_folder_stopped(run)) {
        buffer_text(out, run_folder_finished(run) ? "finished" : "not finished");
        return;
    }
    buffer_format(out, "stopped by the KL limit at step %.0f", run->log.stop_step);
    if (!text) text = facts_find(&run->metadata, "schedule.steps");
    if (text && parse_number(text, &planned)) buffer_format(out, " of %.0f", planned);
}

double run_folder_result(const struct run_folder *run)
{
    const char *text = facts_find(&run->metadata, "best_step");
    double step;

    return text && parse_number(text, &step) ? step : run->log.last_step;
}

double run_folder_limit(const struct run_folder *run)
{
    const char *text = facts_find(&run->options, "kl-limit");
    double limit;

    if (text && parse_number(text, &limit) && limit > 0) return limit;
    return run->log.limit;
}
