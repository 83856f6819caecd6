// Copied programs are found under other names and in another layout; the course's template and everybody's idioms are
// not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <regex>

#include "lab/copies/find_copies.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/copies/captures.h"

namespace echolab::copies {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const char* const threaded_server = R"(import socket
import threading

HOST, PORT = "0.0.0.0", 5000
clients = {}
lock = threading.Lock()

def handle(conn, addr):
    """Echo what one client sends."""
    count = 0
    total = 0
    try:
        while True:
            data = conn.recv(4096)
            if not data:
                break
            count += 1
            total += len(data)
            print(f"[{addr[0]}:{addr[1]}] {data.decode(errors='replace')}")
            conn.sendall(data)
            if count % 100 == 0:
                print("still here", count, total)
    except ConnectionResetError:
        print("reset by", addr)
    finally:
        with lock:
            clients.pop(addr, None)
        conn.close()

def report():
    with lock:
        for addr, since in sorted(clients.items()):
            print(addr, since)
        if len(clients) > 10 and not all(clients.values()):
            print("too many", len(clients) - 10)

def main():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, PORT))
    listener.listen(50)
    while True:
        conn, addr = listener.accept()
        with lock:
            clients[addr] = len(clients) + 1
        threading.Thread(target=handle, args=(conn, addr), daemon=True).start()
        report()

if __name__ == "__main__":
    main()
)";

const char* const selecting_server = R"(import selectors
import socket
import sys

class EchoServer:
    def __init__(self, port):
        self.selector = selectors.DefaultSelector()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("", port))
        self.socket.listen()
        self.socket.setblocking(False)
        self.selector.register(self.socket, selectors.EVENT_READ, self.on_accept)
        self.waiting = {}

    def on_accept(self, key):
        connection, peer = self.socket.accept()
        connection.setblocking(False)
        self.waiting[connection] = b""
        self.selector.register(connection, selectors.EVENT_READ, self.on_ready)
        print("connection from", peer)

    def on_ready(self, key):
        connection = key.fileobj
        try:
            received = connection.recv(2048)
        except OSError as error:
            return self.drop(connection, error)
        if received == b"":
            return self.drop(connection, "end")
        self.waiting[connection] += received
        sent = connection.send(self.waiting[connection])
        self.waiting[connection] = self.waiting[connection][sent:]

    def drop(self, connection, reason):
        print("gone:", reason)
        self.selector.unregister(connection)
        del self.waiting[connection]
        connection.close()

    def run(self):
        while True:
            for key, events in self.selector.select():
                key.data(key)

EchoServer(int(sys.argv[1]) if len(sys.argv) > 1 else 5000).run()
)";

const char* const short_server = R"(import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5000))
while True:
    data, addr = s.recvfrom(2048)
    print(addr, data)
    s.sendto(data, addr)
)";

std::string replaced(std::string text, const std::vector<std::pair<std::string, std::string>>& names) {
  for (const auto& [from, to] : names) text = std::regex_replace(text, std::regex("\\b" + from + "\\b"), to);
  return text;
}

// A program of its own kind: statements drawn by chance, as different authors' programs differ.
std::string made_up_program(unsigned seed, int statements) {
  static const std::vector<std::string> shapes{"  x = f(y, 1);",
                                               "  if (x > y) { g(x); }",
                                               "  while (n--) total += n * 2;",
                                               "  send(s, b, n, 0);",
                                               "  p->next = q;",
                                               "  for (i = 0; i < n; i++)",
                                               "  a[i] = b[j] ^ 7;",
                                               "  return x ? y : z;",
                                               "  printf(\"%d\", x);",
                                               "  memset(&a, 0, sizeof a);",
                                               "  do { x++; } while (x < 9);",
                                               "  switch (x) { case 1: y(); }",
                                               "  const char *t = u + 1;",
                                               "  x |= (1 << y);",
                                               "  if (!p) return -1;",
                                               "  close(s); s = -1;",
                                               "  *out++ = *in++;",
                                               "  f(g(h(x)), y);",
                                               "  else x = -x;",
                                               "  goto done;"};
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < statements; ++i) text += shapes[random() % shapes.size()] + "\n";
  return text;
}

class Programs : public testing::Test {
 protected:
  void hand_in(const std::string& student, const std::string& source, const std::string& name = "server.py") {
    works_.push_back({student, folder_ / student});
    add(student, source, name);
  }
  void add(const std::string& student, const std::string& source, const std::string& name) {
    test::write(folder_ / student / "program" / name, source);
  }
  std::vector<marks::Alike> found() const { return find_copies(works_); }

  test::TemporaryFolder folder_;
  std::vector<Work> works_;
};

