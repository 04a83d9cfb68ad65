#include "adapter/adapter_files.h"
#include "adapter/adapter_layout.h"
#include "adapter/parameters_file.h"

static bool take_weights(struct adapter *adapter, const struct safetensors *weights,
                         struct err *err)
{
    struct parameter_array values = {"", NULL};
    const struct parameters_file file = {&adapter->parameters, &values, 1,
                                         "the model and 'adapter_config.json'"};

    if (!parameters_file_check(&file, weights, err)) return false;
    adapter_settle(adapter);
    values.at = adapter->parameters.values;
    return parameters_file_read(&file, weights, err);
}

static bool load(struct adapter *adapter, const struct config *config, const struct root *root,
                 struct err *err)
{
    struct adapter_options options;
    struct safetensors weights;
    bool good;

    if (!adapter_files_options(&options, root, err)) return false;
    good = adapter_lay_out(adapter, config, &options, err) ||
           err_prefix(err, "%s/adapter_config.json", root->path);
    adapter_options_release(&options);
    if (!good) return false;
    good = adapter_files_weights(&weights, root, err);
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
