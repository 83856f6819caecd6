#include <arpa/inet.h>
#include <stdio.h>

int main(void) {
  int sock = socket(AF_INET, SOCK_DGRAM, 0)
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(5000)};
  bind(sock, (struct sockaddr *)&address, sizeof address);
  char buffer[4096];
  while (1) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    int n = recvfrom(sock, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &length);
    sendto(sock, buffer, n, 0, (struct sockaddr *)&peer, length);
  }
}
