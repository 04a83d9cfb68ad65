/* Compares what a training run left with what another program left of the same run:
 *
 *     compare log WANT GOT                    metrics.jsonl, or trainer_state.json's log_history
 *     compare state WANT GOT                  trainer_state.json without its log_history
 *     compare weights WANT GOT [TOLERANCE]    safetensors, by each tensor's largest number
 *
 * Entries must be there in the same order. A member that WANT alone has is a difference, but for
 * times; one that GOT alone has too, unless it is an addition of ours, as entries with an 'event'
 * are. Status 1 and a line for each difference. */
#include "core/lines.h"
#include "core/memory.h"
#include "safetensors/safetensors.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE 1e-4 /* of weights */
#define PLAIN_BETA 0.1 /* the tolerance of rewards is for this one */
#define TEXT_LIMIT ((size_t)1 << 24)

static size_t differences;

__attribute__((format(printf, 1, 2))) static void differs(const char *format, ...)
{
    va_list args;

    if (differences++ >= 20) return;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static void die(const char *why)
{
    fprintf(stderr, "compare: %s\n", why);
    exit(2);
}

static bool is_in(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0) list++;
    return *list != NULL;
}

/* --- Logs. */

static const char *const times[] = {"runtime", "samples_per_second", "steps_per_second",
                                    "total_flos", NULL};
static const char *const ours[] = {"beta",          "kl",          "kl_sequence",
                                   "kl_divergence", "kl_estimate", NULL};

/* How far a member may be off: a share of its value, or so much. */
static const struct rule {
    const char *begins;
    double relative, absolute;
    bool by_beta; /* the difference grows with beta */
} rules[] = {{"loss", 1e-4, 2e-6, false},
             {"grad_norm", 1e-4, 2e-6, false},
             {"entropy", 1e-4, 0, false},
             {"learning_rate", 1e-12, 0, false},
             {"rewards/accuracies", 0, 1e-6, false},
             {"mean_token_accuracy", 0, 1e-6, false},
             {"rewards/", 0, 2e-5, true},
             {"logps/", 1e-6, 0, false},
             {"logits/", 0, 1e-6, false},
             {"num_tokens", 0, 0, false},
             {"epoch", 1e-12, 0, false},
             {"step", 0, 0, false}};

static const char *bare(const char *name)
{
    static const char *const prefixes[] = {"eval_", "train_"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) return name + strlen(prefixes[i]);
    return name;
}

static void compare_member(const char *name, double want, double got, double step, double beta)
{
    const struct rule *rule = NULL;
    double allowed;

    for (size_t i = 0; i < sizeof rules / sizeof *rules && !rule; i++)
        if (strncmp(bare(name), rules[i].begins, strlen(rules[i].begins)) == 0) rule = &rules[i];
    if (!rule) {
        differs("'%s' is a member without a tolerance", name);
        return;
    }
    allowed = rule->absolute * (rule->by_beta ? fmax(1, beta / PLAIN_BETA) : 1);
    allowed = fmax(allowed, rule->relative * fabs(want));
    if (!(fabs(got - want) <= allowed))
        differs("step %g: '%s' is %.17g, not %.17g: off by %.2g, allowed %.2g", step, name, got,
                want, fabs(got - want), allowed);
}

static void compare_entry(const json_t *want, const json_t *got)
{
    const double step = json_number_value(json_object_get(want, "step"));
    const json_t *beta = json_object_get(got, "beta");
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)want, name, value)
    {
        const json_t *other = json_object_get(got, name);

        if (is_in(times, bare(name))) continue;
        if (!json_is_number(other))
            differs("step %g: there is no number '%s'", step, name);
        else
            compare_member(name, json_number_value(value), json_number_value(other), step,
                           beta ? json_number_value(beta) : 0);
    }
    json_object_foreach((json_t *)got, name, value)
    {
        if (!json_object_get(want, name) && !is_in(ours, bare(name)))
            differs("step %g: '%s' is more than there should be", step, name);
    }
}

static json_t *read_json(const char *at, size_t len, const char *path)
{
    json_t *json = json_loadb(at, len, JSON_REJECT_DUPLICATES, NULL);

    if (!json_is_object(json)) die(path);
    return json;
}

static void read_text(const char *path, struct buffer *text)
{
    struct err err;

    if (!read_whole_file(path, text, TEXT_LIMIT, &err)) die(err.text);
}

