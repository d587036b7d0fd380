/* bench-turns.c: how long the threads of this process are away from their polls.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench-turns.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A program's poll() comes before that of the C library, also for GLib. */

#define MAX_THREADS 64
#define NAME_SIZE 16 /* of Linux */

typedef struct
{
  char name[NAME_SIZE];
  BenchTurn longest;
} Thread;

static GMutex mutex;
static Thread threads[MAX_THREADS]; /* in the order of their first polls */
static guint n_threads;
static __thread Thread *this_thread;
static __thread BenchTurn returned;

int poll (void *fds, unsigned long n_fds, int timeout);

static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static Thread *
add_thread (void)
{
  Thread *thread = n_threads < MAX_THREADS ? &threads[n_threads++] : NULL;

  if (thread != NULL)
    prctl (PR_GET_NAME, thread->name);
  return thread;
}

static void
note_turn (void)
{
  g_mutex_lock (&mutex);
  if (this_thread != NULL)
    {
      BenchTurn *longest = &this_thread->longest;

      longest->wall = MAX (longest->wall, g_get_monotonic_time () - returned.wall);
      longest->cpu = MAX (longest->cpu, get_cpu_time () - returned.cpu);
    }
  else
    this_thread = add_thread ();
  g_mutex_unlock (&mutex);
}

int
poll (void *fds, unsigned long n_fds, int timeout)
{
  struct timespec limit = { .tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L };
  int result;

  note_turn ();
  result = (int) syscall (SYS_ppoll, fds, n_fds, timeout < 0 ? NULL : &limit, NULL, _NSIG / 8);
  returned.wall = g_get_monotonic_time ();
  returned.cpu = get_cpu_time ();
  return result;
}

void
bench_turns_take (const char *name, guint number, BenchTurn *out)
{
  memset (out, 0, sizeof *out);
  g_mutex_lock (&mutex);
  for (guint i = 0; i < n_threads; i++)
    if (strcmp (threads[i].name, name) == 0 && number-- == 0)
      {
        *out = threads[i].longest;
        memset (&threads[i].longest, 0, sizeof threads[i].longest);
      }
  g_mutex_unlock (&mutex);
}
