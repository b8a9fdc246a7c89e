// The real world around the model: raises what happened on sockets, clocks and signals as events, one after the other,
// and carries out the effects in their order. It takes no decision about the protocol.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/effect.hpp"
#include "model/event.hpp"
#include "model/profile.hpp"
#include "model/server.hpp"
#include "real/application.hpp"
#include "real/connection.hpp"
#include "real/serve.hpp"

namespace lastcall::real {

class world final : private connection_owner, private exchange_port {
 public:
  world(const model::profile& profile, const serve_options& options, std::ostream& report);

  /// As serve().
  serve_result run();

 private:
  struct happening {
    model::event event;
    wire::fields fields = {};  ///< of handler_responded
    wire::bytes content = {};  ///< of handler_wrote
  };
  struct tally {
    std::uint64_t connections = 0;
    std::uint64_t requests = 0;
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    std::uint64_t aborted = 0;  ///< connections destroyed at the drain deadline
    bool deadline_passed = false;
    std::vector<std::string> detached;
  };
  using clock = std::chrono::steady_clock;

  struct armed_timer {
    boost::asio::steady_timer timer;
    std::uint64_t serial;
  };

  // Events.
  void raise(happening what) { queue_.push_back(std::move(what)); }
  void run_queue();
  void settle();
  void turn();

  // The kernel.
  void accept();
  void await_signal();
  void on_bytes(connection& from, std::span<const std::byte> bytes) override;
  void on_read_end(connection& from, bool reset) override;
  void on_written(connection& from, std::span<const model::stream_id> ended) override;

  // The application.
  void read_body(exchange_key which) override;
  void consumed(exchange_key which, std::size_t size) override;
  void respond(exchange_key which, wire::fields response) override;
  void write(exchange_key which, std::span<const std::byte> content) override;
  void finish(exchange_key which) override;
  std::size_t waiting(exchange_key which) const override;
  void handler_returned() override { turn(); }

  // Effects.
  template <class Frame>
  void submit(const Frame& frame);
  void carry_out(const model::send_settings& frame) { submit(frame); }
  void carry_out(const model::send_settings_ack& frame) { submit(frame); }
  void carry_out(const model::send_ping& frame) { submit(frame); }
  void carry_out(const model::send_ping_ack& frame) { submit(frame); }
  void carry_out(const model::send_goaway& frame) { submit(frame); }
  void carry_out(const model::send_rst_stream& frame) { submit(frame); }
  void carry_out(const model::send_headers& frame);
  void carry_out(const model::send_data& frame);
  void carry_out(const model::start_listening&);
  void carry_out(const model::return_window&);
  void carry_out(const model::write_now&);
  void carry_out(const model::stop_listening&);
  /// A system may lose a write that it is still putting together. Ours is with the kernel before the model hears of it.
  void carry_out(const model::discard_output&) {}
  void carry_out(const model::shutdown_write& what);
  void carry_out(const model::destroy_socket& what);
  void carry_out(const model::run_close_callbacks& what);
  void carry_out(const model::run_deferred&);
  void carry_out(const model::arm_timer& what);
  void carry_out(const model::cancel_timer& what);
  void carry_out(const model::notify& what);

  connection& at(model::connection_id id) { return *connections_.at(id); }
  bool is_live(model::connection_id id) const;
  std::chrono::milliseconds duration(model::timer which) const;
  void print_report() const;

  const model::profile& profile_;
  const serve_options& options_;
  std::ostream& report_;
  serve_result result_;
  tally tally_;
  clock::time_point closed_at_{};  ///< when close was called

  boost::asio::io_context loop_{1};
  boost::asio::ip::tcp::acceptor acceptor_{loop_};
  boost::asio::steady_timer accept_again_{loop_};
  boost::asio::signal_set signals_{loop_};
  std::map<std::pair<model::timer, model::connection_id>, armed_timer> timers_;
  std::uint64_t timer_serial_ = 0;
  std::map<model::connection_id, std::shared_ptr<connection>> connections_;

  model::server model_;
  model::effects effects_;
  std::deque<happening> queue_;
  happening now_{model::deferred_ran{}};  ///< the event whose effects are carried out
  const wire::received* received_ = nullptr;  ///< the frame behind it, if there is one
  std::vector<model::connection_id> touched_;  ///< connections with something submitted
  application application_{loop_, *this};
};

}  // namespace lastcall::real
