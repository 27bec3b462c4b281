// Tells Thread Sanitizer what Swift's runtime does not: preloaded by scripts/test.
//
// The runtime's libraries are not built for the sanitizer. A Mutex that two threads want at once takes its slow path there, and a
// continuation that is resumed before its task waits is handed over there, so that every access that they put in order would be
// reported as a race. These functions stand in front of the runtime's, say what happens before what, and pass on.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Absent in processes that are not built for the sanitizer, which inherit the preload.
void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

static void acquire(void *place) {
    if (__tsan_acquire && place) __tsan_acquire(place);
}

static void release(void *place) {
    if (__tsan_release && place) __tsan_release(place);
}

#define SWIFT __attribute__((swiftcall))
#define ASYNC __attribute__((swiftasynccall))
#define SELF __attribute__((swift_context)) void *self
#define REAL(type, name) \
    static type real; \
    if (!real) real = (type)dlsym(RTLD_NEXT, name)

// Synchronization._MutexHandle._lockSlow(UInt32), _tryLockSlow(), _unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t, SELF) __asm__(LOCK);
SWIFT void lock_slow(uint32_t thread, SELF) {
    typedef SWIFT void (*function)(uint32_t, SELF);
    REAL(function, LOCK);
    real(thread, self);
    acquire(self);
}

SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT bool try_lock_slow(SELF) {
    typedef SWIFT bool (*function)(SELF);
    REAL(function, TRY_LOCK);
    bool is_locked = real(self);
    if (is_locked) acquire(self);
    return is_locked;
}

SWIFT void unlock_slow(SELF) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF) {
    typedef SWIFT void (*function)(SELF);
    REAL(function, UNLOCK);
    release(self);
    real(self);
}

// What a task is given by its continuation was written before it goes on.
SWIFT void *swift_task_getCurrent(void) __attribute__((weak));

SWIFT void swift_continuation_resume(void *task) {
    typedef SWIFT void (*function)(void *);
    REAL(function, "swift_continuation_resume");
    release(task);
    real(task);
}

SWIFT void swift_continuation_throwingResume(void *task) {
    typedef SWIFT void (*function)(void *);
    REAL(function, "swift_continuation_throwingResume");
    release(task);
    real(task);
}

SWIFT void swift_continuation_throwingResumeWithError(void *task, void *error) {
    typedef SWIFT void (*function)(void *, void *);
    REAL(function, "swift_continuation_throwingResumeWithError");
    release(task);
    real(task, error);
}

ASYNC void swift_continuation_await(void *context) {
    typedef ASYNC void (*function)(void *);
    REAL(function, "swift_continuation_await");
    acquire(swift_task_getCurrent());
    __attribute__((musttail)) return real(context);
}
