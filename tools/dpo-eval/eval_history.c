#include "dpo-eval/eval_history.h"

#include "ledger.h"
#include "options/option_value.h"

#include <jansson.h>

static char *told; /* of the options */

static char *list_options(const struct option_spec *row)
{
    json_t *options = json_object();
    struct buffer value = {0};
    char *text;

    for (; row->name; row++) {
        value.len = 0;
        if (!option_value_text(row, &value)) continue;
        json_object_set_new(options, row->name, json_stringn(value.at, value.len));
    }
    text = json_dumps(options, JSON_SORT_KEYS);
    buffer_release(&value);
    json_decref(options);
    return text;
}

void eval_history_begin(const char *path, const struct eval_run *run)
{
    told = list_options(run->options);
    ledger_begin(path, &(struct history_run){.kind = HISTORY_EVAL,
                                             .run_dir = run->results,
                                             .model = run->model,
                                             .model_hash = run->model_hash,
                                             .data_hash = run->data_hash,
                                             .adapter = run->adapter,
                                             .options = told});
}

void eval_history_end(int status, const struct figures *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        ledger_figure(metrics->items[i].name, metrics->items[i].number);
    ledger_end(status);
}
