#include "optimizer/gradients.h"

#include "core/memory.h"
#include "optimizer/cut.h"

#include <math.h>
#include <string.h>

enum { SUMS = 8 }; /* at once, so that none waits for another */

struct job {
    const float *from;
    float *to;
    double *sums;
    size_t size;
};

static void square_piece(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    const float *x = job->from + piece * CUT;
    const size_t n = cut_length(piece, job->size);
    double sums[SUMS] = {0};
    size_t i = 0;

    (void)thread;
    for (; i + SUMS <= n; i += SUMS)
        for (size_t j = 0; j < SUMS; j++) sums[j] += (double)x[i + j] * (double)x[i + j];
    for (; i < n; i++) sums[i % SUMS] += (double)x[i] * (double)x[i];
    for (size_t j = 1; j < SUMS; j++) sums[0] += sums[j];
    job->sums[piece] = sums[0];
}

double gradients_norm(struct team *team, const struct parameters *parameters)
{
    const size_t count = cuts(parameters->size);
    struct job job = {.from = parameters->gradients,
                      .sums = mem_zero(count + 1, sizeof *job.sums),
                      .size = parameters->size};
    double sum = 0;

    team_run(team, count, square_piece, &job);
    for (size_t i = 0; i < count; i++) sum += job.sums[i];
    mem_free(job.sums);
    return sqrt(sum);
}

double gradients_factor(double norm, double max)
{
    const double factor = max / (norm + 1e-6);

    return max > 0 && factor < 1 ? factor : 1;
}

static void clear_piece(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;

    (void)thread;
    memset(job->to + piece * CUT, 0, cut_length(piece, job->size) * sizeof *job->to);
}

void gradients_clear(struct team *team, float *x, size_t size)
{
    team_run(team, cuts(size), clear_piece, &(struct job){.to = x, .size = size});
}

static void copy_piece(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    const size_t at = piece * CUT;

    (void)thread;
    memcpy(job->to + at, job->from + at, cut_length(piece, job->size) * sizeof *job->to);
}

void gradients_copy(struct team *team, const float *from, float *to, size_t size)
{
    team_run(team, cuts(size), copy_piece, &(struct job){.from = from, .to = to, .size = size});
}

static void add_floats(const float *restrict from, float *restrict to, size_t n)
{
    for (size_t i = 0; i < n; i++) to[i] += from[i];
}

static void add_piece(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;

    (void)thread;
    add_floats(job->from + piece * CUT, job->to + piece * CUT, cut_length(piece, job->size));
}

void gradients_add(struct team *team, const float *from, float *to, size_t size)
{
    team_run(team, cuts(size), add_piece, &(struct job){.from = from, .to = to, .size = size});
}
