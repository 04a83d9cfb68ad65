/* Quantises a model into a cache: base MODEL CACHE BITS THREADS; prints what it took. */
#include "base/base.h"
#include "model/weights_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool quantise(const struct model *model, char **args, struct team *team, struct err *err)
{
    struct base base;
    double begin = now(), took;

    if (!weights_finite(model, team, err)) return false;
    took = now() - begin;
    begin = now();
    if (!base_open(&base, model, (unsigned)atoi(args[2]), args[1], team, err)) return false;
    printf("checked in %.3f s, opened in %.3f s\n", took, now() - begin);
    base_close(&base);
    return true;
}

int main(int argc, char **argv)
{
    struct team *team;
    struct model model;
    struct err err;
    bool good;

    if (argc != 5) return 2;
    team = team_start((size_t)atoi(argv[4]));
    good = model_open(&model, argv[1], &err);
    if (good) {
        good = quantise(&model, argv + 1, team, &err);
        model_close(&model);
    }
    if (!good) fprintf(stderr, "base: %s\n", err.text);
    team_stop(team);
    return !good;
}
