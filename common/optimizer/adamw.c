#include "optimizer/adamw.h"

#include "core/memory.h"
#include "optimizer/cut.h"

#include <math.h>
#include <string.h>

/* What is the same for all numbers of a step. */
struct step {
    const struct adamw *adamw;
    struct parameters *parameters;
    float factor, toward_g, beta2, toward_square, root, epsilon, rate, decay;
};

static float *zeros(size_t count)
{
    float *made = mem_aligned(mem_product(count, sizeof *made));

    return memset(made, 0, count * sizeof *made);
}

void adamw_init(struct adamw *adamw, const struct parameters *parameters)
{
    *adamw = (struct adamw){.beta1 = 0.9,
                            .beta2 = 0.999,
                            .epsilon = 1e-8,
                            .m = zeros(parameters->size),
                            .v = zeros(parameters->size)};
}

void adamw_release(struct adamw *adamw)
{
    mem_free(adamw->m);
    mem_free(adamw->v);
    *adamw = (struct adamw){0};
}

static bool is_beta(double beta, const char *name, struct err *err)
{
    if (beta >= 0 && beta < 1) return true;
    return err_set(err, "%s must be at least 0 and below 1, not %g", name, beta);
}

bool adamw_check(const struct adamw *adamw, struct err *err)
{
    if (!is_beta(adamw->beta1, "adam's beta1", err)) return false;
    if (!is_beta(adamw->beta2, "adam's beta2", err)) return false;
    if (!((float)adamw->epsilon > 0) || !isfinite((float)adamw->epsilon))
        return err_set(err, "adam's epsilon must be above 0, not %g", adamw->epsilon);
    if (!(adamw->weight_decay >= 0) || !isfinite(adamw->weight_decay))
        return err_set(err, "the weight decay must be 0 or more, not %g", adamw->weight_decay);
    return true;
}

static void move(const struct step *step, float decay, const float *restrict gradients,
                 float *restrict m, float *restrict v, float *restrict p, size_t n)
{
    const float factor = step->factor, toward_g = step->toward_g, beta2 = step->beta2,
                toward_square = step->toward_square, root = step->root, epsilon = step->epsilon,
                rate = step->rate;

    for (size_t i = 0; i < n; i++) {
        const float g = factor * gradients[i];

        m[i] += toward_g * (g - m[i]);
        v[i] = beta2 * v[i] + toward_square * g * g;
        p[i] -= rate * m[i] / (sqrtf(v[i]) / root + epsilon) + decay * p[i];
    }
}

/* The last tensor that begins at or before this place. */
static size_t tensor_at(const struct parameters *parameters, size_t place)
{
    size_t low = 0, high = parameters->count;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (parameters->items[middle].offset <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void move_piece(void *context, size_t piece, size_t thread)
{
    const struct step *step = context;
    const struct parameters *parameters = step->parameters;
    const size_t first = piece * CUT, end = first + cut_length(piece, parameters->size);

    (void)thread;
    for (size_t i = tensor_at(parameters, first); i < parameters->count; i++) {
        const struct parameter *item = &parameters->items[i];
        const size_t after = item->offset + item->count;
        const size_t from = item->offset > first ? item->offset : first;
        const size_t to = after < end ? after : end;

        if (item->offset >= end) break;
        if (from >= to) continue;
        move(step, item->decays ? step->decay : 0, parameters->gradients + from,
             step->adamw->m + from, step->adamw->v + from, parameters->values + from, to - from);
    }
}

void adamw_step(struct team *team, struct adamw *adamw, struct parameters *parameters,
                double learning_rate, double gradient_factor)
{
    const double t = (double)++adamw->steps;
    struct step step = {.adamw = adamw,
                        .parameters = parameters,
                        .factor = (float)gradient_factor,
                        .toward_g = (float)(1 - adamw->beta1),
                        .beta2 = (float)adamw->beta2,
                        .toward_square = (float)(1 - adamw->beta2),
                        .root = (float)sqrt(1 - pow(adamw->beta2, t)),
                        .epsilon = (float)adamw->epsilon,
                        .rate = (float)(learning_rate / (1 - pow(adamw->beta1, t))),
                        .decay = (float)(learning_rate * adamw->weight_decay)};

    team_run(team, cuts(parameters->size), move_piece, &step);
}
