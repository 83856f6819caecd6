#include "lab/docker_api/loop.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <map>
#include <utility>
#include <vector>

#include "lab/base/error.h"

namespace echolab::docker_api {

namespace {

constexpr std::size_t header_limit = 64u << 10;
constexpr std::chrono::milliseconds tick{100};
constexpr long connect_limit_ms = 10'000;

struct Easy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct Multi {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct List {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One request under way. libcurl holds pointers into it.
struct Transfer {
  RequestId id = 0;
  Request request;
  Loop::Done done;
  Response response;
  std::size_t header_bytes = 0;
  bool refused = false;         // on_data returned false
  bool headers_are_in = false;  // on_headers is due
  std::exception_ptr thrown;
  std::string why_ended;
  std::unique_ptr<curl_slist, List> headers;
  std::unique_ptr<CURL, Easy> easy;

  bool succeeded() const { return response.status >= 200 && response.status < 300; }
};

// Runs a user's callback inside libcurl's C code, which no exception may cross.
template <class F>
bool guarded(Transfer& transfer, F&& callback) {
  try {
    return callback();
  } catch (...) {
    transfer.thrown = std::current_exception();
    return false;
  }
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > header_limit) {
    transfer.why_ended = "the answer's header is longer than 64 KiB";
    return 0;
  }
  constexpr std::string_view version = "api-version:";
  const auto equal = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (line.size() > version.size() && std::equal(version.begin(), version.end(), line.begin(),
                                                 [&](char key, char found) { return equal(found, key); })) {
    auto value = line.substr(version.size());
    while (!value.empty() && std::isspace(static_cast<unsigned char>(value.front())) != 0) value.remove_prefix(1);
    while (!value.empty() && std::isspace(static_cast<unsigned char>(value.back())) != 0) value.remove_suffix(1);
    transfer.response.api_version = value;
  }
  if (line == "\r\n" || line == "\n") {
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    transfer.headers_are_in = transfer.succeeded() && transfer.request.on_headers;
  }
  return line.size();
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view bytes(data, size * count);
  if (transfer.succeeded() && transfer.request.on_data) {
    if (guarded(transfer, [&] { return transfer.request.on_data(bytes); })) return bytes.size();
    transfer.refused = true;
    return 0;
  }
  if (transfer.response.body.size() + bytes.size() > transfer.request.body_limit) {
    transfer.why_ended = fmt::format("the answer is longer than {} bytes", transfer.request.body_limit);
    return 0;
  }
  transfer.response.body += bytes;
  return bytes.size();
}

std::string describe(const Transfer& transfer, CURLcode code) {
  if (!transfer.why_ended.empty()) return transfer.why_ended;
  switch (code) {
    case CURLE_OK:
      return {};
    case CURLE_OPERATION_TIMEDOUT:
      return transfer.request.limit ? "no whole answer within " + format_duration(*transfer.request.limit)
                                    : std::string("no connection within 10s");
    case CURLE_PARTIAL_FILE:
      return "the answer was cut off";
    case CURLE_GOT_NOTHING:
      return "the connection was closed without an answer";
    default:
      return curl_easy_strerror(code);
  }
}

}  // namespace

struct Loop::Impl {
  Endpoint endpoint;
  std::unique_ptr<CURLM, Multi> multi;
  RequestId next_id = 1;
  std::map<RequestId, std::unique_ptr<Transfer>> transfers;

