#include "real/serve.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "model/profiles/profiles.hpp"

namespace lastcall::cli {
namespace {

struct request {
  std::string profile = "rfc9113";
  std::string listen = "127.0.0.1:0";
  std::string drain_deadline;
  std::string notice;
  std::string linger;
};

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "100ms" or "5s".
std::chrono::milliseconds parse_duration(std::string_view option, std::string_view text) {
  constexpr std::uint32_t longest_ms = 24 * 60 * 60 * 1000;
  std::string_view digits = text;
  std::uint64_t unit_ms = 1;
  if (digits.ends_with("ms")) {
    digits.remove_suffix(2);
  } else if (digits.ends_with("s")) {
    digits.remove_suffix(1);
    unit_ms = 1000;
  } else {
    digits = {};
  }
  const auto count = parse_number<std::uint32_t>(digits);
  if (!count || *count * unit_ms > longest_ms)
    throw failure{exit_code::bad_input, fmt::format("{}: '{}' is not a duration such as 100ms or 5s, up to a day", option, text)};
  return std::chrono::milliseconds(*count * unit_ms);
}

void parse_listen(std::string_view text, real::serve_options& options) {
  const std::size_t colon = text.rfind(':');
  std::string_view address = text.substr(0, colon);
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_number<std::uint16_t>(text.substr(colon + 1));
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (!port || address.empty())
    throw failure{exit_code::bad_input,
                  fmt::format("--listen: '{}' is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:0", text)};
  options.address = address;
  options.port = *port;
}

int run(const request& asked) {
  model::profile profile = *model::find_profile(asked.profile);
  real::serve_options options;
  parse_listen(asked.listen, options);
  if (asked.drain_deadline == "none") {
    profile.drain_deadline = model::drain_deadline::none;
  } else if (!asked.drain_deadline.empty()) {
    if (profile.drain_deadline == model::drain_deadline::none)
      throw failure{exit_code::bad_input, fmt::format("--drain-deadline: {} has no drain deadline", profile.name)};
    options.drain_deadline = parse_duration("--drain-deadline", asked.drain_deadline);
  }
  if (!asked.notice.empty()) options.notice = parse_duration("--notice", asked.notice);
  if (!asked.linger.empty()) options.linger = parse_duration("--linger", asked.linger);

  const real::serve_result result = real::serve(profile, options, std::cout);
  std::cout.flush();
  if (!result.message.empty()) complain(result.message);
  return result.exit_code;
}

}  // namespace

verb add_serve(CLI::App& command) {
  auto asked = std::make_shared<request>();
  CLI::App* syntax =
      command.add_subcommand("serve", "run a real HTTP/2 server with a profile's decisions, until a signal closes it");
  syntax->add_option("--profile", asked->profile, "whose decisions it takes (default rfc9113)")
      ->check(one_of("profile", profile_names()))
      ->type_name("PROFILE");
  syntax->add_option("--listen", asked->listen, "numeric address and port; port 0 is one that is free (default 127.0.0.1:0)")
      ->type_name("ADDR:PORT");
  syntax->add_option("--drain-deadline", asked->drain_deadline, "how long the drain may take, or none (default 5s)")
      ->type_name("DURATION");
  syntax->add_option("--notice", asked->notice, "from the first GOAWAY to the final one (default 100ms)")->type_name("DURATION");
  syntax->add_option("--linger", asked->linger, "how long to wait for the peer's FIN (default 1s)")->type_name("DURATION");
  return {syntax, [asked] { return run(*asked); }};
}

}  // namespace lastcall::cli
