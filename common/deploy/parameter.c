#include "deploy/parameter.h"

#include "core/number.h"
#include "records/value.h"

#include <string.h>

static const struct row {
    const char *name;
    enum { ROW_WHOLE, ROW_NUMBER, ROW_BOOL, ROW_TEXT } kind;
} rows[] = {{"num_ctx", ROW_WHOLE},
            {"num_batch", ROW_WHOLE},
            {"num_gpu", ROW_WHOLE},
            {"main_gpu", ROW_WHOLE},
            {"use_mmap", ROW_BOOL},
            {"num_thread", ROW_WHOLE},
            {"draft_num_predict", ROW_WHOLE},
            {"num_keep", ROW_WHOLE},
            {"seed", ROW_WHOLE},
            {"num_predict", ROW_WHOLE},
            {"top_k", ROW_WHOLE},
            {"top_p", ROW_NUMBER},
            {"min_p", ROW_NUMBER},
            {"typical_p", ROW_NUMBER},
            {"repeat_last_n", ROW_WHOLE},
            {"temperature", ROW_NUMBER},
            {"repeat_penalty", ROW_NUMBER},
            {"presence_penalty", ROW_NUMBER},
            {"frequency_penalty", ROW_NUMBER},
            {"stop", ROW_TEXT}};

static const struct row *find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}

/* Of 32 bits, as it is for those who run models. */
static bool is_whole(const char *value)
{
    double number;
    const char *digits = value + (*value == '-');

    return *digits && strspn(digits, "0123456789") == strlen(digits) && strlen(digits) <= 10 &&
           parse_number(value, &number) && number >= -2147483648.0 && number <= 2147483647.0;
}

bool parameter_check(const char *name, const char *value, struct err *err)
{
    const struct row *row = find(name);
    double number;

    if (!row) return err_set(err, "unknown parameter '%s'", name);
    switch (row->kind) {
    case ROW_WHOLE:
        return is_whole(value) || err_set(err, "'%s' is not a whole number: '%s'", name, value);
    case ROW_NUMBER:
        return parse_number(value, &number) ||
               err_set(err, "'%s' is not a number: '%s'", name, value);
    case ROW_BOOL:
        return strcmp(value, "true") == 0 || strcmp(value, "false") == 0 ||
               err_set(err, "'%s' is neither true nor false: '%s'", name, value);
    case ROW_TEXT: return *value || err_set(err, "'%s' is empty", name);
    }
    return true;
}

void parameter_write(struct buffer *json, const char *name, const char *value)
{
    const struct row *row = find(name);
    double number = 0;

    if (row->kind == ROW_TEXT)
        text_quote(json, text_of(value));
    else if (row->kind == ROW_BOOL)
        buffer_text(json, value);
    else if (parse_number(value, &number))
        number_write(json, number);
}
