/* Attention over trees against the formulas in double precision. */
#include "check.h"
#include "core/memory.h"
#include "unit/attention_scene.h"

static struct random noise;

/* The greatest difference, in parts of the greatest element. */
static double distance(const float *got, const double *want, size_t count)
{
    double most = 0, size = 0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, isnan(got[i]) ? INFINITY : fabs((double)got[i] - want[i]));
        size = fmax(size, fabs(want[i]));
    }
    return most / (size > 0 ? size : 1);
}

static void check_batch(const struct scene *batch, const struct truth *truth, double near)
{
    const size_t rows = batch->layout.rows;
    const struct {
        const char *name;
        const float *got;
        const double *want;
        size_t count;
    } all[] = {{"o", batch->o, truth->o, rows * batch->ldq},
               {"sums", batch->sums, truth->sums, rows * batch->shape.H},
               {"dq", batch->dq, truth->dq, rows * batch->ldq},
               {"dk", batch->dk, truth->dk, rows * batch->ldk},
               {"dv", batch->dv, truth->dv, rows * batch->ldk}};

    for (size_t i = 0; i < 5; i++) {
        const double far = distance(all[i].got, all[i].want, all[i].count);

        check_claim(far <= near, __FILE__, __LINE__,
                    "%s is off by %g: H %zu K %zu D %zu window %zu, %zu segments, %zu rows",
                    all[i].name, far, batch->shape.H, batch->shape.K, batch->shape.D,
                    batch->shape.window, batch->layout.count, rows);
    }
}

static void check_shape(struct attention shape, const int (*parts)[2], size_t count)
{
    struct scene batch;
    struct truth truth;

    scene_init(&batch, &noise, shape, parts, count);
    truth = truth_of(&batch);
    scene_run(&batch, PRECISION_F32, 2);
    check_batch(&batch, &truth, 1e-5);
    memset(batch.dq, 0, batch.layout.rows * batch.ldq * sizeof(float));
    memset(batch.dk, 0, batch.layout.rows * batch.ldk * sizeof(float));
    memset(batch.dv, 0, batch.layout.rows * batch.ldk * sizeof(float));
    scene_run(&batch, PRECISION_BF16, 2);
    check_batch(&batch, &truth, 0.03);
    truth_release(&truth);
    scene_release(&batch);
}

static const int one[][2] = {{130, -1}}, single[][2] = {{1, -1}},
                 pair[][2] = {{65, -1}, {64, 0}, {63, 0}},
                 deep[][2] = {{64, -1}, {1, 0}, {130, 1}, {63, 0}, {7, 3}, {1, 3}},
                 forest[][2] = {{5, -1}, {3, 0},  {2, 0},  {70, -1},
                                {1, -1}, {33, 4}, {66, 4}, {9, 6}},
                 lengthy[][2] = {{300, -1}, {270, 0}, {5, 0}};

#define PARTS(parts) (parts), sizeof(parts) / sizeof *(parts)

TEST(every_layout)
{
    const struct attention shape = {.H = 3, .K = 1, .D = 64};

    check_shape(shape, PARTS(single));
    check_shape(shape, PARTS(one));
    check_shape(shape, PARTS(pair));
    check_shape(shape, PARTS(deep));
    check_shape(shape, PARTS(forest));
    check_shape(shape, PARTS(lengthy));
}

TEST(every_shape)
{
    const size_t groups[] = {1, 3, 7}, sizes[] = {16, 48, 64, 128}, windows[] = {0, 1, 8, 100};

    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 4; j++)
            for (size_t w = 0; w < 4; w++) {
                const struct attention shape = {groups[i] * (1 + j % 2), 1 + j % 2, sizes[j],
                                                windows[w]};

                if (CHECK_SLOW && (i + 2 * j + w) % 5) continue;
                if ((i + j + w) % 2)
                    check_shape(shape, PARTS(forest));
                else
                    check_shape(shape, PARTS(deep));
            }
}

