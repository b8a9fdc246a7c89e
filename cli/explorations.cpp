#include "cli/explorations.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "cli/environments.hpp"
#include "cli/terminal.hpp"

namespace lastcall::cli {

std::vector<properties::environment_verdict> check_all(const std::vector<sim::world_options>& worlds,
                                                       const exploration_limits& limits) {
  const std::size_t hardware = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t jobs = std::min({std::size_t{limits.jobs}, hardware, worlds.size()});
  constexpr double gib = 1 << 30;

  explore::options options;
  options.order = limits.order;
  options.memory_limit_bytes = static_cast<std::uint64_t>(limits.memory_gib * gib / static_cast<double>(jobs));

  std::vector<properties::environment_verdict> verdicts(worlds.size());
  std::vector<std::exception_ptr> errors(worlds.size());
  progress_line progress(worlds.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < worlds.size(); i = next++) {
      explore::options own = options;
      own.on_progress = [&progress, i](const explore::progress& now) { progress.update(i, now); };
      try {
        verdicts[i] = worlds[i].connections == any_number ? properties::check_any_connections(worlds[i], own)
                                                          : properties::check(worlds[i], own);
        progress.finish(i, verdicts[i].explored);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };

  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < jobs; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& each : helpers) each.join();
  for (const std::exception_ptr& each : errors)
    if (each) std::rethrow_exception(each);
  return verdicts;
}

}  // namespace lastcall::cli
