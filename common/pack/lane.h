/* A batch of groups: up to 16 runs of as many elements, which share a scale each, one to a lane.
 * What is done to a group is a chain of sums in the order of its elements, so groups stand side by
 * side and a lane computes what one group alone would: vectors of any width give the same bits.
 *
 * A file packer_x.c says what vectors are, of WIDTH floats, with
 *
 *     larger(a, b), smaller(a, b), root(a)   of each lane, and largest_in(a)
 *
 * and includes this and what is built on it. Products and sums are never fused. */
#ifndef PACK_LANE_H
#define PACK_LANE_H

#define EPSILON 1e-15F    /* a group whose elements are all below is one of zeros */
#define SHIFT 12582912.0F /* 1.5 * 2^23: a float near it has no places behind the point */

enum { LANES = 16, LONGEST = 32 };

struct batch {
    _Alignas(64) float x[LONGEST][LANES]; /* elements */
    _Alignas(64) float w[LONGEST][LANES]; /* their weights */
    _Alignas(64) float l[LONGEST][LANES]; /* codes that a search found, from 0 */
    _Alignas(64) float scale[LANES], min[LANES];
};

static inline floats each(float s)
{
    return s - (floats){0};
}

static inline floats take(const float *at)
{
    floats v;

    memcpy(&v, at, sizeof v);
    return v;
}

static inline void put(float *at, floats v)
{
    memcpy(at, &v, sizeof v);
}

static inline floats pick(whole where, floats a, floats b)
{
    return (floats)((where & (whole)a) | (~where & (whole)b));
}

static inline floats size_of(floats v)
{
    return (floats)((whole)v & 0x7fffffff);
}

static inline bool any(whole where)
{
    int32_t bits = 0;

    for (size_t i = 0; i < WIDTH; i++) bits |= where[i];
    return bits != 0;
}

/* The nearest whole number, ties to even, brought between low and high. Beyond 2^22 the sum wraps:
 * what is then left of its places counts, as in ggml. */
static inline floats nearest(floats v, float low, float high)
{
    const floats sum = (floats)(((whole)(v + SHIFT) & 0x7fffff) | 0x4b000000);

    return smaller(larger(sum, each(SHIFT + low)), each(SHIFT + high)) - SHIFT;
}

/* The same of one number. */
static inline int nearest_of(float v)
{
    return (int)(bits_of_float(v + SHIFT) & 0x7fffff) - 0x400000;
}

typedef float four __attribute__((vector_size(16)));

/* Four lanes of four elements; those of a lane stand side by side in x. */
static inline void turn(const float *x, size_t n, float (*to)[LANES])
{
    four a, b, c, d;

    memcpy(&a, x, sizeof a);
    memcpy(&b, x + n, sizeof b);
    memcpy(&c, x + 2 * n, sizeof c);
    memcpy(&d, x + 3 * n, sizeof d);
    {
        const four p = __builtin_shufflevector(a, b, 0, 4, 1, 5);
        const four q = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        const four r = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        const four s = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        const four turned[4] = {
            __builtin_shufflevector(p, q, 0, 1, 4, 5), __builtin_shufflevector(p, q, 2, 3, 6, 7),
            __builtin_shufflevector(r, s, 0, 1, 4, 5), __builtin_shufflevector(r, s, 2, 3, 6, 7)};

        for (size_t i = 0; i < 4; i++) memcpy(to[i], &turned[i], sizeof turned[i]);
    }
}

#endif