TEST(long_windows)
{
    const struct attention shape = {.H = 2, .K = 1, .D = 16, .window = 260};

    check_shape(shape, PARTS(lengthy));
    check_shape((struct attention){.H = 2, .K = 2, .D = 16, .window = 8}, PARTS(lengthy));
}

/* The gradients of the double formulas themselves: loss = sum dout o. */
static double loss(const struct scene *batch)
{
    struct truth truth = truth_of(batch);
    double sum = 0;

    for (size_t i = 0; i < batch->layout.rows * batch->ldq; i++)
        sum += truth.o[i] * (double)batch->dout[i];
    truth_release(&truth);
    return sum;
}

static void check_slope(const struct scene *batch, float *x, size_t at, double want)
{
    const float old = x[at];
    double above, below, up, down;

    x[at] = old + 1e-3F, up = (double)x[at];
    above = loss(batch);
    x[at] = old - 1e-3F, down = (double)x[at];
    below = loss(batch);
    x[at] = old;
    CHECK_NEAR((above - below) / (up - down), want, 1e-4 * (1 + fabs(want)));
}

TEST(finite_differences)
{
    const struct attention shape = {.H = 4, .K = 2, .D = 16, .window = 12};
    const int parts[][2] = {{9, -1}, {6, 0}, {5, 0}, {4, 2}};
    struct scene batch;

    scene_init(&batch, &noise, shape, PARTS(parts));
    scene_run(&batch, PRECISION_F32, 1);
    for (size_t i = 0; i < 20; i++) {
        const size_t row = i * 13 % batch.layout.rows, q = row * batch.ldq + i * 7 % 64;
        const size_t k = row * batch.ldk + i * 5 % 32;

        check_slope(&batch, batch.q, q, (double)batch.dq[q]);
        check_slope(&batch, batch.k, k, (double)batch.dk[k]);
        check_slope(&batch, batch.v, k, (double)batch.dv[k]);
    }
    scene_release(&batch);
}

/* Copies count rows from one batch's inputs to another's. */
static void copy_rows(struct scene *to, size_t row, const struct scene *from, size_t first,
                      size_t count)
{
    memcpy(to->q + row * to->ldq, from->q + first * to->ldq, count * to->ldq * sizeof(float));
    memcpy(to->dout + row * to->ldq, from->dout + first * to->ldq, count * to->ldq * sizeof(float));
    memcpy(to->k + row * to->ldk, from->k + first * to->ldk, count * to->ldk * sizeof(float));
    memcpy(to->v + row * to->ldk, from->v + first * to->ldk, count * to->ldk * sizeof(float));
}

static double apart(const float *x, const float *y, size_t count)
{
    double most = 0;

    for (size_t i = 0; i < count; i++) most = fmax(most, fabs((double)x[i] - (double)y[i]));
    return most;
}

/* A prompt with two branches gives what the two texts give one by one; the prompt's gradients are
 * the sums of both. */
TEST(trees_are_sequences)
{
    const struct attention shape = {.H = 6, .K = 2, .D = 32, .window = 90};
    const int parts[][2] = {{70, -1}, {33, 0}, {66, 0}}, left[][2] = {{103, -1}},
              right[][2] = {{136, -1}};
    struct scene tree, a, b;

    scene_init(&tree, &noise, shape, PARTS(parts));
    scene_init(&a, &noise, shape, PARTS(left));
    scene_init(&b, &noise, shape, PARTS(right));
    copy_rows(&a, 0, &tree, 0, 103);
    copy_rows(&b, 0, &tree, 0, 70);
    copy_rows(&b, 70, &tree, 103, 66);
    memset(b.dout, 0, 70 * b.ldq * sizeof(float));
    scene_run(&tree, PRECISION_F32, 2);
    scene_run(&a, PRECISION_F32, 2);
    scene_run(&b, PRECISION_F32, 2);
    CHECK(apart(tree.o, a.o, 103 * a.ldq) < 2e-6);
    CHECK(apart(tree.o + 103 * a.ldq, b.o + 70 * b.ldq, 66 * a.ldq) < 2e-6);
    CHECK(apart(tree.dq, a.dq, 103 * a.ldq) < 1e-5);
    CHECK(apart(tree.dk + 103 * a.ldk, b.dk + 70 * b.ldk, 66 * a.ldk) < 1e-5);
    for (size_t i = 0; i < 70 * a.ldk; i++) a.dk[i] += b.dk[i], a.dv[i] += b.dv[i];
    CHECK(apart(tree.dk, a.dk, 103 * a.ldk) < 1e-5);
    CHECK(apart(tree.dv, a.dv, 103 * a.ldk) < 1e-5);
    scene_release(&tree);
    scene_release(&a);
    scene_release(&b);
}

