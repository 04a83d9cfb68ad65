#include "model/model.h"

#include "model/config_gguf.h"
#include "model/config_json.h"
#include "place/folder.h"

static struct text text_in(const struct mapped *file)
{
    return (struct text){(const char *)file->at, file->len};
}

static bool read_config(struct config *config, const struct root *folder, struct err *err)
{
    struct mapped file;
    const int got = folder_map(folder, "config.json", &file, err);
    bool good;

    if (got < 0) return false;
    if (got == 0)
        return err_set(err, "%s: no 'config.json' says what the weights are", folder->path);
    good = config_from_json(config, text_in(&file), file.path, err);
    mapped_close(&file);
    return good;
}

static bool read_generation(struct config *config, const struct root *folder, struct err *err)
{
    struct mapped file;
    const int got = folder_map(folder, "generation_config.json", &file, err);
    bool good;

    if (got <= 0) return got == 0;
    good = config_add_generation(config, text_in(&file), file.path, err);
    mapped_close(&file);
    return good;
}

/* model->gguf_file is mapped. */
static bool take_gguf(struct model *model, struct err *err)
{
    return gguf_parse(&model->gguf, &model->gguf_file, err) &&
           config_from_gguf(&model->config, &model->gguf, err) &&
           weights_from_gguf(&model->weights, &model->config, &model->gguf, model->gguf_file.path,
                             err);
}

static bool take_safetensors(struct model *model, const struct root *folder, struct err *err)
{
    return read_config(&model->config, folder, err) &&
           shards_open(&model->shards, model->place.path, err) &&
           weights_from_shards(&model->weights, &model->config, &model->shards, model->place.path,
                               err);
}

static bool take_folder(struct model *model, const struct root *folder, struct err *err)
{
    int got = folder_has_safetensors(folder, err);

    if (got < 0) return false;
    if (got == 0) got = folder_map_gguf(folder, &model->gguf_file, err);
    if (got < 0) return false;
    return (model->gguf_file.path ? take_gguf(model, err) : take_safetensors(model, folder, err)) &&
           read_generation(&model->config, folder, err);
}

static bool take_place(struct model *model, struct err *err)
{
    struct root folder;
    bool good;

    if (model->place.is_gguf)
        return mapped_open(&model->gguf_file, model->place.path, err) && take_gguf(model, err);
    if (!root_open(&folder, model->place.path, err)) return false;
    good = take_folder(model, &folder, err);
    root_close(&folder);
    return good;
}

bool model_open(struct model *model, const char *name, struct err *err)
{
    *model = (struct model){0};
    if (!locate_model(&model->place, name, err)) return false;
    if (take_place(model, err)) return true;
    model_close(model);
    return false;
}

bool model_is_at(const struct model *model, const char *path)
{
    bool found = mapped_is_at(&model->gguf_file, path);

    for (size_t i = 0; i < model->shards.file_count && !found; i++)
        found = mapped_is_at(&model->shards.files[i].file, path);
    return found;
}

void model_close(struct model *model)
{
    weights_release(&model->weights);
    shards_close(&model->shards);
    gguf_release(&model->gguf);
    mapped_close(&model->gguf_file);
    place_release(&model->place);
}
