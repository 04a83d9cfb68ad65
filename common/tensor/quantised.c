#include "tensor/quantised.h"

#include "tensor/int8.h"
#include "tensor/nf4.h"

#include <assert.h>

struct quantised quantised_sizes(enum matrix_form form, uint64_t rows, uint64_t cols)
{
    const uint64_t elements = rows * cols, blocks = nf4_blocks(elements);

    assert(form != MATRIX_STORED);
    if (form == MATRIX_INT8)
        return (struct quantised){
            .form = form, .rows = rows, .cols = cols, .code_bytes = elements, .scale_count = rows};
    return (struct quantised){.form = form,
                              .rows = rows,
                              .cols = cols,
                              .code_bytes = elements / 2 + elements % 2,
                              .absmax_bytes = blocks,
                              .scale_count = nf4_groups(elements)};
}

bool quantised_make(struct quantised *to, enum matrix_form form, const struct matrix *from,
                    struct team *team)
{
    *to = quantised_sizes(form, from->rows, from->cols);
    to->codes = mem_alloc(to->code_bytes);
    to->absmax = mem_alloc(to->absmax_bytes);
    to->scales = mem_zero(to->scale_count, sizeof *to->scales);
    if (form == MATRIX_INT8 ? int8_quantise(from, to, team) : nf4_quantise(from, to, team))
        return true;
    quantised_release(to);
    return false;
}

struct matrix quantised_matrix(const struct quantised *quantised)
{
    return (struct matrix){.form = quantised->form,
                           .rows = quantised->rows,
                           .cols = quantised->cols,
                           .at = quantised->codes,
                           .stride = quantised->form == MATRIX_INT8 ? quantised->cols : 0,
                           .scales = quantised->scales,
                           .absmax = quantised->absmax,
                           .offset = quantised->offset};
}

void quantised_release(struct quantised *quantised)
{
    mem_free(quantised->codes);
    mem_free(quantised->absmax);
    mem_free(quantised->scales);
    *quantised = (struct quantised){0};
}
