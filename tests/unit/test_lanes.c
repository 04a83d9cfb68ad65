#include "lanes/lanes.h"

#include "check.h"
#include "lanes/cpu.h"
#include "noise.h"

enum { LONGEST = 300, FIELDS = 5 };

static const struct lanes *lanes;

/* Rows that begin at no multiple of a vector, with a mark behind the last element. */
static float rows[FIELDS][LONGEST + 9];

static float *row(size_t field, size_t n)
{
    float *at = rows[field] + 1;

    noise(at, n, (uint32_t)(field * 1000 + n));
    at[n] = 42;
    return at;
}

static double silu(double p)
{
    return p / (1 + exp(-p));
}

static void sums(size_t n)
{
    const float *x = row(0, n), *y = row(1, n);
    double product = 0, sum = 0, most = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        product += (double)x[i] * (double)y[i];
        sum += (double)x[i];
        most = fmax(most, (double)x[i]);
    }
    CHECK_NEAR((double)lanes->dot(x, y, n), product, 2e-6);
    CHECK_NEAR((double)lanes->sum(x, n), sum, 2e-6);
    CHECK((double)lanes->max(x, n) == most);
}

static void additions(size_t n)
{
    const float *x = row(0, n), *w = row(1, n);
    float *y = row(2, n), *z = row(3, n), *v = row(4, n);
    float before[LONGEST];

    memcpy(before, y, n * sizeof *y);
    lanes->add(x, y, n);
    for (size_t i = 0; i < n; i++) CHECK(y[i] == before[i] + x[i]);
    CHECK(y[n] == 42);
    memcpy(before, z, n * sizeof *z);
    lanes->add_scaled(0.7F, x, z, n);
    for (size_t i = 0; i < n; i++)
        CHECK_NEAR((double)z[i], (double)before[i] + (double)0.7F * (double)x[i], 2e-7);
    CHECK(z[n] == 42);
    lanes->weigh(3, x, w, v, n);
    for (size_t i = 0; i < n; i++) CHECK(v[i] == 3 * x[i] * w[i]);
    CHECK(v[n] == 42);
    memcpy(before, v, n * sizeof *v);
    lanes->scale(-0.3F, v, n);
    for (size_t i = 0; i < n; i++) CHECK(v[i] == -0.3F * before[i]);
    CHECK(v[n] == 42);
}

static void gates(size_t n)
{
    float *p = row(0, n), *z = row(3, n), *dp = row(3, n), *du = row(4, n);
    const float *u = row(1, n), *dz = row(2, n);
    float old_dp[LONGEST], old_du[LONGEST];

    for (size_t i = 0; i < n; i++) p[i] *= 12;
    lanes->silu_mul(p, u, z, n);
    for (size_t i = 0; i < n; i++)
        CHECK_NEAR((double)z[i], silu((double)p[i]) * (double)u[i], 2e-6);
    CHECK(z[n] == 42);
    memcpy(old_dp, dp, n * sizeof *dp);
    memcpy(old_du, du, n * sizeof *du);
    lanes->silu_mul_backward(p, u, dz, dp, du, n);
    for (size_t i = 0; i < n; i++) {
        const double a = (double)p[i], s = 1 / (1 + exp(-a)), g = (double)dz[i];

        CHECK_NEAR((double)du[i], (double)old_du[i] + g * a * s, 2e-6);
        CHECK_NEAR((double)dp[i], (double)old_dp[i] + g * (double)u[i] * s * (1 + a * (1 - s)),
                   2e-6);
    }
    CHECK(dp[n] == 42 && du[n] == 42);
}

static void turns(size_t n)
{
    float *lo = row(0, n), *hi = row(1, n), old_lo[LONGEST], old_hi[LONGEST];
    const float *cosine = row(2, n), *sine = row(3, n);

    memcpy(old_lo, lo, n * sizeof *lo);
    memcpy(old_hi, hi, n * sizeof *hi);
    lanes->turn(lo, hi, cosine, sine, n);
    for (size_t i = 0; i < n; i++) {
        const double a = (double)old_lo[i], b = (double)old_hi[i];
        const double c = (double)cosine[i], s = (double)sine[i];

        CHECK_NEAR((double)lo[i], a * c - b * s, 2e-7);
        CHECK_NEAR((double)hi[i], b * c + a * s, 2e-7);
    }
    CHECK(lo[n] == 42 && hi[n] == 42);
}

