#include "check.h"
#include "core/memory.h"
#include "gemm/kernel.h"

#include "unit/numbers.h"
#include "unit/tile_emulator.h"

#include <stdlib.h>

enum { ROWS = 29, DEPTH = 160, LDX = DEPTH + 3, LDY = STRIP + 5 };

static float x[ROWS * LDX], w[STRIP * DEPTH];
static float start[ROWS * LDY], whole[ROWS * LDY], pieces[ROWS * LDY];
static bf16 narrow[ROWS * LDX];
static const struct kernel *kernel;

/* What the kernel computes with, as floats. */
static void prepare(void)
{
    uint64_t seed = 1;

    numbers_fill(x, ROWS * LDX, &seed);
    numbers_fill(w, STRIP * DEPTH, &seed);
    numbers_fill(start, ROWS * LDY, &seed);
    for (size_t i = 0; i < ROWS * LDX; i++) {
        narrow[i] = number_bf16(x[i]);
        if (kernel->precision == PRECISION_BF16) x[i] = number_widened(narrow[i]);
    }
    for (size_t i = 0; i < STRIP * DEPTH; i++)
        if (kernel->precision == PRECISION_BF16) w[i] = number_widened(number_bf16(w[i]));
}

/* Rows of x from row on, their k from k on: as a block of its own without a byte to spare, so that
 * reading beyond it is seen by the sanitizers. */
static void *operand(size_t row, size_t rows, size_t k, size_t depth, size_t *ldx)
{
    const bool wide = kernel->precision == PRECISION_F32;
    const size_t size = wide ? sizeof *x : sizeof *narrow;
    char *block = malloc((rows - 1) * LDX * size + depth * size);

    for (size_t r = 0; r < rows; r++) {
        const size_t from = (row + r) * LDX + k;

        memcpy(block + r * LDX * size, wide ? (void *)(x + from) : (void *)(narrow + from),
               depth * size);
    }
    *ldx = LDX;
    return block;
}

static void product(size_t row, size_t rows, size_t columns, size_t k, size_t depth, bool add,
                    float *y)
{
    const struct matrix matrix = matrix_of_floats(w, columns, DEPTH, DEPTH);
    void *strip = mem_aligned(strip_bytes(kernel->precision, depth));
    void *scratch = mem_aligned(strip_scratch(depth, 1));
    size_t ldx;
    void *left = operand(row, rows, k, depth, &ldx);

    strip_of_rows(kernel->precision, &matrix, 0, columns, k, depth, strip, scratch);
    if (kernel->enter) kernel->enter();
    kernel->multiply(rows, columns, depth, left, ldx, strip, y + row * LDY, LDY, add);
    if (kernel->leave) kernel->leave();
    free(left);
    mem_free(strip);
    mem_free(scratch);
}

static void check_right(size_t rows, size_t columns, size_t depth, bool add)
{
    memcpy(whole, start, sizeof whole);
    product(0, rows, columns, 0, depth, add, whole);
    for (size_t m = 0; m < ROWS; m++)
        for (size_t n = 0; n < LDY; n++) {
            double want = add || m >= rows || n >= columns ? start[m * LDY + n] : 0;
            double size = fabs(want);

            for (size_t k = 0; k < depth && m < rows && n < columns; k++) {
                want += (double)x[m * LDX + k] * w[n * DEPTH + k];
                size += fabs((double)x[m * LDX + k] * w[n * DEPTH + k]);
            }
            if (fabs(whole[m * LDY + n] - want) > 1e-6 * size)
                check_claim(false, __FILE__, __LINE__,
                            "%s: y[%zu][%zu] of %zu x %zu x %zu is %g, not %g", kernel->name, m, n,
                            rows, columns, depth, whole[m * LDY + n], want);
        }
    CHECK(true);
}

