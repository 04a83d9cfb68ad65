#define FORMATS rounded_avx2
#include "fold/rounded_formats.h"
