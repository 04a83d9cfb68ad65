/* What making and loading an adapter have in common. */
#ifndef ADAPTER_ADAPTER_LAYOUT_H
#define ADAPTER_ADAPTER_LAYOUT_H

#include "adapter/adapter.h"

#define ADAPTER_NAME (WEIGHT_NAME + 40) /* bytes of a tensor's name, with its end */

/* Sets what the parameters are, but makes no values yet. */
bool adapter_lay_out(struct adapter *adapter, const struct config *config,
                     const struct adapter_options *options, struct err *err);

/* Makes the values, all 0. */
void adapter_settle(struct adapter *adapter);

#endif
