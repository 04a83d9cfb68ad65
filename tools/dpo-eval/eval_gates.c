#include "dpo-eval/eval_gates.h"

#include "core/report.h"

static struct gate *gates;
static const struct option_list *words;
static size_t count;

void eval_gates_read(const struct option_list *texts, const struct gate_numbers *numbers)
{
    struct err err;

    words = texts;
    gates = mem_zero(texts->count, sizeof *gates);
    for (; count < texts->count; count++) {
        if (!gate_parse(&gates[count], texts->items[count], &err)) die_usage("%s", err.text);
        if (!gate_known(&gates[count], numbers, &err)) die_usage("%s", err.text);
    }
}

bool eval_gates_ask(enum gate_source source)
{
    for (size_t i = 0; i < count; i++)
        if (gates[i].source == source || (gates[i].relative && gates[i].base == source))
            return true;
    return false;
}

int eval_gates_check(const struct gate_numbers *numbers)
{
    int status = EXIT_DONE;
    struct err err;

    for (size_t i = 0; i < count; i++) {
        if (gate_is_first(&gates[i], numbers))
            report_note("gate '%s': there was no test before this one, so it is met",
                        words->items[i]);
        if (gate_check(&gates[i], numbers, &err)) continue;
        report_error("%s", err.text);
        status = EXIT_GATE;
    }
    return status;
}
