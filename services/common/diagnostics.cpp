#include "services/common/diagnostics.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>

#include "services/common/event_log.h"

namespace echo {

namespace {

class EventLogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit EventLogSink(EventLog& log) : log_(log) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    log_.push_diagnostic(std::string(line.data(), line.size()));
  }
  void flush_() override {}

 private:
  EventLog& log_;
};

void use(std::string_view program, std::shared_ptr<spdlog::sinks::sink> sink) {
  auto logger = std::make_shared<spdlog::logger>(std::string(program), std::move(sink));
  logger->set_pattern("%n: %l: %v");
  logger->set_level(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace

void start_diagnostics(std::string_view program, EventLog& log) {
  use(program, std::make_shared<EventLogSink>(log));
}

void end_diagnostics() {
  use(spdlog::default_logger()->name(), std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

void note(std::string_view text) {
  spdlog::info("{}", text);
}
void warn(std::string_view text) {
  spdlog::warn("{}", text);
}
void complain(std::string_view text) {
  spdlog::error("{}", text);
}

}  // namespace echo
