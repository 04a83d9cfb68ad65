#define FORMATS rounded_plain
#include "fold/rounded_formats.h"
