// zlib, for the page's files. The macro hides a version and a size from Swift; the bridge gives them.
#pragma once
#include <zlib.h>

// Prepares a stream that gives the gzip format, with the strongest compression.
static inline int usdcop_zlib_start(z_stream *stream) {
    return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
}
