/* A disk that is full or read-only, for machines that forbid to mount one. Loaded before the C library (LD_PRELOAD), it lets
   the calls fail that would write below the folder DISK: after ROOM bytes with ENOSPC, or without ROOM at once with EROFS. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int below(const char *path) {
  const char *disk = getenv("DISK");
  return disk && strncmp(path, disk, strlen(disk)) == 0;
}

ssize_t write(int fd, const void *data, size_t size) {
  static long used = 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length > 0) {
    path[length] = 0;
    if (below(path) && getenv("ROOM") && (used += size) > atol(getenv("ROOM"))) {
      errno = ENOSPC;
      return -1;
    }
  }
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  return real(fd, data, size);
}

static int refused(const char *path, int flags) {
  if (!below(path) || getenv("ROOM") || !(flags & (O_WRONLY | O_RDWR | O_CREAT))) return 0;
  errno = EROFS;
  return 1;
}

#define OPEN(name)                                          \
  int name(const char *path, int flags, ...) {              \
    va_list rest;                                           \
    va_start(rest, flags);                                  \
    mode_t mode = va_arg(rest, mode_t);                     \
    va_end(rest);                                           \
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
    return refused(path, flags) ? -1 : real(path, flags, mode);    \
  }
OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode) {
  int (*real)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
  return refused(path, O_CREAT) ? -1 : real(path, mode);
}
