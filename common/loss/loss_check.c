#include "loss/loss.h"

#include "core/memory.h"
#include "loss/formula.h"

#include <math.h>

static bool has(const struct loss *loss, enum loss_kind kind)
{
    for (size_t i = 0; i < loss->count; i++)
        if (loss->terms[i].kind == kind) return true;
    return false;
}

static bool smooths(const struct formula *formula)
{
    return formula->smooths;
}

static bool diverges(const struct formula *formula)
{
    return formula->diverges;
}

static bool is_on_pairs(const struct formula *formula)
{
    return formula->value;
}

static bool any(const struct loss *loss, bool (*is)(const struct formula *))
{
    for (size_t i = 0; i < loss->count; i++)
        if (is(&formulas[loss->terms[i].kind])) return true;
    return false;
}

/* 'what acts on a, b, c only' */
static bool acts_only(const char *what, bool (*on)(const struct formula *), struct err *err)
{
    struct buffer names = {0};

    for (size_t i = 0; i < LOSSES; i++)
        if (on(&formulas[i]))
            buffer_format(&names, "%s%s", names.len ? ", " : "", formulas[i].name);
    buffer_byte(&names, '\0');
    err_write(err, "%s acts on these losses only: %s", what, names.at);
    buffer_release(&names);
    return false;
}

static bool smoothing_fits(const struct loss *loss, struct err *err)
{
    const double e = loss->label_smoothing;

    if (!(e >= 0 && e < 1)) return err_set(err, "--label-smoothing must be at least 0 and below 1");
    if (has(loss, LOSS_EXO_PAIR) && e == 0)
        return err_set(err, "--loss 'exo_pair' needs a --label-smoothing above 0, such as 0.001");
    if (has(loss, LOSS_ROBUST) && e >= 0.5)
        return err_set(err, "--loss 'robust' needs a --label-smoothing below 0.5");
    return e == 0 || any(loss, smooths) || acts_only("--label-smoothing", smooths, err);
}

/* A sum whose parts measure differently is no sum: every loss on pairs must know the divergence. */
static bool divergence_fits(const struct loss *loss, struct err *err)
{
    if (loss->divergence == REVERSE_KL) return true;
    if (loss->divergence == ALPHA_DIVERGENCE && !isfinite(loss->alpha))
        return err_set(err, "--f-alpha-divergence-coef must be a finite number");
    for (size_t i = 0; i < loss->count; i++) {
        const struct formula *formula = &formulas[loss->terms[i].kind];

        if (formula->value && !formula->diverges)
            return err_set(err, "--loss '%s' cannot use --f-divergence-type '%s'", formula->name,
                           divergence_names[loss->divergence]);
    }
    return any(loss, is_on_pairs) || acts_only("--f-divergence-type", diverges, err);
}

static bool weighting_fits(const struct loss *loss, struct err *err)
{
    if (!loss->weighted) return true;
    if (has(loss, LOSS_SFT))
        return err_set(err, "--use-weighting weighs pairs: --loss 'sft' has none");
    if (!loss_is_joint(loss)) return true;
    return err_set(err, "--use-weighting weighs pairs: --loss '%s' sorts them apart",
                   formulas[has(loss, LOSS_AOT) ? LOSS_AOT : LOSS_AOT_UNPAIRED].name);
}

bool loss_check(const struct loss *loss, struct err *err)
{
    if (!(isfinite(loss->beta) && loss->beta > 0))
        return err_set(err, "--beta must be a finite number above 0");
    if (has(loss, LOSS_DISCOPOP) && !(isfinite(loss->discopop_tau) && loss->discopop_tau > 0))
        return err_set(err, "--discopop-tau must be a finite number above 0");
    if (!(loss->ld_alpha >= 0 && loss->ld_alpha <= 1))
        return err_set(err, "--ld-alpha must be between 0 and 1");
    if (loss->ld_alpha != 1 && !any(loss, is_on_pairs))
        return acts_only("--ld-alpha", is_on_pairs, err);
    return smoothing_fits(loss, err) && divergence_fits(loss, err) && weighting_fits(loss, err);
}
