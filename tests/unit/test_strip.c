#include "check.h"
#include "core/memory.h"
#include "gemm/kernel.h"

#include "unit/numbers.h"

enum { ROWS = 150, COLS = 1100 };

static float numbers[ROWS * COLS];
static bf16 narrow[ROWS * COLS];

/* What stands at k and column n of a strip. */
static float packed(enum precision precision, const unsigned char *strip, size_t k, size_t n)
{
    float value;
    bf16 half;

    if (precision == PRECISION_F32) {
        memcpy(&value, strip + (k * STRIP + n) * 4, sizeof value);
        return value;
    }
    memcpy(&half, strip + ((k / 2 * STRIP + n) * 2 + k % 2) * 2, sizeof half);
    return number_widened(half);
}

static float number(enum precision precision, size_t row, size_t col)
{
    const float value = numbers[row * COLS + col];

    return precision == PRECISION_F32 ? value : number_widened(number_bf16(value));
}

static void *dirty(size_t bytes)
{
    return memset(mem_aligned(bytes), 0xff, bytes);
}

/* Rows 3 and on, from column 2 on. */
static void check_rows(enum precision precision, const struct matrix *matrix, size_t columns,
                       size_t depth)
{
    const size_t bytes = strip_bytes(precision, depth);
    unsigned char *strip = dirty(bytes), *scratch = dirty(strip_scratch(depth, 1));
    size_t wrong = 0;

    strip_of_rows(precision, matrix, 3, columns, 2, depth, strip, scratch);
    for (size_t k = 0; k < (depth + 31) / 32 * 32; k++)
        for (size_t n = 0; n < STRIP; n++) {
            const bool there = n < columns && k < depth;

            if (packed(precision, strip, k, n) != (there ? number(precision, 3 + n, 2 + k) : 0))
                wrong++;
        }
    CHECK_INT(wrong, 0);
    mem_free(strip);
    mem_free(scratch);
}

/* Columns from 1000 on, of which there are 100, and rows from 5 on. */
static void check_columns(enum precision precision, const struct matrix *matrix, size_t count,
                          size_t depth)
{
    const size_t bytes = strip_bytes(precision, depth);
    unsigned char *strips = dirty(bytes * count), *scratch = dirty(strip_scratch(depth, count));
    size_t wrong = 0;

    strips_of_columns(precision, matrix, 5, depth, 1000, count, strips, scratch);
    for (size_t k = 0; k < (depth + 31) / 32 * 32; k++)
        for (size_t n = 0; n < count * STRIP; n++) {
            const bool there = n < COLS - 1000 && k < depth;
            const float got = packed(precision, strips + n / STRIP * bytes, k, n % STRIP);

            if (got != (there ? number(precision, 5 + k, 1000 + n) : 0)) wrong++;
        }
    CHECK_INT(wrong, 0);
    mem_free(strips);
    mem_free(scratch);
}

static void check_matrix(const struct matrix *matrix)
{
    static const size_t columns[] = {1, 15, 16, 17, 63, 64};
    static const size_t depths[] = {1, 2, 31, 32, 33, 140, 512, 513, 1090};

    for (int precision = PRECISION_F32; precision <= PRECISION_BF16; precision++)
        for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
            for (size_t n = 0; n < sizeof columns / sizeof *columns; n++)
                check_rows((enum precision)precision, matrix, columns[n], depths[i]);
            for (size_t count = 1; count <= 3; count++)
                if (depths[i] <= 140)
                    check_columns((enum precision)precision, matrix, count, depths[i]);
        }
}

/* Element by element, from floats and from bf16, by the packers of each level. */
TEST(strips)
{
    const struct matrix floats = matrix_of_floats(numbers, ROWS, COLS, COLS);
    struct matrix halves = floats;
    uint64_t seed = 5;

    numbers_fill(numbers, (size_t)ROWS * COLS, &seed);
    for (size_t i = 0; i < (size_t)ROWS * COLS; i++) {
        narrow[i] = number_bf16(numbers[i]);
        numbers[i] = number_widened(narrow[i]);
    }
    halves.dtype = DTYPE_BF16;
    halves.at = (const unsigned char *)narrow;
    halves.stride = COLS * sizeof *narrow;
    for (enum cpu_level level = CPU_PLAIN; level <= cpu_detected(); level++) {
        cpu_limit(level);
        check_matrix(&floats);
        check_matrix(&halves);
    }
}

int main(void)
{
    RUN(strips);
    return check_end();
}
