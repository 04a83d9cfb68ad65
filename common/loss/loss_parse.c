#include "loss/loss.h"

#include "core/memory.h"
#include "core/number.h"
#include "loss/formula.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct text trimmed(struct text text)
{
    while (text.len && isspace((unsigned char)text.at[0])) text.at++, text.len--;
    while (text.len && isspace((unsigned char)text.at[text.len - 1])) text.len--;
    return text;
}

/* Cuts what stands before the mark off *at, which moves behind the mark or to the end. */
static struct text cut(const char **at, char mark)
{
    const char *end = strchr(*at, mark), *stop = end ? end : *at + strlen(*at);
    const struct text piece = {*at, (size_t)(stop - *at)};

    *at = end ? end + 1 : stop;
    return trimmed(piece);
}

static bool name_unknown(struct text name, struct err *err)
{
    struct buffer known = {0};

    for (size_t i = 0; i < LOSSES; i++)
        buffer_format(&known, "%s%s", i ? ", " : "", formulas[i].name);
    buffer_byte(&known, '\0');
    err_write(err, "loss '%.*s' is none of %s", name.len < 80 ? (int)name.len : 80, name.at,
              known.at);
    buffer_release(&known);
    return false;
}

static bool parse_weight(struct text text, double *weight, struct err *err)
{
    char digits[64];

    snprintf(digits, sizeof digits, "%.*s", text.len < sizeof digits ? (int)text.len : 63, text.at);
    if (text.len < sizeof digits && parse_number(digits, weight) && *weight > 0) return true;
    return err_set(err, "weight '%s' of a loss is not a number above 0", digits);
}

static bool parse_name(struct loss *loss, struct text name, double weight, struct err *err)
{
    size_t kind = 0;

    while (kind < LOSSES && !text_is(name, formulas[kind].name)) kind++;
    if (kind == LOSSES) return name_unknown(name, err);
    for (size_t i = 0; i < loss->count; i++)
        if (loss->terms[i].kind == kind)
            return err_set(err, "loss '%s' is given twice", formulas[kind].name);
    loss->terms[loss->count].kind = (enum loss_kind)kind;
    loss->terms[loss->count++].weight = weight;
    return true;
}

/* A weight begins with what no name begins with; it may hold a plus sign, as 1e+2. */
static bool begins_weight(const char *at)
{
    return strchr("+-.0123456789", *at) && strchr(at, '*');
}

bool loss_parse(struct loss *loss, const char *text, struct err *err)
{
    struct loss parsed = *loss;
    const char *at = text;
    bool more = true;

    for (parsed.count = 0; more; more = at > text && at[-1] == '+') {
        double weight = 1;
        struct text name;

        at += strspn(at, " \t");
        if (*at && begins_weight(at) && !parse_weight(cut(&at, '*'), &weight, err)) return false;
        name = cut(&at, '+');
        if (!name.len) return err_set(err, "a loss is missing in '%.80s'", text);
        if (!parse_name(&parsed, name, weight, err)) return false;
    }
    *loss = parsed;
    return true;
}
