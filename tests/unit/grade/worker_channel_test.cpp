#include "lab/grade/worker_channel.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>

#include "lab/base/error.h"

namespace echolab::grade {
namespace {

class WorkerChannelTest : public testing::Test {
 protected:
  WorkerChannelTest() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::runtime_error("socketpair");
    batch_ = UniqueFd(ends[0]);
    worker_.emplace(UniqueFd(ends[1]));
  }
  UniqueFd batch_;
  std::optional<WorkerChannel> worker_;
};

TEST_F(WorkerChannelTest, MessagesComeWholeAndInOrder) {
  worker_->phase("building");
  worker_->doubtful("busy");
  worker_->fault(std::string(10'000, 'x'));
  const auto first = receive(batch_.get()), second = receive(batch_.get()), third = receive(batch_.get());
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(first->kind, WorkerMessage::Kind::phase);
  EXPECT_EQ(first->text, "building");
  EXPECT_EQ(second->kind, WorkerMessage::Kind::doubtful);
  EXPECT_EQ(third->kind, WorkerMessage::Kind::fault);
  EXPECT_LT(third->text.size(), 2'000u);
  EXPECT_FALSE(receive(batch_.get()).has_value());
}

TEST_F(WorkerChannelTest, AProcessorIsAskedForOnceAndGivenBackOnce) {
  Interrupt interrupt;
  grant(batch_.get());  // the answer may be there before it is waited for
  worker_->acquire(interrupt);
  worker_->acquire(interrupt);
  worker_->release();
  worker_->release();
  EXPECT_EQ(receive(batch_.get())->kind, WorkerMessage::Kind::wants);
  EXPECT_EQ(receive(batch_.get())->kind, WorkerMessage::Kind::releases);
  EXPECT_FALSE(receive(batch_.get()).has_value());
}

TEST_F(WorkerChannelTest, WaitingEndsWhenTheBatchIsGone) {
  Interrupt interrupt;
  batch_.reset();
  EXPECT_THROW(worker_->acquire(interrupt), Interrupted);
}

TEST_F(WorkerChannelTest, WaitingEndsWithASignal) {
  Interrupt interrupt;
  ::raise(SIGTERM);
  EXPECT_THROW(worker_->acquire(interrupt), Interrupted);
}

TEST_F(WorkerChannelTest, NoiseIsNoMessage) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd reader(ends[0]), writer(ends[1]);
  ASSERT_EQ(::send(writer.get(), "zzz", 3, 0), 3);
  EXPECT_FALSE(receive(reader.get()).has_value());
}

TEST(WorkerAlone, WithoutABatchEverythingIsGranted) {
  Interrupt interrupt;
  WorkerChannel alone{UniqueFd()};
  alone.phase("x");
  alone.acquire(interrupt);
  alone.release();
}

}  // namespace
}  // namespace echolab::grade
