/* How long attention takes per layer: attention [THREADS...]. Best of some runs. */
#include "attention/decode.h"

#include "core/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct model {
    const char *name;
    struct attention shape;
} models[] = {{"SmolLM2-135M", {.H = 9, .K = 3, .D = 64}},
              {"Qwen2.5-0.5B", {.H = 14, .K = 2, .D = 64}},
              {"Qwen2.5-3B", {.H = 16, .K = 2, .D = 128}}};

static double now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static float *floats(size_t count)
{
    float *x = mem_aligned(count * sizeof *x);

    for (size_t i = 0; i < count; i++) x[i] = (float)(i * 2654435761U % 1024) / 512 - 1;
    return x;
}

struct scene {
    struct attention shape;
    struct layout layout;
    struct segment segments[3];
    size_t ldq, ldk;
    float *q, *k, *v, *o, *dout, *sums, *dq, *dk, *dv;
};

/* One sequence, or a prompt of half the rows with two answers. */
static void scene_init(struct scene *batch, struct attention shape, size_t S, bool tree)
{
    *batch = (struct scene){.shape = shape};
    batch->segments[0] = (struct segment){0, tree ? S / 2 : S, 0, SEGMENT_ROOT};
    batch->segments[1] = (struct segment){S / 2, S / 4, S / 2, 0};
    batch->segments[2] = (struct segment){S / 2 + S / 4, S / 4, S / 2, 0};
    batch->layout = (struct layout){batch->segments, tree ? 3 : 1, S, 0};
    batch->ldq = gemm_ld(shape.H * shape.D);
    batch->ldk = gemm_ld(shape.K * shape.D);
    batch->q = floats(S * batch->ldq);
    batch->k = floats(S * batch->ldk);
    batch->v = floats(S * batch->ldk);
    batch->o = floats(S * batch->ldq);
    batch->dout = floats(S * batch->ldq);
    batch->sums = floats(S * shape.H);
    batch->dq = floats(S * batch->ldq);
    batch->dk = floats(S * batch->ldk);
    batch->dv = floats(S * batch->ldk);
}

static void scene_release(struct scene *batch)
{
    float *all[] = {batch->q,    batch->k,  batch->v,  batch->o, batch->dout,
                    batch->sums, batch->dq, batch->dk, batch->dv};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mem_free(all[i]);
}

static void forward(const struct gemm *gemm, struct scene *batch)
{
    attention_forward(gemm, &batch->shape, &batch->layout, batch->q, batch->ldq, batch->k, batch->v,
                      batch->ldk, batch->o, batch->ldq, batch->sums);
}

static void backward(const struct gemm *gemm, struct scene *batch)
{
    attention_backward(gemm, &batch->shape, &batch->layout, batch->q, batch->ldq, batch->k,
                       batch->v, batch->ldk, batch->o, batch->dout, batch->ldq, batch->sums,
                       batch->dq, batch->dk, batch->dv);
}

static double best(void (*pass)(const struct gemm *, struct scene *), const struct gemm *gemm,
                   struct scene *batch)
{
    const double start = now();
    double least = 1e9;

    for (int i = 0; i < 60 && (i < 3 || now() - start < 0.4); i++) {
        const double before = now();

        pass(gemm, batch);
        if (now() - before < least) least = now() - before;
    }
    return least;
}

static double scores(size_t S, bool tree)
{
    const double n = (double)S;

    return tree ? n * n / 8 + 2 * (n / 4 * n / 2 + n * n / 32) : n * n / 2;
}

static void measure(const struct gemm *gemm, const struct model *model, size_t S, bool tree)
{
    struct scene batch;
    double there, back, count = scores(S, tree) * (double)model->shape.H;

    scene_init(&batch, model->shape, S, tree);
    there = best(forward, gemm, &batch);
    back = best(backward, gemm, &batch);
    printf("%-13s %-12s %2zu threads %4zu rows %-4s: forward %7.3f ms %5.2f ns a score, backward "
           "%7.3f ms (x%.1f)\n",
           model->name, gemm->kernel->name, team_size(gemm->team), S, tree ? "tree" : "",
           there * 1e3, there * 1e9 / count, back * 1e3, back / there);
    fflush(stdout);
    scene_release(&batch);
}

/* M sequences of this many positions: is the cache read as fast as memory goes? */
static void measure_decode(struct team *team, const struct model *model, size_t M, size_t positions)
{
    const struct attention *shape = &model->shape;
    const size_t count = positions / KV_PAGE, width = shape->H * shape->D;
    float *store = floats(M * count * kv_page_floats(shape)), *q = floats(M * width);
    float *o = floats(M * width);
    const float **pages = mem_alloc(M * count * sizeof *pages);
    struct kv_pages *kept = mem_alloc(M * sizeof *kept);
    const struct kv_pages **list = mem_alloc(M * sizeof(const struct kv_pages *));
    double least = 1e9;

    for (size_t i = 0; i < M * count; i++) pages[i] = store + i * kv_page_floats(shape);
    for (size_t i = 0; i < M; i++) {
        kept[i] = (struct kv_pages){positions, pages + i * count};
        list[i] = &kept[i];
    }
    for (int i = 0; i < 20; i++) {
        const double before = now();

        attention_decode(team, shape, M, q, width, list, o, width);
        if (now() - before < least) least = now() - before;
    }
    printf("%-13s decode %zu x %zu positions, %zu threads: %.3f ms, %.1f GB/s\n", model->name, M,
           positions, team_size(team), least * 1e3,
           (double)(M * positions * shape->K * shape->D * 8) / least / 1e9);
    mem_free(store);
    mem_free(q);
    mem_free(o);
    mem_free(pages);
    mem_free(kept);
    mem_free(list);
}

static void measure_all(size_t threads)
{
    struct team *team = team_start(threads);
    struct gemm gemm;

    for (int precision = PRECISION_F32; precision <= PRECISION_BF16; precision++) {
        gemm_init(&gemm, (enum precision)precision, team);
        for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
            for (size_t S = 256; S <= 1024; S *= 2) measure(&gemm, &models[i], S, false);
            measure(&gemm, &models[i], 1024, true);
        }
    }
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        measure_decode(team, &models[i], 1, 1024);
        measure_decode(team, &models[i], 16, 1024);
    }
    team_stop(team);
}

int main(int argc, char **argv)
{
    if (argc == 1) measure_all(1);
    for (int i = 1; i < argc; i++) measure_all(strtoul(argv[i], NULL, 10));
    return 0;
}