static bool same(const float *x, const float *y, size_t count)
{
    return memcmp(x, y, count * sizeof *x) == 0;
}

static void check_same(const struct scene *a, size_t row, const struct scene *b, size_t first,
                       size_t count)
{
    const size_t Q = a->ldq, S = a->ldk, H = a->shape.H;

    CHECK(same(a->o + row * Q, b->o + first * Q, count * Q));
    CHECK(same(a->sums + row * H, b->sums + first * H, count * H));
    CHECK(same(a->dq + row * Q, b->dq + first * Q, count * Q));
    CHECK(same(a->dk + row * S, b->dk + first * S, count * S));
    CHECK(same(a->dv + row * S, b->dv + first * S, count * S));
}

/* Threads change how the rows are cut into tiles, too. */
TEST(threads_change_no_bit)
{
    const struct attention shape = {.H = 6, .K = 2, .D = 48, .window = 200};

    for (int precision = PRECISION_F32; precision <= PRECISION_BF16; precision++) {
        struct scene batches[3];
        const size_t threads[] = {2, 3, 16};

        for (size_t i = 0; i < 3; i++) {
            scene_init(&batches[i], &noise, shape, PARTS(lengthy));
            copy_rows(&batches[i], 0, &batches[0], 0, batches[0].layout.rows);
            scene_run(&batches[i], (enum precision)precision, i == 0 ? 1 : threads[i]);
            check_same(&batches[i], 0, &batches[0], 0, batches[0].layout.rows);
        }
        for (size_t i = 0; i < 3; i++) scene_release(&batches[i]);
    }
}

/* The same tree alone and between two others. */
TEST(neighbours_change_no_bit)
{
    const struct attention shape = {.H = 4, .K = 2, .D = 64};
    const int alone[][2] = {{65, -1}, {40, 0}, {70, 0}},
              among[][2] = {{37, -1}, {65, -1}, {40, 1}, {70, 1}, {80, -1}, {3, 4}};
    struct scene a, b;

    for (int precision = PRECISION_F32; precision <= PRECISION_BF16; precision++) {
        scene_init(&a, &noise, shape, PARTS(alone));
        scene_init(&b, &noise, shape, PARTS(among));
        copy_rows(&b, 37, &a, 0, 175);
        scene_run(&a, (enum precision)precision, 1);
        scene_run(&b, (enum precision)precision, 3);
        check_same(&b, 37, &a, 0, 175);
        scene_release(&a);
        scene_release(&b);
    }
}

/* What follows in its own segment does not change a row's output either. */
TEST(the_future_changes_no_bit)
{
    const struct attention shape = {.H = 7, .K = 1, .D = 64};
    const int brief[][2] = {{170, -1}}, drawn[][2] = {{331, -1}};
    struct scene a, b;

    scene_init(&a, &noise, shape, PARTS(brief));
    scene_init(&b, &noise, shape, PARTS(drawn));
    copy_rows(&b, 0, &a, 0, 170);
    scene_run(&a, PRECISION_F32, 1);
    scene_run(&b, PRECISION_F32, 2);
    CHECK(same(a.o, b.o, 170 * a.ldq));
    CHECK(same(a.sums, b.sums, 170 * 7));
    scene_release(&a);
    scene_release(&b);
}

