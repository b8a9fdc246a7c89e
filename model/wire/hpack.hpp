// Header compression (RFC 7541), which is nghttp2's work: one decoder and one encoder, each with its dynamic table.
// Both tables are state shared with the peer, so every field block of a connection must pass through, in order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "model/wire/frame.hpp"

struct nghttp2_hd_inflater;
struct nghttp2_hd_deflater;

namespace lastcall::wire {

struct field {
  std::string name;
  std::string value;
  bool operator==(const field&) const = default;
};

/// Field lines in wire order, pseudo-header fields first.
using fields = std::vector<field>;

class hpack_decoder {
 public:
  hpack_decoder();

  /// Decodes one complete field block. Returns the error code of the connection error otherwise: COMPRESSION_ERROR, or
  /// ENHANCE_YOUR_CALM when the list grows beyond `list_size_max` (bytes as RFC 9113 6.5.2 counts them).
  std::variant<fields, model::error_code> decode(std::span<const std::byte> block, std::size_t list_size_max);

 private:
  struct deleter {
    void operator()(nghttp2_hd_inflater*) const;
  };
  std::unique_ptr<nghttp2_hd_inflater, deleter> inflater_;
};

class hpack_encoder {
 public:
  hpack_encoder();

  /// The peer's SETTINGS_HEADER_TABLE_SIZE. More than 4096 bytes are never used.
  void set_table_size(std::uint32_t size);

  bytes encode(std::span<const field> list);

 private:
  struct deleter {
    void operator()(nghttp2_hd_deflater*) const;
  };
  std::unique_ptr<nghttp2_hd_deflater, deleter> deflater_;
};

/// The version of the nghttp2 library that runs, e.g. "1.52.0". The bytes of a field block may differ between versions.
std::string nghttp2_version_text();

}  // namespace lastcall::wire