static void exponentials(size_t n)
{
    float *x = row(0, n), old[LONGEST];
    double want = 0, got;

    memcpy(old, x, n * sizeof *x);
    got = (double)lanes->exp_sum(x, 0.5F, n);
    for (size_t i = 0; i < n; i++) {
        want += exp((double)(old[i] - 0.5F));
        CHECK_NEAR((double)x[i], exp((double)(old[i] - 0.5F)), 4e-7);
    }
    CHECK_NEAR(got, want, 1e-6 * want);
    CHECK(x[n] == 42);
}

static void moments(size_t n)
{
    float *x = row(0, n), *e = row(1, n);
    double sum = 0, exps = 0, weighed = 0, squares = 0;
    struct lanes_moments got;

    memcpy(e, x, n * sizeof *x);
    lanes->exp_moments(x, 0.5F, n, &got);
    CHECK(got.e == lanes->exp_sum(e, 0.5F, n));
    for (size_t i = 0; i < n; i++) {
        const double d = (double)(x[i] - 0.5F);

        sum += (double)x[i];
        exps += exp(d);
        weighed += d * exp(d);
        squares += exp(2 * d);
    }
    CHECK_NEAR((double)got.x, sum, 2e-6 * exps);
    CHECK_NEAR((double)got.e, exps, 1e-6 * exps);
    CHECK_NEAR((double)got.ed, weighed, 1e-6 * exps);
    CHECK_NEAR((double)got.ee, squares, 1e-6 * exps);
}

/* What is all but impossible weighs nothing, however far away it is. */
static void moment_ends(void)
{
    const float x[] = {1, -INFINITY, -1e30F, 1, -86};
    struct lanes_moments got;

    lanes->exp_moments(x, 1, 5, &got);
    CHECK(got.e == 2 && got.ee == 2 && fabsf(got.ed) < 1e-30F);
}

/* An element's value is the same in a short row, where it stands in the tail. */
static void tails(void)
{
    float whole[LONGEST], gate[LONGEST], x[LONGEST], z[LONGEST];
    const float *p = row(0, LONGEST), *u = row(1, LONGEST);

    memcpy(whole, p, sizeof whole);
    lanes->exp_sum(whole, 0.1F, LONGEST);
    lanes->silu_mul(p, u, gate, LONGEST);
    for (size_t n = 1; n < 40; n++) {
        memcpy(x, p, sizeof x);
        lanes->exp_sum(x, 0.1F, n);
        lanes->silu_mul(p, u, z, n);
        CHECK(same_bits(x, whole, n * sizeof *x));
        CHECK(same_bits(z, gate, n * sizeof *z));
    }
}

/* In units of the last place of the right result. */
static double exp_error(float from, float to)
{
    const size_t steps = CHECK_SLOW ? 20000 : 1000000;
    double worst = 0;

    for (size_t step = 0; step < steps; step += LONGEST) {
        float x[LONGEST], y[LONGEST];

        for (size_t i = 0; i < LONGEST; i++)
            x[i] = from + (to - from) * (float)(step + i) / (float)(steps + LONGEST);
        memcpy(y, x, sizeof y);
        lanes->exp_sum(y, 0, LONGEST);
        for (size_t i = 0; i < LONGEST; i++) {
            const double want = exp((double)x[i]);
            const double unit = ldexp(1, ilogb(want) - 23);

            worst = fmax(worst, fabs((double)y[i] - want) / unit);
        }
    }
    return worst;
}

static void exp_ends(void)
{
    float x[] = {-INFINITY, -87.1F, -1e30F, 0, 89, INFINITY, NAN, -87};

    printf("# %s: exp is off by %.3f units in [-87, 0]\n", lanes->name, exp_error(-87, 0));
    CHECK(exp_error(-87, 0) <= 2);
    CHECK(exp_error(0, 88) <= 2);
    CHECK(exp_error(-1e-3F, 1e-3F) <= 1);
    CHECK(isnan(lanes->exp_sum(x, 0, sizeof x / sizeof *x)));
    CHECK(x[0] == 0 && x[1] == 0 && x[2] == 0 && x[3] == 1);
    CHECK(isinf(x[4]) && isinf(x[5]) && isnan(x[6]) && x[7] > 0);
}