static void check_kernel(void)
{
    static const size_t columns[] = {1, 15, 16, 17, 31, 33, 48, 49, 63, 64};
    static const size_t depths[] = {1, 2, 31, 32, 33, 97, 160};

    prepare();
    for (size_t rows = 1; rows <= 13; rows++)
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            check_right(rows, columns[i], depths[(rows + i) % 7], (rows + i) & 1);
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        check_right(5, 64, depths[i], false);
        check_right(ROWS, 50, depths[i], true);
    }
}

/* Rows one by one or some at a time, k at once or in two pieces: the same bits. */
static void check_same(size_t columns, size_t depth, size_t rows_at_once, size_t cut)
{
    memcpy(whole, start, sizeof whole);
    product(0, ROWS, columns, 0, depth, true, whole);
    memcpy(pieces, start, sizeof pieces);
    for (size_t m = 0; m < ROWS; m += rows_at_once) {
        const size_t rows = ROWS - m < rows_at_once ? ROWS - m : rows_at_once;

        product(m, rows, columns, 0, cut, true, pieces);
        product(m, rows, columns, cut, depth - cut, true, pieces);
    }
    CHECK(numbers_same(whole, pieces, sizeof whole / sizeof *whole));
}

static void check_order(void)
{
    static const size_t columns[] = {7, 16, 40, 64};

    prepare();
    for (size_t i = 0; i < 4; i++)
        for (size_t rows = 1; rows <= 17; rows += 3) {
            check_same(columns[i], 160, rows, 32);
            check_same(columns[i], 97, rows, 96);
            check_same(columns[i], 133, rows, 128);
        }
}

/* A sum that does not start from y begins with zero, whatever stood there. */
static void check_fresh(void)
{
    prepare();
    for (size_t i = 0; i < ROWS * LDY; i++) whole[i] = NAN;
    product(0, 3, 33, 0, 33, false, whole);
    CHECK(!isnan(whole[0]) && !isnan(whole[2 * LDY + 32]));
    CHECK(isnan(whole[33]) && isnan(whole[3 * LDY]));
}

static void test_kernel(void)
{
    check_kernel();
    check_order();
    check_fresh();
}

/* vdpbf16ps is tried where CPUID hides it, tiles are emulated where there are none. */
static void skip(void)
{
    SKIP("this CPU lacks it");
}

static void run(void)
{
    char name[64];

    snprintf(name, sizeof name, "%s", kernel->name);
    if (kernel->needs <= cpu_detected() || (kernel->needs == CPU_AVX512BF16 && pairs_run())) {
        check_run(name, test_kernel);
    } else if (kernel->needs == CPU_AMX && tiles_emulate()) {
        snprintf(name, sizeof name, "%s (emulated)", kernel->name);
        check_run(name, test_kernel);
        tiles_emulate_stop();
    } else {
        check_run(name, skip);
    }
}

/* For each level the best kernel of that level, at most. */
TEST(choice)
{
    for (enum cpu_level level = CPU_PLAIN; level < CPU_LEVELS; level++) {
        const struct kernel *floats, *pairs;

        if (level > cpu_detected() && level != CPU_AMX) continue;
        cpu_limit(level);
        floats = kernel_get(PRECISION_F32);
        pairs = kernel_get(PRECISION_BF16);
        CHECK(floats->precision == PRECISION_F32 && pairs->precision == PRECISION_BF16);
        CHECK_INT(floats->needs, level < CPU_AVX512 ? level : CPU_AVX512);
        CHECK(level == CPU_AVX512BF16 ? pairs->needs >= CPU_AVX512 : pairs->needs == level);
        CHECK(kernel_bf16_pays() == (pairs->needs >= CPU_AVX512BF16));
        CHECK(kernel_get(PRECISION_BF16) == pairs);
    }
    cpu_limit(CPU_LEVELS);
}

int main(void)
{
    RUN(choice);
    for (size_t i = 0; (kernel = kernel_at(i)); i++) run();
    return check_end();
}
