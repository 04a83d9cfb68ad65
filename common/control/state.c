#include "control/state.h"

#include "core/memory.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    double value;
} odd_numbers[] = {{"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}};

static const size_t sizes[] = {
    [STATE_NUMBER] = sizeof(double),
    [STATE_WHOLE] = sizeof(uint64_t),
    [STATE_FLAG] = sizeof(bool),
};

static json_t *save_number(double value)
{
    if (isfinite(value)) return json_real(value);
    return json_string(odd_numbers[isnan(value) ? 0 : value > 0 ? 1 : 2].name);
}

static json_t *save_one(const char *at, enum state_kind kind)
{
    double number;
    uint64_t whole;
    bool flag;

    switch (kind) {
    case STATE_NUMBER: memcpy(&number, at, sizeof number); return save_number(number);
    case STATE_WHOLE: memcpy(&whole, at, sizeof whole); return json_integer((json_int_t)whole);
    default: memcpy(&flag, at, sizeof flag); return json_boolean(flag);
    }
}

json_t *state_save(const void *object, const struct state_field *fields, size_t count)
{
    json_t *saved;

    json_set_alloc_funcs(mem_alloc, mem_free);
    saved = json_object();
    for (size_t i = 0; i < count; i++) {
        const size_t size = sizes[fields[i].kind];
        const char *at = (const char *)object + fields[i].offset;
        json_t *value;

        if (fields[i].size == size) {
            value = save_one(at, fields[i].kind);
        } else {
            value = json_array();
            for (size_t k = 0; k < fields[i].size; k += size)
                json_array_append_new(value, save_one(at + k, fields[i].kind));
        }
        json_object_set_new(saved, fields[i].name, value);
    }
    return saved;
}

static bool load_number(const json_t *value, double *number)
{
    const char *text = json_string_value(value);

    *number = json_number_value(value);
    if (!text) return json_is_number(value);
    for (size_t i = 0; i < sizeof odd_numbers / sizeof *odd_numbers; i++)
        if (strcmp(text, odd_numbers[i].name) == 0) {
            *number = odd_numbers[i].value;
            return true;
        }
    return false;
}

static bool load_one(char *at, const struct state_field *field, const json_t *value,
                     struct err *err)
{
    double number;
    uint64_t whole;
    bool flag;

    switch (field->kind) {
    case STATE_NUMBER:
        if (!load_number(value, &number)) return err_set(err, "'%s' is not a number", field->name);
        memcpy(at, &number, sizeof number);
        return true;
    case STATE_WHOLE:
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return err_set(err, "'%s' is not a whole number", field->name);
        whole = (uint64_t)json_integer_value(value);
        memcpy(at, &whole, sizeof whole);
        return true;
    default:
        if (!json_is_boolean(value))
            return err_set(err, "'%s' is neither true nor false", field->name);
        flag = json_is_true(value);
        memcpy(at, &flag, sizeof flag);
        return true;
    }
}

static bool load_field(char *at, const struct state_field *field, const json_t *value,
                       struct err *err)
{
    const size_t size = sizes[field->kind], elements = field->size / size;

    if (!value) return err_set(err, "there is no '%s'", field->name);
    if (elements == 1) return load_one(at, field, value, err);
    if (!json_is_array(value) || json_array_size(value) != elements)
        return err_set(err, "'%s' is not a list of %zu", field->name, elements);
    for (size_t i = 0; i < elements; i++)
        if (!load_one(at + i * size, field, json_array_get(value, i), err)) return false;
    return true;
}

bool state_load(void *object, const struct state_field *fields, size_t count, const json_t *saved,
                struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!load_field((char *)object + fields[i].offset, &fields[i],
                        json_object_get(saved, fields[i].name), err))
            return false;
    return true;
}
