#include "pack/pack.h"

#include "check.h"
#include "noise.h"
#include "tensor/floats.h"
#include "unit/files.h"
#include "unit/levels.h"
#include "unit/teams.h"

#include <stdlib.h>

enum { ROWS = 16, COLS = 512 };

static const enum dtype formats[] = {DTYPE_F16,  DTYPE_BF16, DTYPE_Q8_0,   DTYPE_Q4_0,  DTYPE_Q4_1,
                                     DTYPE_Q5_0, DTYPE_Q5_1, DTYPE_Q2_K,   DTYPE_Q3_K,  DTYPE_Q4_K,
                                     DTYPE_Q5_K, DTYPE_Q6_K, DTYPE_IQ4_NL, DTYPE_IQ4_XS};

enum { FORMATS = sizeof formats / sizeof *formats };

static struct golden {
    float rows[ROWS][COLS], importance[COLS];
    unsigned char *packed[FORMATS]; /* without importance, then with it */
} golden;

static unsigned char *read_golden(const char *name, size_t bytes)
{
    const char *root = getenv("SRC");
    struct buffer path = {0};
    unsigned char *at;
    size_t len = 0;

    buffer_format(&path, "%s/tests/golden/pack/%s.bin", root ? root : ".", name);
    buffer_byte(&path, '\0');
    at = (unsigned char *)files_read(path.at, &len);
    check_claim(at && len == bytes, __FILE__, __LINE__, "%s has %zu bytes, not %zu", path.at, len,
                bytes);
    buffer_release(&path);
    if (!at || len != bytes) exit(1);
    return at;
}

static size_t row_bytes(enum dtype dtype, size_t cols)
{
    uint64_t bytes = 0;

    CHECK(dtype_bytes(dtype, cols, &bytes));
    return (size_t)bytes;
}

static void read_floats(const char *name, float *to, size_t count)
{
    unsigned char *bytes = read_golden(name, count * sizeof *to);

    for (size_t i = 0; i < count; i++) to[i] = float_of_bits(load_u32(bytes + 4 * i));
    mem_free(bytes);
}

static void open_golden(void)
{
    read_floats("rows", golden.rows[0], ROWS * COLS);
    read_floats("importance", golden.importance, COLS);
    for (size_t i = 0; i < FORMATS; i++)
        golden.packed[i] =
            read_golden(dtype_info(formats[i])->name, 2 * ROWS * row_bytes(formats[i], COLS));
}

static void check_bytes(const unsigned char *got, const unsigned char *want, size_t bytes,
                        enum dtype dtype, size_t row)
{
    size_t i = 0;

    while (i < bytes && got[i] == want[i]) i++;
    check_claim(i == bytes, __FILE__, __LINE__, "%s: row %zu, byte %zu: got %d, want %d",
                dtype_info(dtype)->name, row, i, got[i < bytes ? i : 0], want[i < bytes ? i : 0]);
}

/* Rows at an odd address, so that nothing is taken for aligned. */
static void check_format(enum dtype dtype, const float *importance, const unsigned char *want)
{
    const size_t bytes = row_bytes(dtype, COLS);
    unsigned char *out = mem_alloc(bytes + 2);
    float x[COLS + 1];

    for (size_t row = 0; row < ROWS; row++) {
        memcpy(x + 1, golden.rows[row], sizeof golden.rows[row]);
        out[0] = out[bytes + 1] = 0x5a;
        pack_row(dtype, x + 1, COLS, importance, out + 1);
        check_bytes(out + 1, want + row * bytes, bytes, dtype, row);
        CHECK(out[0] == 0x5a && out[bytes + 1] == 0x5a);
    }
    mem_free(out);
}

static void check_formats(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        const size_t bytes = ROWS * row_bytes(formats[i], COLS);

        check_format(formats[i], NULL, golden.packed[i]);
        check_format(formats[i], golden.importance, golden.packed[i] + bytes);
    }
}

