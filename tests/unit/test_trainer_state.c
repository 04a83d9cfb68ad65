/* trainer_state.json, byte for byte what transformers wrote of the same runs. */
#include "run/trainer_state.h"

#include "check.h"
#include "records/value.h"
#include "run/metrics_log.h"
#include "unit/files.h"
#include "unit/golden.h"

#include <sys/stat.h>
#include <unistd.h>

static struct err err;
static const struct trainer_state sigmoid = {.epoch = 6.666666666666667,
                                             .step = 40,
                                             .max_steps = 40,
                                             .epochs = 7,
                                             .eval_steps = 10,
                                             .logging_steps = 1,
                                             .save_steps = 500,
                                             .batch_size = 2,
                                             .flops = 18735360000};

/* The entry of a scanned line: numbers with a point or an exponent are floats. */
static void take_entry(struct figures *entry, const struct scan *scan)
{
    figures_clear(entry);
    for (size_t i = 0; i < scan->count; i++) {
        const struct value *value = &scan->members[i].value;
        struct buffer name = {0};
        double number;

        value_unescape(&scan->members[i].key, &name);
        buffer_byte(&name, '\0');
        CHECK(value_number(value, &number));
        if (memchr(value->at, '.', value->len) || memchr(value->at, 'e', value->len))
            figures_number(entry, name.at, number);
        else
            figures_whole(entry, name.at, (uint64_t)number);
        buffer_release(&name);
    }
}

/* Logs the entries of a golden file and returns how long the log was after the first count. */
static uint64_t log_entries(const char *path, const char *golden, size_t count)
{
    struct metrics_log log;
    struct figures entry = {0};
    struct buffer text = {0};
    struct scan scan = {0};
    uint64_t len = 0;
    size_t number = 0;

    CHECK(metrics_log_open(&log, path, 0, &err));
    if (golden_read(golden, &text)) {
        const char *at = text.at;

        while (golden_line(&at, text.at + text.len, &scan)) {
            take_entry(&entry, &scan);
            CHECK(metrics_log_add(&log, &entry, &err));
            if (++number <= count) len = log.file.len;
        }
    }
    CHECK(number >= count);
    metrics_log_close(&log);
    figures_release(&entry);
    buffer_release(&text);
    scan_release(&scan);
    return len;
}

static void check_golden(const char *path, const char *golden)
{
    struct buffer want = {0};
    char *got = files_read(path, NULL);

    if (CHECK(got && golden_read(golden, &want))) {
        buffer_byte(&want, '\0');
        CHECK_TEXT(got, want.at);
    }
    mem_free(got);
    buffer_release(&want);
}

TEST(a_whole_run)
{
    const char *log = files_path("log"), *path = files_path("trainer_state.json");
    uint64_t len = log_entries(log, "run/metrics.jsonl", 45);

    CHECK(trainer_state_write(&sigmoid, path, log, len, &err));
    check_golden(path, "run/trainer_state.json");
    CHECK(trainer_state_write(&sigmoid, path, log, len, &err)); /* over the old one */
    check_golden(path, "run/trainer_state.json");
}

TEST(a_checkpoint)
{
    const struct trainer_state state = {.has_best = true,
                                        .best_step = 10,
                                        .best_metric = -0.006350580602884293,
                                        .best_checkpoint = "checkpoint-10",
                                        .epoch = 1.6666666666666665,
                                        .step = 10,
                                        .max_steps = 20,
                                        .epochs = 4,
                                        .eval_steps = 10,
                                        .logging_steps = 1,
                                        .save_steps = 10,
                                        .batch_size = 2,
                                        .flops = 1653949440,
                                        .should_save = true};
    const char *log = files_path("log"), *path = files_path("trainer_state.json");
    uint64_t len = log_entries(log, "run/checkpoint/metrics.jsonl", 11);

    CHECK(trainer_state_write(&state, path, log, len, &err));
    check_golden(path, "run/checkpoint/trainer_state.json");
}

TEST(no_entries_and_early_stopping)
{
    struct trainer_state state = sigmoid;
    const char *log = files_text("log", ""), *path = files_path("state");
    char *text;

    state.has_best = true;
    state.best_metric = NAN;
    state.stops_early = true;
    state.patience = 3;
    state.patience_used = 1;
    state.should_training_stop = true;
    CHECK(trainer_state_write(&state, path, log, 0, &err));
    text = files_read(path, NULL);
    CHECK(text && strstr(text, "\"best_global_step\": 0,\n  \"best_metric\": null,\n"
                               "  \"best_model_checkpoint\": null,\n"));
    CHECK(text && strstr(text, "\n  \"log_history\": [],\n"));
    CHECK(text && strstr(text, "\n  \"stateful_callbacks\": {\n"
                               "    \"EarlyStoppingCallback\": {\n"
                               "      \"args\": {\n"
                               "        \"early_stopping_patience\": 3,\n"
                               "        \"early_stopping_threshold\": 0.0\n"
                               "      },\n"
                               "      \"attributes\": {\n"
                               "        \"early_stopping_patience_counter\": 1\n"
                               "      }\n"
                               "    },\n"
                               "    \"TrainerControl\": {\n"));
    CHECK(text && strstr(text, "\"should_training_stop\": true\n"));
    mem_free(text);
}

TEST(keys_in_order)
{
    static const char line[] =
        "{\"b\":1,\"a b\":2,\"a\":\"x\",\"\\u00e9\":null,\"B\":1e-05}\n{}\n{\"\":[1,2]}\n";
    const char *log = files_text("log", line), *path = files_path("state");
    char *text;

    CHECK(trainer_state_write(&sigmoid, path, log, sizeof line - 1, &err));
    text = files_read(path, NULL);
    CHECK(text && strstr(text, "  \"log_history\": [\n"
                               "    {\n"
                               "      \"B\": 1e-05,\n"
                               "      \"\\u00e9\": null,\n"
                               "      \"a\": \"x\",\n"
                               "      \"a b\": 2,\n"
                               "      \"b\": 1\n"
                               "    },\n"
                               "    {},\n"
                               "    {\n"
                               "      \"\": [1,2]\n"
                               "    }\n"
                               "  ],\n"));
    mem_free(text);
}

static void check_refused(const char *path, const char *log, uint64_t len, const char *why)
{
    err.text[0] = '\0';
    CHECK(!trainer_state_write(&sigmoid, path, log, len, &err));
    check_claim(strstr(err.text, why), __FILE__, __LINE__, "'%s' in '%s'", why, err.text);
}

TEST(refusals)
{
    const char *path = files_path("none"), *log = files_text("log", "{}\n{}\n[]\n{\"a\":}\n");

    check_refused(path, log, 100, "/log: has 16 bytes of 100: the run directory was changed");
    check_refused(path, log, 9, "/log:3: no entry of a metrics log: the run directory was changed");
    check_refused(path, log, 5, "/log:2: no entry of a metrics log: the run directory was changed");
    log = files_text("log", "{}\n{\"a\":}\n");
    check_refused(path, log, 10, "/log:2: no entry of a metrics log");
    check_refused(path, files_path("absent"), 0, "/absent: ");
    CHECK(access(path, F_OK) != 0);
    log = files_text("log", "{}\n");
    check_refused("/dev/full", log, 3, "/dev/full: cannot write: No space left on device");
    check_refused(files_path("absent/x"), log, 3, "/absent/x: cannot create");
}

int main(void)
{
    RUN(a_whole_run);
    RUN(a_checkpoint);
    RUN(no_entries_and_early_stopping);
    RUN(keys_in_order);
    RUN(refusals);
    return check_end();
}
