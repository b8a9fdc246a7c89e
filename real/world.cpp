#include "real/world.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <csignal>

namespace lastcall::real {
namespace {

using boost::system::error_code;
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr int environment_failed = 4;
constexpr int bad_usage = 2;
constexpr int killed_by_signal = 128;
constexpr std::chrono::milliseconds accept_pause{100};  // when the process has no descriptors left
constexpr std::size_t detached_shown_max = 10;

std::string_view name_of(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
  }
  return "Ctrl-Break";
}

std::string text_of(const tcp::endpoint& at) {
  const auto address = at.address().to_string();
  return at.address().is_v6() ? fmt::format("[{}]:{}", address, at.port()) : fmt::format("{}:{}", address, at.port());
}

}  // namespace

world::world(const model::profile& profile, const serve_options& options, std::ostream& report)
    : profile_(profile), options_(options), report_(report) {}

serve_result world::run() {
  for (const int signal : {SIGINT, SIGTERM}) {
    signals_.add(signal);
  }
#ifdef SIGBREAK
  signals_.add(SIGBREAK);
#endif
  raise({model::listen_called{}});
  turn();
  if (result_.exit_code == 0) {
    await_signal();
    loop_.run();
  }
  if (result_.exit_code == 0) {
    print_report();
  }
  return result_;
}

// Events.

// One event at a time, and its effects before the next: what an effect raises waits its turn.
void world::run_queue() {
  while (!queue_.empty()) {
    now_ = std::move(queue_.front());
    queue_.pop_front();
    effects_.clear();
    model_.step(now_.event, profile_, effects_);
    for (const auto& effect : effects_) {
      std::visit([this](const auto& what) { carry_out(what); }, effect);
    }
  }
}

// Hands what was submitted to the kernel. A connection may be flushed without a write: a reset drops what waited.
void world::settle() {
  for (const auto id : std::exchange(touched_, {})) {
    if (!is_live(id)) {
      continue;
    }
    at(id).pump();
    if (at(id).take_flushed()) {
      raise({model::output_flushed{id}});
    }
  }
}

void world::turn() {
  do {
    run_queue();
    settle();
  } while (!queue_.empty());
  if (model_.is_closed() && connections_.empty()) {
    loop_.stop();
  }
}

// The kernel.

bool world::is_live(model::connection_id id) const {
  const auto found = connections_.find(id);
  return found != connections_.end() && !found->second->destroyed();
}

void world::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (!acceptor_.is_open()) {
      return;  // accepted by the kernel while close was called: it goes the way of the backlog
    }
    if (error) {
      accept_again_.expires_after(accept_pause);
      accept_again_.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor_.is_open()) {
          accept();
        }
      });
      return;
    }
    model::connection_id id = 0;
    while (connections_.contains(id)) {
      ++id;
    }
    const auto accepted = std::make_shared<connection>(id, std::move(socket), static_cast<connection_owner&>(*this));
    connections_.emplace(id, accepted);
    ++tally_.connections;
    raise({model::connection_accepted{id}});
    turn();
    accepted->read();
    if (acceptor_.is_open()) {
      accept();
    }
  });
}

void world::await_signal() {
  signals_.async_wait([this](error_code error, int signal) {
    if (error) {
      return;
    }
    if (closed_at_ != clock::time_point()) {
      result_ = {killed_by_signal + signal,
                 fmt::format("a second signal ({}) ended the drain; connections open: {}", name_of(signal),
                             connections_.size())};
      loop_.stop();
      return;
    }
    closed_at_ = clock::now();
    report_ << fmt::format("closing: {} received, connections open: {}", name_of(signal), connections_.size()) << std::endl;
    await_signal();
    raise({model::close_called{}});
    turn();
  });
}

void world::on_bytes(connection& from, std::span<const std::byte> bytes) {
  touched_.push_back(from.id());  // the codec may have windows to return
  from.codec().feed(bytes, [this, &from](const wire::received& one) {
    received_ = &one;
    raise({one.event});
    run_queue();
    received_ = nullptr;
    return !from.destroyed();
  });
  turn();
}

void world::on_read_end(connection& from, bool reset) {
  raise(reset ? happening{model::peer_rst{from.id()}} : happening{model::peer_fin{from.id()}});
  turn();
}

void world::on_written(connection& from, std::span<const model::stream_id> ended) {
  for (const auto stream : ended) {
    raise({model::end_stream_written{from.id(), stream}});
  }
  touched_.push_back(from.id());
  run_queue();
  application_.writable(from.id());
  turn();
}

// The application.

void world::read_body(exchange_key which) { raise({model::handler_read{which.connection, which.stream}}); }

void world::consumed(exchange_key which, std::size_t size) {
  if (is_live(which.connection)) {
    at(which.connection).codec().consume(which.stream, size);
    touched_.push_back(which.connection);
  }
}

void world::respond(exchange_key which, wire::fields response) {
  raise({.event = model::handler_responded{which.connection, which.stream}, .fields = std::move(response)});
}

void world::write(exchange_key which, std::span<const std::byte> content) {
  raise({.event = model::handler_wrote{which.connection, which.stream, static_cast<std::uint32_t>(content.size())},
         .content = {content.begin(), content.end()}});
}

void world::finish(exchange_key which) { raise({model::handler_finished{which.connection, which.stream}}); }

std::size_t world::waiting(exchange_key which) const {
  return is_live(which.connection) ? connections_.at(which.connection)->codec().waiting(which.stream) : 0;
}

