#include "real/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace lastcall::real {
namespace {

using boost::system::error_code;
namespace asio = boost::asio;

// Beyond this much unread output we stop reading (RFC 9113 10.5: answers to PING and SETTINGS could grow without end).
constexpr std::size_t unread_output_max = 1024 * 1024;

}  // namespace

connection::connection(model::connection_id id, socket_type socket, connection_owner& owner)
    : id_(id), socket_(std::move(socket)), owner_(owner), codec_(id) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void connection::read() {
  if (reading_ || read_ended_ || destroyed_ || codec_.framed() > unread_output_max) {
    return;
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this()](error_code error, std::size_t size) {
    self->reading_ = false;
    if (self->destroyed_) {
      return;
    }
    if (error) {
      self->read_ended_ = true;
      self->owner_.on_read_end(*self, error != asio::error::eof);
      return;
    }
    self->owner_.on_bytes(*self, std::span(self->input_).first(size));
    self->read();
  });
}

void connection::pump() {
  if (writing_ || write_failed_ || destroyed_) {
    return;
  }
  if (codec_.has_output()) {
    writing_ = true;
    output_ = codec_.take_output();
    asio::async_write(socket_, asio::buffer(output_.bytes),
                      [self = shared_from_this()](error_code error, std::size_t) { self->written(error); });
  } else if (fin_wanted_ && codec_.drained()) {
    fin_wanted_ = false;
    error_code ignored;  // a peer that is gone already needs no FIN; reading tells
    socket_.shutdown(socket_type::shutdown_send, ignored);
  }
}

void connection::written(error_code error) {
  writing_ = false;
  if (destroyed_) {
    return;
  }
  if (error) {
    write_failed_ = true;
    read_ended_ = true;
    owner_.on_read_end(*this, true);
    return;
  }
  owner_.on_written(*this, std::exchange(output_, {}).ended);
  pump();
  read();
}

bool connection::take_flushed() { return unflushed_ && idle() && !write_failed_ && std::exchange(unflushed_, false); }

void connection::shutdown_write() {
  fin_wanted_ = true;
  pump();
}

void connection::destroy() {
  pump();  // the kernel may still take a last GOAWAY
  destroyed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace lastcall::real