TEST(plain)
{
    at_level(CPU_PLAIN, check_formats);
}

TEST(avx2)
{
    at_level(CPU_AVX2, check_formats);
}

TEST(avx512)
{
    at_level(CPU_AVX512, check_formats);
}

/* A row of one block, or of an odd number of them, is what it is in a longer one. */
static void check_lengths(void)
{
    unsigned char whole[COLS * 4], part[COLS * 4];

    for (size_t i = 0; i < FORMATS; i++) {
        const size_t step = dtype_info(formats[i])->elements;

        pack_row(formats[i], golden.rows[0], COLS, NULL, whole);
        for (size_t count = step; count < COLS; count += step < 32 ? 31 : step) {
            const size_t bytes = row_bytes(formats[i], count);

            pack_row(formats[i], golden.rows[0], count, NULL, part);
            check_bytes(part, whole, bytes, formats[i], 0);
        }
        pack_row(formats[i], golden.rows[0], 0, NULL, NULL);
        pack_row(formats[i], golden.rows[0], 0, golden.importance, NULL);
    }
}

TEST(lengths)
{
    at_level(CPU_PLAIN, check_lengths);
    at_level(cpu_detected(), check_lengths);
}

static void check_half(float value, unsigned want)
{
    check_claim(half_of_float(value) == want, __FILE__, __LINE__, "%.9g: got %04x, want %04x",
                (double)value, half_of_float(value), want);
}

/* Every F16 number is itself, and a number between two goes to the nearer, or the even one. */
TEST(halves)
{
    for (unsigned bits = 0; bits < 0x7c00; bits++) {
        const float value = float_of_half((uint16_t)bits);
        const float next = bits < 0x7bff ? float_of_half((uint16_t)(bits + 1)) : 65536;
        const float middle = value + (next - value) / 2;

        check_half(value, bits);
        check_half(-value, bits | 0x8000);
        check_half(middle, bits + (bits & 1));
        check_half(nextafterf(middle, 0), bits);
        check_half(-nextafterf(middle, INFINITY), (bits + 1) | 0x8000);
    }
    check_half(INFINITY, 0x7c00);
    check_half(-1e30F, 0xfc00);
    check_half(NAN, 0x7e00);
    check_half(-float_of_bits(0x7f800001), 0xfe00);
    check_half(1e-45F, 0);
}

/* So many rows that the threads have several pieces each. */
enum { MATRIX_ROWS = 99, MATRIX_COLS = 768 };

static enum dtype matrix_dtype;
static const float *matrix_importance;

static void pack_noise(struct team *team, void *out)
{
    static float x[MATRIX_ROWS * MATRIX_COLS];
    struct matrix matrix = matrix_of_floats(x, MATRIX_ROWS, MATRIX_COLS, MATRIX_COLS);
    struct err err;

    noise(x, MATRIX_ROWS * MATRIX_COLS, 3);
    CHECK(pack_matrix(matrix_dtype, &matrix, matrix_importance, out, team, &err));
}

TEST(threads)
{
    static float importance[MATRIX_COLS], x[MATRIX_ROWS * MATRIX_COLS];
    static unsigned char out[MATRIX_ROWS * MATRIX_COLS * 4], one[MATRIX_COLS * 4];

    noise(x, MATRIX_ROWS * MATRIX_COLS, 3);
    for (size_t i = 0; i < MATRIX_COLS; i++) importance[i] = (float)(i % 5);
    for (size_t i = 0; i < FORMATS; i++)
        for (int with = 0; with < 2; with++) {
            const size_t bytes = row_bytes(formats[i], MATRIX_COLS);
            struct team *team = team_start(2);

            matrix_dtype = formats[i];
            matrix_importance = with ? importance : NULL;
            CHECK(teams_agree(pack_noise, MATRIX_ROWS * bytes));
            pack_noise(team, out);
            team_stop(team);
            for (size_t row = 0; row < MATRIX_ROWS; row += 7) {
                pack_row(matrix_dtype, x + row * MATRIX_COLS, MATRIX_COLS, matrix_importance, one);
                check_bytes(one, out + row * bytes, bytes, matrix_dtype, row);
            }
        }
}

