/* Losses and slopes of microbatches, whole and in parts. */
#include "check.h"

#include "noise.h"
#include "unit/loss_scene.h"

#include "loss/formula.h"

static struct loss loss_on(enum loss_kind kind)
{
    struct loss loss = LOSS_DEFAULTS;

    loss.terms[0].kind = kind;
    loss.label_smoothing = formulas[kind].smooths ? 0.1 : 0;
    return loss;
}

/* Two pairs whose r are (0.5, -0.5) and (-0.5, 0.5), so that beta 0.1 makes x 0.1 and -0.1. */
static void two_pairs(struct loss_scene *scene)
{
    *scene = (struct loss_scene){0};
    scene_sums(scene, (double[]){-10.5, -12.0}, (double[]){-11.0, -11.5}, 5, 7);
    scene_sums(scene, (double[]){-20.25, -18.5}, (double[]){-19.75, -19.0}, 9, 8);
}

struct known {
    enum loss_kind kind;
    enum divergence divergence;
    double label_smoothing;
    double losses[2], mean, chosen[2], rejected[2]; /* slopes of the mean */
};

static const struct known known[] = {
    {LOSS_SIGMOID,
     REVERSE_KL,
     0,
     {0.64439666, 0.74439666},
     0.69439666,
     {-0.02375104, -0.02624896},
     {0.02375104, 0.02624896}},
    {LOSS_SIGMOID,
     REVERSE_KL,
     0.1,
     {0.65439666, 0.73439666},
     0.69439666,
     {-0.01875104, -0.02124896},
     {0.01875104, 0.02124896}},
    {LOSS_HINGE, REVERSE_KL, 0, {0.9, 1.1}, 1, {-0.05, -0.05}, {0.05, 0.05}},
    {LOSS_IPO,
     REVERSE_KL,
     0,
     {23.31510204, 26.19449267},
     24.75479736,
     {-0.96571429, -0.56867284},
     {0.68979592, 0.63975694}},
    {LOSS_EXO_PAIR,
     REVERSE_KL,
     0.1,
     {0.45718918, 0.56695895},
     0.51207406,
     {-0.02614988, -0.02864364},
     {0.02614988, 0.02864364}},
    {LOSS_NCA_PAIR,
     REVERSE_KL,
     0,
     {1.36191930, 1.41191930},
     1.38691930,
     {-0.01156270, -0.01343730},
     {0.01218757, 0.01281243}},
    {LOSS_ROBUST,
     REVERSE_KL,
     0.1,
     {0.63189666, 0.75689666},
     0.69439666,
     {-0.03000104, -0.03249896},
     {0.03000104, 0.03249896}},
    {LOSS_BCO_PAIR,
     REVERSE_KL,
     0,
     {1.33691930, 1.43691930},
     1.38691930,
     {-0.02437513, -0.02562487},
     {0.02437513, 0.02562487}},
    {LOSS_SPPO_HARD, REVERSE_KL, 0, {40.5, 60.5}, 50.5, {-4.5, -5.5}, {4.5, 5.5}},
    {LOSS_AOT,
     REVERSE_KL,
     0,
     {0.64439666, 0.74439666},
     0.69439666,
     {-0.02375104, -0.02624896},
     {0.02375104, 0.02624896}},
    {LOSS_AOT_UNPAIRED,
     REVERSE_KL,
     0,
     {0.69314718, 0.69314718},
     0.69314718,
     {-0.025, -0.025},
     {0.025, 0.025}},
    {LOSS_APO_ZERO,
     REVERSE_KL,
     0,
     {0.97500521, 1.02499479},
     1,
     {-0.01249219, -0.01249219},
     {0.01249219, 0.01249219}},
    {LOSS_APO_DOWN,
     REVERSE_KL,
     0,
     {0.98751821, 1.01248179},
     1,
     {0.00002339, 0.00002339},
     {0.01246880, 0.01246880}},
    {LOSS_DISCOPOP,
     REVERSE_KL,
     0,
     {0.87379212, 0.78740201},
     0.83059706,
     {-0.01533549, 0.00817200},
     {0.01533549, -0.00817200}},
    {LOSS_SIGMOID_NORM,
     REVERSE_KL,
     0,
     {0.68461249, 0.69906738},
     0.69183993,
     {-0.00495714, -0.00279417},
     {0.00354082, 0.00314345}},
    {LOSS_SIGMOID,
     FORWARD_KL,
     0,
     {0.64239474, 0.74661380},
     0.69450427,
     {-0.01437383, -0.04336394},
     {0.03907212, 0.01595270}},
    {LOSS_SIGMOID,
     JS_DIVERGENCE,
     0,
     {0.66845965, 0.71845965},
     0.69345965,
     {-0.00920260, -0.01595044},
     {0.01517253, 0.00967443}},
    {LOSS_SIGMOID,
     ALPHA_DIVERGENCE,
     0,
     {0.64390043, 0.74494536},
     0.69442290,
     {-0.01848718, -0.03372106},
     {0.03048021, 0.02045286}},
};

