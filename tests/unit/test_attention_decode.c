/* Attention over kept pages against the forward pass over the same rows. */
#include "attention/decode.h"

#include "check.h"
#include "core/memory.h"
#include "hash/random.h"

enum { MOST = 700 };

static struct random noise;

static float *floats(size_t count)
{
    float *x = mem_aligned(count * sizeof *x);

    for (size_t i = 0; i < count; i++) x[i] = (float)(random_unit(&noise) * 4 - 2);
    return x;
}

/* A text whose keys and values are kept, and what forward says of its last row. */
struct text_kept {
    size_t rows;
    float *q, *k, *v, *o, *sums;
    float *pages[MOST / KV_PAGE + 1];
    struct kv_pages kept;
};

static void keep(struct text_kept *text, const struct attention *shape, size_t from)
{
    for (size_t i = from; i < text->rows; i++)
        kv_page_write(shape, text->pages[i / KV_PAGE], i % KV_PAGE,
                      text->k + i * shape->K * shape->D, text->v + i * shape->K * shape->D);
    text->kept = (struct kv_pages){text->rows, (const float *const *)text->pages};
}

static void kept_init(struct text_kept *text, const struct attention *shape, size_t rows)
{
    const size_t width = shape->H * shape->D, narrow = shape->K * shape->D;

    text->rows = rows;
    text->q = floats(rows * width);
    text->k = floats(rows * narrow);
    text->v = floats(rows * narrow);
    text->o = floats(rows * width);
    text->sums = floats(rows * shape->H);
    for (size_t i = 0; i < MOST / KV_PAGE + 1; i++) text->pages[i] = floats(kv_page_floats(shape));
    keep(text, shape, 0);
}

static void kept_release(struct text_kept *text)
{
    mem_free(text->q);
    mem_free(text->k);
    mem_free(text->v);
    mem_free(text->o);
    mem_free(text->sums);
    for (size_t i = 0; i < MOST / KV_PAGE + 1; i++) mem_free(text->pages[i]);
}

static void forward(struct text_kept *text, const struct attention *shape, struct team *team)
{
    const struct segment segment = {.count = text->rows, .parent = SEGMENT_ROOT};
    const struct layout layout = {&segment, 1, text->rows, 0};
    struct gemm gemm;

    gemm_init(&gemm, PRECISION_F32, team);
    attention_forward(&gemm, shape, &layout, text->q, shape->H * shape->D, text->k, text->v,
                      shape->K * shape->D, text->o, shape->H * shape->D, text->sums);
}

static const float *last(const struct text_kept *text, const struct attention *shape,
                         const float *x)
{
    return x + (text->rows - 1) * shape->H * shape->D;
}

static void check_lengths(const struct attention *shape, const size_t *lengths, size_t count)
{
    const size_t width = shape->H * shape->D, ld = width + 7;
    struct team *team = team_start(2);
    struct text_kept texts[5];
    const struct kv_pages *kept[5];
    float *q = floats(5 * ld), *o = floats(5 * ld), *alone = floats(ld);

    for (size_t i = 0; i < count; i++) {
        kept_init(&texts[i], shape, lengths[i]);
        forward(&texts[i], shape, team);
        memcpy(q + i * ld, last(&texts[i], shape, texts[i].q), width * sizeof *q);
        kept[i] = &texts[i].kept;
    }
    attention_decode(team, shape, count, q, ld, kept, o, ld);
    for (size_t i = 0; i < count; i++) {
        const float *want = last(&texts[i], shape, texts[i].o);
        double most = 0;

        for (size_t j = 0; j < width; j++)
            most = fmax(most, fabs((double)o[i * ld + j] - (double)want[j]));
        check_claim(most < 2e-6, __FILE__, __LINE__, "%zu rows, D %zu: off by %g", lengths[i],
                    shape->D, most);
        attention_decode(team, shape, 1, q + i * ld, ld, &kept[i], alone, ld);
        CHECK(memcmp(alone, o + i * ld, width * sizeof *o) == 0);
    }
    for (size_t i = 0; i < count; i++) kept_release(&texts[i]);
    mem_free(q);
    mem_free(o);
    mem_free(alone);
    team_stop(team);
}

TEST(the_last_row_of_forward)
{
    const size_t lengths[] = {1, 63, 64, 65, 600}, groups[] = {1, 3, 7};
    const size_t sizes[] = {16, 48, 64, 128}, windows[] = {0, 8, 100};

    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 4; j++)
            for (size_t w = 0; w < 3; w++) {
                const struct attention shape = {groups[i] * 2, 2, sizes[j], windows[w]};

                if (!CHECK_SLOW || (i + j + w) % 3 == 0) check_lengths(&shape, lengths, 5);
            }
}

/* Two continuations of one prompt, whose whole pages stand in both lists. */
TEST(a_shared_prompt)
{
    const struct attention shape = {.H = 6, .K = 2, .D = 64};
    const size_t width = shape.H * shape.D, narrow = shape.K * shape.D;
    struct team *team = team_start(2);
    struct text_kept a, b;
    const struct kv_pages *both[2];
    float *q = floats(2 * width), *o = floats(2 * width);

    kept_init(&a, &shape, 200);
    kept_init(&b, &shape, 170);
    memcpy(b.k, a.k, 128 * narrow * sizeof(float));
    memcpy(b.v, a.v, 128 * narrow * sizeof(float));
    for (size_t i = 0; i < 2; i++) {
        mem_free(b.pages[i]);
        b.pages[i] = a.pages[i];
    }
    forward(&a, &shape, team);
    forward(&b, &shape, team);
    both[0] = &a.kept, both[1] = &b.kept;
    memcpy(q, last(&a, &shape, a.q), width * sizeof *q);
    memcpy(q + width, last(&b, &shape, b.q), width * sizeof *q);
    attention_decode(team, &shape, 2, q, width, both, o, width);
    for (size_t j = 0; j < width; j++) {
        CHECK_NEAR(o[j], last(&a, &shape, a.o)[j], 2e-6);
        CHECK_NEAR(o[width + j], last(&b, &shape, b.o)[j], 2e-6);
    }
    b.pages[0] = b.pages[1] = NULL;
    kept_release(&a);
    kept_release(&b);
    mem_free(q);
    mem_free(o);
    team_stop(team);
}

int main(void)
{
    random_init(&noise, 4);
    RUN(the_last_row_of_forward);
    RUN(a_shared_prompt);
    return check_end();
}
