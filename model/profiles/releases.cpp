#include "model/profiles/releases.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "model/profiles/profiles.hpp"

namespace lastcall::model {
namespace {

struct release {
  std::string_view system;
  std::vector<std::uint32_t> version;
  std::string_view option;  ///< with its plus sign
};

/// "node-22.12.0", "nginx-1.22.1+worker_shutdown_timeout"; nothing where no numbers and dots stand behind the last dash.
std::optional<release> release_of(std::string_view name) {
  const std::string_view option = name.substr(std::min(name.find('+'), name.size()));
  name.remove_suffix(option.size());
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  release made{name.substr(0, dash), {}, option};
  const char* at = name.data() + dash + 1;
  const char* const end = name.data() + name.size();
  for (;;) {
    std::uint32_t number = 0;
    const auto [next, status] = std::from_chars(at, end, number);
    if (status != std::errc{}) return std::nullopt;
    made.version.push_back(number);
    if (next == end) return made;
    if (*next != '.') return std::nullopt;
    at = next + 1;
  }
}

/// A release has three numbers; a profile may leave the last one open, as "nginx-1.22" does.
bool speaks_for(std::size_t known, std::size_t wanted) { return known == wanted || (known == 2 && wanted == 3); }

}  // namespace

spokesman profile_for(std::string_view name) {
  if (const profile* measured = find_profile(name)) return {measured, {}};
  const auto wanted = release_of(name);
  if (!wanted) return {};
  const profile* newest_before = nullptr;
  const profile* oldest = nullptr;
  std::vector<std::uint32_t> newest_version;
  std::vector<std::uint32_t> oldest_version;
  for (const profile& each : profiles()) {
    const auto known = release_of(each.name);
    const bool same_kind = known && known->system == wanted->system && known->option == wanted->option &&
                           speaks_for(known->version.size(), wanted->version.size());
    if (!same_kind) continue;
    if (known->version <= wanted->version && (newest_before == nullptr || known->version > newest_version)) {
      newest_before = &each;
      newest_version = known->version;
    }
    if (oldest == nullptr || known->version < oldest_version) {
      oldest = &each;
      oldest_version = known->version;
    }
  }
  const profile* const chosen = newest_before != nullptr ? newest_before : oldest;
  if (chosen == nullptr) return {};
  return {chosen, std::string(name) + " is not measured; predicted by " + std::string(chosen->name)};
}

}  // namespace lastcall::model
