/* Which linear layers of a model get an adapter, and how large a one: by the rules of PEFT.
 *
 * A module is left out when it is excluded; it is taken when targets name it. Names in a list count
 * in the given layers only, but for those that are whole. That some name fits nothing is fine; that
 * none does is an error, and so is a target that is no linear layer of the decoder's layers. */
#ifndef ADAPTER_TARGETS_H
#define ADAPTER_TARGETS_H

#include "adapter/adapter_options.h"
#include "core/err.h"
#include "model/weight_table.h"

struct target {
    size_t rank; /* 0: not adapted */
    double alpha;
};

/* What can be trained. targets: config->layers times WEIGHT_LINEARS. The errors name no file. */
bool targets_find(struct target *targets, const struct adapter_options *options,
                  const struct config *config, struct err *err);

/* The same of an adapter that somebody else trained: the embedding and the output may be targets,
 * too, and stand behind the layers', in this order. Modules that were trained whole are none. */
enum { TARGETS_OTHERS = 2 };
bool targets_find_all(struct target *targets, const struct adapter_options *options,
                      const struct config *config, struct err *err);

#endif
