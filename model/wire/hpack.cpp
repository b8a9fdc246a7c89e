#include "model/wire/hpack.hpp"

#include <algorithm>
#include <new>

#ifdef _MSC_VER
#define NGHTTP2_NO_SSIZE_T  // Visual C++ has no ssize_t
#endif
#include <nghttp2/nghttp2.h>

namespace lastcall::wire {
namespace {

constexpr std::size_t table_size_max = 4096;
constexpr std::size_t field_overhead = 32;  // RFC 9113 6.5.2

// From 1.60 on nghttp2 has twins of these two functions that do without ssize_t.
#if NGHTTP2_VERSION_NUM >= 0x013c00
constexpr auto inflate = nghttp2_hd_inflate_hd3;
constexpr auto deflate = nghttp2_hd_deflate_hd2;
#else
constexpr auto inflate = nghttp2_hd_inflate_hd2;
constexpr auto deflate = nghttp2_hd_deflate_hd;
#endif

std::string text(const std::uint8_t* from, std::size_t length) {
  return {reinterpret_cast<const char*>(from), length};
}

// nghttp2 takes mutable pointers but only reads through them.
std::uint8_t* octets(const std::string& from) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(from.data()));
}

}  // namespace

hpack_decoder::hpack_decoder() {
  nghttp2_hd_inflater* made = nullptr;
  if (nghttp2_hd_inflate_new(&made) != 0) {
    throw std::bad_alloc();
  }
  inflater_.reset(made);
}

void hpack_decoder::deleter::operator()(nghttp2_hd_inflater* inflater) const { nghttp2_hd_inflate_del(inflater); }

std::variant<fields, model::error_code> hpack_decoder::decode(std::span<const std::byte> block,
                                                              std::size_t list_size_max) {
  fields list;
  std::size_t list_size = 0;
  const auto* next = reinterpret_cast<const std::uint8_t*>(block.data());
  std::size_t left = block.size();
  for (;;) {
    nghttp2_nv line{};
    int flags = 0;
    const auto used = inflate(inflater_.get(), &line, &flags, next, left, 1);
    if (used < 0) {  // also when the block ends inside a field line, for this is all of it
      return model::error_code::compression_error;
    }
    next += used;
    left -= static_cast<std::size_t>(used);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      list_size += line.namelen + line.valuelen + field_overhead;
      if (list_size > list_size_max) {
        return model::error_code::enhance_your_calm;
      }
      list.push_back({text(line.name, line.namelen), text(line.value, line.valuelen)});
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
      nghttp2_hd_inflate_end_headers(inflater_.get());
      return list;
    }
  }
}

hpack_encoder::hpack_encoder() {
  nghttp2_hd_deflater* made = nullptr;
  if (nghttp2_hd_deflate_new(&made, table_size_max) != 0) {
    throw std::bad_alloc();
  }
  deflater_.reset(made);
}

void hpack_encoder::deleter::operator()(nghttp2_hd_deflater* deflater) const { nghttp2_hd_deflate_del(deflater); }

void hpack_encoder::set_table_size(std::uint32_t size) {
  if (nghttp2_hd_deflate_change_table_size(deflater_.get(), std::min<std::size_t>(size, table_size_max)) != 0) {
    throw std::bad_alloc();
  }
}

bytes hpack_encoder::encode(std::span<const field> list) {
  std::vector<nghttp2_nv> lines;
  lines.reserve(list.size());
  for (const auto& [name, value] : list) {
    lines.push_back({octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  bytes block(nghttp2_hd_deflate_bound(deflater_.get(), lines.data(), lines.size()));
  const auto size = deflate(deflater_.get(), reinterpret_cast<std::uint8_t*>(block.data()), block.size(), lines.data(),
                            lines.size());
  if (size < 0) {
    throw std::bad_alloc();  // the bound rules out every other error
  }
  block.resize(static_cast<std::size_t>(size));
  return block;
}

std::string nghttp2_version_text() { return nghttp2_version(0)->version_str; }

}  // namespace lastcall::wire
