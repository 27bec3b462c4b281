// The PostgreSQL client library, for the health probe alone: its asynchronous half, which never waits by itself.
// Debian keeps the header below a directory of its own, Homebrew does not; pkg-config names either.
#pragma once
#include <libpq-fe.h>
