#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int number) {
  (void)number;
  stopped = 1;
}

int main(void) {
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);

  int sock = socket(AF_INET, SOCK_DGRAM, 0);
  int on = 1;
  setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(5000), .sin_addr.s_addr = INADDR_ANY};
  if (bind(sock, (struct sockaddr *)&address, sizeof address) != 0) {
    perror("bind");
    return 1;
  }
  printf("UDP echo server on 0.0.0.0:5000\n");
  fflush(stdout);

  char buffer[4096];
  while (!stopped) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    ssize_t received = recvfrom(sock, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &length);
    if (received < 0) continue;
    printf("%s:%d -> %.*s\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port), (int)received, buffer);
    fflush(stdout);
    sendto(sock, buffer, received, 0, (struct sockaddr *)&peer, length);
  }
  close(sock);
  return 0;
}
