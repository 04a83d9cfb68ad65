#include "stream/stream.h"

#include "check.h"

#include "core/memory.h"
#include "hash/random.h"
#include "stream/stream_cpu.h"
#include "stream/stream_narrow.h"
#include "tensor/load.h"

#include "unit/levels.h"
#include "unit/numbers.h"
#include "unit/tile_emulator.h"

enum { MOST_M = 37, MOST_N = 70, MOST_K = 2304 };

static struct random source;
static float x[MOST_M * (MOST_K + 3)], y[MOST_M * MOST_N], again[MOST_M * MOST_N];
static float dense[MOST_N * MOST_K], scales[MOST_N];

/* NULL: products of floats; else this one's, of matrices in bf16. */
static const struct stream_narrow *narrow;

static void multiply(struct team *team, const struct matrix *w, size_t M, const float *left,
                     size_t ldx, float *out, size_t ldy, bool add)
{
    if (narrow)
        stream_narrow_product(narrow, team, w, M, left, ldx, out, ldy, add);
    else
        stream_product(team, PRECISION_F32, w, M, left, ldx, out, ldy, add);
}

static const char *kind(void)
{
    return narrow ? narrow->name : stream_cpu()->name;
}

static double rounded(float value)
{
    return (double)(narrow ? number_widened(number_bf16(value)) : value);
}

static float real(void)
{
    return (float)random_upto(&source, 20000) / 10000 - 1;
}

static void put_half(unsigned char *at, unsigned exponent)
{
    const unsigned bits = (unsigned)random_upto(&source, 1023) | exponent << 10 |
                          (unsigned)random_upto(&source, 1) << 15;

    at[0] = (unsigned char)bits;
    at[1] = (unsigned char)(bits >> 8);
}

/* Where a block's one or two F16 are; any other byte may be what it likes. */
static void calm(enum dtype dtype, unsigned char *block)
{
    static const struct {
        short first, second;
    } at[DTYPE_COUNT] = {
        [DTYPE_Q4_1] = {0, 2},   [DTYPE_Q5_1] = {0, 2},   [DTYPE_Q2_K] = {80, 82},
        [DTYPE_Q3_K] = {108, 0}, [DTYPE_Q4_K] = {0, 2},   [DTYPE_Q5_K] = {0, 2},
        [DTYPE_Q6_K] = {208, 0}, [DTYPE_TQ1_0] = {52, 0},
    };
    const float value = real();

    if (dtype == DTYPE_F32) {
        memcpy(block, &value, 4);
    } else if (dtype == DTYPE_F16) {
        put_half(block, 8 + (unsigned)random_upto(&source, 5));
    } else if (dtype == DTYPE_BF16) {
        memcpy(block, (const unsigned char *)&value + 2, 2);
    } else if (dtype == DTYPE_MXFP4) {
        block[0] = (unsigned char)(120 + random_upto(&source, 3));
    } else if (dtype_info(dtype)->elements > 1) {
        put_half(block + at[dtype].first, 5);
        if (at[dtype].second) put_half(block + at[dtype].second, 6);
    }
}

/* With a gap behind each row, and at an odd address. */
static struct matrix matrix_of(enum matrix_form form, enum dtype dtype, size_t N, size_t K,
                               unsigned char **bytes)
{
    const struct dtype_info *info = dtype_info(form == MATRIX_INT8 ? DTYPE_I8 : dtype);
    const size_t blocks = K / info->elements, stride = blocks * info->bytes + 5;
    unsigned char *at = mem_alloc(N * stride + 1);

    *bytes = at++;
    for (size_t n = 0; n < N; n++) {
        scales[n] = real();
        for (size_t b = 0; b < blocks; b++) {
            unsigned char *block = at + n * stride + b * info->bytes;

            for (size_t i = 0; i < info->bytes; i++)
                block[i] = (unsigned char)random_upto(&source, 255);
            calm(dtype, block);
        }
    }
    return (struct matrix){.form = form,
                           .dtype = dtype,
                           .rows = N,
                           .cols = K,
                           .at = at,
                           .stride = stride,
                           .scales = form == MATRIX_INT8 ? scales : NULL};
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) x[i] = real();
}

/* The largest error, in units of the sum of the products' sizes. */
static double error_of(const struct matrix *w, size_t M, size_t ldx, float before)
{
    float line[MOST_K];
    double most = 0;

    for (size_t n = 0; n < w->rows; n++) {
        matrix_to_f32(w, n, 0, w->cols, line);
        for (size_t m = 0; m < M; m++) {
            double sum = (double)before, size = 1e-30 + fabs((double)before);

            for (size_t k = 0; k < w->cols; k++) {
                sum += rounded(x[m * ldx + k]) * (double)line[k];
                size += fabs(rounded(x[m * ldx + k]) * (double)line[k]);
            }
            most = fmax(most, fabs(sum - (double)y[m * w->rows + n]) / size);
        }
    }
    return most;
}

