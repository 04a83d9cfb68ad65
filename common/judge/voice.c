#include "judge/voice.h"

#include "core/lines.h"
#include "core/number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define FILE_BYTES ((size_t)1 << 20)
#define PATTERNS ((size_t)1000)
#define PATTERN_BYTES ((size_t)512)
#define REPEATS 999 /* of a part of a pattern by counts in braces */
#define NEED 1000.0

struct line_at {
    const char *path;
    size_t number;
};

static struct text trimmed(struct text text)
{
    while (text.len && isspace((unsigned char)text.at[0])) text.at++, text.len--;
    while (text.len && isspace((unsigned char)text.at[text.len - 1])) text.len--;
    return text;
}

static struct text take_field(struct text *line)
{
    struct text field = {line->at, 0};

    while (field.len < line->len && !isspace((unsigned char)field.at[field.len])) field.len++;
    line->at += field.len;
    line->len -= field.len;
    *line = trimmed(*line);
    return field;
}

/* The counts in braces multiply: large ones take the matcher memory without end. */
static double repeats(const char *pattern)
{
    double product = 1;

    for (const char *at = pattern; *at; at++) {
        double count = 0;

        if (*at == '\\' && at[1]) at++;
        if (*at != '{' && (*at != ',' || !isdigit((unsigned char)at[1]))) continue;
        while (isdigit((unsigned char)at[1])) count = count * 10 + (*++at - '0');
        if (count > 1) product *= count;
    }
    return product;
}

static const char *problem_of(const char *pattern)
{
    for (const char *at = pattern; *at; at++) {
        if (*at == '\\' && isdigit((unsigned char)at[1])) return "a reference back";
        if (*at == '\\' && at[1]) at++;
    }
    return repeats(pattern) > REPEATS ? "more than 999 repeats" : NULL;
}

static bool add_pattern(struct voice *voice, struct line_at where, struct text text, size_t group,
                        struct err *err)
{
    struct voice_pattern *pattern;
    char *source, words[128];
    const char *problem;
    int status;

    if (text.len > PATTERN_BYTES || memchr(text.at, '\0', text.len))
        return err_set(err, "%s:%zu: the pattern has more than %zu bytes, or a NUL byte",
                       where.path, where.number, PATTERN_BYTES);
    if (voice->count == PATTERNS)
        return err_set(err, "%s:%zu: more than %zu patterns", where.path, where.number, PATTERNS);
    source = mem_format("%.*s", (int)text.len, text.at);
    voice->patterns =
        mem_room(voice->patterns, voice->count, &voice->room, sizeof *voice->patterns);
    pattern = &voice->patterns[voice->count];
    problem = problem_of(source);
    status = problem ? 0 : regcomp(&pattern->regex, source, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (status) regerror(status, NULL, words, sizeof words);
    if (problem || status) {
        err_write(err, "%s:%zu: %s in '%s'", where.path, where.number, problem ? problem : words,
                  source);
        mem_free(source);
        return false;
    }
    pattern->text = source;
    pattern->group = group;
    voice->count++;
    return true;
}

/* A group by its name, new or with the same weight and need as before. */
static bool find_group(struct voice *voice, struct line_at where, struct text name, double weight,
                       double need, size_t *found, struct err *err)
{
    for (size_t i = 0; i < voice->group_count; i++) {
        struct voice_group *group = &voice->groups[i];

        if (!text_is(name, group->name)) continue;
        *found = i;
        if (group->weight == weight && (double)group->need == need) return true;
        return err_set(err, "%s:%zu: group '%s' has another weight or need above", where.path,
                       where.number, group->name);
    }
    if (voice->group_count == VOICE_GROUPS)
        return err_set(err, "%s:%zu: more than %d groups", where.path, where.number, VOICE_GROUPS);
    *found = voice->group_count;
    voice->groups[voice->group_count++] = (struct voice_group){
        mem_format("%.*s", (int)(name.len < 64 ? name.len : 64), name.at), weight, (size_t)need};
    return true;
}

static bool read_number(struct text field, double *value)
{
    char *text = mem_format("%.*s", (int)(field.len < 40 ? field.len : 40), field.at);
    bool good = field.len < 40 && parse_number(text, value);

    mem_free(text);
    return good;
}

static bool take_marker(struct voice *voice, struct line_at where, struct text line,
                        struct err *err)
{
    struct text name = take_field(&line), weight = take_field(&line), need = take_field(&line);
    double w, n;
    size_t group;

