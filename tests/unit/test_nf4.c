/* Both forms that a base can be quantised to, against the numbers of bitsandbytes. */
#include "tensor/nf4.h"

#include "check.h"
#include "tensor/floats.h"
#include "tensor/int8.h"
#include "unit/files.h"

#include <stdlib.h>

static const char *const cases[] = {"odd", "narrow", "edges", "straddling", "groups"};

/* What tests/golden/nf4/make.py says. */
struct golden {
    uint64_t rows, cols;
    size_t kept;
    float *x, *scales, *out, *most; /* owned */
    float offset;
    const unsigned char *codes, *absmax, *bytes; /* in file */
    struct quantised sizes;
    char *file;
};

static float *take_floats(const unsigned char **at, size_t count)
{
    float *floats = mem_alloc(count * sizeof *floats);

    for (size_t i = 0; i < count; i++, *at += 4) floats[i] = float_of_bits(load_u32(*at));
    return floats;
}

static const unsigned char *take_bytes(const unsigned char **at, size_t count)
{
    *at += count;
    return *at - count;
}

static char *read_file(const char *name, size_t *len)
{
    const char *root = getenv("SRC");
    char path[512];
    char *file;

    snprintf(path, sizeof path, "%s/tests/golden/nf4/%s.bin", root ? root : ".", name);
    file = files_read(path, len);
    if (file) return file;
    printf("Bail out! %s\n", path);
    exit(1);
}

static struct golden golden_open(const char *name)
{
    struct golden golden = {0};
    const unsigned char *at;
    size_t len, count;

    golden.file = read_file(name, &len);
    at = (const unsigned char *)golden.file;
    golden.rows = load_u32(at);
    golden.cols = load_u32(at + 4);
    golden.kept = load_u32(at + 8);
    golden.sizes = quantised_sizes(MATRIX_NF4, golden.rows, golden.cols);
    count = golden.rows * golden.cols;
    at += 12;
    golden.x = take_floats(&at, count);
    golden.codes = take_bytes(&at, golden.sizes.code_bytes);
    golden.absmax = take_bytes(&at, golden.sizes.absmax_bytes);
    golden.scales = take_floats(&at, golden.sizes.scale_count);
    golden.offset = float_of_bits(load_u32(take_bytes(&at, 4)));
    golden.out = take_floats(&at, golden.kept);
    golden.bytes = take_bytes(&at, count);
    golden.most = take_floats(&at, golden.rows);
    CHECK_INT(at - (const unsigned char *)golden.file, len);
    return golden;
}

static void golden_close(struct golden *golden)
{
    mem_free(golden->x);
    mem_free(golden->scales);
    mem_free(golden->out);
    mem_free(golden->most);
    mem_free(golden->file);
}

static size_t differences(const unsigned char *got, const unsigned char *want, size_t count)
{
    size_t different = 0;

    for (size_t i = 0; i < count; i++) different += got[i] != want[i];
    return different;
}

/* Units in the last place. */
static unsigned apart(float a, float b)
{
    const int32_t distance = (int32_t)(bits_of_float(a) - bits_of_float(b));

    return (unsigned)(distance < 0 ? -distance : distance);
}

TEST(map)
{
    size_t len;
    char *file = read_file("map", &len);
    int wrong = 0;

    CHECK_INT(len, 1024);
    for (unsigned i = 0; i < 256 && len == 1024; i++)
        wrong += nf4_scale(i) != float_of_bits(load_u32((unsigned char *)file + 4 * (size_t)i));
    CHECK_INT(wrong, 0);
    mem_free(file);
}

/* The library's own parts give the library's own elements, to the bit, and bf16 is rounded from
 * these, at any place in a row. */
static void check_unpacking(const struct golden *golden)
{
    const struct quantised parts = {.form = MATRIX_NF4,
                                    .rows = golden->rows,
                                    .cols = golden->cols,
                                    .codes = (unsigned char *)golden->codes,
                                    .absmax = (unsigned char *)golden->absmax,
                                    .scales = golden->scales,
                                    .offset = golden->offset};
    const struct matrix matrix = quantised_matrix(&parts);
    const size_t count = golden->rows * golden->cols;
    float *all = mem_alloc(count * sizeof *all), *line = mem_alloc(golden->cols * sizeof *line);
    bf16 *narrow = mem_alloc(golden->cols * sizeof *narrow);
    size_t wrong = 0;

    for (uint64_t row = 0; row < golden->rows; row++) {
        const size_t col = row % golden->cols, n = golden->cols - col;

        matrix_to_f32(&matrix, row, 0, golden->cols, all + row * golden->cols);
        matrix_to_f32(&matrix, row, col, n, line);
        matrix_to_bf16(&matrix, row, col, n, narrow);
        wrong += memcmp(line, all + row * golden->cols + col, n * sizeof *line) != 0;
        for (size_t i = 0; i < n; i++) wrong += narrow[i] != bf16_of_float(line[i]);
    }
    CHECK_INT(wrong, 0);
    CHECK(memcmp(all + count - golden->kept, golden->out, golden->kept * sizeof *all) == 0);
    mem_free(all);
    mem_free(line);
    mem_free(narrow);
}

