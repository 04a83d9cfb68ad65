#include "chat/calendar.h"

#include "chat/when.h"

#include <string.h>
#include <strings.h>

#define PARTS 3
#define ENTRIES 1000 /* a model that enters more is lost */

struct calendar_entry {
    char *title;
    struct when when;
};

/* What stands behind a command, between its semicolons. */
struct order {
    struct calendar *calendar;
    struct text parts[PARTS];
    size_t count;
    struct buffer *out;
};

static struct text trimmed(struct text text)
{
    while (text.len && strchr(" \t\r\n", text.at[0]) && text.at[0]) text.at++, text.len--;
    while (text.len && text.at[text.len - 1] && strchr(" \t\r\n", text.at[text.len - 1]))
        text.len--;
    return text;
}

/* Takes what stands before the separator off the text. */
static bool take_before(struct text *text, const char *separator, struct text *part)
{
    const size_t len = strlen(separator);
    const char *found = text->len ? memmem(text->at, text->len, separator, len) : NULL;
    const char *end = text->at + text->len;

    *part = trimmed((struct text){text->at, (size_t)((found ? found : end) - text->at)});
    *text = found ? (struct text){found + len, (size_t)(end - found) - len} : (struct text){end, 0};
    return found != NULL;
}

static bool titled(const struct calendar_entry *entry, struct text text)
{
    return strlen(entry->title) == text.len && strncasecmp(entry->title, text.at, text.len) == 0;
}

static void say_entry(struct order *order, const struct calendar_entry *entry)
{
    buffer_format(order->out, "%s, ", entry->title);
    when_write(&entry->when, order->out);
}

/* The next entry from *at on that meets the when, or is on its day; NULL at the end. */
static struct calendar_entry *next_on(struct calendar *calendar, const struct when *when,
                                      bool meets, size_t *at)
{
    while (*at < calendar->count) {
        struct calendar_entry *entry = &calendar->entries[(*at)++];

        if (meets ? when_meets(&entry->when, when) : when_same_day(&entry->when, when))
            return entry;
    }
    return NULL;
}

static struct calendar_entry *find_titled(struct calendar *calendar, struct text title,
                                          const struct when *when)
{
    struct calendar_entry *entry;
    size_t at = 0;

    while ((entry = next_on(calendar, when, false, &at)))
        if (titled(entry, title)) return entry;
    return NULL;
}

static bool no_such(const struct order *order, struct err *err)
{
    return err_set(err, "there is no '%.*s' on that day",
                   (int)(order->parts[0].len < 80 ? order->parts[0].len : 80), order->parts[0].at);
}

static bool parse_when(const struct order *order, size_t part, struct when *when, struct err *err)
{
    return when_parse(when, order->parts[part], order->calendar->today, err) &&
           (part + 1 >= order->count || when_length(when, order->parts[part + 1], err));
}

static void enter(struct order *order, char *title, const struct when *when)
{
    struct calendar *calendar = order->calendar;
    struct calendar_entry *entry;

    calendar->entries =
        mem_room(calendar->entries, calendar->count, &calendar->room, sizeof *calendar->entries);
    entry = &calendar->entries[calendar->count++];
    *entry = (struct calendar_entry){title, *when};
    buffer_text(order->out, "entered: ");
    say_entry(order, entry);
}

static void leave(struct calendar *calendar, struct calendar_entry *entry)
{
    const size_t at = (size_t)(entry - calendar->entries);

    mem_free(entry->title);
    memmove(entry, entry + 1, (--calendar->count - at) * sizeof *entry);
}

static bool create(struct order *order, struct err *err)
{
    const struct text title = order->parts[0];
    struct when when;

    if (!parse_when(order, 1, &when, err)) return false;
    if (order->calendar->count >= ENTRIES)
        return err_set(err, "the calendar is full: it has %d entries", ENTRIES);
    enter(order, mem_format("%.*s", (int)title.len, title.at), &when);
    return true;
}

static bool book(struct order *order, struct err *err)
{
    const struct calendar_entry *taken;
    struct when when;
    size_t at = 0;

    if (!parse_when(order, 1, &when, err)) return false;
    while ((taken = next_on(order->calendar, &when, true, &at)))
        if (titled(taken, order->parts[0]))
            return err_set(err, "'%.80s' is taken then", taken->title);
    return create(order, err);
}

static bool invite(struct order *order, struct err *err)
{
    const struct text person = order->parts[0];
    struct calendar_entry *entry = NULL;
    struct when when;
    char *longer;

    if (order->count > 2 && !when_parse(&when, order->parts[2], order->calendar->today, err))
        return false;
    for (size_t i = 0; !entry && i < order->calendar->count; i++) {
        struct calendar_entry *row = &order->calendar->entries[i];

        if (titled(row, order->parts[1]) && (order->count < 3 || when_same_day(&row->when, &when)))
            entry = row;
    }
    order->parts[0] = order->parts[1];
    if (!entry) return no_such(order, err);
    longer = mem_format("%s with %.*s", entry->title, (int)person.len, person.at);
    mem_free(entry->title);
    entry->title = longer;
    buffer_text(order->out, "invited: ");
    say_entry(order, entry);
    return true;
}