/* From BF16, with the rows of two heads interleaved: as the rows that are unpacked. */
TEST(other_matrices)
{
    enum { R = 8, C = 64 };
    static float x[R * C], rows[C];
    unsigned char halves[R * C * 2], out[R * C * 2], one[C * 2];
    struct matrix matrix = {MATRIX_STORED, DTYPE_BF16, R, C, halves, C * 2, 2, NULL, NULL, 0};
    const size_t bytes = row_bytes(DTYPE_Q8_0, C);
    struct team *team = team_start(2);
    struct err err;

    noise(x, R * C, 5);
    pack_row(DTYPE_BF16, x, R * C, NULL, halves);
    CHECK(pack_matrix(DTYPE_Q8_0, &matrix, NULL, out, team, &err));
    for (size_t row = 0; row < R; row++) {
        matrix_to_f32(&matrix, row, 0, C, rows);
        pack_row(DTYPE_Q8_0, rows, C, NULL, one);
        check_bytes(one, out + row * bytes, bytes, DTYPE_Q8_0, row);
    }
    matrix.rows = 0;
    CHECK(pack_matrix(DTYPE_Q8_0, &matrix, NULL, out, team, &err));
    team_stop(team);
}

static void check_refusal(enum dtype dtype, const float *x, uint64_t rows, uint64_t cols,
                          const char *want)
{
    const struct matrix matrix = matrix_of_floats(x, rows, cols, cols);
    struct team *team = team_start(3);
    unsigned char *out = mem_alloc(rows * cols * 8);
    struct err err = {""};

    CHECK(!pack_matrix(dtype, &matrix, NULL, out, team, &err));
    CHECK_TEXT(err.text, want);
    mem_free(out);
    team_stop(team);
}

TEST(refusals)
{
    static float x[64 * 512];

    noise(x, sizeof x / sizeof *x, 9);
    check_refusal(DTYPE_Q4_K, x, 2, 96, "rows of 96 elements cannot be packed as Q4_K");
    check_refusal(DTYPE_TQ1_0, x, 2, 256, "rows of 256 elements cannot be packed as TQ1_0");
    x[60 * 512 + 3] = NAN;
    check_refusal(DTYPE_Q6_K, x, 64, 512, "row 60, column 3 is not a number");
    check_refusal(DTYPE_F32, x, 64, 512, "row 60, column 3 is not a number");
    x[40 * 512 + 511] = -INFINITY;
    check_refusal(DTYPE_Q8_0, x, 64, 512, "row 40, column 511 is infinite");
    x[511] = 65520;
    check_refusal(DTYPE_F16, x, 64, 512, "row 0 is too large for F16");
    x[511] = 1e30F;
    check_refusal(DTYPE_Q4_K, x, 64, 512, "row 0 is too large for Q4_K");
    x[511] = 3.4e38F;
    check_refusal(DTYPE_BF16, x, 64, 512, "row 0 is too large for BF16");
}

TEST(formats_known)
{
    CHECK(pack_can(DTYPE_F32) && pack_can(DTYPE_Q4_K) && pack_can(DTYPE_IQ4_XS));
    CHECK(!pack_can(DTYPE_TQ1_0) && !pack_can(DTYPE_MXFP4) && !pack_can(DTYPE_F64));
    for (size_t i = 0; i < FORMATS; i++) CHECK(pack_can(formats[i]));
}

int main(void)
{
    open_golden();
    RUN(plain);
    RUN(avx2);
    RUN(avx512);
    RUN(lengths);
    RUN(halves);
    RUN(threads);
    RUN(other_matrices);
    RUN(refusals);
    RUN(formats_known);
    for (size_t i = 0; i < FORMATS; i++) mem_free(golden.packed[i]);
    return check_end();
}
