#include "adapter/adapter_options.h"

#include "core/memory.h"

void adapter_options_init(struct adapter_options *options)
{
    *options = (struct adapter_options){.rank = 8, .alpha = 8};
}

void name_list_add(struct name_list *list, const char *name)
{
    list->items = mem_room(list->items, list->count, &list->room, sizeof *list->items);
    list->items[list->count++] = mem_copy_text(name);
}

void override_list_add(struct override_list *list, const char *ending, double value)
{
    list->items = mem_room(list->items, list->count, &list->room, sizeof *list->items);
    list->items[list->count++] = (struct override){mem_copy_text(ending), value};
}

void adapter_options_add_layer(struct adapter_options *options, size_t layer)
{
    options->layers = mem_room(options->layers, options->layer_count, &options->layer_room,
                               sizeof *options->layers);
    options->layers[options->layer_count++] = layer;
}

static struct name_list copy_names(const struct name_list *from)
{
    struct name_list to = {0};

    for (size_t i = 0; i < from->count; i++) name_list_add(&to, from->items[i]);
    return to;
}

static struct selection copy_selection(const struct selection *from)
{
    return (struct selection){copy_names(&from->names),
                              from->pattern ? mem_copy_text(from->pattern) : NULL};
}

static struct override_list copy_overrides(const struct override_list *from)
{
    struct override_list to = {0};

    for (size_t i = 0; i < from->count; i++)
        override_list_add(&to, from->items[i].ending, from->items[i].value);
    return to;
}

void adapter_options_copy(struct adapter_options *to, const struct adapter_options *from)
{
    *to = *from;
    to->targets = copy_selection(&from->targets);
    to->excluded = copy_selection(&from->excluded);
    to->ranks = copy_overrides(&from->ranks);
    to->alphas = copy_overrides(&from->alphas);
    to->layers_pattern = copy_names(&from->layers_pattern);
    to->saved = copy_names(&from->saved);
    to->base_model = from->base_model ? mem_copy_text(from->base_model) : NULL;
    to->layers = NULL;
    to->layer_count = to->layer_room = 0;
    for (size_t i = 0; i < from->layer_count; i++) adapter_options_add_layer(to, from->layers[i]);
}

static void release_names(struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++) mem_free(list->items[i]);
    mem_free(list->items);
}

static void release_overrides(struct override_list *list)
{
    for (size_t i = 0; i < list->count; i++) mem_free(list->items[i].ending);
    mem_free(list->items);
}

void adapter_options_release(struct adapter_options *options)
{
    release_names(&options->targets.names);
    release_names(&options->excluded.names);
    release_names(&options->layers_pattern);
    release_names(&options->saved);
    mem_free(options->targets.pattern);
    mem_free(options->excluded.pattern);
    release_overrides(&options->ranks);
    release_overrides(&options->alphas);
    mem_free(options->layers);
    mem_free(options->base_model);
    *options = (struct adapter_options){0};
}
