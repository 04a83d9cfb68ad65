/* What TRL makes of given log-probabilities: tests/golden/losses. */
#include "check.h"

#include "unit/dataset.h"
#include "unit/loss_scene.h"

#include "loss/formula.h"

#include <stdlib.h>

static json_t *batches, *cases;

/* Numbers that are not finite are spelled. */
static double number(const json_t *value)
{
    return json_is_string(value) ? strtod(json_string_value(value), NULL)
                                 : json_number_value(value);
}

static double option(const json_t *row, const char *name, double otherwise)
{
    const json_t *value = json_object_get(row, name);

    return value ? number(value) : otherwise;
}

static bool agrees(double got, double want, double allowed)
{
    if (isnan(want)) return isnan(got);
    if (isinf(want)) return got == want;
    return fabs(got - want) <= allowed;
}

static const char *name_of(const json_t *row, size_t i)
{
    return json_string_value(json_array_get(json_object_get(row, "loss_type"), i));
}

static bool is_of(const json_t *row, const char *name)
{
    return strcmp(name_of(row, 0), name) == 0;
}

static enum divergence divergence_of(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "f_divergence_type"));
    enum divergence divergence = REVERSE_KL;

    while (name && divergence < DIVERGENCES && strcmp(divergence_names[divergence], name) != 0)
        divergence++;
    return divergence;
}

static struct loss loss_of(const json_t *row)
{
    struct loss loss = LOSS_DEFAULTS;
    const json_t *weights = json_object_get(row, "loss_weights");
    char text[256] = "";
    struct err err;

    for (size_t i = 0; name_of(row, i); i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.17g*%s", i ? "+" : "",
                 weights ? number(json_array_get(weights, i)) : 1, name_of(row, i));
    if (!CHECK(loss_parse(&loss, text, &err))) printf("# %s\n", err.text);
    loss.beta = option(row, "beta", 0.1);
    /* There, sigmoid takes no notice of label smoothing. */
    loss.label_smoothing = is_of(row, "sigmoid") ? 0 : option(row, "label_smoothing", 0);
    loss.divergence = divergence_of(row);
    loss.alpha = option(row, "f_alpha_divergence_coef", 0.5);
    loss.discopop_tau = option(row, "discopop_tau", 0.05);
    loss.ld_alpha = option(row, "ld_alpha", 1);
    loss.weighted = json_is_true(json_object_get(row, "use_weighting"));
    return loss;
}

static void add_pair(struct loss_scene *scene, const json_t *pair)
{
    static const char *const names[2][3] = {{"chosen", "ref_chosen", "chosen_ssq"},
                                            {"rejected", "ref_rejected", "rejected_ssq"}};

    scene_pair(scene);
    for (size_t side = 0; side < 2; side++) {
        const json_t *logps = json_object_get(pair, names[side][0]), *logp;
        const json_t *squares = json_object_get(pair, names[side][2]);
        size_t t;

        /* Of the reference there is the sum. The first token counts fully always. */
        json_array_foreach(logps, t, logp)
        {
            scene_token(scene, side, number(logp),
                        t ? 0 : number(json_object_get(pair, names[side][1])),
                        number(json_array_get(squares, t)));
        }
    }
}

static const json_t *pairs_of(const json_t *row)
{
    return json_object_get(batches, dataset_text(row, "batch"));
}

/* The library's single precision overflows there, or multiplies 0 by infinity. */
static bool is_left_out(const json_t *row)
{
    const enum divergence divergence = divergence_of(row);

    if (strcmp(dataset_text(row, "batch"), "far") != 0) return false;
    if (is_of(row, "ipo"))
        return divergence == ALPHA_DIVERGENCE && option(row, "f_alpha_divergence_coef", 0) != 1;
    return is_of(row, "discopop") && (divergence == FORWARD_KL || divergence == ALPHA_DIVERGENCE);
}

static double tolerance_of(const json_t *row)
{
    const bool is_float = strcmp(dataset_text(row, "dtype"), "float32") == 0;

    return is_float || is_of(row, "exo_pair") ? 1e-6 : 1e-11;
}

/* Beside numbers near 1, what is left of a sum of them is the library's rounding; where pairs are
 * weighted all of it is small. */
