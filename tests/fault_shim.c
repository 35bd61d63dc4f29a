/* Stands between a program and the C library (LD_PRELOAD), and makes the k-th operation that changes a file fail or kill.
 *
 * The tests compile it where there is a C compiler. fault_arm() says what is to happen from then on:
 *   mode 0  nothing, only count           mode 1  SIGKILL before the k-th operation
 *   mode 2  SIGKILL after it              mode 3  SIGKILL in the middle of it, where it writes
 *   mode 4  it fails with an error        mode 5  it and all that come after fail with the error
 * Apart from that, the clock goes wrong by FAULT_CLOCK seconds, where the environment has it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static int armed, kind, target, error_number, seen, hit;
static char names[1 << 16];
static size_t used;

void fault_arm(int mode, int k, int error) { kind = mode; target = k; error_number = error; seen = hit = 0; used = 0; armed = 1; }
void fault_disarm(void) { armed = 0; }
int fault_seen(void) { return seen; }
int fault_hit(void) { return hit; }
const char *fault_names(void) { names[used] = 0; return names; }

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* Count an operation; return 1 where it is to fail, 2 where the process is to die after it, else 0. */
static int turn(const char *name) {
    if (!armed) return 0;
    seen++;
    if (used + 16 < sizeof names) used += (size_t)snprintf(names + used, 16, "%s ", name);
    if (seen < target || (seen > target && kind != 5) || !kind) return 0;
    hit = 1;
    if (kind == 1) die();
    if (kind >= 4) { errno = error_number; return 1; }
    return 2;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)
#define RUN(label, call) do { int t = turn(label); if (t == 1) return -1; int r = call; if (t == 2) die(); return r; } while (0)
#define CHANGES (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

#define OPEN(symbol) int symbol(const char *path, int flags, ...) { \
    REAL(int, #symbol, const char *, int, ...); mode_t mode = 0; \
    if (flags & O_CREAT) { va_list list; va_start(list, flags); mode = (mode_t)va_arg(list, int); va_end(list); } \
    if (!(flags & CHANGES) || !strncmp(path, "/dev/", 5)) return real(path, flags, mode); \
    RUN("open", real(path, flags, mode)); }
OPEN(open)
OPEN(open64)
#define OPENAT(symbol) int symbol(int folder, const char *path, int flags, ...) { \
    REAL(int, #symbol, int, const char *, int, ...); mode_t mode = 0; \
    if (flags & O_CREAT) { va_list list; va_start(list, flags); mode = (mode_t)va_arg(list, int); va_end(list); } \
    if (!(flags & CHANGES) || !strncmp(path, "/dev/", 5)) return real(folder, path, flags, mode); \
    RUN("open", real(folder, path, flags, mode)); }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (file <= 2) return real(file, data, size);
    int t = turn("write");
    if (t == 1) return -1;
    ssize_t done = real(file, data, t == 2 && kind == 3 ? size / 2 : size);
    if (t == 2) die();
    return done;
}
int fsync(int file) { REAL(int, "fsync", int); RUN("fsync", real(file)); }
int fdatasync(int file) { REAL(int, "fdatasync", int); RUN("fsync", real(file)); }
int rename(const char *a, const char *b) { REAL(int, "rename", const char *, const char *); RUN("rename", real(a, b)); }
int renameat(int x, const char *a, int y, const char *b) { REAL(int, "renameat", int, const char *, int, const char *); RUN("rename", real(x, a, y, b)); }
int link(const char *a, const char *b) { REAL(int, "link", const char *, const char *); RUN("link", real(a, b)); }
int symlink(const char *a, const char *b) { REAL(int, "symlink", const char *, const char *); RUN("symlink", real(a, b)); }
int unlink(const char *a) { REAL(int, "unlink", const char *); RUN("unlink", real(a)); }
int unlinkat(int x, const char *a, int flags) { REAL(int, "unlinkat", int, const char *, int); RUN("unlink", real(x, a, flags)); }
int mkdir(const char *a, mode_t mode) { REAL(int, "mkdir", const char *, mode_t); RUN("mkdir", real(a, mode)); }
int rmdir(const char *a) { REAL(int, "rmdir", const char *); RUN("rmdir", real(a)); }
int ftruncate(int file, off_t size) { REAL(int, "ftruncate", int, off_t); RUN("truncate", real(file, size)); }
int ftruncate64(int file, off64_t size) { REAL(int, "ftruncate64", int, off64_t); RUN("truncate", real(file, size)); }
int fchmod(int file, mode_t mode) { REAL(int, "fchmod", int, mode_t); RUN("chmod", real(file, mode)); }
int chmod(const char *a, mode_t mode) { REAL(int, "chmod", const char *, mode_t); RUN("chmod", real(a, mode)); }

static long shift(void) { const char *text = getenv("FAULT_CLOCK"); return text ? atol(text) : 0; }
int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int r = real(clock, now);
    if (!r && clock == CLOCK_REALTIME) now->tv_sec += shift();
    return r;
}
time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}
