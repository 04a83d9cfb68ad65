/* Filters that make numbers. */
#include "jinja/codes.h"
#include "jinja/filters.h"
#include "jinja/operators.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Python's int(text): 1 for a number, 0 for none, -1 with err for one that does not fit. */
static int read_whole(struct work *work, struct text text, int64_t *whole)
{
    bool negative, digit = false;
    size_t i = 0;

    text = text_strip(text, NULL, SIDE_LEFT | SIDE_RIGHT);
    negative = text.len > 0 && text.at[0] == '-';
    if (text.len > 0 && (negative || text.at[0] == '+')) i++;
    for (*whole = 0; i < text.len; i++) {
        bool was_digit = digit;

        digit = text.at[i] >= '0' && text.at[i] <= '9';
        if (!digit && !(text.at[i] == '_' && was_digit)) return 0;
        if (digit && (__builtin_mul_overflow(*whole, 10, whole) ||
                      __builtin_sub_overflow(*whole, text.at[i] - '0', whole)))
            return err_set(work->err, "a whole number beyond 64 bits is not supported"), -1;
    }
    if (!digit) return 0;
    if (!negative && *whole == INT64_MIN)
        return err_set(work->err, "a whole number beyond 64 bits is not supported"), -1;
    if (!negative) *whole = -*whole;
    return 1;
}

/* Python's float(text). */
static bool read_real(struct text text, double *real)
{
    char digits[512], *end;
    const char *plain;

    text = text_strip(text, NULL, SIDE_LEFT | SIDE_RIGHT);
    if (text.len == 0 || text.len >= sizeof digits || memchr(text.at, '\0', text.len)) return false;
    memcpy(digits, text.at, text.len);
    digits[text.len] = '\0';
    plain = digits + (*digits == '-' || *digits == '+');
    if (strspn(plain, "0123456789.eE+-") != strlen(plain) && strcasecmp(plain, "inf") != 0 &&
        strcasecmp(plain, "infinity") != 0 && strcasecmp(plain, "nan") != 0)
        return false;
    *real = strtod(digits, &end);
    return *end == '\0';
}

static bool real_to_whole(struct call *call, double real, struct datum *out)
{
    if (!isfinite(real)) {
        if (call->self.kind == DATUM_FLOAT && isinf(real))
            return err_set(call->work->err, "'int' of a float that is not finite");
        *out = call->slot[0].kind == DATUM_ABSENT ? datum_int(0) : call->slot[0];
        return true;
    }
    if (fabs(real) >= 9223372036854775808.0)
        return err_set(call->work->err, "a whole number beyond 64 bits is not supported");
    *out = datum_int((int64_t)real);
    return true;
}

bool run_int(struct call *call, struct datum *out)
{
    const struct datum *self = &call->self;
    int64_t base, whole;
    double real;
    int got;

    if (!slot_int(call, 1, 10, &base) || !datum_demand(call->work, self)) return false;
    if (base != 10) return err_set(call->work->err, "'int' of base %d is not supported", (int)base);
    if (self->kind == DATUM_INT) return *out = *self, true;
    if (self->kind == DATUM_BOOL) return *out = datum_int(self->truth), true;
    if (self->kind == DATUM_FLOAT) return real_to_whole(call, self->real, out);
    if (self->kind == DATUM_TEXT) {
        got = read_whole(call->work, self->text, &whole);
        if (got < 0) return false;
        if (got > 0) return *out = datum_int(whole), true;
        if (memchr(self->text.at, '_', self->text.len))
            return err_set(call->work->err, "'int' of such a string is not supported");
        if (read_real(self->text, &real)) return real_to_whole(call, real, out);
    }
    *out = call->slot[0].kind == DATUM_ABSENT ? datum_int(0) : call->slot[0];
    return true;
}

bool run_float(struct call *call, struct datum *out)
{
    const struct datum *self = &call->self;
    double real;

    if (!datum_demand(call->work, self)) return false;
    if (self->kind == DATUM_FLOAT) return *out = *self, true;
    if (datum_is_number(self)) {
        struct datum zero = datum_float(0);

        return operate(call->work, '+', self, &zero, out);
    }
    if (self->kind == DATUM_TEXT && memchr(self->text.at, '_', self->text.len))
        return err_set(call->work->err, "'float' of such a string is not supported");
    if (self->kind == DATUM_TEXT && read_real(self->text, &real))
        return *out = datum_float(real), true;
    *out = call->slot[0].kind == DATUM_ABSENT ? datum_float(0) : call->slot[0];
    return true;
}

/* Correctly rounded, as the decimal digits of the exact value are. */
static double round_digits(double real, int digits)
{
    char text[400];

    snprintf(text, sizeof text, "%.*f", digits, real);
    return strtod(text, NULL);
}

bool run_round(struct call *call, struct datum *out)
{
    const struct datum *self = &call->self;
    struct text method;
    int64_t digits;
    double real, scale;

    if (!slot_int(call, 0, 0, &digits) || !slot_text(call, 1, TEXT("common"), &method) ||
        !datum_demand(call->work, self))
        return false;
    if (!datum_is_number(self)) return err_set(call->work->err, "'round' of %s", datum_name(self));
    if (digits < 0 || digits > 20)
        return err_set(call->work->err, "'round' to %lld digits is not supported",
                       (long long)digits);
    if (text_is(method, "common") && self->kind != DATUM_FLOAT)
        return *out = datum_int(self->kind == DATUM_BOOL ? self->truth : self->whole), true;
    if (!run_float(&(struct call){.work = call->work, .self = *self}, out)) return false;
    real = out->real;
    scale = pow(10, (double)digits);
    if (text_is(method, "common"))
        *out = datum_float(isfinite(real) ? round_digits(real, (int)digits) : real);
    else if (!isfinite(real) || fabs(real * scale) >= 0x1p53)
        return err_set(call->work->err, "'round' of so large a number is not supported");
    else if (text_is(method, "ceil"))
        *out = datum_float(ceil(real * scale) / scale + 0.0);
    else if (text_is(method, "floor"))
        *out = datum_float(floor(real * scale) / scale + 0.0);
    else
        return err_set(call->work->err, "'round' by an unknown method");
    return true;
}