static void check_nf4(const struct golden *golden, struct team *team)
{
    const struct matrix from =
        matrix_of_floats(golden->x, golden->rows, golden->cols, golden->cols);
    struct quantised got;

    if (!check_claim(quantised_make(&got, MATRIX_NF4, &from, team), __FILE__, __LINE__, "finite"))
        return;
    CHECK_INT(differences(got.codes, golden->codes, got.code_bytes), 0);
    CHECK_INT(differences(got.absmax, golden->absmax, got.absmax_bytes), 0);
    CHECK(apart(got.offset, golden->offset) <= 2); /* a sum: the library takes it in floats */
    for (size_t i = 0; i < got.scale_count; i++)
        CHECK_NEAR(got.scales[i], golden->scales[i], 4e-7 * golden->scales[i] + 1e-38);
    quantised_release(&got);
}

static void check_int8(const struct golden *golden, struct team *team)
{
    const struct matrix from =
        matrix_of_floats(golden->x, golden->rows, golden->cols, golden->cols);
    struct quantised got;

    if (!check_claim(quantised_make(&got, MATRIX_INT8, &from, team), __FILE__, __LINE__, "finite"))
        return;
    CHECK_INT(differences(got.codes, golden->bytes, got.code_bytes), 0);
    for (size_t i = 0; i < got.scale_count; i++)
        CHECK(got.scales[i] == (golden->most[i] > 1e-36F ? golden->most[i] / 127 : 0));
    quantised_release(&got);
}

TEST(as_the_library)
{
    struct team *alone = team_start(1), *three = team_start(3);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct golden golden = golden_open(cases[i]);

        printf("# %s\n", cases[i]);
        check_unpacking(&golden);
        check_nf4(&golden, alone);
        check_nf4(&golden, three);
        check_int8(&golden, alone);
        check_int8(&golden, three);
        golden_close(&golden);
    }
    team_stop(alone);
    team_stop(three);
}

/* A matrix of many pieces; who did which one does not show. */
TEST(threads)
{
    enum { ROWS = 600, COLS = 516 };
    struct team *alone = team_start(1), *three = team_start(3);
    float *x = mem_alloc((size_t)ROWS * COLS * sizeof *x);
    const struct matrix from = matrix_of_floats(x, ROWS, COLS, COLS);

    for (size_t i = 0; i < (size_t)ROWS * COLS; i++)
        x[i] = (float)((i * 2654435761U) >> 8 & 0xffff) / 65536 - 0.5F;
    for (int form = MATRIX_INT8; form <= MATRIX_NF4; form++) {
        struct quantised a, b;

        CHECK(quantised_make(&a, (enum matrix_form)form, &from, alone));
        CHECK(quantised_make(&b, (enum matrix_form)form, &from, three));
        CHECK(memcmp(a.codes, b.codes, a.code_bytes) == 0);
        CHECK(memcmp(a.absmax, b.absmax, a.absmax_bytes) == 0);
        CHECK(memcmp(a.scales, b.scales, a.scale_count * sizeof *a.scales) == 0);
        CHECK(bits_of_float(a.offset) == bits_of_float(b.offset));
        quantised_release(&a);
        quantised_release(&b);
    }
    mem_free(x);
    team_stop(alone);
    team_stop(three);
}

TEST(not_finite)
{
    static const float bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    struct team *team = team_start(2);
    float x[5 * 48] = {0};
    const struct matrix from = matrix_of_floats(x, 5, 48, 48);

    for (size_t i = 0; i < 8; i++) {
        const enum matrix_form form = i % 2 ? MATRIX_INT8 : MATRIX_NF4;
        struct quantised got;

        for (size_t j = 0; j < 5 * 48; j++) x[j] = (float)j;
        x[i * 34] = bad[i / 2];
        CHECK(!quantised_make(&got, form, &from, team));
        CHECK(!got.codes && !got.scales);
    }
    team_stop(team);
}

/* A row whose factor would be infinite is 0. */
TEST(hardly_anything)
{
    struct team *team = team_start(1);
    const float x[4] = {1e-40F, -1e-38F, 2e-37F, 0};
    const struct matrix from = matrix_of_floats(x, 1, 4, 4);
    struct quantised got;

    CHECK(quantised_make(&got, MATRIX_INT8, &from, team));
    CHECK(got.scales[0] == 0);
    CHECK(!got.codes[0] && !got.codes[1] && !got.codes[2] && !got.codes[3]);
    quantised_release(&got);
    team_stop(team);
}

int main(void)
{
    RUN(map);
    RUN(as_the_library);
    RUN(threads);
    RUN(not_finite);
    RUN(hardly_anything);
    return check_end();
}
