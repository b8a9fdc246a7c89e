// Every machine in every state, given every event under every combination of facts. The tables are small enough that
// nothing has to be sampled.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/model/machines.hpp"

namespace lastcall::model::test {
namespace {

/// The size of the tables that Boost.MPL holds without its limits being raised.
constexpr std::size_t rows_max = 20;

template <class Enum>
std::string name_of(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

template <class Enum>
std::vector<Enum> all_of() {
  std::vector<Enum> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto each) { found.push_back(each.value); });
  return found;
}

template <class Facts>
using members_of = boost::describe::describe_members<Facts, boost::describe::mod_public>;

/// Every combination of the facts, the impossible ones included.
template <class Facts>
std::vector<Facts> all_combinations() {
  std::vector<Facts> found;
  const unsigned count = 1U << boost::mp11::mp_size<members_of<Facts>>::value;
  for (unsigned bits = 0; bits < count; ++bits) {
    Facts known{};
    unsigned left = bits;
    boost::mp11::mp_for_each<members_of<Facts>>([&](auto member) {
      known.*member.pointer = (left & 1U) != 0;
      left >>= 1;
    });
    found.push_back(known);
  }
  return found;
}

template <class Facts>
std::string text_of(const Facts& known) {
  std::string text;
  boost::mp11::mp_for_each<members_of<Facts>>(
      [&](auto member) { text += std::string(known.*member.pointer ? " " : " not ") + member.name; });
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(", ", at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return parts;
}

/// The guard of a row as the table prints it, "a, not b", decided here by other code than the machine's own.
template <class Facts>
bool agrees(const std::string& guard, const Facts& known) {
  return std::ranges::all_of(split(guard), [&](const std::string& literal) {
    const bool negated = literal.starts_with("not ");
    const std::string fact = negated ? literal.substr(4) : literal;
    bool found = false;
    bool value = false;
    boost::mp11::mp_for_each<members_of<Facts>>([&](auto member) {
      if (fact != member.name) return;
      found = true;
      value = known.*member.pointer;
    });
    EXPECT_TRUE(found) << "the guard '" << guard << "' names no fact with '" << fact << "'";
    return value != negated;
  });
}

template <class Commands>
std::vector<std::string> names_of(const Commands& issued) {
  std::vector<std::string> names;
  for (const auto command : issued) names.push_back(name_of(command));
  return names;
}

/// Calls visit(state, event, facts, transition, the rows whose guard agrees) for everything that is possible.
template <class Machine, class Visit>
void for_each_step(Visit visit) {
  for (const auto& known : all_combinations<typename Machine::facts>()) {
    if (Machine::impossible(known)) continue;
    for (const auto now : all_of<typename Machine::state>()) {
      for (const auto what : all_of<typename Machine::event>()) {
        std::vector<const table_row*> rows;
        for (const auto& row : Machine::table())
          if (row.source == name_of(now) && row.event == name_of(what) && agrees(row.guard, known)) rows.push_back(&row);
        visit(now, what, known, Machine::step(now, what, known), rows);
      }
    }
  }
}

/// The matrix as one would write it by hand, so that a changed table shows as changed text.
template <class Machine>
std::string matrix_of() {
  std::vector<std::vector<std::string>> lines{{""}};
  for (const auto now : all_of<typename Machine::state>()) lines.front().push_back(name_of(now));
  for (const auto what : all_of<typename Machine::event>()) {
    auto& line = lines.emplace_back(1, name_of(what));
    for (const auto now : all_of<typename Machine::state>()) {
      std::set<typename Machine::state> targets;
      for (const auto& known : all_combinations<typename Machine::facts>()) {
        if (Machine::impossible(known)) continue;
        const auto taken = Machine::step(now, what, known);
        if (taken.outcome == outcome::taken) targets.insert(taken.next);
      }
      std::string cell = targets.contains(now) ? "stays" : "";
      for (const auto target : targets)
        if (target != now) cell += (cell.empty() ? "" : ",") + name_of(target);
      line.push_back(cell.empty() ? "-" : cell);
    }
  }
  std::string text = "\n";
  for (const auto& line : lines) {
    for (std::size_t column = 0; column < line.size(); ++column) {
      std::size_t width = 0;
      for (const auto& each : lines) width = std::max(width, each[column].size());
      text += column == 0 ? "" : " | ";
      text += line[column];
      if (column + 1 < line.size()) text.append(width - line[column].size(), ' ');
    }
    text += '\n';
  }
  return text;
}

template <class Machine>
class machine_table : public testing::Test {};

struct machine_names {
  template <class Machine>
  static std::string GetName(int) {
    return Machine::name;
  }
};

using machines = testing::Types<net_server_machine, tcp_socket_machine, http1_connection_machine, http2_session_machine,
                                http2_goaway_machine, http2_stream_machine, exchange_machine, event_loop_machine,
                                servlet_request_machine, servlet_output_machine, http2_client_machine, client_request_machine>;
TYPED_TEST_SUITE(machine_table, machines, machine_names);

TYPED_TEST(machine_table, is_the_matrix_written_beside_it) { EXPECT_EQ(matrix_of<TypeParam>(), TypeParam::matrix); }

TYPED_TEST(machine_table, fits_into_twenty_rows) { EXPECT_LE(TypeParam::table().size(), rows_max); }

TYPED_TEST(machine_table, leaves_no_event_to_guards_that_all_refuse) {
  for_each_step<TypeParam>([](auto now, auto what, const auto& known, const auto& taken, const auto&) {
    EXPECT_NE(taken.outcome, outcome::guarded) << name_of(now) << " on " << name_of(what) << " with" << text_of(known);
  });
}

TYPED_TEST(machine_table, has_at_most_one_row_for_whatever_happens) {
  for_each_step<TypeParam>([](auto now, auto what, const auto& known, const auto&, const auto& rows) {
    EXPECT_LE(rows.size(), 1U) << name_of(now) << " on " << name_of(what) << " with" << text_of(known);
  });
}

TYPED_TEST(machine_table, does_what_the_row_says) {
  for_each_step<TypeParam>([](auto now, auto what, const auto& known, const auto& taken, const auto& rows) {
    if (rows.size() != 1) return;
    SCOPED_TRACE(name_of(now) + " on " + name_of(what) + " with" + text_of(known));
    const table_row& row = *rows.front();
    EXPECT_EQ(taken.outcome, outcome::taken);
    EXPECT_EQ(name_of(taken.next), row.target.empty() ? row.source : row.target);
    EXPECT_EQ(names_of(taken.commands), split(row.commands));
  });
}

TYPED_TEST(machine_table, ignores_an_event_it_has_no_row_for) {
  for_each_step<TypeParam>([](auto now, auto what, const auto& known, const auto& taken, const auto& rows) {
    if (!rows.empty()) return;
    SCOPED_TRACE(name_of(now) + " on " + name_of(what) + " with" + text_of(known));
    EXPECT_EQ(taken.outcome, outcome::absent);
    EXPECT_EQ(taken.next, now);
    EXPECT_TRUE(taken.commands.empty());
  });
}

TYPED_TEST(machine_table, takes_every_row_some_time) {
  std::set<const table_row*> taken_rows;
  for_each_step<TypeParam>([&](auto, auto, const auto&, const auto& taken, const auto& rows) {
    if (taken.outcome == outcome::taken) taken_rows.insert(rows.begin(), rows.end());
  });
  for (const auto& row : TypeParam::table())
    EXPECT_TRUE(taken_rows.contains(&row)) << row.source << " on " << row.event << " when " << row.guard;
}

TYPED_TEST(machine_table, reaches_every_state_from_the_initial_one) {
  using state = typename TypeParam::state;
  std::set<state> reached{TypeParam::initial};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for_each_step<TypeParam>([&](auto now, auto, const auto&, const auto& taken, const auto&) {
      if (reached.contains(now)) reached.insert(taken.next);
    });
  }
  for (const auto each : all_of<state>()) EXPECT_TRUE(reached.contains(each)) << name_of(each);
}

TYPED_TEST(machine_table, names_only_events_and_states_that_exist) {
  const auto is_named = []<class Enum>(Enum, const std::string& name) {
    return std::ranges::any_of(all_of<Enum>(), [&](Enum each) { return name_of(each) == name; });
  };
  for (const auto& row : TypeParam::table()) {
    EXPECT_TRUE(is_named(typename TypeParam::state{}, row.source)) << row.source;
    EXPECT_TRUE(is_named(typename TypeParam::event{}, row.event)) << row.event;
    EXPECT_TRUE(row.target.empty() || is_named(typename TypeParam::state{}, row.target)) << row.target;
  }
}

/// The excuse for the one impossible combination of facts: with it, two rows would answer the same event.
TEST(machine_facts, a_session_cannot_announce_the_end_and_only_warn_of_it) {
  http2_goaway::facts known{};
  known.registered = known.announces_final = known.announces_notice = true;
  const auto rows = std::ranges::count_if(http2_goaway::table(), [&](const table_row& row) {
    return row.source == "silent" && row.event == "drain_called" && agrees(row.guard, known);
  });
  EXPECT_EQ(rows, 2);
}

}  // namespace
}  // namespace lastcall::model::test
