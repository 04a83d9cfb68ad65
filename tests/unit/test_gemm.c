#include "check.h"
#include "core/memory.h"
#include "gemm/gemm.h"

#include "unit/numbers.h"
#include "unit/tile_emulator.h"

enum { MOST_ROWS = 130, SIDE = 768, LD = SIDE + 5 };

static float x[MOST_ROWS * LD], rounded[MOST_ROWS * LD];
static float start[MOST_ROWS * LD], got[MOST_ROWS * LD], first[MOST_ROWS * LD];
static bf16 narrow[MOST_ROWS * (SIDE + 2 * STRIP_DEPTH)];
static unsigned char bytes[SIDE * SIDE * 4];
static float plain[SIDE * SIDE]; /* the matrix, unpacked as the precision unpacks it */

static struct matrix matrix;
static struct gemm gemm;
static struct team *team;

/* Halves, so that any bytes are numbers of moderate size, at the places where a block has them. */
static void set_scales(enum dtype dtype, unsigned char *block, uint64_t seed)
{
    const size_t at = dtype == DTYPE_Q6_K ? 208 : 0;

    block[at] = (unsigned char)(seed >> 40);
    block[at + 1] = 0x24; /* some 0.02 */
    if (dtype == DTYPE_Q4_K) {
        block[2] = (unsigned char)(seed >> 48);
        block[3] = 0x20;
    }
}

static void fill_bytes(enum dtype dtype, size_t count)
{
    const struct dtype_info *info = dtype_info(dtype);
    uint64_t seed = dtype + 7U;

    for (size_t i = 0; i < count / info->elements; i++) {
        unsigned char *at = bytes + i * info->bytes;
        const float value = number_next(&seed);
        const uint16_t half = (uint16_t)(0x3000 | (seed >> 50 & 0x83ff));

        for (size_t b = 0; b < info->bytes; b++) {
            number_next(&seed);
            at[b] = (unsigned char)(seed >> 56);
        }
        if (dtype == DTYPE_F32) memcpy(at, &value, sizeof value);
        if (dtype == DTYPE_F16) memcpy(at, &half, sizeof half);
        if (dtype == DTYPE_BF16) memcpy(at, &(bf16){number_bf16(value)}, sizeof(bf16));
        if (info->elements > 1) set_scales(dtype, at, seed);
    }
}

static void make_matrix(enum dtype dtype, size_t rows, size_t cols)
{
    const struct dtype_info *info = dtype_info(dtype);

    fill_bytes(dtype, rows * cols);
    matrix = (struct matrix){.dtype = dtype,
                             .rows = rows,
                             .cols = cols,
                             .at = bytes,
                             .stride = cols / info->elements * info->bytes};
    for (size_t row = 0; row < rows; row++) {
        bf16 line[SIDE];

        matrix_to_f32(&matrix, row, 0, cols, plain + row * cols);
        matrix_to_bf16(&matrix, row, 0, cols, line);
        for (size_t i = 0; i < cols && gemm.kernel->precision == PRECISION_BF16; i++)
            plain[row * cols + i] = number_widened(line[i]);
    }
}

static void product(bool backward, size_t from, size_t rows, bool add, float *y)
{
    const size_t depth = (size_t)(backward ? matrix.rows : matrix.cols);
    size_t ldx;
    const void *in = gemm_narrow(&gemm, rows, depth, x + from * LD, LD, narrow, &ldx);

    (backward ? gemm_backward : gemm_forward)(&gemm, &matrix, rows, in, ldx, y + from * LD, LD,
                                              add);
}

static double right(bool backward, size_t m, size_t n, double *size)
{
    const size_t rows = (size_t)matrix.rows, cols = (size_t)matrix.cols;
    double sum = 0;

    *size = 0;
    for (size_t k = 0; k < (backward ? rows : cols); k++) {
        const double term =
            (double)rounded[m * LD + k] * (backward ? plain[k * cols + n] : plain[n * cols + k]);

        sum += term;
        *size += fabs(term);
    }
    return sum;
}