    if (!line.len)
        return err_set(err, "%s:%zu: not 'group weight need pattern'", where.path, where.number);
    if (name.len > 64)
        return err_set(err, "%s:%zu: the group's name has more than 64 bytes", where.path,
                       where.number);
    if (!read_number(weight, &w) || w <= 0 || w > 1e6)
        return err_set(err, "%s:%zu: weight '%.*s' is not a number above 0", where.path,
                       where.number, (int)(weight.len < 40 ? weight.len : 40), weight.at);
    if (!read_number(need, &n) || n < 1 || n > NEED || n != floor(n))
        return err_set(err, "%s:%zu: need '%.*s' is not a whole number from 1 to 1000", where.path,
                       where.number, (int)(need.len < 40 ? need.len : 40), need.at);
    return find_group(voice, where, name, w, n, &group, err) &&
           add_pattern(voice, where, line, group, err);
}

static bool read_file(struct voice *voice, const char *path, bool negative, struct err *err)
{
    struct buffer file = {0};
    struct line_at where = {path, 0};
    size_t before = voice->count, at = 0;
    bool good = read_whole_file(path, &file, FILE_BYTES, err);

    while (good && at < file.len) {
        const char *end = memchr(file.at + at, '\n', file.len - at);
        size_t stop = end ? (size_t)(end - file.at) : file.len;
        struct text line = trimmed((struct text){file.at + at, stop - at});

        where.number++;
        at = stop + 1;
        if (!line.len || line.at[0] == '#') continue;
        good = negative ? add_pattern(voice, where, line, VOICE_GROUPS, err)
                        : take_marker(voice, where, line, err);
    }
    if (good && voice->count == before) good = err_set(err, "%s: no pattern in it", path);
    buffer_release(&file);
    return good;
}

bool voice_open(struct voice *voice, const char *markers, const char *negatives, struct err *err)
{
    *voice = (struct voice){0};
    if ((!markers || read_file(voice, markers, false, err)) &&
        (!negatives || read_file(voice, negatives, true, err)))
        return true;
    voice_close(voice);
    return false;
}

static bool find(const struct voice_pattern *pattern, const struct buffer *text)
{
    return regexec(&pattern->regex, text->at, 0, NULL, 0) == 0;
}

/* The text ended by a NUL byte, those in it as spaces, and not cut within a character. */
static void prepare(struct text text, struct buffer *scratch, bool *cut)
{
    *cut = text.len > VOICE_TEXT;
    if (*cut)
        for (text.len = VOICE_TEXT; text.len && ((unsigned char)text.at[text.len] & 0xC0) == 0x80;)
            text.len--;
    scratch->len = 0;
    if (text.len) buffer_add(scratch, text.at, text.len);
    for (size_t i = 0; i < scratch->len; i++)
        if (!scratch->at[i]) scratch->at[i] = ' ';
    buffer_byte(scratch, '\0');
}

void voice_judge(const struct voice *voice, struct text text, struct buffer *scratch,
                 struct voice_score *score)
{
    size_t found[VOICE_GROUPS] = {0};
    double weights = 0;

    *score = (struct voice_score){0};
    prepare(text, scratch, &score->cut);
    for (size_t i = 0; i < voice->count; i++) {
        const struct voice_pattern *pattern = &voice->patterns[i];
        bool negative = pattern->group == VOICE_GROUPS;

        if (negative && score->negative) continue;
        if (!negative && found[pattern->group] >= voice->groups[pattern->group].need) continue;
        if (!find(pattern, scratch)) continue;
        if (negative)
            score->negative = pattern->text;
        else
            found[pattern->group]++;
    }
    for (size_t i = 0; i < voice->group_count; i++) {
        score->groups[i] = fmin(1, (double)found[i] / (double)voice->groups[i].need);
        score->total += voice->groups[i].weight * score->groups[i];
        weights += voice->groups[i].weight;
    }
    if (weights > 0) score->total /= weights;
}

void voice_close(struct voice *voice)
{
    for (size_t i = 0; i < voice->count; i++) {
        regfree(&voice->patterns[i].regex);
        mem_free(voice->patterns[i].text);
    }
    for (size_t i = 0; i < voice->group_count; i++) mem_free(voice->groups[i].name);
    mem_free(voice->patterns);
    *voice = (struct voice){0};
}