TEST(two_pairs_by_every_loss)
{
    struct loss_scene scene;

    for (const struct known *row = known; row < known + sizeof known / sizeof *known; row++) {
        struct loss loss = loss_on(row->kind);

        two_pairs(&scene);
        loss.divergence = row->divergence;
        loss.label_smoothing = row->label_smoothing;
        CHECK_NEAR(scene_compute(&scene, &loss), row->mean, 6e-9);
        for (size_t i = 0; i < 2; i++) {
            CHECK_NEAR(scene.rows[i].loss, row->losses[i], 6e-9);
            CHECK_NEAR(scene.rows[i].slopes[0], row->chosen[i], 6e-9);
            CHECK_NEAR(scene.rows[i].slopes[1], row->rejected[i], 6e-9);
            CHECK(scene.dlogp[2 * i] == (float)scene.rows[i].slopes[0]);
            CHECK(scene.dlogp[2 * i + 1] == (float)scene.rows[i].slopes[1]);
        }
    }
    CHECK(scene.rows[0].logps[0] == -10.5 && scene.rows[0].references[1] == -11.5);
    CHECK_NEAR(scene.rows[1].rewards[0], -0.05, 1e-15);
    CHECK_NEAR(scene.rows[1].rewards[1], 0.05, 1e-15);
}

/* A weight is a constant: what it is made from moves along with the token. */
static double loss_beside(struct loss_scene *scene, const struct loss *loss, size_t at, double by)
{
    const double logp = scene->logp[at], square = scene->square[at];
    double value;

    scene->logp[at] += by;
    scene->square[at] += by;
    value = scene_compute(scene, loss);
    scene->logp[at] = logp;
    scene->square[at] = square;
    return value;
}

static void check_differences(struct loss_scene *scene, const struct loss *loss, const char *what)
{
    float dlogp[SCENE_TOKENS];

    CHECK(isfinite(scene_compute(scene, loss)));
    memcpy(dlogp, scene->dlogp, sizeof dlogp);
    for (size_t at = 0; at < scene->tokens; at++) {
        const double h = 1e-4,
                     near = loss_beside(scene, loss, at, h) - loss_beside(scene, loss, at, -h);
        const double far =
            loss_beside(scene, loss, at, 2 * h) - loss_beside(scene, loss, at, -2 * h);
        const double slope = (8 * near - far) / (12 * h);

        if (!check_claim(fabs((double)dlogp[at] - slope) <= 1e-6 * fabs(slope) + 1e-9, __FILE__,
                         __LINE__, "%s: token %zu: got %.9g, differences say %.9g", what, at,
                         (double)dlogp[at], slope))
            return;
    }
}

