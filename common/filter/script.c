#include "filter/script.h"

#include "core/number.h"
#include "records/value.h"

#include <string.h>

/* Blocks of letters; digits, marks and punctuation count for no script. Sorted by code point, so
 * that the table can be searched. What stands in no row is no letter to us. */
enum script {
    ARABIC,
    CYRILLIC,
    DEVANAGARI,
    GREEK,
    HAN,
    HANGUL,
    HEBREW,
    KANA,
    LATIN,
    THAI,
    SCRIPTS
};

static const char *const names[SCRIPTS] = {"arabic", "cyrillic", "devanagari", "greek", "han",
                                           "hangul", "hebrew",   "kana",       "latin", "thai"};

static const struct {
    uint32_t first, last;
    enum script script;
} blocks[] = {
    {'A', 'Z', LATIN},
    {'a', 'z', LATIN},
    {0x00c0, 0x00d6, LATIN},
    {0x00d8, 0x00f6, LATIN},
    {0x00f8, 0x024f, LATIN},
    {0x0250, 0x02af, LATIN},
    {0x0370, 0x0373, GREEK},
    {0x0376, 0x0377, GREEK},
    {0x037b, 0x037d, GREEK},
    {0x0386, 0x0386, GREEK},
    {0x0388, 0x03ff, GREEK},
    {0x0400, 0x0481, CYRILLIC},
    {0x048a, 0x052f, CYRILLIC},
    {0x05d0, 0x05ea, HEBREW},
    {0x05ef, 0x05f2, HEBREW},
    {0x0620, 0x063f, ARABIC},
    {0x0641, 0x064a, ARABIC},
    {0x066e, 0x066f, ARABIC},
    {0x0671, 0x06d3, ARABIC},
    {0x06d5, 0x06d5, ARABIC},
    {0x06ee, 0x06ef, ARABIC},
    {0x06fa, 0x06fc, ARABIC},
    {0x06ff, 0x06ff, ARABIC},
    {0x0750, 0x077f, ARABIC},
    {0x08a0, 0x08c9, ARABIC},
    {0x0904, 0x0939, DEVANAGARI},
    {0x0958, 0x0961, DEVANAGARI},
    {0x0971, 0x097f, DEVANAGARI},
    {0x0e01, 0x0e30, THAI},
    {0x0e32, 0x0e33, THAI},
    {0x0e40, 0x0e46, THAI},
    {0x1100, 0x11ff, HANGUL},
    {0x1e00, 0x1eff, LATIN},
    {0x1f00, 0x1fff, GREEK},
    {0x3041, 0x3096, KANA},
    {0x30a1, 0x30fa, KANA},
    {0x3131, 0x318e, HANGUL},
    {0x3400, 0x4dbf, HAN},
    {0x4e00, 0x9fff, HAN},
    {0xac00, 0xd7a3, HANGUL},
    {0xf900, 0xfaff, HAN},
    {0xfb1d, 0xfb4f, HEBREW},
    {0xfb50, 0xfbb1, ARABIC},
    {0xfbd3, 0xfd3d, ARABIC},
    {0xfd50, 0xfdfb, ARABIC},
    {0xfe70, 0xfefc, ARABIC},
    {0xff21, 0xff3a, LATIN},
    {0xff41, 0xff5a, LATIN},
    {0xff66, 0xff9f, KANA},
    {0x20000, 0x323af, HAN},
};

/* The script of a letter, or -1. */
static int script_of(uint32_t code)
{
    size_t low = 0, high = sizeof blocks / sizeof blocks[0];

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (code > blocks[middle].last)
            low = middle + 1;
        else if (code < blocks[middle].first)
            high = middle;
        else
            return (int)blocks[middle].script;
    }
    return -1;
}

bool scripts_add(struct scripts *scripts, const char *condition, struct err *err)
{
    const char *equals = strchr(condition, '=');
    struct text name = {condition, equals ? (size_t)(equals - condition) : 0};
    double share;

    if (!equals || !parse_number(equals + 1, &share) || share < 0 || share > 1)
        return err_set(err, "--script takes NAME=SHARE with a share from 0 to 1, not '%.80s'",
                       condition);
    if (scripts->count == SCRIPTS_MOST)
        return err_set(err, "more than %d times --script", SCRIPTS_MOST);
    for (int i = 0; i < SCRIPTS; i++) {
        if (!text_is(name, names[i])) continue;
        scripts->items[scripts->count].script = i;
        scripts->items[scripts->count++].share = share;
        return true;
    }
    return err_set(err,
                   "--script: '%.*s' is none of arabic, cyrillic, devanagari, greek, han, "
                   "hangul, hebrew, kana, latin and thai",
                   (int)(name.len < 40 ? name.len : 40), condition);
}

bool scripts_hold(const struct scripts *scripts, struct text text)
{
    size_t counts[SCRIPTS] = {0}, letters = 0;

    for (const char *p = text.at, *end = p + text.len; p < end;) {
        int script = script_of(utf8_next(&p));

        if (script < 0) continue;
        counts[script]++;
        letters++;
    }
    for (size_t i = 0; i < scripts->count; i++)
        if ((double)counts[scripts->items[i].script] < scripts->items[i].share * (double)letters ||
            (!letters && scripts->items[i].share > 0))
            return false;
    return true;
}