/* The entries of a log, but for events. */
static json_t *read_log(const char *path)
{
    struct buffer text = {0};
    json_t *log = json_array(), *whole;
    const char *at, *end;
    size_t i = 0;

    read_text(path, &text);
    whole = json_loadb(text.at, text.len, 0, NULL);
    for (at = text.at; !whole && at < text.at + text.len; at = end + 1) {
        end = memchr(at, '\n', text.len - (size_t)(at - text.at));
        if (!end) die(path);
        json_array_append_new(log, read_json(at, (size_t)(end - at), path));
    }
    if (whole) json_array_extend(log, json_object_get(whole, "log_history"));
    while (i < json_array_size(log))
        if (json_object_get(json_array_get(log, i), "event"))
            json_array_remove(log, i);
        else
            i++;
    json_decref(whole);
    buffer_release(&text);
    return log;
}

static void compare_logs(const char *want_path, const char *got_path)
{
    json_t *want = read_log(want_path), *got = read_log(got_path);

    if (json_array_size(want) == 0) die(want_path);
    if (json_array_size(want) != json_array_size(got))
        differs("%zu entries, not %zu", json_array_size(got), json_array_size(want));
    for (size_t i = 0; i < json_array_size(want) && i < json_array_size(got); i++)
        compare_entry(json_array_get(want, i), json_array_get(got, i));
    json_decref(want);
    json_decref(got);
}

/* --- The state. */

static json_t *read_state(const char *path)
{
    struct buffer text = {0};
    json_t *state;

    read_text(path, &text);
    state = read_json(text.at, text.len, path);
    buffer_release(&text);
    return state;
}

static bool same_value(const char *name, json_t *want, json_t *got)
{
    if (strcmp(name, "best_metric") == 0 && json_is_number(want) && json_is_number(got))
        return fabs(json_number_value(want) - json_number_value(got)) <= 2e-5;
    if (strcmp(name, "total_flos") == 0) return got != NULL;
    return json_equal(want, got);
}

static void compare_states(const char *want_path, const char *got_path)
{
    json_t *want = read_state(want_path), *got = read_state(got_path), *value;
    const char *name;

    json_object_del(json_object_get(got, "stateful_callbacks"), "BestCheckpoint"); /* ours */
    json_object_del(want, "log_history");
    json_object_del(got, "log_history");
    json_object_foreach(want, name, value)
    {
        if (!same_value(name, value, json_object_get(got, name))) differs("'%s' differs", name);
    }
    json_object_foreach(got, name, value)
    {
        if (!json_object_get(want, name)) differs("'%s' is more than there should be", name);
    }
    json_decref(want);
    json_decref(got);
}

/* --- Weights. */

static float number_at(const struct tensor *tensor, uint64_t i)
{
    float number;

    memcpy(&number, tensor->at + i * sizeof number, sizeof number);
    return number;
}

static void compare_tensors(const struct tensor *want, const struct tensor *got, double tolerance)
{
    double largest = 0, worst = 0;

    if (want->dtype != DTYPE_F32 || got->dtype != DTYPE_F32 || want->rank != got->rank ||
        memcmp(want->shape, got->shape, want->rank * sizeof *want->shape) != 0) {
        differs("'%.*s' has another shape or format", (int)want->name.len, want->name.at);
        return;
    }
    for (uint64_t i = 0; i < want->bytes / sizeof(float); i++) {
        const double off = fabs((double)number_at(want, i) - (double)number_at(got, i));

        largest = fmax(largest, fabs((double)number_at(want, i)));
        worst = isnan(off) || off > worst ? off : worst;
    }
    if (!(worst <= tolerance * largest))
        differs("'%.*s' is off by %.2g of %.3g", (int)want->name.len, want->name.at, worst,
                largest);
}

static void compare_weights(const char *want_path, const char *got_path, double tolerance)
{
    struct safetensors want, got;
    struct err err;

    if (!safetensors_open(&want, want_path, &err) || !safetensors_open(&got, got_path, &err))
        die(err.text);
    if (want.header.count != got.header.count)
        differs("%zu tensors, not %zu", got.header.count, want.header.count);
    for (size_t i = 0; i < want.header.count; i++) {
        const struct tensor *tensor = &want.header.tensors[i];
        const struct tensor *other = safetensors_find(&got, tensor->name);

        if (other)
            compare_tensors(tensor, other, tolerance);
        else
            differs("'%.*s' is missing", (int)tensor->name.len, tensor->name.at);
    }
    safetensors_close(&want);
    safetensors_close(&got);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "log") == 0)
        compare_logs(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "state") == 0)
        compare_states(argv[2], argv[3]);
    else if (argc >= 4 && argc <= 5 && strcmp(argv[1], "weights") == 0)
        compare_weights(argv[2], argv[3], argc == 5 ? strtod(argv[4], NULL) : TOLERANCE);
    else
        die("log|state|weights WANT GOT");
    return differences > 0;
}
