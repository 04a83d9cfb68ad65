/* What --loss and its options may say. */
#include "check.h"

#include "loss/formula.h"

static const struct loss plain = LOSS_DEFAULTS;
static struct err err;

static struct loss parsed(const char *text)
{
    struct loss loss = LOSS_DEFAULTS;

    if (!CHECK(loss_parse(&loss, text, &err))) printf("# %s\n", err.text);
    return loss;
}

static void check_parse_refusal(const char *text, const char *reason)
{
    struct loss loss = LOSS_DEFAULTS;

    if (!CHECK(!loss_parse(&loss, text, &err))) return;
    CHECK_TEXT(err.text, reason);
    CHECK(loss.count == 1 && loss.terms[0].kind == LOSS_SIGMOID);
}

static void check_refusal(const struct loss *loss, const char *reason)
{
    if (CHECK(!loss_check(loss, &err))) CHECK_TEXT(err.text, reason);
}

TEST(every_loss_has_its_name)
{
    for (size_t kind = 0; kind < LOSSES; kind++) {
        const struct loss loss = parsed(formulas[kind].name);

        CHECK_INT(loss.count, 1);
        CHECK_INT(loss.terms[0].kind, kind);
        CHECK(loss.terms[0].weight == 1);
    }
    CHECK_TEXT(formulas[LOSS_SIGMOID_NORM].name, "sigmoid_norm");
}

TEST(sums)
{
    struct loss loss = parsed(" 0.8*sigmoid + 2e-1 * bco_pair+1e+1*sft ");

    CHECK_INT(loss.count, 3);
    CHECK(loss.terms[0].kind == LOSS_SIGMOID && loss.terms[0].weight == 0.8);
    CHECK(loss.terms[1].kind == LOSS_BCO_PAIR && loss.terms[1].weight == 0.2);
    CHECK(loss.terms[2].kind == LOSS_SFT && loss.terms[2].weight == 10);
    loss = parsed("ipo+.5*sft");
    CHECK(loss.count == 2 && loss.terms[0].weight == 1 && loss.terms[1].weight == 0.5);
    CHECK(loss.beta == plain.beta && loss.ld_alpha == 1);
}

TEST(every_loss_at_once)
{
    char text[256] = "";

    for (size_t kind = 0; kind < LOSSES; kind++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", kind ? "+" : "",
                 formulas[kind].name);
    CHECK_INT(parsed(text).count, LOSSES);
}

TEST(texts_that_are_no_loss)
{
    char digits[128] = "1";

    check_parse_refusal("kto", "loss 'kto' is none of sigmoid, hinge, ipo, exo_pair, nca_pair, "
                               "robust, bco_pair, sppo_hard, aot, aot_unpaired, apo_zero, "
                               "apo_down, discopop, sft, sigmoid_norm");
    CHECK(!loss_parse(&(struct loss)LOSS_DEFAULTS, "sigmoid,sft", &err));
    CHECK(strncmp(err.text, "loss 'sigmoid,sft' is none of sigmoid, ", 39) == 0);
    check_parse_refusal("", "a loss is missing in ''");
    check_parse_refusal("sigmoid+", "a loss is missing in 'sigmoid+'");
    check_parse_refusal("+sigmoid", "a loss is missing in '+sigmoid'");
    check_parse_refusal("sigmoid++sft", "a loss is missing in 'sigmoid++sft'");
    check_parse_refusal("0.5*", "a loss is missing in '0.5*'");
    check_parse_refusal("sft+sigmoid+2*sft", "loss 'sft' is given twice");
    check_parse_refusal("inf*sft", "loss 'inf*sft' is none of sigmoid, hinge, ipo, exo_pair, "
                                   "nca_pair, robust, bco_pair, sppo_hard, aot, aot_unpaired, "
                                   "apo_zero, apo_down, discopop, sft, sigmoid_norm");
    check_parse_refusal("1e999*sft", "weight '1e999' of a loss is not a number above 0");
    check_parse_refusal("0*sft", "weight '0' of a loss is not a number above 0");
    check_parse_refusal("ipo+-1*sft", "weight '-1' of a loss is not a number above 0");
    check_parse_refusal("0.5x*sft", "weight '0.5x' of a loss is not a number above 0");
    memset(digits, '1', 100);
    memcpy(digits + 100, "*sft", 5);
    CHECK(!loss_parse(&(struct loss)LOSS_DEFAULTS, digits, &err));
}

TEST(numbers_out_of_range)
{
    struct loss loss = plain;

    CHECK(loss_check(&loss, &err));
    loss.beta = 0;
    check_refusal(&loss, "--beta must be a finite number above 0");
    loss.beta = NAN;
    check_refusal(&loss, "--beta must be a finite number above 0");
    loss = plain;
    loss.ld_alpha = 1.5;
    check_refusal(&loss, "--ld-alpha must be between 0 and 1");
    loss = parsed("sft");
    loss.ld_alpha = 0.5;
    check_refusal(&loss, "--ld-alpha acts on these losses only: sigmoid, hinge, ipo, exo_pair, "
                         "nca_pair, robust, bco_pair, sppo_hard, aot, aot_unpaired, apo_zero, "
                         "apo_down, discopop, sigmoid_norm");
    loss = plain;
    loss.discopop_tau = 0;
    CHECK(loss_check(&loss, &err));
    loss = parsed("discopop");
    loss.discopop_tau = 0;
    check_refusal(&loss, "--discopop-tau must be a finite number above 0");
}

static struct loss smoothed(const char *text, double label_smoothing)
{
    struct loss loss = parsed(text);

    loss.label_smoothing = label_smoothing;
    return loss;
}

