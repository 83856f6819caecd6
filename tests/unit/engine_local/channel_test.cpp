// Orders and reports between the controller and the lab process.

#include "lab/engine/local/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace echolab::engine::local {
namespace {

struct Ends {
  Ends() {
    std::array<int, 2> sockets{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()), 0);
    controller = std::make_unique<Channel>(UniqueFd(sockets[0]));
    lab = std::make_unique<Channel>(UniqueFd(sockets[1]));
  }
  std::unique_ptr<Channel> controller, lab;
};

TEST(LabChannel, AStartBringsItsDescriptors) {
  Ends ends;
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const UniqueFd read(pipe[0]), write(pipe[1]);
  const StreamEnds streams{pipe[1], pipe[1], pipe[1]};
  ASSERT_TRUE(ends.controller->try_order({Order::Kind::start_node, 7, 0}, &streams));
  Output output;
  const auto order = ends.lab->next_order(output);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->kind, Order::Kind::start_node);
  EXPECT_EQ(order->index, 7u);
  char byte = 0;
  for (const UniqueFd& fd : output) {
    ASSERT_EQ(::write(fd.get(), "x", 1), 1);
    EXPECT_EQ(::read(read.get(), &byte, 1), 1);
    EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0) << "a node's program would inherit it";
  }
}

TEST(LabChannel, AFullChannelRefusesAndGoesOnWhenThereIsRoom) {
  Ends ends;
  std::uint32_t sent = 0;
  while (ends.controller->try_order({Order::Kind::signal_node, sent, 0})) ++sent;
  ASSERT_GT(sent, 0u);
  Output none;
  for (std::uint32_t i = 0; i < sent; ++i) EXPECT_EQ(ends.lab->next_order(none)->index, i);
  EXPECT_TRUE(ends.controller->try_order({Order::Kind::signal_node, sent, 0}));
}

TEST(LabChannel, TextIsCutNotOverrun) {
  Report report{Report::Kind::lab_failed, 0, 0, {}};
  report.add_text("begin ");
  report.add_text(std::string(1000, 'x'));
  report.add_text("never seen");
  const std::string_view text(report.text.data());
  EXPECT_EQ(text.size(), report.text.size() - 1);
  EXPECT_TRUE(text.starts_with("begin xxx"));
}

TEST(LabChannel, EachSideLearnsThatTheOtherIsGone) {
  Ends ends;
  ends.lab->report({Report::Kind::networks_ready, 0, 0, {}});
  ends.lab.reset();
  bool ended = false;
  EXPECT_TRUE(ends.controller->try_report(&ended));
  EXPECT_FALSE(ended);
  EXPECT_FALSE(ends.controller->try_report(&ended));
  EXPECT_TRUE(ended);

  Ends others;
  others.controller.reset();
  Output none;
  EXPECT_FALSE(others.lab->next_order(none));
}

}  // namespace
}  // namespace echolab::engine::local
