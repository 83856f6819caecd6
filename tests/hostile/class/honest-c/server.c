/* What the course asks for, built while the others' builds attack. */
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
  static char data[65536];
  int server = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(5000)};
  if (bind(server, (struct sockaddr *)&any, sizeof any) != 0) return 1;
  for (;;) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    ssize_t size = recvfrom(server, data, sizeof data, 0, (struct sockaddr *)&peer, &length);
    if (size >= 0) sendto(server, data, (size_t)size, 0, (struct sockaddr *)&peer, length);
  }
}