static void check_product(bool backward, size_t rows, bool add)
{
    const size_t columns = (size_t)(backward ? matrix.cols : matrix.rows);
    size_t wrong = 0, m, n;

    memcpy(got, start, sizeof got);
    product(backward, 0, rows, add, got);
    for (m = 0; m<rows; m += rows> 40 ? 7 : 1)
        for (n = 0; n<columns; n += columns> 200 ? 5 : 1) {
            double size, want = right(backward, m, n, &size);

            if (add) want += start[m * LD + n];
            if (!(fabs(got[m * LD + n] - want) <= 2e-6 * (size + 1))) wrong++;
        }
    for (m = 0; m < MOST_ROWS; m++)
        for (n = m < rows ? columns : 0; n < LD; n++)
            if (got[m * LD + n] != start[m * LD + n]) wrong++;
    check_claim(wrong == 0, __FILE__, __LINE__, "%s, %s, %s, %zu rows: %zu sums are wrong",
                gemm.kernel->name, dtype_info(matrix.dtype)->name,
                backward ? "backward" : "forward", rows, wrong);
}

/* All at once, and cut in two anywhere. */
static void check_cut(bool backward, size_t rows, size_t cut)
{
    memcpy(got, start, sizeof got);
    product(backward, 0, cut, true, got);
    product(backward, cut, rows - cut, true, got);
    memcpy(first, start, sizeof first);
    product(backward, 0, rows, true, first);
    CHECK(numbers_same(got, first, sizeof got / sizeof *got));
}

static void check_threads(bool backward, size_t rows)
{
    struct team *before = gemm.team;

    memcpy(first, start, sizeof first);
    product(backward, 0, rows, false, first);
    for (size_t threads = 1; threads <= 4; threads++) {
        gemm.team = team_start(threads);
        memcpy(got, start, sizeof got);
        product(backward, 0, rows, false, got);
        CHECK(numbers_same(got, first, sizeof got / sizeof *got));
        team_stop(gemm.team);
    }
    gemm.team = before;
}

static void begin(const struct kernel *kernel)
{
    uint64_t seed = 3;

    gemm.kernel = kernel;
    gemm.team = team;
    numbers_fill(x, MOST_ROWS * LD, &seed);
    numbers_fill(start, MOST_ROWS * LD, &seed);
    for (size_t i = 0; i < MOST_ROWS * LD; i++)
        rounded[i] = kernel->precision == PRECISION_F32 ? x[i] : number_widened(number_bf16(x[i]));
}

static void check_formats(void)
{
    static const enum dtype formats[] = {DTYPE_F32,  DTYPE_F16,  DTYPE_BF16,
                                         DTYPE_Q8_0, DTYPE_Q4_K, DTYPE_Q6_K};
    static const size_t rows[] = {1, 5, 33, 130};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const size_t grain = dtype_info(formats[i])->elements;

        make_matrix(formats[i], 77, grain == 1 ? 101 : grain == 32 ? 352 : 768);
        for (size_t m = 0; m < 4; m++) {
            check_product(false, rows[m], m & 1);
            check_product(true, rows[m], !(m & 1));
        }
    }
}

static void check_same(void)
{
    static const enum dtype formats[] = {DTYPE_F32, DTYPE_BF16, DTYPE_Q4_K};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        make_matrix(formats[i], 300, 256);
        for (int backward = 0; backward < 2; backward++) {
            check_cut(backward, 33, 1);
            check_cut(backward, MOST_ROWS, 70);
            check_threads(backward, 7);
            check_threads(backward, MOST_ROWS);
        }
    }
}

/* Depths that are cut into pieces, by kernels of little depth. */
static void check_pieces(void)
{
    struct kernel shallow = *gemm.kernel;

    shallow.depth = 256;
    make_matrix(DTYPE_F32, 500, 700);
    check_product(false, 33, false);
    memcpy(first, got, sizeof first);
    gemm.kernel = &shallow;
    check_product(false, 33, false);
    CHECK(numbers_same(first, got, sizeof first / sizeof *first));
    check_product(true, 33, true);
    make_matrix(DTYPE_Q6_K, 300, 768);
    check_product(false, 5, true);
    check_product(true, 5, false);
}

