#include <zlib.h>

// What zlib has as a macro, which Swift does not see.
static inline int CZlib_deflateInit2(z_streamp stream, int level, int windowBits, int memoryLevel) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY);
}
