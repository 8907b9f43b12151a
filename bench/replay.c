/*
 * Sends packets of a file to a port of this machine, again and again, with sequence numbers that go on:
 *   replay PORT FILE SEQUENCE_AT STEP TEMPLATE RATE MESSAGES SECONDS
 * FILE holds packets, each behind its length in four octets, little-endian. SEQUENCE_AT is the octet of their sequence numbers, STEP how far a
 * packet brings them. With TEMPLATE 1 the first packet is a Template, sent first and before every 2000th packet, and brings them TEMPLATE_STEP
 * (an environment variable, 0 unless told) further. RATE is packets a second, 0 as many as go; it ends after MESSAGES or SECONDS.
 * Prints JSON: packets sent besides Templates and the seconds it took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 32, MOST_PACKETS = 65536, TEMPLATE_EVERY = 2000 };

static uint8_t *packets[MOST_PACKETS];
static uint32_t lengths[MOST_PACKETS];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static int load(const char *path) {
  FILE *file = fopen(path, "rb");
  int count = 0;
  if (!file) return 0;
  while (count < MOST_PACKETS && fread(&lengths[count], 4, 1, file) == 1) {
    packets[count] = malloc(lengths[count]);
    if (fread(packets[count], lengths[count], 1, file) != 1) break;
    count++;
  }
  fclose(file);
  return count;
}

static void set_sequence(uint8_t *packet, int at, uint32_t sequence) {
  uint32_t wire = htonl(sequence);
  memcpy(packet + at, &wire, 4);
}

static void wait_until(double due) {
  for (double left; (left = due - now()) > 0;)
    if (left > 0.0002) usleep((useconds_t)((left - 0.0001) * 1e6));
}

int main(int count, char **arguments) {
  if (count != 9) return 2;
  int at = atoi(arguments[3]), step = atoi(arguments[4]), has_template = atoi(arguments[5]);
  double rate = atof(arguments[6]), seconds = atof(arguments[8]);
  uint64_t most = strtoull(arguments[7], 0, 10), sent = 0, templates_due = 0;
  const char *template_step = getenv("TEMPLATE_STEP");
  int loaded = load(arguments[2]), first = has_template ? 1 : 0;
  if (loaded <= first) return 1;

  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) return 1;

  struct mmsghdr messages[AT_ONCE];
  struct iovec pieces[AT_ONCE];
  memset(messages, 0, sizeof messages);
  uint32_t sequence = 0;
  int next = first;
  double began = now(), time = began;
  while (sent < most && time - began < seconds) {
    if (has_template && sent >= templates_due) {
      set_sequence(packets[0], at, sequence);
      sequence += template_step ? atoi(template_step) : 0;
      send(fd, packets[0], lengths[0], 0);
      templates_due += TEMPLATE_EVERY;
      /* Whoever reads it first has it before the records. */
      if (sent == 0) usleep(50000), began = now();
    }
    if (rate > 0) wait_until(began + sent / rate);
    int batch = 0;
    for (; batch < AT_ONCE && next < loaded && sent + batch < most; batch++, next++) {
      set_sequence(packets[next], at, sequence);
      sequence += step;
      pieces[batch] = (struct iovec){packets[next], lengths[next]};
      messages[batch].msg_hdr.msg_iov = &pieces[batch];
      messages[batch].msg_hdr.msg_iovlen = 1;
    }
    for (int done = 0; done < batch;) {
      int went = sendmmsg(fd, messages + done, batch - done, 0);
      if (went > 0) done += went;
      else if (errno != ECONNREFUSED && errno != EINTR) return 1;
    }
    sent += batch;
    if (next == loaded) next = first;
    time = now();
  }
  printf("{\"msgs\":%lu,\"sec\":%.4f}\n", (unsigned long)sent, time - began);
  return 0;
}