TEST_F(Programs, TwoServersOfTheirOwnAreNoCopies) {
  hand_in("20260001", threaded_server);
  hand_in("20260002", selecting_server);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Programs, AServerThatCanOnlyBeWrittenSoIsNoCopy) {
  hand_in("20260001", short_server);
  hand_in("20260002", short_server);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Programs, RenamedAndReformattedTextIsFound) {
  hand_in("20260001", threaded_server);
  std::string copy = replaced(threaded_server, {{"conn", "client_socket"},
                                                {"addr", "where"},
                                                {"data", "buf"},
                                                {"count", "n"},
                                                {"clients", "everybody"},
                                                {"handle", "serve_one"},
                                                {"listener", "server"},
                                                {"4096", "1024"}});
  copy = std::regex_replace(copy, std::regex(" = "), "=");
  copy = std::regex_replace(copy, std::regex("\n"), "\n\n") + "# all my own work\n";
  hand_in("20260002", copy, "main.py");
  hand_in("20260003", selecting_server);
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(alike[0].first, "20260001");
  EXPECT_EQ(alike[0].second, "20260002");
  EXPECT_EQ(alike[0].what, "program");
  EXPECT_EQ(
      alike[0].reason,
      "100 % of the first student's server.py is in the other's program too, leaving aside names, numbers, texts, "
      "comments, layout and what the class has in common; the longest stretch has 47 lines");
  ASSERT_FALSE(alike[0].evidence.empty());
  EXPECT_EQ(alike[0].evidence[0], "server.py lines 4-50 = main.py lines 7-99");
}

TEST_F(Programs, ACopiedServerBesideAClientOfItsOwnIsFound) {
  hand_in("20260001", threaded_server);
  add("20260001", made_up_program(1, 150), "client.c");
  hand_in("20260002", replaced(threaded_server, {{"conn", "c"}, {"addr", "a"}}), "echo.py");
  add("20260002", made_up_program(2, 150), "client.c");
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_THAT(alike[0].reason, HasSubstr("of the first student's server.py is in the other's program too"));
}

TEST_F(Programs, OtherCommentsAndLayoutAreTheSameText) {
  hand_in("20260001", threaded_server);
  hand_in("20260002", "# mine\n" + std::regex_replace(threaded_server, std::regex("    "), "  "), "x/srv.py");
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(alike[0].reason, "1 source file is the same but for comments and white space");
  EXPECT_THAT(alike[0].evidence, testing::ElementsAre("server.py = x/srv.py"));
}

TEST_F(Programs, CommentsAndStringsOfCAreToldApart) {
  const std::string body = made_up_program(1, 60);
  hand_in("20260001", "/* one\n two */\nconst char* u = \"http://a/*b\"; // x\n" + body, "a.c");
  hand_in("20260002", "const char* u = \"http://a/*b\";\n\n" + body + "// the end", "b.c");
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(alike[0].reason, "1 source file is the same but for comments and white space");
}

TEST_F(Programs, TheTemplateOfTheCourseIsNoCopy) {
  for (unsigned i = 0; i < 12; ++i) {
    const std::string student = "student" + std::to_string(i);
    hand_in(student, threaded_server, "template.py");
    add(student, made_up_program(i, 80), "own.c");
  }
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Programs, ACopyOnTopOfTheTemplateIsFound) {
  for (unsigned i = 0; i < 12; ++i) {
    const std::string student = "student" + std::to_string(i);
    hand_in(student, threaded_server, "template.py");
    add(student, made_up_program(i == 9 ? 4 : i, 80) + (i == 9 ? "x = 2;" : ""), "own.c");
  }
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(alike[0].first, "student4");
  EXPECT_EQ(alike[0].second, "student9");
  EXPECT_THAT(alike[0].reason, HasSubstr("the longest stretch has 80 lines"));
}

TEST_F(Programs, HalfOfAnothersProgramIsNotEnough) {
  // Half of it is the other's: worth a talk perhaps, but two programs of one exercise come near that.
  hand_in("20260001", made_up_program(1, 100), "a.c");
  hand_in("20260002", made_up_program(1, 50) + made_up_program(2, 50), "a.c");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Programs, HostileTextIsOnlyText) {
  std::string bytes;
  std::mt19937 random(4);
  for (int i = 0; i < 20'000; ++i) bytes += static_cast<char>(random());
  hand_in("20260001", bytes, "a.c");
  add("20260001", "\"\"\"", "b.py");
  add("20260001", std::string(100'000, '{'), "c.java");
  add("20260001", "'\\", "d.js");
  add("20260001", "/*", "e.go");
  hand_in("20260002", std::string(100'000, '{'), "c.java");
  std::filesystem::create_symlink("/etc", folder_ / "20260002" / "program" / "etc");
  std::filesystem::create_symlink(folder_ / "20260001" / "program" / "a.c", folder_ / "20260002" / "program" / "a.c");
  EXPECT_NO_THROW(found());
}

}  // namespace

}  // namespace echolab::copies