static void check_product(struct team *team, const struct matrix *w, size_t M, const char *name)
{
    const size_t ldx = w->cols + 3, size = M * w->rows;

    for (size_t i = 0; i < size; i++) y[i] = 0.25F;
    multiply(team, w, M, x, ldx, y, w->rows, false);
    check_claim(error_of(w, M, ldx, 0) < 1e-6, __FILE__, __LINE__, "%s %s %zu: %g", name, kind(), M,
                error_of(w, M, ldx, 0));
    for (size_t m = 0; m < M; m++)
        multiply(team, w, 1, x + m * ldx, ldx, again + m * w->rows, w->rows, false);
    check_claim(numbers_same(y, again, size), __FILE__, __LINE__,
                "%s %s: a row depends on the %zu of its batch", name, kind(), M);
    for (size_t i = 0; i < size; i++) y[i] = 0.25F;
    multiply(team, w, M, x, ldx, y, w->rows, true);
    CHECK(error_of(w, M, ldx, 0.25F) < 1e-6);
    for (size_t i = 0; i < size; i++) again[i] += 0.25F;
    CHECK(numbers_same(y, again, size));
}

/* The same as of the matrix unpacked before, where no scale is multiplied later. */
static void check_dense(struct team *team, const struct matrix *w, const char *name)
{
    const struct matrix floats = matrix_of_floats(dense, w->rows, w->cols, w->cols);
    const size_t M = 5, ldx = w->cols + 3;

    for (size_t n = 0; n < w->rows; n++) matrix_to_f32(w, n, 0, w->cols, dense + n * w->cols);
    multiply(team, w, M, x, ldx, y, w->rows, false);
    multiply(team, &floats, M, x, ldx, again, w->rows, false);
    check_claim(numbers_same(y, again, M * w->rows), __FILE__, __LINE__,
                "%s %s: differs from floats", name, kind());
}

static void check_matrix(enum matrix_form form, enum dtype dtype, size_t N, size_t K)
{
    static const size_t batches[] = {1, 2, 3, 4, 5, 17, MOST_M};
    struct team *team = team_start(2);
    unsigned char *bytes;
    const struct matrix w = matrix_of(form, dtype, N, K, &bytes);
    const char *name = form == MATRIX_INT8 ? "int8" : dtype_info(dtype)->name;

    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
        check_product(team, &w, batches[i], name);
    if (form == MATRIX_STORED && !narrow) check_dense(team, &w, name);
    team_stop(team);
    mem_free(bytes);
}

static void check_level(void)
{
    static const enum dtype formats[] = {
        DTYPE_F32,  DTYPE_F16,  DTYPE_BF16,   DTYPE_I8,     DTYPE_Q8_0,  DTYPE_Q4_0,
        DTYPE_Q4_1, DTYPE_Q5_0, DTYPE_Q5_1,   DTYPE_Q2_K,   DTYPE_Q3_K,  DTYPE_Q4_K,
        DTYPE_Q5_K, DTYPE_Q6_K, DTYPE_IQ4_NL, DTYPE_IQ4_XS, DTYPE_TQ1_0, DTYPE_MXFP4};
    static const size_t shapes[][2] = {{1, 1}, {7, 31}, {8, 33}, {13, 608}, {70, 257}, {9, 1030}};

    fill();
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const size_t elements = dtype_info(formats[i])->elements;

        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            check_matrix(MATRIX_STORED, formats[i], shapes[s][0],
                         (shapes[s][1] + elements - 1) / elements * elements);
    }
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        check_matrix(MATRIX_INT8, DTYPE_F32, shapes[s][0], shapes[s][1]);
}

TEST(plain)
{
    at_level(CPU_PLAIN, check_level);
}

TEST(avx2)
{
    at_level(CPU_AVX2, check_level);
}

TEST(avx512)
{
    at_level(CPU_AVX512, check_level);
}

static void check_threads(const struct matrix *w, size_t M)
{
    for (size_t threads = 1; threads <= 4; threads++) {
        struct team *team = team_start(threads);

        multiply(team, w, M, x, w->cols + 3, threads == 1 ? y : again, w->rows, false);
        CHECK(threads == 1 || numbers_same(y, again, M * w->rows));
        team_stop(team);
    }
}

/* More bytes than a piece of work takes at least. */
static void check_any_threads(void)
{
    unsigned char *bytes;
    const struct matrix half = matrix_of(MATRIX_STORED, DTYPE_BF16, MOST_N, MOST_K, &bytes);

    check_threads(&half, 1);
    check_threads(&half, 5);
    CHECK(error_of(&half, 5, MOST_K + 3, 0) < 1e-6);
    mem_free(bytes);
}

/* Heads whose rows stand interleaved, as in GGUF. */
static void check_permuted(void)
{
    struct team *team = team_start(1);
    static const enum dtype formats[] = {DTYPE_BF16, DTYPE_Q8_0};

    for (size_t i = 0; i < (narrow ? 1 : 2); i++) {
        unsigned char *bytes;
        struct matrix w = matrix_of(MATRIX_STORED, formats[i], 48, 64, &bytes);

        w.heads_permuted = 3;
        check_product(team, &w, 1, "permuted");
        check_product(team, &w, 4, "permuted");
        mem_free(bytes);
    }
    team_stop(team);
}

