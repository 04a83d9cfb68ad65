#include "model/weights_check.h"

#include "tensor/finite.h"

/* Elements, and a multiple of all blocks. */
#define PIECE ((uint64_t)1 << 20)

struct item {
    const struct tensor *tensor;
    size_t first; /* of its pieces */
};

struct scan {
    struct item *items;
    size_t count, room, pieces;
    bool *bad; /* of each piece */
};

static uint64_t elements_of(const struct tensor *tensor)
{
    const struct dtype_info *info = dtype_info(tensor->dtype);

    return tensor->bytes / info->bytes * info->elements;
}

static void add(struct scan *scan, const struct tensor *tensor)
{
    scan->items = mem_room(scan->items, scan->count, &scan->room, sizeof *scan->items);
    scan->items[scan->count++] = (struct item){tensor, scan->pieces};
    scan->pieces += (elements_of(tensor) + PIECE - 1) / PIECE;
}

static void add_all(struct scan *scan, const struct model *model)
{
    for (int i = 0; i < WEIGHT_ROLES; i++) {
        const enum weight_role role = (enum weight_role)i;
        const size_t layers = weight_per_layer(role) ? model->weights.layers : 1;

        if (!weight_present(role, &model->config)) continue;
        for (size_t layer = 0; layer < layers; layer++)
            add(scan, weights_at(&model->weights, role, layer)->tensor);
    }
}

/* The last item that begins no later than the piece. */
static const struct item *item_of(const struct scan *scan, size_t piece)
{
    size_t low = 0, high = scan->count;

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;

        if (scan->items[middle].first <= piece)
            low = middle;
        else
            high = middle;
    }
    return &scan->items[low];
}

static void scan_piece(void *context, size_t piece, size_t thread)
{
    const struct scan *scan = context;
    const struct item *item = item_of(scan, piece);
    const struct tensor *tensor = item->tensor;
    const struct dtype_info *info = dtype_info(tensor->dtype);
    const uint64_t begin = (piece - item->first) * PIECE, left = elements_of(tensor) - begin;

    (void)thread;
    scan->bad[piece] =
        !finite_elements(tensor->dtype, tensor->at + begin / info->elements * info->bytes,
                         left < PIECE ? left : PIECE);
}

bool weights_finite(const struct model *model, struct team *team, struct err *err)
{
    struct scan scan = {0};
    size_t piece = 0;
    bool good;

    add_all(&scan, model);
    scan.bad = mem_zero(scan.pieces, sizeof *scan.bad);
    team_run(team, scan.pieces, scan_piece, &scan);
    while (piece < scan.pieces && !scan.bad[piece]) piece++;
    good = piece == scan.pieces;
    if (!good)
        err_set(err, "%s: '%.*s' holds NaN or infinity", model->place.path,
                GGUF_SHOWN(item_of(&scan, piece)->tensor->name));
    mem_free(scan.items);
    mem_free(scan.bad);
    return good;
}
