#include "export/title.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NUMBER = 1, FORMAT = 2, SIZE = 4, TUNING = 8, BASE = 16 };

struct part {
    char *text;
    unsigned kinds;
};

struct parts {
    struct part *items;
    size_t count, room;
};

static size_t digits(const char *at)
{
    return strspn(at, "0123456789");
}

/* 1, 1.2, 1.2.3 */
static const char *skip_version(const char *at)
{
    size_t len = digits(at);

    if (!len) return NULL;
    for (at += len; *at == '.' && (len = digits(at + 1)) > 0;) at += 1 + len;
    return at;
}

static bool is_version(const char *at)
{
    if (strncasecmp(at, "iter", 4) == 0)
        at += 4;
    else if (*at == 'v' || *at == 'V')
        at++;
    at = skip_version(at);
    return at && !*at;
}

/* Q4_K_M, IQ2_XS, f16, bf16, fp32 */
static bool is_format(const char *at)
{
    const char *q = *at == 'i' || *at == 'I' ? at + 1 : at;

    if ((*q == 'q' || *q == 'Q') && isdigit((unsigned char)q[1])) {
        for (q += 2; *q == '_' && (q[1] == '_' || isalnum((unsigned char)q[1])); q += 2) continue;
        return !*q;
    }
    if (*at == 'b' || *at == 'B') at++;
    if (*at != 'f' && *at != 'F') return false;
    if (*++at == 'p' || *at == 'P') at++;
    return strcmp(at, "16") == 0 || strcmp(at, "32") == 0;
}

/* 7B, 1.5b, 8x7B, A3B, 7b1 */
static bool is_counted_size(const char *at)
{
    size_t len = digits(at);

    if (len && (at[len] == 'x' || at[len] == 'X') && digits(at + len + 1))
        at += len + 1;
    else if (*at == 'a' || *at == 'A')
        at++;
    len = digits(at);
    if (!len) return false;
    at += len;
    if ((*at == '.' || *at == '_') && digits(at + 1)) at += 1 + digits(at + 1);
    if (!*at || !strchr("kmbtKMBT", *at)) return false;
    at++;
    return !*at || (isdigit((unsigned char)*at) && !at[1]);
}

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && strcasecmp(text, *words) != 0) words++;
    return *words != NULL;
}

static bool is_size(const char *text)
{
    static const char *const words[] = {"small", "mini", "medium", "large", "xl", "xxl", NULL};

    return is_one_of(text, words) || is_counted_size(text);
}

/* 7b1 is 7.1B; letters of sizes are capitals. */
static void settle_size(struct part *part)
{
    size_t len = strlen(part->text);
    char *text = part->text;

    for (size_t i = 0; i < len; i++)
        if (text[i] == '_') text[i] = '.';
    if (isdigit((unsigned char)text[len - 1])) {
        part->text = mem_format("%.*s.%c%c", (int)len - 2, text, text[len - 1], text[len - 2]);
        mem_free(text);
        text = part->text;
        len = strlen(text);
    }
    if (len > 1 && isdigit((unsigned char)text[len - 2]) && strchr("kmbt", text[len - 1]))
        text[len - 1] = (char)toupper((unsigned char)text[len - 1]);
}

/* A number that the model cannot have is, most likely, a length of context. */
static bool is_another_number(const char *text, uint64_t parameters)
{
    static const char units[] = " KMBT";
    const size_t len = strlen(text);
    const char *unit = strchr(units, text[len - 1]);
    char *end;
    const double number = strtod(text, &end);

    if (!unit || end != text + len - 1 || !isdigit((unsigned char)*text)) return false;
    return fabs(number * pow(1000, (double)(unit - units)) - (double)parameters) >
           floor(7 * (double)parameters / 8);
}

static void judge(struct part *part, bool first, uint64_t parameters)
{
    static const char *const tunings[] = {"chat", "instruct", "vision", "lora", NULL};

    if (is_version(part->text)) {
        part->kinds = NUMBER;
    } else if (is_format(part->text)) {
        part->kinds = FORMAT;
        for (char *at = part->text; *at; at++) *at = (char)toupper((unsigned char)*at);
    } else if (!first && is_size(part->text)) {
        char *last;

        settle_size(part);
        part->kinds = SIZE;
        if (!parameters || !is_another_number(part->text, parameters)) return;
        part->kinds = TUNING;
        last = part->text + strlen(part->text) - 1;
        *last = (char)tolower((unsigned char)*last);
    } else if (!first && is_one_of(part->text, tunings)) {
        part->kinds = TUNING;
    }
}

static bool has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* 'mini' is no size beside '3B'. */
static void drop_words(struct parts *parts)
{
    bool counted = false;

    for (size_t i = 0; i < parts->count; i++)
        counted |= (parts->items[i].kinds & SIZE) && has_digit(parts->items[i].text);
    for (size_t i = 0; counted && i < parts->count; i++)
        if (!has_digit(parts->items[i].text)) parts->items[i].kinds &= ~(unsigned)SIZE;
}

/* The base comes first, with versions in it, but not with those behind it. */
static void find_base(struct parts *parts)
{
    bool at_start = true;

    for (size_t i = 0; i < parts->count; i++) {
        struct part *part = &parts->items[i];

        if (at_start &&
            ((!part->kinds && isalpha((unsigned char)*part->text)) || (part->kinds & NUMBER))) {
            part->kinds |= BASE;
            continue;
        }
        at_start = false;
        if (!part->kinds) part->kinds = TUNING;
    }
    for (size_t i = parts->count; i-- > 0;) {
        if (!(parts->items[i].kinds & BASE) || parts->items[i].kinds == BASE) break;
        parts->items[i].kinds &= ~(unsigned)BASE;
    }
}