static void test_kernel(void)
{
    check_formats();
    check_same();
    check_pieces();
}

TEST(forward_and_back_by_each_kernel)
{
    const struct kernel *kernel;

    for (size_t i = 0; (kernel = kernel_at(i)); i++) {
        if (kernel->needs > cpu_detected()) continue;
        begin(kernel);
        test_kernel();
    }
}

TEST(vdpbf16ps)
{
    const struct kernel *kernel = NULL;

    for (size_t i = 0; kernel_at(i); i++)
        if (kernel_at(i)->needs == CPU_AVX512BF16) kernel = kernel_at(i);
    if (!kernel || !pairs_run()) {
        SKIP("this CPU lacks avx512bf16");
        return;
    }
    begin(kernel);
    test_kernel();
}

TEST(tiles)
{
    const struct kernel *kernel = NULL;

    for (size_t i = 0; kernel_at(i); i++)
        if (kernel_at(i)->needs == CPU_AMX) kernel = kernel_at(i);
    if (!kernel || (cpu_detected() < CPU_AMX && !tiles_emulate())) {
        SKIP("this CPU lacks amx");
        return;
    }
    if (cpu_detected() < CPU_AMX) printf("# this CPU lacks amx: emulated\n");
    begin(kernel);
    make_matrix(DTYPE_BF16, 77, 101);
    check_product(false, 33, true);
    check_product(true, 33, false);
    check_threads(false, 70);
    make_matrix(DTYPE_Q4_K, 40, 256);
    check_product(false, 5, false);
    check_product(true, 18, true);
    check_cut(false, 40, 17);
    if (cpu_detected() < CPU_AMX) tiles_emulate_stop();
}

/* The packers of smaller CPUs, with the kernels they are for. */
TEST(each_level)
{
    for (enum cpu_level level = CPU_PLAIN; level <= cpu_detected(); level++) {
        cpu_limit(level);
        for (int precision = PRECISION_F32; precision <= PRECISION_BF16; precision++) {
            begin(kernel_get((enum precision)precision));
            check_formats();
        }
    }
    cpu_limit(CPU_LEVELS);
}

/* Rows that stand interleaved, as in GGUF files, are those of Hugging Face's order. */
TEST(permuted_heads)
{
    begin(kernel_get(PRECISION_F32));
    make_matrix(DTYPE_F32, 64, 40);
    matrix.heads_permuted = 4;
    for (size_t row = 0; row < 64; row++) matrix_to_f32(&matrix, row, 0, 40, plain + row * 40);
    check_product(false, 5, false);
    check_product(true, 5, false);
}

TEST(narrow_rows)
{
    size_t ld = 0;

    begin(kernel_get(PRECISION_F32));
    CHECK(gemm_narrow(&gemm, 40, 33, x, LD, narrow, &ld) == x && ld == LD);
    begin(kernel_get(PRECISION_BF16));
    CHECK(gemm_narrow(&gemm, 40, 33, x, LD, narrow, &ld) == narrow && ld == gemm_ld(33));
    CHECK(ld >= 33 && ld % STRIP_DEPTH == 0);
    for (size_t m = 0; m < 40; m++)
        for (size_t i = 0; i < 33; i++)
            if (narrow[m * ld + i] != number_bf16(x[m * LD + i])) CHECK(false);
}

/* No rows: nothing to do. */
TEST(nothing)
{
    begin(kernel_get(PRECISION_F32));
    make_matrix(DTYPE_F32, 4, 4);
    memcpy(got, start, sizeof got);
    product(false, 0, 0, false, got);
    CHECK(numbers_same(got, start, sizeof got / sizeof *got));
}

int main(void)
{
    team = team_start(2);
    RUN(forward_and_back_by_each_kernel);
    RUN(vdpbf16ps);
    RUN(tiles);
    RUN(each_level);
    RUN(permuted_heads);
    RUN(narrow_rows);
    RUN(nothing);
    team_stop(team);
    return check_end();
}
