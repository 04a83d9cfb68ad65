#include "unit/trained.h"

#include "core/memory.h"
#include "core/outfile.h"
#include "hash/random.h"
#include "unit/adapters.h"
#include "unit/files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct random *random, const struct parameters *parameters, float *values,
                 uint32_t mask)
{
    static const uint32_t odd[] = {0,          0x80000000, 1,         0x7f7fffff,
                                   0xff7fffff, 0x00800000, 0x807fffff};

    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->items[i];

        for (size_t at = 0; at < parameter->count; at++) {
            uint32_t bits = at < sizeof odd / sizeof *odd ? odd[at] : random_u32(random);

            if ((bits & 0x7f800000) == 0x7f800000) bits ^= 0x40000000;
            bits &= mask;
            memcpy(&values[parameter->offset + at], &bits, sizeof bits);
        }
    }
}

static float *averages(const struct parameters *parameters)
{
    return mem_zero(parameters->size, sizeof(float));
}

static bool write_files(const void *context, const char *folder, struct err *err)
{
    char *path = mem_format("%s/trainer_state.json", folder);
    const bool good = adapter_save(context, folder, err) && outfile_put(path, TEXT("{}\n"), err);

    mem_free(path);
    return good;
}

void trained_init(struct trained *trained, const char *run, uint64_t seed)
{
    const struct config config = adapters_model("smollm");
    struct parameters *parameters = &trained->adapter.parameters;
    struct adapter_options options;
    struct random random;
    struct err err;

    adapter_options_init(&options);
    if (!adapter_init(&trained->adapter, &config, &options, seed, &err)) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    adapter_options_release(&options);
    trained->checkpoint = (struct checkpoint){.run = run,
                                              .weights = "adapter_model.safetensors",
                                              .parameters = parameters,
                                              .m = averages(parameters),
                                              .v = averages(parameters),
                                              .updates = seed,
                                              .write = write_files,
                                              .context = &trained->adapter};
    random_init(&random, (uint32_t)seed);
    fill(&random, parameters, parameters->values, 0xffffffff);
    fill(&random, parameters, trained->checkpoint.m, 0xffffffff);
    fill(&random, parameters, trained->checkpoint.v, 0x7fffffff);
}

void trained_release(struct trained *trained)
{
    adapter_release(&trained->adapter);
    mem_free(trained->checkpoint.m);
    mem_free(trained->checkpoint.v);
}

bool trained_same(const struct trained *a, const struct trained *b)
{
    const size_t bytes = a->checkpoint.parameters->size * sizeof(float);

    return b->checkpoint.parameters->size * sizeof(float) == bytes &&
           memcmp(a->adapter.parameters.values, b->adapter.parameters.values, bytes) == 0 &&
           memcmp(a->checkpoint.m, b->checkpoint.m, bytes) == 0 &&
           memcmp(a->checkpoint.v, b->checkpoint.v, bytes) == 0 &&
           a->checkpoint.updates == b->checkpoint.updates;
}