/* Only where a loss is one on which --f-divergence acts does the divergence change. */
TEST(slopes_are_those_of_the_loss)
{
    struct loss_scene scene;

    for (enum loss_kind kind = 0; kind < LOSSES; kind++)
        for (enum divergence divergence = 0; divergence < DIVERGENCES; divergence++) {
            struct loss loss = loss_on(kind);

            if (divergence != REVERSE_KL && !formulas[kind].diverges) continue;
            scene_random(&scene, 4, 7);
            loss.divergence = divergence;
            check_differences(&scene, &loss, formulas[kind].name);
            loss.ld_alpha = 0.3;
            loss.beta = 0.7;
            check_differences(&scene, &loss, formulas[kind].name);
            loss.weighted = kind != LOSS_SFT && !loss_is_joint(&loss);
            check_differences(&scene, &loss, formulas[kind].name);
        }
}

TEST(slopes_of_sums)
{
    struct loss loss = {.terms = {{LOSS_AOT, 0.3},
                                  {LOSS_SFT, 0.5},
                                  {LOSS_IPO, 0.01},
                                  {LOSS_AOT_UNPAIRED, 2},
                                  {LOSS_APO_DOWN, 1.5}},
                        .count = 5,
                        .beta = 0.4,
                        .label_smoothing = 0.2,
                        .ld_alpha = 0.6};
    struct loss_scene scene;

    scene_random(&scene, 5, 3);
    check_differences(&scene, &loss, "a sum");
}

/* All together, then two and three: the bits of rows and slopes are the same. */
TEST(parts_make_the_whole)
{
    for (enum loss_kind kind = 0; kind < LOSSES; kind++) {
        struct loss loss = loss_on(kind);
        struct loss_scene whole, cut;
        double value;

        if (loss_is_joint(&loss)) continue;
        loss.terms[loss.count].kind = kind == LOSS_SFT ? LOSS_HINGE : LOSS_SFT;
        loss.terms[loss.count++].weight = 0.3;
        loss.ld_alpha = 0.5;
        scene_random(&whole, 5, 11);
        cut = whole;
        value = scene_compute(&whole, &loss);
        CHECK_NEAR(scene_part(&cut, &loss, 2, 3) + scene_part(&cut, &loss, 0, 2), value,
                   1e-14 * fabs(value));
        CHECK(same_bits(whole.rows, cut.rows, sizeof whole.rows));
        CHECK(same_bits(whole.dlogp, cut.dlogp, sizeof whole.dlogp));
    }
}

TEST(nothing_is_no_loss)
{
    const struct loss loss = loss_on(LOSS_SIGMOID);
    struct loss_scene scene;

    scene_random(&scene, 2, 1);
    CHECK(scene_part(&scene, &loss, 2, 0) == 0);
}

/* Texts are pairs without a rejected answer and without a reference. */
TEST(texts_alone)
{
    struct loss loss = loss_on(LOSS_SFT);
    struct loss_scene scene = {.without_reference = true};

    loss.terms[0].weight = 2;
    for (size_t i = 0; i < 2; i++) {
        scene_pair(&scene);
        for (size_t t = 0; t < 2 + i; t++) scene_token(&scene, 0, -1 - (double)t, 0, 0);
    }
    CHECK_NEAR(scene_compute(&scene, &loss), 2 * 9 / 5.0, 1e-15);
    for (size_t t = 0; t < 5; t++) CHECK(scene.dlogp[t] == -0.4F);
    CHECK(scene.rows[1].logps[0] == -6 && scene.rows[1].rewards[0] == 0);
    CHECK(scene.rows[1].loss == 0);
}

