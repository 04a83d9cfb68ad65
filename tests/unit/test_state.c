/* What a module remembers, as JSON and back. */
#include "control/state.h"

#include "check.h"
#include "unit/states.h"

struct sample {
    double number, numbers[4];
    uint64_t whole, wholes[2];
    bool flag, flags[3];
};

static const struct state_field fields[] = {
    STATE_FIELD(struct sample, number), STATE_FIELD(struct sample, numbers),
    STATE_FIELD(struct sample, whole),  STATE_FIELD(struct sample, wholes),
    STATE_FIELD(struct sample, flag),   STATE_FIELD(struct sample, flags),
};
#define FIELDS (sizeof fields / sizeof *fields)

static const struct sample sample = {.number = 0.1,
                                     .numbers = {INFINITY, -INFINITY, 5e-324, -0.0},
                                     .whole = 9007199254740993,
                                     .wholes = {0, INT64_MAX},
                                     .flag = true,
                                     .flags = {false, true, false}};

TEST(comes_back_as_it_was)
{
    json_t *saved = state_reread(state_save(&sample, fields, FIELDS));
    struct sample back = {.number = 7};
    struct err err;

    if (!CHECK(state_load(&back, fields, FIELDS, saved, &err))) return;
    CHECK(back.number == sample.number);
    for (size_t i = 0; i < 4; i++) CHECK(back.numbers[i] == sample.numbers[i]);
    CHECK(signbit(back.numbers[3]));
    CHECK(back.whole == sample.whole);
    CHECK(memcmp(back.wholes, sample.wholes, sizeof back.wholes) == 0);
    CHECK(back.flag && !back.flags[0] && back.flags[1] && !back.flags[2]);
    json_decref(saved);
}

TEST(not_a_number_is_a_text)
{
    const struct sample odd = {.number = NAN};
    struct sample back = sample;
    json_t *saved = state_save(&odd, fields, 1);
    struct err err;

    CHECK_TEXT(json_string_value(json_object_get(saved, "number")), "nan");
    saved = state_reread(saved);
    CHECK(state_load(&back, fields, 1, saved, &err) && isnan(back.number));
    json_decref(saved);
}

static void refuse(const char *name, const char *value, const char *why)
{
    json_t *saved = state_with(state_save(&sample, fields, FIELDS), name, value);
    struct sample back = sample;
    struct err err = {""};

    CHECK(!state_load(&back, fields, FIELDS, saved, &err));
    CHECK_TEXT(err.text, why);
    json_decref(saved);
}

TEST(what_is_wrong_is_named)
{
    struct sample back = sample;
    struct err err;

    refuse("flag", NULL, "there is no 'flag'");
    refuse("number", "true", "'number' is not a number");
    refuse("number", "\"infinity\"", "'number' is not a number");
    refuse("whole", "1.0", "'whole' is not a whole number");
    refuse("whole", "-1", "'whole' is not a whole number");
    refuse("flag", "1", "'flag' is neither true nor false");
    refuse("numbers", "[1, 2, 3]", "'numbers' is not a list of 4");
    refuse("wholes", "7", "'wholes' is not a list of 2");
    refuse("flags", "[true, 0, true]", "'flags' is neither true nor false");
    CHECK(!state_load(&back, fields, FIELDS, NULL, &err));
    CHECK_TEXT(err.text, "there is no 'number'");
}

int main(void)
{
    RUN(comes_back_as_it_was);
    RUN(not_a_number_is_a_text);
    RUN(what_is_wrong_is_named);
    return check_end();
}
