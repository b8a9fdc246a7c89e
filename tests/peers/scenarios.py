"""The vocabulary in which scenarios are written.

A scenario is a function of the stage that acts as clients and application do. A suite is the scenarios of one server program.
"""
from dataclasses import dataclass, field, replace
from typing import Callable


@dataclass(frozen=True)
class Scenario:
    name: str
    act: Callable
    options: dict = field(default_factory=dict)  # of the server program
    is_new: bool = False  # no log of it was there when the profiles were measured


class Suite:
    def __init__(self, name, prefix=None):
        """`prefix` begins the names of its logs; the suite's name unless told."""
        self.name, self.scenarios = name, []
        self._prefix = f"{name}_" if prefix is None else prefix
        self._are_new = False

    def scenario(self, *names, **options):
        """Declares scenarios by one function. With a name of the form base.variant, it is given the variant too."""
        def declare(act):
            for name in names:
                variant = name.partition(".")[2]
                play = (lambda stage, variant=variant: act(stage, variant)) if variant else act
                self.scenarios.append(Scenario(name, play, options, self._are_new))
            return act
        return declare

    def with_options(self, names, suffix, **options):
        """The same scenarios with other options of the program."""
        for each in [each for each in self.scenarios if each.name in names]:
            self.scenarios.append(replace(each, name=each.name + suffix, options={**each.options, **options},
                                          is_new=each.is_new or self._are_new))

    def log_name(self, scenario):
        return self._prefix + scenario.name

    def from_here_on_new(self):
        """The scenarios declared from now on test predictions that nobody could have fitted."""
        self._are_new = True
