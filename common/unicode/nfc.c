#include "unicode/nfc.h"

#include "unicode/classes.h"

#include "unicode/nfc.inc"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define PART_CODE 0xffffffU
#define SHORT_RUN 32

enum { L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11a7, S_BASE = 0xac00 };
enum { L_COUNT = 19, V_COUNT = 21, T_COUNT = 28, S_COUNT = 11172 };

/* Code points with their combining classes, in the order of the text. */
struct run {
    uint32_t *codes;
    size_t count, room;
};

static unsigned mark_of(uint32_t code)
{
    return mark_blocks[(unsigned)mark_index[code >> CLASS_SHIFT] << CLASS_SHIFT | (code & 127)];
}

static void run_add(struct run *run, uint32_t code)
{
    run->codes = mem_room(run->codes, run->count, &run->room, sizeof *run->codes);
    run->codes[run->count++] = code;
}

static bool find_parts(uint32_t code, size_t *at, size_t *count)
{
    size_t low = 0, high = COUNT(part_rows);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if ((part_rows[middle] & PART_CODE) < code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(part_rows) || (part_rows[low] & PART_CODE) != code) return false;
    *count = part_rows[low] >> 24;
    *at = part_starts[low];
    return true;
}

static void add_parts(struct run *run, uint32_t code)
{
    size_t at = 0, count = 0;

    if (code - S_BASE < S_COUNT) {
        uint32_t index = code - S_BASE;

        run_add(run, L_BASE + index / (V_COUNT * T_COUNT));
        run_add(run, V_BASE + index % (V_COUNT * T_COUNT) / T_COUNT);
        if (index % T_COUNT) run_add(run, T_BASE + index % T_COUNT);
    } else if (find_parts(code, &at, &count)) {
        for (size_t i = 0; i < count; i++) run_add(run, part_pool[at + i]);
    } else {
        run_add(run, code);
    }
}

static void sort_few(uint32_t *codes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t code = codes[i];
        size_t j = i;

        for (; j > 0 && mark_of(codes[j - 1]) > mark_of(code); j--) codes[j] = codes[j - 1];
        codes[j] = code;
    }
}

static void sort_many(uint32_t *codes, size_t count)
{
    uint32_t *sorted = mem_alloc(count * sizeof *sorted);
    size_t starts[257] = {0};

    for (size_t i = 0; i < count; i++) starts[mark_of(codes[i]) + 1]++;
    for (size_t i = 1; i < 257; i++) starts[i] += starts[i - 1];
    for (size_t i = 0; i < count; i++) sorted[starts[mark_of(codes[i])]++] = codes[i];
    for (size_t i = 0; i < count; i++) codes[i] = sorted[i];
    mem_free(sorted);
}

/* Marks between two starters stand in the order of their classes; equal ones keep theirs. */
static void order_marks(struct run *run)
{
    for (size_t i = 0; i < run->count;) {
        size_t begin = i;

        while (i < run->count && mark_of(run->codes[i])) i++;
        if (i - begin > SHORT_RUN)
            sort_many(run->codes + begin, i - begin);
        else
            sort_few(run->codes + begin, i - begin);
        while (i < run->count && !mark_of(run->codes[i])) i++;
    }
}

/* The one code point that two make, or 0. */
static uint32_t composed(uint32_t first, uint32_t second)
{
    size_t low = 0, high = COUNT(pair_rows) / 3;

    if (first - L_BASE < L_COUNT && second - V_BASE < V_COUNT)
        return S_BASE + ((first - L_BASE) * V_COUNT + (second - V_BASE)) * T_COUNT;
    if (first - S_BASE < S_COUNT && (first - S_BASE) % T_COUNT == 0 &&
        second - T_BASE - 1 < T_COUNT - 1)
        return first + (second - T_BASE);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const uint32_t *row = pair_rows + 3 * middle;

        if (row[0] == first && row[1] == second) return row[2];
        if (row[0] < first || (row[0] == first && row[1] < second))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* A mark joins the starter before it unless one of the same or a higher class stands between. */
static void compose(struct run *run)
{
    uint32_t *codes = run->codes;
    size_t starter = SIZE_MAX, kept = 0;
    unsigned last = 0;

    for (size_t i = 0; i < run->count; i++) {
        unsigned mark = mark_of(codes[i]);
        bool reaches = starter != SIZE_MAX && (kept == starter + 1 || (last && last < mark));
        uint32_t one = reaches ? composed(codes[starter], codes[i]) : 0;

        if (one) {
            codes[starter] = one;
            continue;
        }
        if (!mark) starter = kept;
        last = mark;
        codes[kept++] = codes[i];
    }
    run->count = kept;
}

/* The next code point that may change, or the end; *safe is the one before it that may not. */
static const char *find_careful(const char *at, const char *end, const char **safe)
{
    *safe = at;
    while (at < end) {
        unsigned len;

        if (!(*at & 0x80)) {
            const char *next = utf8_skip_ascii(at, end);

            *safe = next - 1;
            at = next;
            continue;
        }
        if (class_bits(utf8_code(at, &len)) & CLASS_CAREFUL) return at;
        *safe = at;
        at += len;
    }
    return end;
}

bool nfc_is_sure(struct text text)
{
    const char *end = text.at + text.len, *safe;

    return find_careful(text.at, end, &safe) == end;
}

void nfc_add(struct buffer *out, struct text text)
{
    const char *at = text.at, *end = at + text.len;
    struct run run = {0};

    while (at < end) {
        const char *safe, *careful = find_careful(at, end, &safe);
        unsigned len;

        if (careful == end) safe = end;
        buffer_add(out, at, (size_t)(safe - at));
        for (at = safe, run.count = 0; at < end; at += len) {
            uint32_t code = utf8_code(at, &len);

            if (at > safe && !(class_bits(code) & CLASS_CAREFUL)) break;
            add_parts(&run, code);
        }
        order_marks(&run);
        compose(&run);
        for (size_t i = 0; i < run.count; i++) utf8_put(out, run.codes[i]);
    }
    mem_free(run.codes);
}
