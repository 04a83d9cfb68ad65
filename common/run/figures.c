#include "run/figures.h"

#include "records/value.h"

#include <math.h>
#include <string.h>

static struct figure *place_of(const struct figures *figures, const char *name)
{
    for (size_t i = 0; i < figures->count; i++)
        if (strcmp(figures->items[i].name, name) == 0) return &figures->items[i];
    return NULL;
}

/* The figure of that name, without a value. */
static struct figure *place_for(struct figures *figures, const char *name)
{
    struct figure *figure = place_of(figures, name);

    if (!figure) {
        figures->items =
            mem_room(figures->items, figures->count, &figures->room, sizeof *figures->items);
        figure = &figures->items[figures->count++];
        *figure = (struct figure){.name = mem_copy_text(name)};
    }
    mem_free(figure->text);
    figure->text = NULL;
    figure->whole = 0;
    return figure;
}

void figures_number(struct figures *figures, const char *name, double number)
{
    struct figure *figure = place_for(figures, name);

    figure->kind = FIGURE_NUMBER;
    figure->number = number;
}

void figures_whole(struct figures *figures, const char *name, uint64_t whole)
{
    struct figure *figure = place_for(figures, name);

    figure->kind = FIGURE_WHOLE;
    figure->number = (double)whole;
    figure->whole = whole;
}

void figures_text(struct figures *figures, const char *name, const char *text)
{
    char *copy = mem_copy_text(text);
    struct figure *figure = place_for(figures, name);

    figure->kind = FIGURE_TEXT;
    figure->number = NAN;
    figure->text = copy;
}

const struct figure *figures_find(const struct figures *figures, const char *name)
{
    return place_of(figures, name);
}

void figure_number_write(struct buffer *out, double number)
{
    size_t begin = out->len;

    if (!isfinite(number)) {
        buffer_text(out, "null");
        return;
    }
    number_write(out, number);
    if (!memchr(out->at + begin, '.', out->len - begin) &&
        !memchr(out->at + begin, 'e', out->len - begin))
        buffer_text(out, ".0");
}

static void write_value(const struct figure *figure, struct buffer *out)
{
    if (figure->kind == FIGURE_TEXT)
        text_quote(out, text_of(figure->text));
    else if (figure->kind == FIGURE_WHOLE)
        buffer_format(out, "%llu", (unsigned long long)figure->whole);
    else
        figure_number_write(out, figure->number);
}

void figures_write(const struct figures *figures, struct buffer *out)
{
    buffer_byte(out, '{');
    for (size_t i = 0; i < figures->count; i++) {
        if (i > 0) buffer_byte(out, ',');
        text_quote(out, text_of(figures->items[i].name));
        buffer_byte(out, ':');
        write_value(&figures->items[i], out);
    }
    buffer_byte(out, '}');
}

void figures_clear(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        mem_free(figures->items[i].name);
        mem_free(figures->items[i].text);
    }
    figures->count = 0;
}

void figures_release(struct figures *figures)
{
    figures_clear(figures);
    mem_free(figures->items);
    *figures = (struct figures){0};
}
