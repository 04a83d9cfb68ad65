#include "safetensors/safetensors.h"

#include "core/lines.h"

static bool place_tensors(struct safetensors *weights, uint64_t before, struct err *err)
{
    struct st_header *header = &weights->header;
    uint64_t there = weights->file.len - before, want = header->data_bytes;
    const unsigned char *at = weights->file.at + before;

    if (there < want)
        return err_set(err, "cut off: %llu of its bytes are missing",
                       (unsigned long long)(want - there));
    if (there > want)
        return err_set(err, "%llu bytes stand behind the last tensor",
                       (unsigned long long)(there - want));
    for (size_t i = 0; i < header->count; i++) {
        header->tensors[i].at = at;
        at += header->tensors[i].bytes;
    }
    return true;
}

static bool read_header(struct safetensors *weights, struct err *err)
{
    const struct mapped *file = &weights->file;
    uint64_t length;
    struct text json;

    if (!st_header_length(file->at, file->len, &length, err)) return false;
    if (length > file->len - ST_LENGTH)
        return err_set(err, "cut off: a header of %llu bytes in a file of %llu",
                       (unsigned long long)length, (unsigned long long)file->len);
    json = (struct text){(const char *)file->at + ST_LENGTH, length};
    return st_header_parse(&weights->header, json, err) &&
           place_tensors(weights, ST_LENGTH + length, err);
}

static bool read_mapped(struct safetensors *weights, struct err *err)
{
    if (read_header(weights, err)) return true;
    err_prefix(err, "%s", path_shown(weights->file.path));
    safetensors_close(weights);
    return false;
}

bool safetensors_open(struct safetensors *weights, const char *path, struct err *err)
{
    *weights = (struct safetensors){0};
    return mapped_open(&weights->file, path, err) && read_mapped(weights, err);
}

bool safetensors_take(struct safetensors *weights, int fd, const char *path, struct err *err)
{
    *weights = (struct safetensors){0};
    return mapped_take(&weights->file, fd, path, err) && read_mapped(weights, err);
}

const struct tensor *safetensors_find(const struct safetensors *weights, struct text name)
{
    return st_header_find(&weights->header, name);
}

struct text safetensors_metadata(const struct safetensors *weights, const char *key)
{
    return st_header_metadata(&weights->header, key);
}

void safetensors_close(struct safetensors *weights)
{
    st_header_release(&weights->header);
    mapped_close(&weights->file);
}
