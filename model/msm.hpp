// The bridge to Boost.MSM, for the machines' source files only: rows whose states, commands and guards are named by
// constants, one step of a machine, and the table as text. A machine's state lives outside MSM, as an enumerator;
// MSM only decides what follows.
//
// Traps this file keeps away from (Boost 1.81): copying a non-const back-end resets it, message queues bind `this`,
// the default no_transition asserts, and an event that all guards refuse is dropped without a word.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <boost/mpl/for_each.hpp>
#include <boost/mpl/vector.hpp>
#include <boost/msm/back/metafunctions.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>
#include <utility>

#include "model/machine.hpp"

namespace lastcall::model::msm {

namespace mpl = boost::mpl;
using no_guard = boost::msm::front::none;

/// The MSM state and the MSM event that stand for one enumerator.
template <auto State>
struct is : boost::msm::front::state<> {
  static constexpr auto value = State;
};
template <auto Event>
struct on {
  static constexpr auto value = Event;
};

template <auto Enumerator>
std::string name() {
  return boost::describe::enum_to_string(Enumerator, "?");
}

template <class Facts>
std::string fact_name(bool Facts::*fact) {
  std::string found;
  boost::mp11::mp_for_each<boost::describe::describe_members<Facts, boost::describe::mod_public>>(
      [&](auto member) { if (member.pointer == fact) found = member.name; });
  return found;
}

/// The action of a row: issue these commands, in this order.
template <auto... Commands>
struct then {
  template <class Event, class Machine, class Source, class Target>
  void operator()(const Event&, Machine& machine, Source&, Target&) const {
    (machine.out->push_back(Commands), ...);
  }
  static std::string text() {
    std::string listed;
    ((listed += (listed.empty() ? "" : ", ") + name<Commands>()), ...);
    return listed;
  }
};

/// The guards of a row: all these facts hold; none of these facts holds; all these guards agree.
template <auto... Facts>
struct when {
  template <class Event, class Machine, class Source, class Target>
  bool operator()(const Event&, const Machine& machine, const Source&, const Target&) const {
    return ((machine.known->*Facts) && ...);
  }
  static std::string text() {
    std::string listed;
    ((listed += (listed.empty() ? "" : ", ") + fact_name(Facts)), ...);
    return listed;
  }
};
template <auto... Facts>
struct unless {
  template <class Event, class Machine, class Source, class Target>
  bool operator()(const Event&, const Machine& machine, const Source&, const Target&) const {
    return !((machine.known->*Facts) || ...);
  }
  static std::string text() {
    std::string listed;
    ((listed += (listed.empty() ? "not " : ", not ") + fact_name(Facts)), ...);
    return listed;
  }
};
template <class... Guards>
struct all {
  template <class Event, class Machine, class Source, class Target>
  bool operator()(const Event& event, const Machine& machine, const Source& source, const Target& target) const {
    return (Guards{}(event, machine, source, target) && ...);
  }
  static std::string text() {
    std::string listed;
    ((listed += (listed.empty() ? "" : ", ") + Guards::text()), ...);
    return listed;
  }
};

/// What every front-end derives from.
template <class Derived, class State, class Event, class Command, class Facts>
struct front_end : boost::msm::front::state_machine_def<Derived> {
  using no_message_queue = int;
  using no_exception_thrown = int;
  using state_type = State;
  using event_type = Event;
  using facts_type = Facts;
  using result_type = transition<State, Command>;

  /// A row of the table, and one of an internal transition, which leaves the state as it is.
  template <State From, Event On, State To, class Then, class Guard = no_guard>
  using row = boost::msm::front::Row<is<From>, on<On>, is<To>, Then, Guard>;
  template <State In, Event On, class Then, class Guard = no_guard>
  using stay = boost::msm::front::Row<is<In>, on<On>, boost::msm::front::none, Then, Guard>;

  template <class Machine, class What>
  void no_transition(const What&, Machine&, int) {
    absent = true;
  }

  const Facts* known = nullptr;
  commands<Command>* out = nullptr;
  bool absent = false;
};

namespace detail {

/// Sets the active state through the back-end's public serialize(), the one door that MSM offers to it.
struct state_loader {
  int id;
  template <class T>
  state_loader& operator&(T&&) { return *this; }
  state_loader& operator&(int (&states)[1]) {
    states[0] = id;
    return *this;
  }
};

template <class FrontEnd>
using back_end = boost::msm::back::state_machine<FrontEnd>;

/// MSM's state ids follow the order of the table; they never leave this file.
template <class FrontEnd, class State = typename FrontEnd::state_type>
struct state_ids {
  std::array<int, 16> of_state{};
  std::array<State, 16> of_id{};

  state_ids() {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<State>>([this](auto described) {
      using table = typename back_end<FrontEnd>::stt;
      constexpr int id = boost::msm::back::get_state_id<table, is<decltype(described)::value>>::value;
      of_state[static_cast<std::size_t>(decltype(described)::value)] = id;
      of_id[static_cast<std::size_t>(id)] = decltype(described)::value;
    });
  }
};

template <class FrontEnd, auto Event>
typename FrontEnd::result_type step_on(typename FrontEnd::state_type now, const typename FrontEnd::facts_type& known) {
  static const state_ids<FrontEnd> ids;
  typename FrontEnd::result_type taken{now, outcome::taken, {}};
  back_end<FrontEnd> machine;
  machine.known = &known;
  machine.out = &taken.commands;
  state_loader loader{ids.of_state[static_cast<std::size_t>(now)]};
  machine.serialize(loader, 0);
  const auto handled = machine.process_event(on<Event>{});
  if (machine.absent) {
    taken.outcome = outcome::absent;
  } else if (handled == boost::msm::back::HANDLED_GUARD_REJECT) {
    taken.outcome = outcome::guarded;
  } else {
    taken.next = ids.of_id[static_cast<std::size_t>(machine.current_state()[0])];
  }
  return taken;
}

template <class Row>
struct row_text {
  template <class T>
  static std::string of() {
    if constexpr (std::is_same_v<T, boost::msm::front::none>) return {};
    else return T::text();
  }
  static table_row make() {
    std::string target;
    if constexpr (!std::is_same_v<typename Row::Target, boost::msm::front::none>) target = name<Row::Target::value>();
    return {name<Row::Source::value>(), name<Row::Evt::value>(), target, of<typename Row::Action>(), of<typename Row::Guard>()};
  }
};

}  // namespace detail

/// One step: enter `now`, take one event, leave the state where it led.
template <class FrontEnd>
typename FrontEnd::result_type step(typename FrontEnd::state_type now, typename FrontEnd::event_type what,
                                    const typename FrontEnd::facts_type& known) {
  using event_type = typename FrontEnd::event_type;
  using one_step = typename FrontEnd::result_type (*)(typename FrontEnd::state_type, const typename FrontEnd::facts_type&);
  constexpr std::size_t count = boost::mp11::mp_size<boost::describe::describe_enumerators<event_type>>::value;
  static constexpr auto steps = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<one_step, count>{&detail::step_on<FrontEnd, static_cast<event_type>(I)>...};
  }(std::make_index_sequence<count>{});
  return steps[static_cast<std::size_t>(what)](now, known);
}

/// The transition table as text.
template <class FrontEnd>
std::vector<table_row> describe() {
  std::vector<table_row> rows;
  mpl::for_each<typename FrontEnd::transition_table, boost::msm::wrap<mpl::placeholders::_1>>(
      [&rows]<class Row>(boost::msm::wrap<Row>) { rows.push_back(detail::row_text<Row>::make()); });
  return rows;
}

}  // namespace lastcall::model::msm
