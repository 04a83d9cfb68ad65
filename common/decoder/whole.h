/* Training all of a model's weights, for small models: they are held as floats, in one array, with
 * a gradient each. */
#ifndef DECODER_WHOLE_H
#define DECODER_WHOLE_H

#include "adapter/parameters.h"
#include "decoder/decoder.h"

/* Copies the weights into the parameters, which the decoder computes with from here on and which it
 * borrows. They bear Hugging Face's names; matrices decay, norms and biases do not. */
void whole_init(struct parameters *parameters, struct decoder *decoder);

#endif
