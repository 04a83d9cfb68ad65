#include "gemm/strip.h"

#include "tensor/floats.h"

#include <string.h>

enum {
    AHEAD = 4,        /* rows that are asked of memory before they are needed */
    PIECE = 512,      /* elements of a row that are unpacked before they are turned */
    LINE = 64,        /* bytes of a block's row */
    WHOLE_BLOCK = 256 /* elements of the largest blocks of any format */
};

static const unsigned char zeros[PIECE * sizeof(float)];

static void turn_plain(const unsigned char *const *rows, size_t blocks, unsigned char *out)
{
    for (size_t i = 0; i < blocks * STRIP_ROWS; i++)
        for (size_t n = 0; n < STRIP_ROWS; n++)
            memcpy(out + 4 * (i * STRIP + n), rows[n] + 4 * i, 4);
}

static void pair_plain(const unsigned char *a, const unsigned char *b, size_t count,
                       unsigned char *out)
{
    for (size_t n = 0; n < count; n++) {
        memcpy(out + 4 * n, a + 2 * n, 2);
        memcpy(out + 4 * n + 2, b + 2 * n, 2);
    }
}

static void widen_plain(const unsigned char *at, size_t count, unsigned char *out)
{
    for (size_t n = 0; n < count; n++) {
        const float wide = float_of_bf16(load_u16(at + 2 * n));

        memcpy(out + 4 * n, &wide, sizeof wide);
    }
}

const struct strip_packer strip_packer_plain = {CPU_PLAIN, turn_plain, pair_plain, widen_plain};

static const struct strip_packer *strip_packer_get(void)
{
    static const struct strip_packer *const packers[] = {
#if defined(__x86_64__)
        &strip_packer_avx512,
        &strip_packer_avx2,
#endif
        &strip_packer_plain,
    };
    size_t i = 0;

    while (packers[i]->needs > cpu_level()) i++;
    return packers[i];
}

static size_t whole_depth(size_t depth)
{
    return (depth + STRIP_DEPTH - 1) / STRIP_DEPTH * STRIP_DEPTH;
}

static size_t element_bytes(enum precision precision)
{
    return precision == PRECISION_F32 ? sizeof(float) : sizeof(bf16);
}

size_t strip_bytes(enum precision precision, size_t depth)
{
    return whole_depth(depth) * STRIP * element_bytes(precision);
}

size_t strip_scratch(size_t depth, size_t count)
{
    const size_t rows = STRIP_ROWS * PIECE, lines = 2 * count * STRIP;

    (void)depth;
    return ((rows > lines ? rows : lines) + WHOLE_BLOCK) * sizeof(float);
}

static bool stored_as(const struct matrix *matrix, enum dtype dtype)
{
    return matrix->form == MATRIX_STORED && matrix->dtype == dtype;
}