static bool cancel(struct order *order, struct err *err)
{
    struct calendar_entry *entry;
    struct when when;

    if (!when_parse(&when, order->parts[1], order->calendar->today, err)) return false;
    entry = find_titled(order->calendar, order->parts[0], &when);
    if (!entry) return no_such(order, err);
    buffer_text(order->out, "cancelled: ");
    say_entry(order, entry);
    leave(order->calendar, entry);
    return true;
}

static bool move(struct order *order, struct err *err)
{
    struct text rest = order->parts[1], day;
    const struct tm *today = order->calendar->today;
    struct calendar_entry *entry;
    struct when from, to;

    if (!take_before(&rest, "->", &day))
        return err_set(err, "'move' takes 'TITLE; DAY -> DAY TIME'");
    if (!when_parse(&from, day, today, err) || !when_parse(&to, rest, today, err)) return false;
    entry = find_titled(order->calendar, order->parts[0], &from);
    if (!entry) return no_such(order, err);
    to.length = entry->when.length;
    if (to.minute < 0) to.minute = entry->when.minute;
    entry->when = to;
    buffer_text(order->out, "moved: ");
    say_entry(order, entry);
    return true;
}

static bool clear(struct order *order, struct err *err)
{
    struct calendar_entry *entry;
    struct when when;
    size_t at = 0, gone = 0;

    if (!when_parse(&when, order->parts[0], order->calendar->today, err)) return false;
    while ((entry = next_on(order->calendar, &when, true, &at))) {
        leave(order->calendar, entry);
        at--;
        gone++;
    }
    buffer_format(order->out, "cancelled: %zu", gone);
    return true;
}

static void say_next(struct order *order, const struct calendar_entry *entry, size_t *said)
{
    if ((*said)++) buffer_text(order->out, "; ");
    say_entry(order, entry);
}

static bool list(struct order *order, struct err *err)
{
    const struct calendar_entry *entry;
    struct when when;
    size_t at = 0, said = 0;

    if (!when_parse(&when, order->parts[0], order->calendar->today, err)) return false;
    while ((entry = next_on(order->calendar, &when, false, &at))) say_next(order, entry, &said);
    if (!said) buffer_text(order->out, "nothing");
    return true;
}

static bool is_free(struct order *order, struct err *err)
{
    const struct calendar_entry *entry;
    struct when when;
    size_t at = 0, said = 0;

    if (!parse_when(order, 0, &when, err)) return false;
    while ((entry = next_on(order->calendar, &when, true, &at))) {
        if (!said) buffer_text(order->out, "taken: ");
        say_next(order, entry, &said);
    }
    if (!said) buffer_text(order->out, "free");
    return true;
}

static bool find(struct order *order, struct err *err)
{
    char *words = mem_format("%.*s", (int)order->parts[0].len, order->parts[0].at);
    struct when when;
    size_t said = 0;
    const bool good =
        order->count < 2 || when_parse(&when, order->parts[1], order->calendar->today, err);

    for (size_t i = 0; good && i < order->calendar->count; i++) {
        const struct calendar_entry *entry = &order->calendar->entries[i];

        if (strcasestr(entry->title, words) &&
            (order->count < 2 || when_same_day(&entry->when, &when)))
            say_next(order, entry, &said);
    }
    if (good && !said) buffer_text(order->out, "nothing");
    mem_free(words);
    return good;
}

static const struct {
    const char *name;
    size_t least, most; /* parts */
    bool (*run)(struct order *order, struct err *err);
} rows[] = {{"create", 2, 3, create}, {"remind", 2, 3, create}, {"block", 2, 3, create},
            {"book", 2, 3, book},     {"invite", 2, 3, invite}, {"cancel", 2, 2, cancel},
            {"move", 2, 2, move},     {"clear", 1, 1, clear},   {"list", 1, 1, list},
            {"free", 1, 2, is_free},  {"find", 1, 2, find}};

bool calendar_run(struct calendar *calendar, struct text line, struct buffer *out, struct err *err)
{
    struct order order = {.calendar = calendar, .out = out};
    struct text name, rest = line;
    bool more = take_before(&rest, ":", &name);

    for (size_t row = 0; more && row < sizeof rows / sizeof *rows; row++) {
        if (!text_is(name, rows[row].name)) continue;
        while (more && order.count < PARTS)
            more = take_before(&rest, ";", &order.parts[order.count++]);
        if (more || order.count < rows[row].least || order.count > rows[row].most ||
            !order.parts[0].len)
            return err_set(err, "'%s' takes %zu to %zu parts, with ';' between them",
                           rows[row].name, rows[row].least, rows[row].most);
        return rows[row].run(&order, err);
    }
    return err_set(err, "'%.*s' begins with no command such as 'list:'",
                   (int)(line.len < 80 ? line.len : 80), line.at);
}

void calendar_release(struct calendar *calendar)
{
    for (size_t i = 0; i < calendar->count; i++) mem_free(calendar->entries[i].title);
    mem_free(calendar->entries);
    *calendar = (struct calendar){0};
}
