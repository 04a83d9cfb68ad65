#include "dpo-eval/eval_origin.h"

#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "run/metadata.h"

#include <math.h>
#include <string.h>

/* Here the reference is the model without the adapter. */
static void compare_references(const struct metadata_origin *origin)
{
    const char *other = origin->reference_adapter;

    if (!eval_measures(EVAL_PREFERENCE)) return;
    if (!other && origin->reference && origin->base && strcmp(origin->reference, origin->base) != 0)
        other = origin->reference;
    if (other)
        report_warning("rewards and the KL are to the base here; in training the reference was "
                       "'%.200s': where that is an adapter, fold it into the base first",
                       other);
}

void eval_origin_read(void)
{
    struct metadata_origin origin;
    struct err err;
    const int found = eval_command.adapter ? metadata_read(&origin, eval_command.adapter, &err) : 0;

    if (found < 0) report_warning("%s", err.text);
    if (found <= 0) return;
    if (!option_given("beta") && origin.beta > 0 && isfinite(origin.beta))
        eval_command.beta = origin.beta;
    compare_references(&origin);
    metadata_release(&origin);
}

void eval_origin_check(const char *identity)
{
    struct err none;

    if (eval_command.adapter && metadata_suits(eval_command.adapter, identity, &none) == 0)
        report_warning("%.200s was trained on other weights than those of %.200s",
                       eval_command.adapter, eval_command.model);
}