// Effects.

template <class Frame>
void world::submit(const Frame& frame) {
  at(frame.connection).codec().submit(frame);
  at(frame.connection).submitted();
  touched_.push_back(frame.connection);
}

void world::carry_out(const model::send_headers& frame) {
  at(frame.connection).codec().submit(frame, now_.fields);
  at(frame.connection).submitted();
  touched_.push_back(frame.connection);
}

void world::carry_out(const model::send_data& frame) {
  at(frame.connection).codec().submit(frame, now_.content);
  at(frame.connection).submitted();
  touched_.push_back(frame.connection);
}

void world::carry_out(const model::start_listening&) {
  error_code error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) {
    result_ = {bad_usage, fmt::format("--listen: '{}' is not a numeric address", options_.address)};
    return;
  }
  const tcp::endpoint wanted(address, options_.port);
  acceptor_.open(wanted.protocol(), error);
#ifndef _WIN32  // there the option means that others may take the port
  if (!error) {
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  }
#endif
  if (!error) {
    acceptor_.bind(wanted, error);
  }
  if (!error) {
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    result_ = {environment_failed, fmt::format("cannot listen on {}: {}", text_of(wanted), error.message())};
    return;
  }
  report_ << "listening on " << text_of(acceptor_.local_endpoint()) << std::endl;
  accept();
}

void world::carry_out(const model::return_window& what) {
  at(what.connection).codec().return_window(what.length);
  touched_.push_back(what.connection);
}

void world::carry_out(const model::write_now& what) { at(what.connection).pump(); }

void world::carry_out(const model::stop_listening&) {
  error_code ignored;
  acceptor_.close(ignored);
  accept_again_.cancel();
}

void world::carry_out(const model::shutdown_write& what) { at(what.connection).shutdown_write(); }

void world::carry_out(const model::destroy_socket& what) {
  const auto* expired = std::get_if<model::timer_expired>(&now_.event);
  if (expired != nullptr && expired->which == model::timer::drain) {
    ++tally_.aborted;
  }
  at(what.connection).destroy();
}

void world::carry_out(const model::run_close_callbacks& what) {
  asio::post(loop_, [this, id = what.connection] {
    raise({model::close_callbacks_ran{id}});
    run_queue();
    for (auto& line : application_.end_all(id)) {
      tally_.detached.push_back(std::move(line));
    }
    connections_.erase(id);
    turn();
  });
}

void world::carry_out(const model::run_deferred&) {
  asio::post(loop_, [this] {
    raise({model::deferred_ran{}});
    turn();
  });
}

std::chrono::milliseconds world::duration(model::timer which) const {
  switch (which) {
    case model::timer::drain:
      return options_.drain_deadline;
    case model::timer::notice:
      return options_.notice;
    case model::timer::linger:
      return options_.linger;
    case model::timer::preface:
      return options_.preface;
    default:  // of a server that shows its sockets, or of a Servlet request
      return {};
  }
}

void world::carry_out(const model::arm_timer& what) {
  const std::pair key{what.which, what.connection};
  auto& armed = timers_.try_emplace(key, armed_timer{asio::steady_timer(loop_), 0}).first->second;
  armed.serial = ++timer_serial_;
  armed.timer.expires_after(duration(what.which));
  // An expiry that waits in the loop while the timer is cancelled or armed anew is told apart by its serial.
  armed.timer.async_wait([this, what, key, serial = armed.serial](error_code cancelled) {
    const auto found = timers_.find(key);
    if (cancelled || found == timers_.end() || found->second.serial != serial) {
      return;
    }
    timers_.erase(found);
    tally_.deadline_passed |= what.which == model::timer::drain;
    raise({model::timer_expired{what.which, what.connection}});
    turn();
  });
}

void world::carry_out(const model::cancel_timer& what) { timers_.erase({what.which, what.connection}); }

// `next_tick` makes no difference to this application: what its handlers ask for waits in the queue in any case.
void world::carry_out(const model::notify& what) {
  const exchange_key which{what.connection, what.stream};
  switch (what.what) {
    case model::callback::server_stream:
      ++tally_.requests;
      application_.begin(which, received_->fields);
      break;
    case model::callback::stream_data:
      application_.body(which, received_->data);
      break;
    case model::callback::stream_end:
      application_.body_ended(which);
      break;
    case model::callback::request_completed:
      ++tally_.completed;
      application_.end(which);
      break;
    case model::callback::request_error:
      ++tally_.failed;
      if (auto line = application_.end(which)) {
        tally_.detached.push_back(std::move(*line));
      }
      break;
    default:
      break;  // this application listens to nothing else
  }
}

void world::print_report() const {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - closed_at_);
  report_ << fmt::format("closed {} ms after close was called{}\n", took.count(),
                         tally_.deadline_passed
                             ? fmt::format("; connections destroyed at the drain deadline: {}", tally_.aborted)
                             : std::string());
  report_ << fmt::format("connections: {}; requests: {}, completed {}, failed {}\n", tally_.connections,
                         tally_.requests, tally_.completed, tally_.failed);
  for (std::size_t i = 0; i < std::min(tally_.detached.size(), detached_shown_max); ++i) {
    report_ << "detached: " << tally_.detached[i] << "\n";
  }
  if (tally_.detached.size() > detached_shown_max) {
    report_ << fmt::format("detached: and {} more\n", tally_.detached.size() - detached_shown_max);
  }
  report_.flush();
}

}  // namespace lastcall::real
