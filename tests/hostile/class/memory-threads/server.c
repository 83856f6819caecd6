/* Fifty threads, each with a stack of 64 MiB that it fills. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { threads = 50, stack_bytes = 64 << 20 };

static void *fill(void *unused) {
  volatile char stack[stack_bytes - (1 << 20)];
  memset((void *)stack, 1, sizeof stack);
  pause();
  return stack[0] ? unused : 0;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  for (int i = 0; i < threads; ++i) {
    pthread_t thread;
    pthread_create(&thread, &attributes, fill, 0);
  }
  pause();
}