static void gate_ends(void)
{
    const float p[] = {-1000, -88, 88, 1000, NAN}, u[] = {1, 1, 1, 1, 1};
    float z[5], dp[5] = {0}, du[5] = {0};

    lanes->silu_mul(p, u, z, 5);
    CHECK(z[0] == 0 && fabsf(z[1]) < 1e-35F && z[2] == 88 && z[3] == 1000 && isnan(z[4]));
    lanes->silu_mul_backward(p, u, u, dp, du, 5);
    CHECK(dp[0] == 0 && fabsf(dp[1]) < 1e-35F && dp[2] == 1 && dp[3] == 1 && isnan(dp[4]));
    CHECK(du[0] == 0 && du[2] == 88 && du[3] == 1000);
}

static void max_ends(void)
{
    float x[LONGEST];

    noise(x, LONGEST, 1);
    x[7] = NAN;
    for (size_t n = 1; n <= LONGEST; n++) {
        x[n - 1] += 2;
        CHECK(n == 8 || lanes->max(x, n) >= 1);
        x[n - 1] -= 2;
    }
    CHECK(isinf(lanes->max(x, 0)) && lanes->max(x, 0) < 0);
}

static uint16_t bf16_of(uint32_t bits)
{
    float x;
    uint16_t y;

    memcpy(&x, &bits, 4);
    lanes->to_bf16(&x, &y, 1);
    return y;
}

/* Each of the 65536 comes back, but that signals become quiet. */
static void bf16_numbers(void)
{
    static uint16_t in[65536], out[65536 + 1];
    static float x[65536 + 1];

    for (size_t i = 0; i < 65536; i++) in[i] = (uint16_t)i;
    out[65536] = 42;
    x[65536] = 42;
    lanes->from_bf16(in, x, 65536);
    lanes->to_bf16(x, out, 65536);
    for (size_t i = 0; i < 65536; i++) {
        const bool nan = (i & 0x7fff) > 0x7f80;

        CHECK_INT(out[i], nan ? i | 0x40 : i);
        CHECK(isnan(x[i]) == nan);
    }
    CHECK(out[65536] == 42 && x[65536] == 42);
    CHECK_INT(bf16_of(0x3f808000), 0x3f80); /* half way, to even */
    CHECK_INT(bf16_of(0x3f818000), 0x3f82);
    CHECK_INT(bf16_of(0x3f808001), 0x3f81);
    CHECK_INT(bf16_of(0x3f807fff), 0x3f80);
    CHECK_INT(bf16_of(0x7f7fffff), 0x7f80);
    CHECK_INT(bf16_of(0xff800001), 0xffc0);
    CHECK_INT(bf16_of(0x7fffffff), 0x7fff);
}

static uint32_t mixed(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352d;
    x = (x ^ x >> 15) * 0x846ca68b;
    return x ^ x >> 16;
}

static void drops(size_t n)
{
    const struct lanes_drop drop = {UINT64_C(0x123456789abcdef0), 0xffffff00, 0x40000000, 1.25F};
    const float *x = row(0, n);
    float *y = row(1, n);

    lanes->drop(&drop, x, y, n);
    for (uint32_t j = 0; j < n; j++) {
        const uint32_t drawn = mixed(mixed(0xffffff00 + j + 0x9abcdef0) ^ 0x12345678);

        CHECK(y[j] == (drawn < drop.limit ? 0 : drop.s * x[j]));
    }
    CHECK(y[n] == 42);
}

static void all_of(enum cpu_level level, const char *name)
{
    static const size_t lengths[] = {0,  1,  2,  3,  4,  5,  7,  8,  9,  15,  16,     17,
                                     31, 32, 33, 47, 63, 64, 65, 71, 80, 129, LONGEST};

    if (cpu_detected() < level) {
        SKIP("this CPU lacks what the table needs");
        return;
    }
    cpu_limit(level);
    lanes = lanes_get();
    CHECK_TEXT(lanes->name, name);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        sums(lengths[i]);
        additions(lengths[i]);
        gates(lengths[i]);
        turns(lengths[i]);
        drops(lengths[i]);
        exponentials(lengths[i]);
        moments(lengths[i]);
    }
    tails();
    exp_ends();
    moment_ends();
    gate_ends();
    max_ends();
    bf16_numbers();
}

TEST(plain)
{
    all_of(CPU_PLAIN, "plain");
}

TEST(avx2)
{
    all_of(CPU_AVX2, "avx2");
}

TEST(avx512)
{
    all_of(CPU_AVX512, "avx512");
}

int main(void)
{
    RUN(plain);
    RUN(avx2);
    RUN(avx512);
    return check_end();
}
