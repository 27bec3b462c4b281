// The reference of scripts/bench: plain hiredis, one thread, commands pipelined to a fixed depth.
// Usage: hiredis-loop HOST PORT KEY DEPTH TOTAL     prints commands per second
#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 6) return 64;
    redisContext *context = redisConnect(argv[1], atoi(argv[2]));
    if (context == NULL || context->err) return 69;
    int depth = atoi(argv[4]);
    long total = atol(argv[5]);
    double start = now();
    for (long sent = 0; sent < total; sent += depth) {
        for (int i = 0; i < depth; i++) redisAppendCommand(context, "GET %s", argv[3]);
        for (int i = 0; i < depth; i++) {
            redisReply *reply;
            if (redisGetReply(context, (void **)&reply) != REDIS_OK) return 69;
            freeReplyObject(reply);
        }
    }
    printf("%.0f\n", (double)total / (now() - start));
    redisFree(context);
    return 0;
}
