#include "fold/operands.h"

#include "core/mapped.h"
#include "safetensors/lexer.h"
#include "tensor/finite.h"

static uint64_t elements_of(const struct tensor *tensor)
{
    return tensor->shape[0] * (tensor->rank == 2 ? tensor->shape[1] : 1);
}

static bool check_numbers(const struct patches *patches, const struct tensor *tensor,
                          struct err *err)
{
    if (!tensor || finite_elements(tensor->dtype, tensor->at, elements_of(tensor))) return true;
    return err_set(err, "%s: '%.*s' holds a NaN or an infinity", patches->file.file.path,
                   SHOWN(tensor->name));
}

static struct matrix matrix_of(const struct tensor *tensor)
{
    return weight_matrix(&(struct weight){.tensor = tensor});
}

static float *floats_of(const struct tensor *tensor)
{
    float *floats;

    if (!tensor) return NULL;
    floats = mem_alloc(mem_product(elements_of(tensor), sizeof *floats));
    dtype_info(tensor->dtype)->to_f32(tensor->at, floats, elements_of(tensor));
    return floats;
}

static bool take(struct term *term, const struct patches *patches, const struct patch *patch,
                 enum weight_role role, struct err *err)
{
    struct matrix right;

    if (!check_numbers(patches, patch->a, err) || !check_numbers(patches, patch->b, err) ||
        !check_numbers(patches, patch->magnitude, err) ||
        !check_numbers(patches, patch->addend, err))
        return false;
    *term = (struct term){.scale = patch->scale, .embedding = role == WEIGHT_EMBEDDING};
    term->addend = floats_of(patch->addend);
    term->length = floats_of(patch->magnitude);
    if (!patch->a) return true;
    term->rank = patch->a->shape[0];
    term->left = matrix_of(term->embedding ? patch->a : patch->b);
    right = matrix_of(term->embedding ? patch->b : patch->a);
    term_pack(term, &right);
    return true;
}

static void drop(const struct tensor *tensor)
{
    if (tensor) mapped_drop(tensor->at, tensor->bytes);
}

bool operands_open(struct operands *operands, const struct plan *plan, const struct plan_item *item,
                   enum rounding rounding, struct err *err)
{
    bool good = true;

    *operands = (struct operands){.plan = plan, .item = item};
    operands->terms = mem_zero(plan->adapter_count, sizeof *operands->terms);
    for (size_t i = 0; good && i < plan->adapter_count; i++) {
        const struct patch *patch = patches_at(&plan->adapters[i], item->role, item->layer);

        if (!patch->a && !patch->addend) continue;
        good = take(&operands->terms[operands->count], &plan->adapters[i], patch, item->role, err);
        if (good) operands->count++;
    }
    operands->rows = (struct rows){.source = item->source,
                                   .dtype = item->dtype,
                                   .rounding = rounding,
                                   .terms = operands->terms,
                                   .count = operands->count};
    if (!good) operands_close(operands);
    return good;
}

void operands_close(struct operands *operands)
{
    for (size_t i = 0; i < operands->count; i++) term_release(&operands->terms[i]);
    for (size_t i = 0; i < operands->plan->adapter_count; i++) {
        const struct patch *patch =
            patches_at(&operands->plan->adapters[i], operands->item->role, operands->item->layer);

        drop(patch->a);
        drop(patch->b);
    }
    mem_free(operands->terms);
    *operands = (struct operands){0};
}
