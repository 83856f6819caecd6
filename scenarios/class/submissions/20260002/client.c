#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s <server_ip> <server_port>\n", argv[0]);
    return 2;
  }
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  inet_pton(AF_INET, argv[1], &server.sin_addr);

  int sock = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in local = {.sin_family = AF_INET};
  socklen_t length = sizeof local;
  bind(sock, (struct sockaddr *)&local, length);
  getsockname(sock, (struct sockaddr *)&local, &length);
  printf("local endpoint: %s:%d\n", inet_ntoa(local.sin_addr), ntohs(local.sin_port));
  struct timeval two_seconds = {.tv_sec = 2};
  setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &two_seconds, sizeof two_seconds);

  char line[4096];
  for (;;) {
    printf("> ");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) break;
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '\0') break;
    sendto(sock, line, strlen(line), 0, (struct sockaddr *)&server, sizeof server);
    char echo[4096];
    struct sockaddr_in peer;
    length = sizeof peer;
    ssize_t received = recvfrom(sock, echo, sizeof echo, 0, (struct sockaddr *)&peer, &length);
    if (received < 0) {
      printf("no echo received (timeout)\n");
    } else {
      printf("%s:%d -> %.*s\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port), (int)received, echo);
    }
  }
  close(sock);
  return 0;
}
