#include <arpa/inet.h>

#include <iostream>
#include <string>

int main() {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(5000);
  bind(fd, reinterpret_cast<sockaddr*>(&local), sizeof local);
  std::cout << "echo server" << std::endl;
  while (true) {
    std::string text(4096, '\0');
    sockaddr_in from{};
    socklen_t size = sizeof from;
    text.resize(recvfrom(fd, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), &size));
    std::cout << text << std::endl;
    text += "\n";
    sendto(fd, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}