static void cut(struct parts *parts, const char *name, uint64_t parameters)
{
    for (size_t len; *name; name += len + (name[len] == '-')) {
        len = strcspn(name, "-");
        if (!len) continue;
        parts->items = mem_room(parts->items, parts->count, &parts->room, sizeof *parts->items);
        parts->items[parts->count++] = (struct part){mem_format("%.*s", (int)len, name), 0};
    }
    for (size_t i = 0; i < parts->count; i++) judge(&parts->items[i], i == 0, parameters);
    drop_words(parts);
    find_base(parts);
}

static bool stood_before(const struct parts *parts, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if ((parts->items[i].kinds & SIZE) &&
            strcmp(parts->items[i].text, parts->items[at].text) == 0)
            return true;
    return false;
}

/* The parts of a kind with '-' between them, or NULL. A size counts once. */
static char *join(const struct parts *parts, unsigned kind, unsigned but)
{
    struct buffer text = {0};

    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->items[i];

        if (!(part->kinds & kind) || (part->kinds & but)) continue;
        if (kind == SIZE && stood_before(parts, i)) continue;
        if (text.len) buffer_byte(&text, '-');
        buffer_text(&text, part->text);
    }
    if (!text.len) return NULL;
    buffer_byte(&text, '\0');
    return text.at;
}

/* A word that begins with a digit, or v1.2, stays as it is. */
static bool is_number(const char *word, size_t len)
{
    char copy[64];

    if (isdigit((unsigned char)*word)) return true;
    if (*word != 'v' || len >= sizeof copy) return false;
    snprintf(copy, sizeof copy, "%.*s", (int)len, word + 1);
    copy[len - 1] = '\0';
    word = skip_version(copy);
    return word && !*word;
}

static void add_word(struct buffer *out, const char *word, size_t len)
{
    bool lower = false, upper = false, inside = false;

    for (size_t i = 0; i < len; i++) {
        lower |= islower((unsigned char)word[i]) != 0;
        upper |= isupper((unsigned char)word[i]) != 0;
    }
    if (!lower || upper || is_number(word, len)) {
        buffer_add(out, word, len);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)word[i];

        buffer_byte(out, (char)(inside ? c : toupper(c)));
        inside = isalpha(c) || c >= 0x80;
    }
}

/* Words with capitals, one space between them. */
static char *beautify(const char *text)
{
    static const char gaps[] = " -\t\n\r\f\v";
    struct buffer out = {0};

    for (size_t len; *(text += strspn(text, gaps)); text += len) {
        len = strcspn(text, gaps);
        if (out.len) buffer_byte(&out, ' ');
        add_word(&out, text, len);
    }
    buffer_byte(&out, '\0');
    return out.at;
}

static void fill(char **place, char *text)
{
    if (*place || !text)
        mem_free(text);
    else
        *place = text;
}

void title_add(struct title *title, const char *model, uint64_t parameters)
{
    const char *slash = strchr(model, ' ') ? NULL : strchr(model, '/');
    const char *last = slash ? slash + 1 : model;
    struct parts parts = {0};
    char *size, *finetune, *version;

    fill(&title->name, beautify(last));
    if (strchr(model, ' ')) return;
    if (slash && slash > model && *model != '.') {
        char *organization = mem_format("%.*s", (int)(slash - model), model);

        fill(&title->organization, beautify(organization));
        mem_free(organization);
    }
    cut(&parts, last, parameters);
    size = join(&parts, SIZE, 0);
    finetune = join(&parts, TUNING, 0);
    version = join(&parts, NUMBER, BASE);
    if (size || finetune || version) fill(&title->basename, join(&parts, BASE, 0));
    fill(&title->size, size);
    fill(&title->finetune, finetune);
    fill(&title->version, version);
    for (size_t i = 0; i < parts.count; i++) mem_free(parts.items[i].text);
    mem_free(parts.items);
}

void title_add_size(struct title *title, uint64_t parameters)
{
    static const struct {
        double above, unit;
        char name;
    } units[] = {{1e12, 1e-12, 'T'}, {1e9, 1e-9, 'B'}, {1e6, 1e-6, 'M'}, {-1, 1e-3, 'K'}};
    size_t i = 0;
    double scaled;

    while (!((double)parameters > units[i].above)) i++;
    scaled = (double)parameters * units[i].unit;
    fill(&title->size, mem_format("%.*f%c",
                                  rint(scaled) < 1    ? 2
                                  : rint(scaled) < 10 ? 1
                                                      : 0,
                                  scaled, units[i].name));
}

static void put(struct gguf_writer *writer, const char *key, const char *value)
{
    if (value && *value) gguf_writer_text(writer, key, text_of(value));
}

void title_write(const struct title *title, const char *name, struct gguf_writer *writer)
{
    put(writer, "general.name", name ? name : title->name);
    put(writer, "general.version", title->version);
    put(writer, "general.organization", title->organization);
    put(writer, "general.finetune", title->finetune);
    put(writer, "general.basename", title->basename);
    put(writer, "general.size_label", title->size);
}

void title_release(struct title *title)
{
    mem_free(title->name);
    mem_free(title->organization);
    mem_free(title->finetune);
    mem_free(title->basename);
    mem_free(title->version);
    mem_free(title->size);
    *title = (struct title){0};
}
