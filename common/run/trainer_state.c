#include "run/trainer_state.h"

#include "core/mapped.h"
#include "core/outfile.h"
#include "records/value.h"
#include "run/figures.h"

#include <stdlib.h>
#include <string.h>

static void put_name(struct buffer *out, const char *indent, const char *name)
{
    buffer_format(out, "%s\"%s\": ", indent, name);
}

static void put_whole(struct buffer *out, const char *name, uint64_t value)
{
    put_name(out, "  ", name);
    buffer_format(out, "%llu,\n", (unsigned long long)value);
}

static void put_float(struct buffer *out, const char *name, double value)
{
    put_name(out, "  ", name);
    figure_number_write(out, value);
    buffer_text(out, ",\n");
}

static void put_word(struct buffer *out, const char *name, const char *word)
{
    buffer_format(out, "  \"%s\": %s,\n", name, word);
}

static void put_best(struct buffer *out, const struct trainer_state *state)
{
    if (!state->has_best) {
        put_word(out, "best_global_step", "null");
        put_word(out, "best_metric", "null");
    } else {
        put_whole(out, "best_global_step", state->best_step);
        put_float(out, "best_metric", state->best_metric);
    }
    put_name(out, "  ", "best_model_checkpoint");
    if (state->has_best && state->best_checkpoint)
        text_quote(out, text_of(state->best_checkpoint));
    else
        buffer_text(out, "null");
    buffer_text(out, ",\n");
}

/* By code points, as Python sorts: of valid UTF-8 the bytes. No quotes, which sort after '!'. */
static int compare_keys(const void *a, const void *b)
{
    const struct value *one = &((const struct member *)a)->key;
    const struct value *two = &((const struct member *)b)->key;
    size_t len = (one->len < two->len ? one->len : two->len) - 2;
    int order = memcmp(one->at + 1, two->at + 1, len);

    return order ? order : (one->len > two->len) - (one->len < two->len);
}

static void put_entry(struct buffer *out, struct scan *scan, bool first)
{
    buffer_text(out, first ? "\n    {" : ",\n    {");
    if (scan->count > 1) qsort(scan->members, scan->count, sizeof *scan->members, compare_keys);
    for (size_t i = 0; i < scan->count; i++) {
        const struct member *member = &scan->members[i];

        buffer_text(out, i ? ",\n      " : "\n      ");
        buffer_add(out, member->key.at, member->key.len);
        buffer_text(out, ": ");
        buffer_add(out, member->value.at, member->value.len);
    }
    buffer_text(out, scan->count ? "\n    }" : "}");
}

/* The lines of text, a history of as many entries. */
static bool put_entries(struct buffer *out, struct text text, const char *path, struct err *err)
{
    const char *at = text.at, *end = text.len ? text.at + text.len : at;
    struct scan scan = {0};
    size_t number = 0;
    bool good = true;

    while (good && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        number++;
        good = stop && scan_json(&scan, at, (size_t)(stop - at)) && scan.root.kind == KIND_OBJECT;
        if (!good) break;
        put_entry(out, &scan, number == 1);
        at = stop + 1;
    }
    scan_release(&scan);
    if (!good)
        return err_set(err, "%s:%zu: no entry of a metrics log: the run directory was changed",
                       path, number);
    buffer_text(out, number ? "\n  ],\n" : "],\n");
    return true;
}

static bool put_history(struct buffer *out, const char *path, uint64_t len, struct err *err)
{
    struct mapped file = {0};
    bool good;

    if (!mapped_open(&file, path, err)) return false;
    put_name(out, "  ", "log_history");
    buffer_byte(out, '[');
    if (file.len < len)
        good = err_set(err, "%s: has %llu bytes of %llu: the run directory was changed", path,
                       (unsigned long long)file.len, (unsigned long long)len);
    else
        good = put_entries(out, (struct text){(const char *)file.at, (size_t)len}, path, err);
    mapped_close(&file);
    return good;
}

static void put_early_stopping(struct buffer *out, const struct trainer_state *state)
{
    buffer_format(out,
                  "    \"EarlyStoppingCallback\": {\n"
                  "      \"args\": {\n"
                  "        \"early_stopping_patience\": %llu,\n"
                  "        \"early_stopping_threshold\": ",
                  (unsigned long long)state->patience);
    figure_number_write(out, state->threshold);
    buffer_format(out,
                  "\n      },\n"
                  "      \"attributes\": {\n"
                  "        \"early_stopping_patience_counter\": %llu\n"
                  "      }\n"
                  "    },\n",
                  (unsigned long long)state->patience_used);
}

/* Ours: transformers passes over callbacks that it does not know. */
static void put_why(struct buffer *out, const char *why)
{
    buffer_text(out, "    \"BestCheckpoint\": {\n"
                     "      \"args\": {},\n"
                     "      \"attributes\": {\n"
                     "        \"why\": ");
    text_quote(out, text_of(why));
    buffer_text(out, "\n      }\n    },\n");
}

static const char *word_of(bool flag)
{
    return flag ? "true" : "false";
}

static void put_callbacks(struct buffer *out, const struct trainer_state *state)
{
    buffer_text(out, "  \"stateful_callbacks\": {\n");
    if (state->best_why) put_why(out, state->best_why);
    if (state->stops_early) put_early_stopping(out, state);
    buffer_format(out,
                  "    \"TrainerControl\": {\n"
                  "      \"args\": {\n"
                  "        \"should_epoch_stop\": %s,\n"
                  "        \"should_evaluate\": %s,\n"
                  "        \"should_log\": %s,\n"
                  "        \"should_save\": %s,\n"
                  "        \"should_training_stop\": %s\n"
                  "      },\n"
                  "      \"attributes\": {}\n"
                  "    }\n"
                  "  },\n",
                  word_of(state->should_epoch_stop), word_of(state->should_evaluate),
                  word_of(state->should_log), word_of(state->should_save),
                  word_of(state->should_training_stop));
}

/* All keys in their order. */
static bool put_state(struct buffer *out, const struct trainer_state *state, const char *log_path,
                      uint64_t log_len, struct err *err)
{
    buffer_text(out, "{\n");
    put_best(out, state);
    put_float(out, "epoch", state->epoch);
    put_whole(out, "eval_steps", state->eval_steps);
    put_whole(out, "global_step", state->step);
    put_word(out, "is_hyper_param_search", "false");
    put_word(out, "is_local_process_zero", "true");
    put_word(out, "is_world_process_zero", "true");
    if (!put_history(out, log_path, log_len, err)) return false;
    put_whole(out, "logging_steps", state->logging_steps);
    put_whole(out, "max_steps", state->max_steps);
    put_whole(out, "num_input_tokens_seen", 0); /* the Trainer counts only where it is asked to */
    put_whole(out, "num_train_epochs", state->epochs);
    put_whole(out, "save_steps", state->save_steps);
    put_callbacks(out, state);
    put_float(out, "total_flos", state->flops);
    put_whole(out, "train_batch_size", state->batch_size);
    put_word(out, "trial_name", "null");
    buffer_text(out, "  \"trial_params\": null\n}\n");
    return true;
}

bool trainer_state_write(const struct trainer_state *state, const char *path, const char *log_path,
                         uint64_t log_len, struct err *err)
{
    struct buffer text = {0};
    const bool good = put_state(&text, state, log_path, log_len, err) &&
                      outfile_put(path, buffer_content(&text), err);

    buffer_release(&text);
    return good;
}
