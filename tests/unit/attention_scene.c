#include "unit/attention_scene.h"

#include "core/memory.h"

#include <math.h>

float *random_floats(struct random *noise, size_t count)
{
    float *x = mem_zero(count, sizeof *x);

    for (size_t i = 0; noise && i < count; i++)
        x[i] = (float)(random_unit(noise) + random_unit(noise) + random_unit(noise) - 1.5) * 2;
    return x;
}

void scene_init(struct scene *batch, struct random *noise, struct attention shape,
                const int (*parts)[2], size_t count)
{
    size_t rows = 0;

    *batch = (struct scene){.shape = shape};
    for (size_t i = 0; i < count; i++) {
        const struct segment *up = parts[i][1] < 0 ? NULL : &batch->segments[parts[i][1]];

        batch->segments[i] = (struct segment){.first = rows,
                                              .count = (size_t)parts[i][0],
                                              .position = up ? up->position + up->count : 0,
                                              .parent = up ? (size_t)parts[i][1] : SEGMENT_ROOT};
        rows += (size_t)parts[i][0];
    }
    batch->layout = (struct layout){batch->segments, count, rows, 0};
    batch->ldq = shape.H * shape.D + 5;
    batch->ldk = shape.K * shape.D + 3;
    batch->q = random_floats(noise, rows * batch->ldq);
    batch->k = random_floats(noise, rows * batch->ldk);
    batch->v = random_floats(noise, rows * batch->ldk);
    batch->dout = random_floats(noise, rows * batch->ldq);
    batch->o = random_floats(NULL, rows * batch->ldq);
    batch->sums = random_floats(NULL, rows * shape.H);
    batch->dq = random_floats(NULL, rows * batch->ldq);
    batch->dk = random_floats(NULL, rows * batch->ldk);
    batch->dv = random_floats(NULL, rows * batch->ldk);
}

void scene_release(struct scene *batch)
{
    float *all[] = {batch->q,    batch->k,  batch->v,  batch->dout, batch->o,
                    batch->sums, batch->dq, batch->dk, batch->dv};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mem_free(all[i]);
}

void scene_run(struct scene *batch, enum precision precision, size_t threads)
{
    struct team *team = team_start(threads);
    struct gemm gemm;

    gemm_init(&gemm, precision, team);
    attention_forward(&gemm, &batch->shape, &batch->layout, batch->q, batch->ldq, batch->k,
                      batch->v, batch->ldk, batch->o, batch->ldq, batch->sums);
    attention_backward(&gemm, &batch->shape, &batch->layout, batch->q, batch->ldq, batch->k,
                       batch->v, batch->ldk, batch->o, batch->dout, batch->ldq, batch->sums,
                       batch->dq, batch->dk, batch->dv);
    team_stop(team);
}

static size_t segment_of(const struct layout *layout, size_t row)
{
    size_t i = 0;

    while (row >= layout->segments[i].first + layout->segments[i].count) i++;
    return i;
}

static bool sees(const struct scene *batch, size_t i, size_t j)
{
    const struct segment *at = batch->segments;
    const size_t a = segment_of(&batch->layout, i), b = segment_of(&batch->layout, j);
    const size_t query = at[a].position + i - at[a].first, key = at[b].position + j - at[b].first;

    if (batch->shape.window && key + batch->shape.window <= query) return false;
    for (size_t up = a; up != SEGMENT_ROOT; up = at[up].parent)
        if (up == b) return j <= i;
    return false;
}

static double *doubles(size_t count)
{
    return mem_zero(count, sizeof(double));
}

static double product(const float *x, const float *y, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)y[i];
    return sum;
}

/* One row and head: p[j] for all rows j. */
static void truth_row(const struct scene *batch, struct truth *truth, size_t i, size_t h, double *p)
{
    const size_t D = batch->shape.D, kv = h / (batch->shape.H / batch->shape.K) * D;
    const size_t at = i * batch->ldq + h * D;
    const double c = 1 / sqrt((double)D);
    double total = 0, delta = 0;

    for (size_t j = 0; j <= i; j++) {
        p[j] = sees(batch, i, j)
                   ? exp(c * product(batch->q + at, batch->k + j * batch->ldk + kv, D))
                   : 0;
        total += p[j];
    }
    truth->sums[i * batch->shape.H + h] = log(total);
    for (size_t j = 0; j <= i; j++) {
        p[j] /= total;
        for (size_t d = 0; d < D; d++)
            truth->o[at + d] += p[j] * (double)batch->v[j * batch->ldk + kv + d];
    }
    for (size_t d = 0; d < D; d++) delta += truth->o[at + d] * (double)batch->dout[at + d];
    for (size_t j = 0; j <= i; j++) {
        const size_t key = j * batch->ldk + kv;
        const double ds = c * p[j] * (product(batch->dout + at, batch->v + key, D) - delta);

        for (size_t d = 0; d < D; d++) {
            truth->dv[key + d] += p[j] * (double)batch->dout[at + d];
            truth->dk[key + d] += ds * (double)batch->q[at + d];
            truth->dq[at + d] += ds * (double)batch->k[key + d];
        }
    }
}

struct truth truth_of(const struct scene *batch)
{
    const size_t rows = batch->layout.rows;
    struct truth truth = {doubles(rows * batch->ldq), doubles(rows * batch->shape.H),
                          doubles(rows * batch->ldq), doubles(rows * batch->ldk),
                          doubles(rows * batch->ldk)};
    double *p = doubles(rows);

    for (size_t i = 0; i < rows; i++)
        for (size_t h = 0; h < batch->shape.H; h++) truth_row(batch, &truth, i, h, p);
    mem_free(p);
    return truth;
}

void truth_release(struct truth *truth)
{
    mem_free(truth->o);
    mem_free(truth->sums);
    mem_free(truth->dq);
    mem_free(truth->dk);
    mem_free(truth->dv);
}