  void tell_headers();
  void finish_ended();
  void remove(std::map<RequestId, std::unique_ptr<Transfer>>::iterator transfer) {
    curl_multi_remove_handle(multi.get(), transfer->second->easy.get());
    transfers.erase(transfer);
  }
};

Loop::Loop(Endpoint endpoint) : impl_(std::make_unique<Impl>()) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  impl_->endpoint = std::move(endpoint);
  impl_->multi.reset(curl_multi_init());
  if (ready != CURLE_OK || !impl_->multi) throw EnvironmentError("start libcurl", "it could not be initialised", "");
  // Idle connections that stay open for the next call.
  curl_multi_setopt(impl_->multi.get(), CURLMOPT_MAXCONNECTS, 32L);
}

Loop::~Loop() {
  while (!impl_->transfers.empty()) impl_->remove(impl_->transfers.begin());
}

const Endpoint& Loop::endpoint() const {
  return impl_->endpoint;
}

RequestId Loop::start(Request request, Done done) {
  auto owned = std::make_unique<Transfer>();
  Transfer& transfer = *owned;
  transfer.id = impl_->next_id++;
  transfer.request = std::move(request);
  transfer.done = std::move(done);
  transfer.easy.reset(curl_easy_init());
  CURL* const easy = transfer.easy.get();
  if (easy == nullptr) throw EnvironmentError("start a request", "out of memory", "");

  const Endpoint& endpoint = impl_->endpoint;
  const std::string url = endpoint.base_url + transfer.request.path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // never through http_proxy
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, static_cast<long>(transfer.request.receive_buffer));
  if (endpoint.is_local()) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, endpoint.socket_path.c_str());
  if (endpoint.tls) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, endpoint.tls->ca.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLCERT, endpoint.tls->certificate.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLKEY, endpoint.tls->key.c_str());
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, endpoint.tls->verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, endpoint.tls->verify ? 2L : 0L);
  }
  if (transfer.request.limit) {
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(*transfer.request.limit).count();
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(limit, 1)));
  }
  if (transfer.request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer.request.body.data());
    // No "Expect: 100-continue": the daemon takes bodies at once.
    transfer.headers.reset(curl_slist_append(nullptr, "Expect:"));
    const std::string type = "Content-Type: " + transfer.request.content_type;
    curl_slist_append(transfer.headers.get(), type.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
  } else if (transfer.request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer.request.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_multi_add_handle(impl_->multi.get(), easy);
  impl_->transfers.emplace(transfer.id, std::move(owned));
  return transfer.id;
}

void Loop::cancel(RequestId id) {
  const auto found = impl_->transfers.find(id);
  if (found != impl_->transfers.end()) impl_->remove(found);
}

void Loop::Impl::tell_headers() {
  std::vector<std::function<void()>> due;
  for (auto& [id, transfer] : transfers) {
    if (transfer->headers_are_in) due.push_back(std::exchange(transfer->request.on_headers, {}));
    transfer->headers_are_in = false;
  }
  for (const auto& on_headers : due) on_headers();
}

void Loop::Impl::finish_ended() {
  std::vector<std::pair<RequestId, CURLcode>> ended;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    ended.emplace_back(transfer->id, message->data.result);
  }
  // A callback may start and cancel requests, so each is looked up again.
  for (const auto& [id, code] : ended) {
    const auto found = transfers.find(id);
    if (found == transfers.end()) continue;
    Transfer& transfer = *found->second;
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    if (!transfer.refused || code != CURLE_WRITE_ERROR) transfer.response.failure = describe(transfer, code);
    transfer.response.could_not_connect = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST;
    const auto thrown = transfer.thrown;
    const Done done = std::move(transfer.done);
    Response response = std::move(transfer.response);
    remove(found);
    if (thrown) std::rethrow_exception(thrown);
    if (done) done(std::move(response));
  }
}

Loop::Wake Loop::run_until(const std::function<bool()>& satisfied, const Deadline& deadline, int descriptor,
                           const std::function<void()>& on_tick) {
  auto next_tick = std::chrono::steady_clock::now() + tick;
  for (;;) {
    int running = 0;
    curl_multi_perform(impl_->multi.get(), &running);
    impl_->tell_headers();
    impl_->finish_ended();
    if (satisfied()) return Wake::satisfied;
    if (deadline.passed()) return Wake::deadline;

    curl_waitfd extra{descriptor, CURL_WAIT_POLLIN, 0};
    const auto until_tick = std::chrono::ceil<std::chrono::milliseconds>(next_tick - std::chrono::steady_clock::now());
    const auto wait = std::clamp(until_tick, std::chrono::milliseconds(0), deadline.left());
    int ready = 0;
    curl_multi_poll(impl_->multi.get(), descriptor < 0 ? nullptr : &extra, descriptor < 0 ? 0 : 1,
                    static_cast<int>(wait.count()), &ready);
    if (extra.revents != 0) return Wake::descriptor;
    if (std::chrono::steady_clock::now() >= next_tick) {
      next_tick = std::chrono::steady_clock::now() + tick;
      if (on_tick) on_tick();
    }
  }
}

}  // namespace echolab::docker_api
