/* What the tools that compute say and take about it. */
#ifndef TOOLS_ENGINE_H
#define TOOLS_ENGINE_H

#include "gemm/kernel.h"

#define PRECISION_CHOICES "auto|fp32|bf16"

/* More of --version: the kernels that are used on this machine. */
void engine_about(void);

/* What --precision chose. A DPO_CPU that names nothing is wrong usage. */
enum precision engine_precision(size_t choice);

#endif
