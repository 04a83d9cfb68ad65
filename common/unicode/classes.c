#include "unicode/classes.h"

#include "unicode/classes.inc"

const unsigned char *const class_pages = class_index;
const unsigned char *const class_rows = class_blocks;
