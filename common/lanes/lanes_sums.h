/* The functions of lanes.h that sum and add, for vectors of WIDTH floats: each file lanes_x.c says
 * how its CPU does what C has no words for,
 *
 *     take_part(x, n), put_part(y, v, n)   fewer than WIDTH floats; 0 beyond
 *     fused(a, b, c)                       a b + c
 *     larger(a, b), smaller(a, b)          b where one is NaN
 *
 * and includes this and what is built on it. What is beyond a row's last whole vector is computed
 * as the rest is, with zeros behind it: an element's value never depends on n. */
#ifndef LANES_LANES_SUMS_H
#define LANES_LANES_SUMS_H

static inline floats take(const float *x, size_t n)
{
    floats v;

    if (n < WIDTH) return take_part(x, n);
    memcpy(&v, x, sizeof v);
    return v;
}

static inline void put(float *y, floats v, size_t n)
{
    if (n < WIDTH)
        put_part(y, v, n);
    else
        memcpy(y, &v, sizeof v);
}

static inline floats each(float s)
{
    return s - (floats){0};
}

/* Of the lanes, by halves. */
static inline float total(floats v)
{
    float part[WIDTH];

    memcpy(part, &v, sizeof v);
    for (size_t half = WIDTH / 2; half; half /= 2)
        for (size_t i = 0; i < half; i++) part[i] += part[i + half];
    return part[0];
}

static float dot(const float *x, const float *y, size_t n)
{
    floats a = {0}, b = {0}, c = {0}, d = {0};
    size_t i = 0;

    for (; i + 4 * WIDTH <= n; i += 4 * WIDTH) {
        a = fused(take(x + i, WIDTH), take(y + i, WIDTH), a);
        b = fused(take(x + i + WIDTH, WIDTH), take(y + i + WIDTH, WIDTH), b);
        c = fused(take(x + i + 2 * WIDTH, WIDTH), take(y + i + 2 * WIDTH, WIDTH), c);
        d = fused(take(x + i + 3 * WIDTH, WIDTH), take(y + i + 3 * WIDTH, WIDTH), d);
    }
    for (; i < n; i += WIDTH) a = fused(take(x + i, n - i), take(y + i, n - i), a);
    return total((a + b) + (c + d));
}

static float sum(const float *x, size_t n)
{
    floats a = {0}, b = {0}, c = {0}, d = {0};
    size_t i = 0;

    for (; i + 4 * WIDTH <= n; i += 4 * WIDTH) {
        a += take(x + i, WIDTH);
        b += take(x + i + WIDTH, WIDTH);
        c += take(x + i + 2 * WIDTH, WIDTH);
        d += take(x + i + 3 * WIDTH, WIDTH);
    }
    for (; i < n; i += WIDTH) a += take(x + i, n - i);
    return total((a + b) + (c + d));
}

/* A NaN is passed over. */
static float max(const float *x, size_t n)
{
    floats a = each(-INFINITY), b = a;
    float most = -INFINITY;
    size_t i = 0;

    for (; i + 2 * WIDTH <= n; i += 2 * WIDTH) {
        a = larger(take(x + i, WIDTH), a);
        b = larger(take(x + i + WIDTH, WIDTH), b);
    }
    a = larger(a, b);
    for (size_t k = 0; k < WIDTH; k++) most = a[k] > most ? a[k] : most;
    for (; i < n; i++) most = x[i] > most ? x[i] : most;
    return most;
}

#endif
