#include "gemm/product.h"

#include "check.h"
#include "unit/levels.h"

#include "core/memory.h"
#include "hash/random.h"
#include "lanes/cpu.h"

enum form { NT, NN, TN, FORMS };

struct sizes {
    size_t M, N, K;
};

static const char *const names[FORMS] = {"nt", "nn", "tn"};
static struct random source;

/* Bit for bit. */
static bool same(const void *a, const void *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0;
}

/* Rows are as many apart as they are long, and this many more. */
enum { GAP = 3 };

static float *reals(size_t rows, size_t columns)
{
    const size_t count = rows * (columns + GAP);
    float *at = mem_aligned((count + 1) * sizeof *at);

    for (size_t i = 0; i < count; i++) at[i] = (float)(random_unit(&source) * 2 - 1);
    return at;
}

static void multiply(struct team *team, enum form form, struct sizes size, float s, const float *x,
                     const float *w, float *y)
{
    const size_t M = size.M, N = size.N, K = size.K;

    switch (form) {
    case NT: product_nt(team, M, N, K, s, x, K + GAP, w, K + GAP, y, N + GAP); break;
    case NN: product_nn(team, M, N, K, s, x, K + GAP, w, N + GAP, y, N + GAP); break;
    default: product_tn(team, M, N, K, s, x, M + GAP, w, N + GAP, y, N + GAP); break;
    }
}

/* The largest error in units of the sum of the products' sizes. */
static double error_of(enum form form, struct sizes size, double s, const float *x, const float *w,
                       const float *before, const float *y)
{
    const size_t xm = form == TN ? 1 : size.K + GAP, xk = form == TN ? size.M + GAP : 1;
    const size_t wn = form == NT ? size.K + GAP : 1, wk = form == NT ? 1 : size.N + GAP;
    double most = 0;

    for (size_t m = 0; m < size.M; m++)
        for (size_t n = 0; n < size.N; n++) {
            double sum = (double)before[m * (size.N + GAP) + n], all = fabs(sum);

            for (size_t k = 0; k < size.K; k++) {
                const double product = s * (double)x[m * xm + k * xk] * (double)w[n * wn + k * wk];

                sum += product;
                all += fabs(product);
            }
            most = fmax(most, fabs(sum - (double)y[m * (size.N + GAP) + n]) / all);
        }
    return most;
}

static void check_sizes(enum form form, struct sizes size, float s)
{
    const size_t count = size.M * (size.N + GAP);
    float *x = form == TN ? reals(size.K, size.M) : reals(size.M, size.K);
    float *w = form == NT ? reals(size.N, size.K) : reals(size.K, size.N);
    float *before = reals(size.M, size.N), *y = reals(size.M, size.N), *again = reals(1, count);

    memcpy(y, before, count * sizeof *y);
    for (size_t threads = 1; threads <= 3; threads++) {
        struct team *team = team_start(threads);

        memcpy(again, before, count * sizeof *y);
        multiply(team, form, size, s, x, w, threads == 1 ? y : again);
        check_claim(threads == 1 || same(y, again, count * sizeof *y), __FILE__, __LINE__,
                    "%s %zux%zux%zu: %zu threads differ", names[form], size.M, size.N, size.K,
                    threads);
        team_stop(team);
    }
    check_claim(error_of(form, size, (double)s, x, w, before, y) < 2e-6, __FILE__, __LINE__,
                "%s %zux%zux%zu: error %g", names[form], size.M, size.N, size.K,
                error_of(form, size, (double)s, x, w, before, y));
    for (size_t m = 0; m < size.M; m++)
        for (size_t gap = size.N; gap < size.N + GAP; gap++)
            CHECK(y[m * (size.N + GAP) + gap] == before[m * (size.N + GAP) + gap]);
    mem_free(x), mem_free(w), mem_free(before), mem_free(y), mem_free(again);
}

static void check_level(void)
{
    static const struct sizes sizes[] = {{1, 1, 1},      {3, 5, 7},       {70, 16, 1100},
                                         {97, 130, 33},  {16, 300, 200},  {200, 16, 70},
                                         {65, 63, 64},   {130, 257, 129}, {250, 70, 16},
                                         {20, 700, 140}, {700, 20, 140},  {1100, 65, 530}};

    for (enum form form = NT; form < FORMS; form++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            check_sizes(form, sizes[i], i % 2 ? 1 : 0.37F);
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

/* Nothing is added by sums of nothing, and nothing is read. */
TEST(none)
{
    struct team *team = team_start(2);
    float y[4] = {1, 2, 3, 4};

    product_nt(team, 2, 2, 0, 1, y, 0, y, 0, y, 2);
    product_nn(team, 0, 2, 2, 1, NULL, 0, y, 2, y, 2);
    product_tn(team, 2, 0, 2, 1, y, 2, NULL, 2, y, 2);
    product_tn(team, 2, 2, 0, 1, NULL, 2, NULL, 2, y, 2);
    for (size_t i = 0; i < 4; i++) CHECK(y[i] == (float)(i + 1));
    team_stop(team);
}

/* Fewer rows give the same ones. */
TEST(rows_alone)
{
    enum { M = 130, N = 100, K = 70 };
    struct team *team = team_start(2);
    float *x = reals(M, K), *w = reals(N, K), *columns = reals(K, N);

    for (enum form form = NT; form <= NN; form++) {
        const float *right = form == NT ? w : columns;
        float *all = mem_zero(M * (N + GAP), sizeof *all), one[N + GAP];

        multiply(team, form, (struct sizes){M, N, K}, 0.3F, x, right, all);
        for (size_t m = 0; m < M; m++) {
            memset(one, 0, sizeof one);
            multiply(team, form, (struct sizes){1, N, K}, 0.3F, x + m * (K + GAP), right, one);
            CHECK(same(one, all + m * (N + GAP), sizeof one));
        }
        mem_free(all);
    }
    mem_free(x), mem_free(w), mem_free(columns);
    team_stop(team);
}

/* A narrow result is computed turned over, and is the same. */
TEST(narrow)
{
    enum { M = 90, N = 100, NARROW = 16, K = 150 };
    struct team *team = team_start(2);
    float *x = reals(K, M), *w = reals(K, N), *y = reals(M, N), *narrow = reals(M, N);

    memcpy(narrow, y, sizeof *y * M * (N + GAP));
    product_tn(team, M, N, K, 0.7F, x, M + GAP, w, N + GAP, y, N + GAP);
    product_tn(team, M, NARROW, K, 0.7F, x, M + GAP, w, N + GAP, narrow, N + GAP);
    for (size_t m = 0; m < M; m++)
        CHECK(same(y + m * (N + GAP), narrow + m * (N + GAP), NARROW * sizeof *y));
    mem_free(x), mem_free(w), mem_free(y), mem_free(narrow);
    team_stop(team);
}

int main(void)
{
    random_init(&source, 11);
    RUN(plain);
    RUN(avx2);
    RUN(avx512);
    RUN(none);
    RUN(rows_alone);
    RUN(narrow);
    return check_end();
}