TEST(backward_adds_and_may_be_frozen)
{
    const struct attention shape = {.H = 2, .K = 1, .D = 16};
    struct scene a, b;
    struct team *team = team_start(2);
    struct gemm gemm;

    scene_init(&a, &noise, shape, PARTS(pair));
    scene_init(&b, &noise, shape, PARTS(pair));
    copy_rows(&b, 0, &a, 0, a.layout.rows);
    for (size_t i = 0; i < a.layout.rows * a.ldq; i++) b.dq[i] = 1;
    for (size_t i = 0; i < a.layout.rows * a.ldk; i++) b.dk[i] = 2, b.dv[i] = 3;
    scene_run(&a, PRECISION_F32, 1);
    scene_run(&b, PRECISION_F32, 1);
    for (size_t i = 0; i < a.layout.rows * a.ldq; i++) a.dq[i] += 1;
    for (size_t i = 0; i < a.layout.rows * a.ldk; i++) a.dk[i] += 2, a.dv[i] += 3;
    CHECK(apart(a.dq, b.dq, a.layout.rows * a.ldq) < 2e-5);
    CHECK(apart(a.dk, b.dk, a.layout.rows * a.ldk) < 2e-5);
    CHECK(apart(a.dv, b.dv, a.layout.rows * a.ldk) < 2e-5);
    gemm_init(&gemm, PRECISION_F32, team);
    for (int i = 0; i < 8; i++) {
        float *dq = i & 1 ? random_floats(NULL, a.layout.rows * a.ldq) : NULL;
        float *dk = i & 2 ? random_floats(NULL, a.layout.rows * a.ldk) : NULL;
        float *dv = i & 4 ? random_floats(NULL, a.layout.rows * a.ldk) : NULL;

        attention_backward(&gemm, &shape, &a.layout, a.q, a.ldq, a.k, a.v, a.ldk, a.o, a.dout,
                           a.ldq, a.sums, dq, dk, dv);
        for (size_t j = 0; dq && j < a.layout.rows * a.ldq; j++) dq[j] += 1;
        for (size_t j = 0; dk && j < a.layout.rows * a.ldk; j++) dk[j] += 2;
        for (size_t j = 0; dv && j < a.layout.rows * a.ldk; j++) dv[j] += 3;
        CHECK(!dq || apart(a.dq, dq, a.layout.rows * a.ldq) < 2e-5);
        CHECK(!dk || apart(a.dk, dk, a.layout.rows * a.ldk) < 2e-5);
        CHECK(!dv || apart(a.dv, dv, a.layout.rows * a.ldk) < 2e-5);
        mem_free(dq);
        mem_free(dk);
        mem_free(dv);
    }
    scene_release(&a);
    scene_release(&b);
    team_stop(team);
}

TEST(large_scores)
{
    const struct attention shape = {.H = 1, .K = 1, .D = 64};
    struct scene batch;
    struct truth truth;

    scene_init(&batch, &noise, shape, PARTS(lengthy));
    for (size_t i = 0; i < batch.layout.rows * batch.ldq; i++) batch.q[i] *= 8;
    truth = truth_of(&batch);
    scene_run(&batch, PRECISION_F32, 1);
    check_batch(&batch, &truth, 1e-4);
    truth_release(&truth);
    scene_release(&batch);
}

TEST(without_wide_lanes)
{
    cpu_limit(CPU_PLAIN);
    check_shape((struct attention){.H = 3, .K = 1, .D = 64}, PARTS(pair));
    cpu_limit(CPU_LEVELS);
}

int main(void)
{
    random_init(&noise, 3);
    RUN(every_layout);
    RUN(every_shape);
    RUN(long_windows);
    RUN(finite_differences);
    RUN(trees_are_sequences);
    RUN(threads_change_no_bit);
    RUN(neighbours_change_no_bit);
    RUN(the_future_changes_no_bit);
    RUN(backward_adds_and_may_be_frozen);
    RUN(large_scores);
    RUN(without_wide_lanes);
    return check_end();
}
