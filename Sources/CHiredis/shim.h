// The codec half of libhiredis: the command formatter and the reply reader.
// hiredis.h and read.h exist in 0.14.1 and in every 1.x; nothing else is used,
// so that the same Swift source compiles against both.
#pragma once
#include <hiredis.h>
#include <read.h>
