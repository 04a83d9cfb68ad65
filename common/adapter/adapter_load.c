#include "adapter/adapter_config.h"
#include "adapter/adapter_layout.h"
#include "place/folder.h"
#include "safetensors/safetensors.h"

#include <math.h>
#include <unistd.h>

static bool read_options(struct adapter_options *options, const struct root *root, struct err *err)
{
    struct mapped file;
    const int got = folder_map(root, "adapter_config.json", &file, err);
    bool good;

    if (got < 0) return false;
    if (got == 0)
        return err_set(err, "%s: there is no 'adapter_config.json': this is no adapter",
                       root->path);
    good = adapter_config_read(options, (struct text){(const char *)file.at, file.len}, file.path,
                               err);
    mapped_close(&file);
    return good;
}

static bool open_weights(struct safetensors *weights, const struct root *root, struct err *err)
{
    int fd, got = root_file(root, "adapter_model.safetensors", &fd, err);
    char *path;
    bool good;

    if (got < 0) return false;
    if (got == 0) {
        got = root_file(root, "adapter_model.bin", &fd, err);
        if (got > 0) close(fd);
        return err_set(err, "%s: there is no 'adapter_model.safetensors'%s", root->path,
                       got > 0 ? ", and pickled weights are not read" : "");
    }
    path = root_path(root, "adapter_model.safetensors");
    good = safetensors_take(weights, fd, path, err);
    mem_free(path);
    return good;
}

static bool check_tensor(const struct tensor *tensor, const struct parameter *parameter,
                         const char *path, struct err *err)
{
    if (!tensor) return err_set(err, "%s: there is no tensor '%s'", path, parameter->name);
    if (tensor->rank != 2 || tensor->shape[0] != parameter->shape[0] ||
        tensor->shape[1] != parameter->shape[1])
        return err_set(err,
                       "%s: '%s' is not [%llu, %llu], as the model and 'adapter_config.json' say",
                       path, parameter->name, (unsigned long long)parameter->shape[0],
                       (unsigned long long)parameter->shape[1]);
    if (tensor->dtype != DTYPE_F32 && tensor->dtype != DTYPE_F16 && tensor->dtype != DTYPE_BF16)
        return err_set(err, "%s: '%s' is %s: an adapter is F32, F16 or BF16", path, parameter->name,
                       dtype_info(tensor->dtype)->name);
    return true;
}

static bool name_extra(const struct parameters *parameters, const struct safetensors *weights,
                       struct err *err)
{
    struct lookup known = {0};
    const struct tensor *extra = NULL;

    for (size_t i = 0; i < parameters->count; i++)
        lookup_add(&known, text_of(parameters->items[i].name), i);
    for (size_t i = 0; i < weights->header.count && !extra; i++)
        if (!lookup_find(&known, weights->header.tensors[i].name))
            extra = &weights->header.tensors[i];
    lookup_release(&known);
    return err_set(err, "%s: '%.*s' is not one of the adapter's tensors by 'adapter_config.json'",
                   weights->file.path,
                   extra ? (int)(extra->name.len < 200 ? extra->name.len : 200) : 0,
                   extra ? extra->name.at : "");
}

static bool check_tensors(const struct parameters *parameters, const struct safetensors *weights,
                          struct err *err)
{
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->items[i];

        if (!check_tensor(safetensors_find(weights, text_of(parameter->name)), parameter,
                          weights->file.path, err))
            return false;
    }
    return weights->header.count == parameters->count || name_extra(parameters, weights, err);
}

static bool take_tensor(struct parameters *parameters, size_t which,
                        const struct safetensors *weights, struct err *err)
{
    const struct parameter *parameter = &parameters->items[which];
    const struct tensor *tensor = safetensors_find(weights, text_of(parameter->name));
    float *values = parameters->values + parameter->offset;

    dtype_info(tensor->dtype)->to_f32(tensor->at, values, parameter->count);
    for (size_t i = 0; i < parameter->count; i++)
        if (!isfinite(values[i]))
            return err_set(err, "%s: '%s' holds %s", weights->file.path, parameter->name,
                           isnan(values[i]) ? "a NaN" : "an infinity");
    return true;
}

static bool take_weights(struct adapter *adapter, const struct safetensors *weights,
                         struct err *err)
{
    bool good = check_tensors(&adapter->parameters, weights, err);

    if (good) adapter_settle(adapter);
    for (size_t i = 0; good && i < adapter->parameters.count; i++)
        good = take_tensor(&adapter->parameters, i, weights, err);
    return good;
}

static bool load(struct adapter *adapter, const struct config *config, const struct root *root,
                 struct err *err)
{
    struct adapter_options options;
    struct safetensors weights;
    bool good;

    if (!read_options(&options, root, err)) return false;
    good = adapter_lay_out(adapter, config, &options, err) ||
           err_prefix(err, "%s/adapter_config.json", root->path);
    adapter_options_release(&options);
    if (!good) return false;
    good = open_weights(&weights, root, err);
    if (good) {
        good = take_weights(adapter, &weights, err);
        safetensors_close(&weights);
    }
    if (!good) adapter_release(adapter);
    return good;
}

bool adapter_load(struct adapter *adapter, const struct config *config, const char *path,
                  struct err *err)
{
    struct root root;
    bool good;

    if (!root_open(&root, path, err)) return false;
    good = load(adapter, config, &root, err);
    root_close(&root);
    return good;
}
