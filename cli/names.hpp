// Names that a user types: what there is to choose from, and what was perhaps meant.
#pragma once

#include <CLI/App.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/profile.hpp"
#include "sim/environment.hpp"

namespace lastcall::cli {

using name_list = std::vector<std::string>;

/// Profiles and mutants.
name_list profile_names();
/// Accepts those, and the releases that one of them predicts (model/profiles/releases.hpp).
CLI::Validator any_profile();
/// Each name once, though a claim may come in two forms.
name_list claim_names();
name_list peer_names();
name_list handler_names();

/// "unknown KIND 'GIVEN'; did you mean 'x'?", or with the whole list where nothing is near and the list is short.
std::string unknown_name(std::string_view kind, std::string_view given, const name_list& known);

/// Accepts these names only, and says so as unknown_name() does.
CLI::Validator one_of(std::string_view kind, name_list known);

/// An enumerator by its name; `enumerator` must be described.
template <class Enum>
std::string_view text_of(Enum enumerator) {
  return boost::describe::enum_to_string(enumerator, "?");
}

}  // namespace lastcall::cli