TEST(tokens_beyond_the_shorter_answer)
{
    struct loss loss = loss_on(LOSS_HINGE);
    struct loss_scene scene = {0};

    loss.ld_alpha = 0.25;
    scene_pair(&scene);
    scene_token(&scene, 0, -1, -2, 0);
    for (size_t t = 0; t < 3; t++) scene_token(&scene, 1, -4, -8, 0);
    scene_compute(&scene, &loss);
    CHECK(scene.rows[0].logps[0] == -1 && scene.rows[0].logps[1] == -6);
    CHECK(scene.rows[0].references[0] == -2 && scene.rows[0].references[1] == -12);
    CHECK(scene.dlogp[0] == -0.1F && scene.dlogp[1] == 0.1F);
    CHECK(scene.dlogp[2] == 0.025F && scene.dlogp[3] == 0.025F);
}

/* exp of the two means of logp - square, which are -1 and 0.5. */
TEST(weights)
{
    struct loss loss = loss_on(LOSS_HINGE);
    struct loss_scene scene = {0};

    loss.weighted = true;
    scene_pair(&scene);
    scene_token(&scene, 0, -2, -2, -0.5);
    scene_token(&scene, 0, -2, -2, -1.5);
    scene_token(&scene, 1, -1, -1, -1.5);
    CHECK_NEAR(scene_compute(&scene, &loss), exp(-0.5), 1e-15);
    CHECK_NEAR((double)scene.dlogp[1], -0.1 * exp(-0.5), 1e-8);

    scene = (struct loss_scene){0};
    scene_pair(&scene);
    scene_token(&scene, 0, -2, -2, -1);
    CHECK_NEAR(scene_compute(&scene, &loss), exp(-1), 1e-15);
}

TEST(a_hinge_rests_from_one_on)
{
    const struct loss loss = loss_on(LOSS_HINGE);
    struct loss_scene scene = {0};

    scene_sums(&scene, (double[]){-1, -11}, (double[]){-1, -1}, 1, 1);
    CHECK(scene_compute(&scene, &loss) == 0);
    CHECK(scene.dlogp[0] == 0 && scene.dlogp[1] == 0);
}

/* Equal margins keep the order of their pairs: the reference's margins tell whose slope is
 * whose. */
TEST(ties_go_by_place)
{
    const struct loss loss = loss_on(LOSS_AOT);
    struct loss_scene scene = {0};
    const double low = 1 / (1 + exp(0.5)), high = 1 / (1 + exp(-0.5));

    for (size_t i = 0; i < 3; i++)
        scene_sums(&scene, (double[]){-3, -3}, (double[]){(double)i * 5 - 10, -5}, 1, 1);
    scene_compute(&scene, &loss);
    CHECK_NEAR(scene.rows[0].slopes[0], 0.1 / 3 * (0.1 * high - 0.9 * low), 1e-15);
    CHECK_NEAR(scene.rows[1].slopes[0], 0.1 / 3 * (0.1 - 0.9) / 2, 1e-15);
    CHECK_NEAR(scene.rows[2].slopes[0], 0.1 / 3 * (0.1 * low - 0.9 * high), 1e-15);
    CHECK_NEAR(scene.rows[2].slopes[1], -scene.rows[2].slopes[0], 1e-15);
}

/* Nothing that a broken model says passes for a number. */
TEST(what_is_no_number_stays_none)
{
    struct loss_scene scene;

    for (enum loss_kind kind = 0; kind < LOSSES; kind++) {
        const struct loss loss = loss_on(kind);

        scene_random(&scene, 4, 5);
        scene.logp[0] = NAN;
        if (!CHECK(isnan(scene_compute(&scene, &loss)))) printf("# %s\n", formulas[kind].name);
    }
}

int main(void)
{
    RUN(two_pairs_by_every_loss);
    RUN(slopes_are_those_of_the_loss);
    RUN(slopes_of_sums);
    RUN(parts_make_the_whole);
    RUN(nothing_is_no_loss);
    RUN(texts_alone);
    RUN(tokens_beyond_the_shorter_answer);
    RUN(weights);
    RUN(a_hinge_rests_from_one_on);
    RUN(ties_go_by_place);
    RUN(what_is_no_number_stays_none);
    return check_end();
}