/* Rows that begin within a byte and within a block. */
static void check_nf4(void)
{
    enum { N = 19, K = 77 };
    unsigned char codes[N * K / 2 + 1], absmax[N * K / 64 + 1];
    const float groups[1] = {0.5F};
    const struct matrix w = {.form = MATRIX_NF4,
                             .rows = N,
                             .cols = K,
                             .at = codes,
                             .scales = groups,
                             .absmax = absmax,
                             .offset = 0.75F};
    struct team *team = team_start(2);

    for (size_t i = 0; i < sizeof codes; i++) codes[i] = (unsigned char)random_upto(&source, 255);
    for (size_t i = 0; i < sizeof absmax; i++) absmax[i] = (unsigned char)random_upto(&source, 255);
    check_product(team, &w, 1, "nf4");
    check_product(team, &w, 5, "nf4");
    team_stop(team);
}

TEST(others)
{
    check_any_threads();
    check_permuted();
    if (!narrow) check_nf4();
}

static void check_narrow(void)
{
    static const size_t shapes[][2] = {{1, 1},    {33, 100}, {70, 257},
                                       {9, 1030}, {35, 37},  {35, 768}};

    fill();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        check_matrix(MATRIX_STORED, DTYPE_BF16, shapes[s][0], shapes[s][1]);
    test_others();
}

/* vdpbf16ps is tried where CPUID hides it, tiles are emulated where there are none. */
static bool can_run(void)
{
    const bool tiles = narrow->needs == CPU_AMX;

    return (tiles && cpu_detected() >= CPU_AMX) || (pairs_run() && (!tiles || tiles_emulate()));
}

TEST(pairs)
{
    for (size_t i = 0; (narrow = stream_narrow_at(i)); i++) {
        if (can_run())
            check_narrow();
        else
            SKIP(narrow->name);
        tiles_emulate_stop();
    }
}

/* bf16 is computed with where it was asked for and is faster, and nowhere else. */
TEST(precision)
{
    unsigned char *bytes;
    const struct matrix w = matrix_of(MATRIX_STORED, DTYPE_BF16, 5, 70, &bytes);
    struct team *team = team_start(1);

    cpu_limit(CPU_PLAIN);
    CHECK(!stream_narrow_get());
    stream_product(team, PRECISION_F32, &w, 2, x, 70, y, 5, false);
    stream_product(team, PRECISION_BF16, &w, 2, x, 70, again, 5, false);
    CHECK(numbers_same(y, again, 10));
    cpu_limit(CPU_AMX);
    narrow = stream_narrow_get();
    CHECK(narrow ? narrow->needs == CPU_AMX : cpu_detected() < CPU_AVX512);
    if (narrow && can_run()) {
        stream_narrow_product(narrow, team, &w, 2, x, 70, y, 5, false);
        stream_product(team, PRECISION_BF16, &w, 2, x, 70, again, 5, false);
        CHECK(numbers_same(y, again, 10));
        stream_product(team, PRECISION_F32, &w, 2, x, 70, again, 5, false);
        CHECK(!numbers_same(y, again, 10));
        tiles_emulate_stop();
    }
    narrow = NULL;
    cpu_limit(CPU_LEVELS);
    team_stop(team);
    mem_free(bytes);
}

/* Other formats are computed in floats, whatever is faster. */
TEST(quantised_weights_are_never_rounded)
{
    unsigned char *bytes;
    const struct matrix w = matrix_of(MATRIX_STORED, DTYPE_Q8_0, 35, 96, &bytes);
    struct team *team = team_start(1);

    fill();
    for (enum cpu_level level = CPU_PLAIN; level <= CPU_AMX; level++) {
        cpu_limit(level);
        if (level <= cpu_detected() || pairs_run()) {
            stream_product(team, PRECISION_F32, &w, 5, x, 96, y, 35, false);
            stream_product(team, PRECISION_BF16, &w, 5, x, 96, again, 35, false);
            CHECK(numbers_same(y, again, 175));
        }
    }
    cpu_limit(CPU_LEVELS);
    team_stop(team);
    mem_free(bytes);
}

TEST(none)
{
    const struct matrix wide = matrix_of_floats(dense, 3, 0, 0);
    const struct matrix flat = matrix_of_floats(dense, 0, 3, 3);
    struct team *team = team_start(1);

    y[0] = y[2] = 1;
    multiply(team, &flat, 1, x, 3, y, 3, false);
    multiply(team, &wide, 0, x, 0, y, 3, false);
    multiply(team, &wide, 1, x, 0, y, 3, true);
    CHECK(y[0] == 1 && y[2] == 1);
    multiply(team, &wide, 1, x, 0, y, 3, false);
    CHECK(y[0] == 0 && y[2] == 0);
    team_stop(team);
}

int main(void)
{
    random_init(&source, 7);
    RUN(plain);
    RUN(avx2);
    RUN(avx512);
    RUN(others);
    RUN(pairs);
    RUN(precision);
    RUN(quantised_weights_are_never_rounded);
    RUN(none);
    return check_end();
}
