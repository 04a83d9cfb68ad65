#include "unit/fake_model.h"

#include "model/config_json.h"
#include "model/weight_table.h"
#include "unit/files.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One file of weights, and what the index says of it. */
struct part {
    struct buffer header, index;
    uint64_t bytes;
    char name[64];
};

static void die_here(const char *what)
{
    printf("Bail out! %s\n", what);
    exit(1);
}

static void add_entry(struct part *part, const char *name, const uint64_t *shape, unsigned rank)
{
    uint64_t bytes = 2;

    for (unsigned i = 0; i < rank; i++) bytes *= shape[i];
    buffer_format(&part->header, "%s\"%s\":{\"dtype\":\"BF16\",\"shape\":[%" PRIu64,
                  part->header.len > 1 ? "," : "", name, shape[0]);
    if (rank > 1) buffer_format(&part->header, ",%" PRIu64, shape[1]);
    buffer_format(&part->header, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", part->bytes,
                  part->bytes + bytes);
    buffer_format(&part->index, "%s\"%s\":\"%s\"", part->index.len ? "," : "", name, part->name);
    part->bytes += bytes;
}

static void add_role(struct part *parts, int count, enum weight_role role,
                     const struct config *config)
{
    const size_t layers = weight_per_layer(role) ? config->layers : 1;
    char name[WEIGHT_NAME];
    uint64_t shape[2];
    const unsigned rank = weight_shape(role, config, shape);

    if (!weight_present(role, config)) return;
    for (size_t layer = 0; layer < layers; layer++) {
        weight_name(role, WEIGHT_HF, layer, name);
        add_entry(&parts[layer * (size_t)count / layers], name, shape, rank);
    }
}

static void write_part(struct part *part, const char *folder, const struct fake_model *fake)
{
    char path[256], *at;
    const char *whole;
    uint64_t length;

    buffer_text(&part->header, "}");
    buffer_byte(&part->header, '\0');
    at = fake->from ? strstr(part->header.at, fake->from) : NULL;
    if (at) memcpy(at, fake->to, strlen(fake->to));
    length = htole64(--part->header.len);
    snprintf(path, sizeof path, "%s/%s", folder, part->name);
    whole = files_write(path, &length, sizeof length);
    if (truncate(whole, (off_t)(8 + part->header.len + part->bytes)) != 0) die_here(whole);
    {
        FILE *file = fopen(whole, "r+b");

        if (!file || fseek(file, 8, SEEK_SET) != 0 ||
            fwrite(part->header.at, 1, part->header.len, file) != part->header.len ||
            fclose(file) != 0)
            die_here(whole);
    }
    buffer_release(&part->header);
}

static void write_index(struct part *parts, int count, const char *folder)
{
    struct buffer index = {0};
    char path[256];

    buffer_text(&index, "{\"weight_map\":{");
    for (int i = 0; i < count; i++) {
        if (i) buffer_text(&index, ",");
        buffer_add(&index, parts[i].index.at, parts[i].index.len);
    }
    buffer_text(&index, "}}");
    snprintf(path, sizeof path, "%s/model.safetensors.index.json", folder);
    files_write(path, index.at, index.len);
    buffer_release(&index);
}

const char *fake_model(const char *name, const struct fake_model *fake)
{
    const int count = fake->shards ? fake->shards : 1;
    struct part *parts = mem_zero((size_t)count, sizeof *parts);
    struct config config;
    struct err err;
    char path[256];

    if (!config_from_json(&config, text_of(fake->config), "fake", &err)) die_here(err.text);
    snprintf(path, sizeof path, "%s/config.json", name);
    files_text(path, fake->config);
    for (int i = 0; i < count; i++) {
        buffer_text(&parts[i].header, "{");
        if (fake->shards)
            snprintf(parts[i].name, sizeof parts[i].name, "model-%05d-of-%05d.safetensors", i + 1,
                     count);
        else
            snprintf(parts[i].name, sizeof parts[i].name, "model.safetensors");
    }
    for (int role = 0; role < WEIGHT_ROLES; role++)
        add_role(parts, count, (enum weight_role)role, &config);
    if (fake->extra) add_entry(&parts[0], fake->extra, &(uint64_t){0}, 1);
    for (int i = 0; i < count; i++) write_part(&parts[i], name, fake);
    if (fake->shards) write_index(parts, count, name);
    for (int i = 0; i < count; i++) buffer_release(&parts[i].index);
    mem_free(parts);
    return files_path(name);
}