static double floor_of(const json_t *row)
{
    return json_is_true(json_object_get(row, "use_weighting")) ? 0 : 1e-4 * tolerance_of(row);
}

static void check_number_of(size_t line, const json_t *row, const char *what, double got,
                            double want, double tolerance)
{
    check_claim(agrees(got, want, tolerance * fabs(want) + floor_of(row)), __FILE__, __LINE__,
                "cases.jsonl:%zu: %s: got %.17g, want %.17g", line, what, got, want);
}

static void check_rewards(size_t line, const json_t *row, const struct loss_scene *scene)
{
    static const char *const names[] = {"rewards/chosen", "rewards/rejected", "logps/chosen",
                                        "logps/rejected", "rewards/accuracies"};
    const json_t *want = json_object_get(row, "rewards");
    double sums[5] = {0};

    for (size_t i = 0; i < scene->count; i++) {
        const struct loss_row *got = &scene->rows[i];

        for (size_t side = 0; side < 2; side++) {
            sums[side] += got->rewards[side];
            sums[2 + side] += got->logps[side];
        }
        sums[4] += got->rewards[0] > got->rewards[1];
    }
    for (size_t i = 0; i < 5; i++)
        check_number_of(line, row, names[i], sums[i] / (double)scene->count,
                        option(want, names[i], NAN), i == 4 ? 1e-7 : tolerance_of(row));
}

/* One number a pair is the slope by the sum, so that of each token; else there is one a token. */
static void check_side(size_t line, const json_t *row, const struct loss_scene *scene, size_t side)
{
    static const char *const names[] = {"grad_chosen", "grad_rejected"};
    const double tolerance = tolerance_of(row);
    const float *dlogp = scene->dlogp;

    for (size_t i = 0; i < scene->count; i++) {
        const struct loss_pair *pair = &scene->pairs[i];
        const json_t *want = json_array_get(json_object_get(row, names[side]), i);

        if (!json_is_array(want))
            check_number_of(line, row, names[side], scene->rows[i].slopes[side], number(want),
                            tolerance);
        for (size_t t = 0; t < pair->counts[side]; t++) {
            const float each = (float)number(json_is_array(want) ? json_array_get(want, t) : want);

            check_number_of(line, row, names[side], (double)dlogp[side * pair->counts[0] + t],
                            (double)each, fmax(tolerance, 1.2e-7));
        }
        dlogp += pair->counts[0] + pair->counts[1];
    }
}

static double compute(const json_t *row, struct loss_scene *scene)
{
    const struct loss loss = loss_of(row);
    const json_t *pair;
    size_t i;

    *scene = (struct loss_scene){0};
    json_array_foreach(pairs_of(row), i, pair) add_pair(scene, pair);
    return scene_compute(scene, &loss);
}

static void check_alone(size_t line, const json_t *row)
{
    const struct loss loss = loss_of(row);
    const json_t *pair;
    size_t i;

    json_array_foreach(pairs_of(row), i, pair)
    {
        struct loss_scene scene = {0};

        add_pair(&scene, pair);
        check_number_of(line, row, "loss of a pair", scene_compute(&scene, &loss),
                        number(json_array_get(json_object_get(row, "per_pair_loss"), i)),
                        tolerance_of(row));
    }
}

TEST(all_cases)
{
    struct loss_scene scene;
    size_t i, left_out = 0;
    const json_t *row;

    json_array_foreach(cases, i, row)
    {
        const double got = compute(row, &scene);

        if (is_left_out(row)) {
            CHECK(!isnan(got));
            left_out++;
            continue;
        }
        check_number_of(i + 1, row, "loss", got, option(row, "loss", 0), tolerance_of(row));
        check_alone(i + 1, row);
        check_rewards(i + 1, row, &scene);
        check_side(i + 1, row, &scene, 0);
        check_side(i + 1, row, &scene, 1);
    }
    CHECK_INT(i, 308);
    CHECK_INT(left_out, 4);
}

int main(void)
{
    cases = dataset_lines("tests/golden/losses/cases.jsonl");
    batches = dataset_document("tests/golden/losses/batches.json");
    if (!cases || !batches) {
        puts("Bail out! tests/golden/losses");
        return 1;
    }
    RUN(all_cases);
    json_decref(cases);
    json_decref(batches);
    return check_end();
}
