/* Are all weights numbers? A NaN among them would only show after hours, as a loss that is one. */
#ifndef MODEL_WEIGHTS_CHECK_H
#define MODEL_WEIGHTS_CHECK_H

#include "machine/team.h"
#include "model/model.h"

/* Reads all weights once, at the speed of memory; err names the first tensor with a NaN or an
 * infinity. */
bool weights_finite(const struct model *model, struct team *team, struct err *err);

#endif
