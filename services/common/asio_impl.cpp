// Asio's implementation, compiled once for all services (ASIO_SEPARATE_COMPILATION).
#include <asio/impl/src.hpp>
