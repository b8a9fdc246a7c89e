// One TCP connection between a client and a server, as the two kernels hold it: what is on the way in each direction, and how
// each side's close, reset or silence reaches the other. The rules are Linux's, measured on a loopback interface. It knows no
// server and takes no decision.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "model/socket_event.hpp"

namespace lastcall::sim {

/// Bytes that a connection surely holds while nobody reads them (Linux: tcp_wmem, its default), and what one read(2) of
/// libuv takes.
inline constexpr std::uint64_t kernel_holds_at_least = 16384;
inline constexpr std::uint32_t one_read = 65536;

struct kernel_socket {
  // Towards the server.
  std::uint64_t received = 0;     ///< bytes that the server has not read
  bool client_fin = false;
  bool client_fin_read = false;
  bool reset_by_client = false;
  // Towards the client.
  std::uint64_t sent = 0;         ///< bytes that the client has not read
  bool server_fin = false;
  bool reset_by_server = false;
  bool cut_short = false;         ///< some of `sent` may never have left
  bool end_seen = false;          ///< the client has read FIN or RST and reads no further
  // Who is still there.
  bool client_left = false;       ///< it closed or aborted its socket
  bool server_left = false;

  friend bool operator==(const kernel_socket&, const kernel_socket&) = default;
};

/// What the server's kernel has for its process.
enum class readable : std::uint8_t { nothing, bytes, end, error };

inline readable next_read(const kernel_socket& s) {
  if (s.received > 0) return readable::bytes;
  if (s.client_fin) return s.client_fin_read ? readable::nothing : readable::end;
  return s.reset_by_client ? readable::error : readable::nothing;
}

/// A write fails once a RST has come; the error is another one after the FIN (Linux: tcp_reset in CLOSE_WAIT).
inline model::node_error write_error(const kernel_socket& s) {
  if (!s.reset_by_client) return model::node_error::none;
  return s.client_fin ? model::node_error::broken_pipe : model::node_error::connection_reset;
}

inline void server_writes(kernel_socket& s, std::uint64_t length) {
  // Nobody is there to take it: the answer is a RST (RFC 9293 3.10.7.1).
  if (s.client_left) s.reset_by_client = true;
  else s.sent += length;
}

/// close(2) of the server. Unread input turns the FIN into a RST (RFC 2525 2.17), which drops what was not sent.
inline void server_closes(kernel_socket& s, bool abortive, bool output_waits) {
  if (s.server_left) return;
  s.server_left = true;
  const bool resets = abortive || s.received > 0;
  s.cut_short = output_waits || resets;
  if (resets && !s.reset_by_client) s.reset_by_server = true;
  else s.server_fin = true;
}

inline void client_sends(kernel_socket& s, std::uint64_t length) {
  // A FIN that came before is still read first; without one the client sees the RST.
  if (s.server_left) s.reset_by_server = s.reset_by_server || !s.server_fin;
  else s.received += length;
}

/// close(2) of the client: a RST where it leaves input unread, now or because more of it is to come.
inline void client_closes(kernel_socket& s) {
  s.client_left = true;
  if (s.sent > 0) s.reset_by_client = true;
  else s.client_fin = true;
  s.sent = 0;
}

inline void client_resets(kernel_socket& s) {
  s.client_left = s.reset_by_client = true;
  s.sent = 0;
}

/// How a kernel finds out that a peer has vanished; 0 means that the option is not set.
struct vigilance {
  std::uint64_t keep_alive_idle_ms = 0;      ///< TCP_KEEPIDLE, with SO_KEEPALIVE
  std::uint64_t keep_alive_interval_ms = 0;  ///< TCP_KEEPINTVL
  std::uint32_t keep_alive_probes = 0;       ///< TCP_KEEPCNT
  std::uint64_t user_timeout_ms = 0;         ///< TCP_USER_TIMEOUT
  std::uint64_t retransmits_for_ms = 924600; ///< tcp_retries2 = 15
};

/// Milliseconds from a peer's last sign of life until the kernel reports an error, or nothing: never. Output that waits
/// suppresses keep-alive probes (Linux: tcp_keepalive_timer), so a peer that is there but lets nothing in, a window of zero, is
/// bounded by the user timeout alone (RFC 9293 3.8.6.1 lets it stay for ever).
inline std::optional<std::uint64_t> gives_up_after(const vigilance& set, bool output_waits, bool peer_answers) {
  if (peer_answers && !output_waits) return std::nullopt;
  if (output_waits) {
    if (set.user_timeout_ms > 0) return set.user_timeout_ms;
    return peer_answers ? std::nullopt : std::optional(set.retransmits_for_ms);
  }
  if (set.keep_alive_idle_ms == 0) return std::nullopt;
  if (set.user_timeout_ms > 0) return std::max(set.user_timeout_ms, set.keep_alive_idle_ms);
  return set.keep_alive_idle_ms + set.keep_alive_probes * set.keep_alive_interval_ms;
}

}  // namespace lastcall::sim
