// HTTP/1 as text, cut into the pieces that traces speak of: requests as a client sends them, responses as it receives them. It
// reads what log rows carry and judges nothing but whether a request can be one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::traces {

/// One piece of a request, in the order in which its bytes were sent.
struct request_piece {
  enum kind : std::uint8_t { head_part, head, body, invalid, past_upgrade };
  kind what = head_part;
  std::string target;           ///< of a head
  bool end = false;             ///< the request is whole
  bool closes = false;          ///< the connection ends with this request's response (RFC 9112 9.3)
  bool upgrade = false;
  bool wants_continue = false;
  std::uint32_t length = 0;     ///< of a body
};

/// Cuts what one client sends.
class request_cutter {
 public:
  std::vector<request_piece> take(std::string_view bytes);

 private:
  request_piece complete_head();

  std::string head_;
  std::string body_;          ///< of a chunked body: what is not decoded yet
  std::uint64_t left_ = 0;    ///< bytes of the body that are still to come
  enum { in_head, in_body, in_chunks, after_upgrade, given_up } state_ = in_head;
};

/// What a client sees of a response. `status` is 0 where the text of the head is not recorded.
struct response_piece {
  bool end = false;           ///< the response is whole; otherwise its head
  std::uint16_t status = 0;
  bool closes = false;
};

/// Cuts what one client receives. Long pieces are recorded without their text; then the length of the handler's body, known
/// from the program, tells when the response is whole.
class response_cutter {
 public:
  std::vector<response_piece> take(std::string_view bytes);
  std::vector<response_piece> take_unseen(std::uint64_t length, std::uint64_t body_length);
  /// The server's FIN, which ends a body without a length (HTTP/1.0). What a server answers by itself, to no request, has none.
  std::vector<response_piece> take_fin();

 private:
  void finish(std::vector<response_piece>& found);

  std::string text_;
  std::uint64_t left_ = 0;
  bool answers_request_ = false;  ///< a handler's response has a Date field
  enum { in_head, in_body, in_chunks, in_unseen, to_the_end } state_ = in_head;
};

}  // namespace lastcall::traces