TEST(smoothing)
{
    const char *const only = "--label-smoothing acts on these losses only: sigmoid, exo_pair, "
                             "robust, aot, aot_unpaired";
    const char *const range = "--label-smoothing must be at least 0 and below 1";
    struct loss loss;

    check_refusal((loss = smoothed("hinge", 0.1), &loss), only);
    check_refusal((loss = smoothed("ipo", 0.1), &loss), only);
    check_refusal((loss = smoothed("sft", 0.1), &loss), only);
    check_refusal((loss = smoothed("sigmoid", 1), &loss), range);
    check_refusal((loss = smoothed("sigmoid", -0.1), &loss), range);
    check_refusal((loss = smoothed("sigmoid", NAN), &loss), range);
    check_refusal((loss = smoothed("robust", 0.5), &loss),
                  "--loss 'robust' needs a --label-smoothing below 0.5");
    check_refusal((loss = smoothed("exo_pair", 0), &loss),
                  "--loss 'exo_pair' needs a --label-smoothing above 0, such as 0.001");
    CHECK(loss_check((loss = smoothed("robust", 0.49), &loss), &err));
    CHECK(loss_check((loss = smoothed("exo_pair+0.1*sft", 0.001), &loss), &err));
    CHECK(loss_check((loss = smoothed("0.8*sigmoid+0.2*bco_pair", 0.1), &loss), &err));
}

TEST(divergences)
{
    for (size_t kind = 0; kind < LOSSES; kind++) {
        struct loss loss = smoothed(formulas[kind].name, formulas[kind].smooths ? 0.1 : 0);
        char want[128];

        CHECK(loss_check(&loss, &err));
        loss.divergence = JS_DIVERGENCE;
        if (formulas[kind].diverges) {
            CHECK(loss_check(&loss, &err));
            continue;
        }
        snprintf(want, sizeof want, "--loss '%s' cannot use --f-divergence-type 'js_divergence'",
                 formulas[kind].name);
        check_refusal(&loss, kind == LOSS_SFT ? "--f-divergence-type acts on these losses only: "
                                                "sigmoid, hinge, ipo, exo_pair, robust, discopop, "
                                                "sigmoid_norm"
                                              : want);
    }
}

TEST(divergences_of_sums)
{
    struct loss loss = parsed("sigmoid+sft");

    loss.divergence = ALPHA_DIVERGENCE;
    CHECK(loss_check(&loss, &err));
    loss.alpha = INFINITY;
    check_refusal(&loss, "--f-alpha-divergence-coef must be a finite number");
    loss = parsed("sigmoid+apo_down");
    loss.divergence = FORWARD_KL;
    check_refusal(&loss, "--loss 'apo_down' cannot use --f-divergence-type 'forward_kl'");
}

TEST(weighting)
{
    struct loss loss = parsed("sigmoid+ipo");

    loss.weighted = true;
    CHECK(loss_check(&loss, &err));
    loss = parsed("sigmoid+aot");
    loss.weighted = true;
    check_refusal(&loss, "--use-weighting weighs pairs: --loss 'aot' sorts them apart");
    loss = parsed("aot_unpaired");
    loss.weighted = true;
    check_refusal(&loss, "--use-weighting weighs pairs: --loss 'aot_unpaired' sorts them apart");
    loss = parsed("sigmoid+0.5*sft");
    loss.weighted = true;
    check_refusal(&loss, "--use-weighting weighs pairs: --loss 'sft' has none");
}

static void check_start(const char *text, double label_smoothing, double want)
{
    struct loss loss = smoothed(text, label_smoothing);
    double value = NAN;

    loss.beta = 0.25;
    if (CHECK(loss_start(&loss, &value))) CHECK_NEAR(value, want, 1e-14);
}

TEST(where_training_starts)
{
    struct loss loss = parsed("sigmoid+sft");
    double value;

    check_start("sigmoid", 0.1, M_LN2);
    check_start("sigmoid_norm", 0, M_LN2);
    check_start("hinge", 0, 1);
    check_start("ipo", 0, 4);
    check_start("nca_pair", 0, 2 * M_LN2);
    check_start("bco_pair", 0, 2 * M_LN2);
    check_start("robust", 0.2, M_LN2);
    check_start("sppo_hard", 0, 8);
    check_start("apo_zero", 0, 1);
    check_start("apo_down", 0, 1);
    check_start("discopop", 0, (M_LN2 + 1) / 2);
    check_start("exo_pair", 0.1, -M_LN2 - (log(0.9) + log(0.1)) / 2);
    check_start("aot", 0.1, M_LN2);
    check_start("aot_unpaired", 0, M_LN2);
    check_start("0.5*sigmoid+2*hinge", 0, 0.5 * M_LN2 + 2);
    CHECK(!loss_start(&loss, &value));
    loss = plain;
    loss.weighted = true;
    CHECK(!loss_start(&loss, &value));
}

TEST(joint_losses)
{
    for (size_t kind = 0; kind < LOSSES; kind++) {
        const struct loss loss = parsed(formulas[kind].name);

        CHECK(loss_is_joint(&loss) == (kind == LOSS_AOT || kind == LOSS_AOT_UNPAIRED));
    }
    CHECK(loss_is_joint(&(struct loss){.terms = {{LOSS_IPO, 1}, {LOSS_AOT, 1}}, .count = 2}));
}

int main(void)
{
    RUN(every_loss_has_its_name);
    RUN(sums);
    RUN(every_loss_at_once);
    RUN(texts_that_are_no_loss);
    RUN(numbers_out_of_range);
    RUN(smoothing);
    RUN(divergences);
    RUN(divergences_of_sums);
    RUN(weighting);
    RUN(where_training_starts);
    RUN(joint_losses);
    return check_end();
}