/* Where a row's elements stand in the precision's own type: in the matrix, or unpacked in room. */
static const unsigned char *elements(enum precision precision, const struct matrix *matrix,
                                     uint64_t row, uint64_t col, size_t count, void *room)
{
    const enum dtype own = precision == PRECISION_F32 ? DTYPE_F32 : DTYPE_BF16;

    if (stored_as(matrix, own) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        return matrix_row(matrix, row) + col * element_bytes(precision);
    if (precision == PRECISION_F32 && stored_as(matrix, DTYPE_BF16))
        strip_packer_get()->widen(matrix_row(matrix, row) + col * sizeof(bf16), count, room);
    else if (precision == PRECISION_F32)
        matrix_to_f32(matrix, row, col, count, room);
    else
        matrix_to_bf16(matrix, row, col, count, room);
    return room;
}

/* Turns what is left of the rows after their whole blocks, and zeros to the end of the depth. */
static void turn_rest(const struct strip_packer *packer, const unsigned char *const *rows,
                      size_t bytes, size_t blocks, unsigned char *out)
{
    unsigned char last[STRIP_ROWS][LINE];
    const unsigned char *lines[STRIP_ROWS];

    for (size_t at = bytes / LINE; at < blocks; at++) {
        const size_t left = bytes > at * LINE ? bytes - at * LINE : 0;

        memset(last, 0, sizeof last);
        for (size_t r = 0; r < STRIP_ROWS; r++) {
            if (left > 0) memcpy(last[r], rows[r] + at * LINE, left);
            lines[r] = last[r];
        }
        packer->turn(lines, 1, out + at * STRIP_ROWS * STRIP * 4);
    }
}

void strip_of_rows(enum precision precision, const struct matrix *matrix, uint64_t row,
                   size_t columns, uint64_t col, size_t depth, void *strip, void *scratch)
{
    const struct strip_packer *packer = strip_packer_get();
    const size_t size = element_bytes(precision);

    for (size_t n = 0; n < STRIP; n += STRIP_ROWS)
        for (size_t k = 0; k < depth; k += PIECE) {
            const size_t count = depth - k < PIECE ? depth - k : PIECE;
            unsigned char *out = (unsigned char *)strip + k * STRIP * size + n * 4;
            const unsigned char *rows[STRIP_ROWS];

            for (size_t r = 0; r < STRIP_ROWS; r++)
                rows[r] = n + r >= columns
                              ? zeros
                              : elements(precision, matrix, row + n + r, col + k, count,
                                         (unsigned char *)scratch + r * PIECE * size);
            packer->turn(rows, count * size / LINE, out);
            turn_rest(packer, rows, count * size, whole_depth(count) * size / LINE, out);
        }
}

/* The caches do not foresee rows that lie a matrix' width apart. */
static void foresee(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count)
{
    const struct dtype_info *info = dtype_info(matrix->dtype);
    const unsigned char *at;

    if (row >= matrix->rows || matrix->form != MATRIX_STORED) return;
    at = matrix_row(matrix, row) + col / info->elements * info->bytes;
    for (size_t i = 0; i < count * info->bytes / info->elements; i += LINE)
        __builtin_prefetch(at + i);
}

static size_t columns_of(size_t columns, size_t strip)
{
    const size_t left = columns > strip * STRIP ? columns - strip * STRIP : 0;

    return left < STRIP ? left : STRIP;
}

/* A row of floats, cut to the strips' width. */
static void spread_floats(const unsigned char *line, size_t columns, size_t size, size_t count,
                          unsigned char *out)
{
    for (size_t s = 0; s < count; s++, out += size, line += 4 * STRIP) {
        const size_t n = columns_of(columns, s);

        if (n == STRIP)
            memcpy(out, line, 4 * STRIP);
        else {
            if (n > 0) memcpy(out, line, 4 * n);
            memset(out + 4 * n, 0, 4 * (STRIP - n));
        }
    }
}

/* The same of bf16, without a stop between. */
static void spread_widened(const unsigned char *line, size_t columns, size_t size, size_t count,
                           unsigned char *out)
{
    const struct strip_packer *packer = strip_packer_get();

    for (size_t s = 0; s < count; s++, out += size, line += sizeof(bf16) * STRIP) {
        const size_t n = columns_of(columns, s);

        if (n > 0) packer->widen(line, n, out);
        if (n < STRIP) memset(out + 4 * n, 0, 4 * (STRIP - n));
    }
}

static void spread_pairs(const unsigned char *a, const unsigned char *b, size_t columns,
                         size_t size, size_t count, unsigned char *out)
{
    const struct strip_packer *packer = strip_packer_get();

    for (size_t s = 0; s < count; s++, out += size) {
        const size_t n = columns_of(columns, s);

        if (n > 0) packer->pair(a + s * STRIP * 2, b + s * STRIP * 2, n, out);
        memset(out + 4 * n, 0, 4 * (STRIP - n));
    }
}

/* Rows of bf16 into strips of floats. */
static void strips_widened(const struct matrix *matrix, uint64_t row, size_t depth, uint64_t col,
                           size_t columns, size_t count, unsigned char *strips)
{
    const size_t size = strip_bytes(PRECISION_F32, depth), line = STRIP * sizeof(float);

    for (size_t k = 0; k < depth; k++) {
        foresee(matrix, row + k + AHEAD, col, columns);
        spread_widened(matrix_row(matrix, row + k) + col * sizeof(bf16), columns, size, count,
                       strips + k * line);
    }
    for (size_t s = 0; s < count; s++)
        memset(strips + s * size + depth * line, 0, size - depth * line);
}

/* The scratch holds two rows. */
void strips_of_columns(enum precision precision, const struct matrix *matrix, uint64_t row,
                       size_t depth, uint64_t col, size_t count, void *strips, void *scratch)
{
    const size_t size = strip_bytes(precision, depth), line = STRIP * sizeof(float);
    const uint64_t there = matrix->cols - col;
    const size_t columns = there < count * STRIP ? (size_t)there : count * STRIP;
    unsigned char *out = strips, *second = (unsigned char *)scratch + count * line;
    const size_t step = precision == PRECISION_F32 ? 1 : 2;
    size_t k = 0;

    if (precision == PRECISION_F32 && stored_as(matrix, DTYPE_BF16)) {
        strips_widened(matrix, row, depth, col, columns, count, strips);
        return;
    }
    for (; k + step <= depth; k += step, out += line) {
        const unsigned char *a = elements(precision, matrix, row + k, col, columns, scratch);

        for (size_t i = 0; i < step; i++) foresee(matrix, row + k + i + AHEAD, col, columns);
        if (precision == PRECISION_F32)
            spread_floats(a, columns, size, count, out);
        else
            spread_pairs(a, elements(precision, matrix, row + k + 1, col, columns, second), columns,
                         size, count, out);
    }
    if (k < depth) {
        memset(second, 0, columns * sizeof(bf16));
        spread_pairs(elements(precision, matrix, row + k, col, columns, scratch), second, columns,
                     size, count, out);
        k += 2;
        out += line;
    }
    for (; k < whole_depth(depth); k += step, out += line)
        for (size_t s = 0; s < count; s++) memset(out + s * size, 0, line);
}
