"""Does a test notice when a formula is wrong? Every mutant of a module is tried against the module's own tests.

`python -m tests.mutation_run [module ...]` (make prove-mutation) prints the counts and every survivor. pytest collects the tests once;
each mutant then lives in a process of its own, forked from there: the code of the module's functions and its constants are put in place
of the right ones, its published figures are computed, its tests run until the first failure. Hypothesis draws the same examples every
time, fewer than in the ordinary run, and does not shrink, so that a run repeats itself. A mutant is killed by a wrong figure, by a failing
test, by not loading at all, or by its processor time running out; it survives when nothing is noticed.
"""

from __future__ import annotations

import ast
import importlib
import os
import platform
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.mutating import Mutant, mutants

ROOT = Path(__file__).parents[1]
TESTS: dict[str, tuple[str, ...]] = {
    "robust": ("robust",),
    "algorithm_a": ("algorithm_a", "robust", "algorithm_a_columns"),
    "scores": ("scores",),
    "agreement": ("agreement",),
    "kappa": ("kappa",),
    "bootstrap": ("bootstrap",),
}
METHODS: dict[str, tuple[str, ...]] = {  # whose reference cases are figures of the module
    "robust": ("median_made_niqr", "small_p", "algorithm_a_edge"),
    "algorithm_a": ("algorithm_a", "algorithm_a_edge", "assigned_value_consensus"),
    "scores": ("score_z", "score_z_prime", "score_zeta", "score_En", "score_zeta_en", "score_percent_difference", "score_percent_allowed",
               "score_signals"),
    "agreement": ("mcnemar", "gwet_ac1_pabak_scott"),
    "kappa": ("cohen_kappa", "kappa_degenerate"),
}  # fmt: skip
PROCESSOR_SECONDS = 30
SURVIVED, KILLED, TIMED_OUT = "survived", "killed", "timed out"


def _install(module: ModuleType, tree: ast.Module) -> None:
    """Put the mutant's code and constants in place of the module's, wherever they were imported to."""
    other = ModuleType(module.__name__)
    exec(compile(tree, str(module.__file__), "exec"), other.__dict__)  # the project's own code with one place changed
    for name, new in vars(other).items():
        old = vars(module).get(name)
        if isinstance(new, type) and new.__module__ == module.__name__:
            for key, member in vars(new).items():
                _replace(vars(old).get(key), member)
        elif (
            not _replace(old, new) and isinstance(new, int | float | str | tuple | frozenset) and (new != old or type(new) is not type(old))
        ):
            for place in [found for found in sys.modules.values() if getattr(found, "__name__", "").startswith(("lims.", "tests."))]:
                if vars(place).get(name) is old:
                    setattr(place, name, new)


def _replace(old: Any, new: Any) -> bool:
    """Give a function, also behind its decorators or a property, the new code and defaults. False: it is no function."""
    if isinstance(old, property) and isinstance(new, property):
        return _replace(old.fget, new.fget)
    while hasattr(old, "__wrapped__") and hasattr(new, "__wrapped__"):
        old, new = old.__wrapped__, new.__wrapped__
    if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
        return False
    if len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
    return True


def _figures_differ(methods: Sequence[str]) -> bool:
    from lims.statistics import reference

    cases = [case for case in reference.shipped_cases() if case["method"] in methods]
    return any(reference.differences(case, reference.compute(case)) for case in cases)


class Examination:
    """A pytest plugin that runs the collected tests once as they are, then once for each mutant."""

    def __init__(self, name: str) -> None:
        self.name, self.found = name, list[tuple[Mutant, str]]()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = sorted(session.items, key=lambda item: getattr(getattr(item, "obj", None), "is_hypothesis_test", False))
        if _figures_differ(METHODS.get(self.name, ())) or not _all_pass(items):
            raise pytest.UsageError(f"The tests of {self.name} fail without any fault in it; mend them first.")
        module = importlib.import_module(f"lims.statistics.{self.name}")
        for number, mutant in enumerate(mutants((ROOT / f"lims/statistics/{self.name}.py").read_text("utf-8")), 1):
            outcome = self._outcome(module, mutant, items)
            self.found.append((mutant, outcome))
            if outcome == SURVIVED:
                sys.__stderr__.write(f"{self.name} {number} {mutant.name}\n")
        return True

    def _outcome(self, module: ModuleType, mutant: Mutant, items: list[pytest.Item]) -> str:
        child = os.fork()
        if child == 0:
            survives = False  # an exception out of here: the mutant does not load, or breaks off on a published case
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
                _install(module, mutant.tree)
                survives = not _figures_differ(METHODS.get(self.name, ())) and _all_pass(items)
            finally:
                os._exit(0 if survives else 1)
        _, status = os.waitpid(child, 0)
        return TIMED_OUT if os.WIFSIGNALED(status) else KILLED if os.WEXITSTATUS(status) else SURVIVED


def _all_pass(items: list[pytest.Item]) -> bool:
    from _pytest.runner import runtestprotocol

    for item, following in zip(items, [*items[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return False
    return True


def examine(name: str) -> Examination:
    """Every mutant of a module with what became of it."""
    found = Examination(name)
    files = [ROOT / f"tests/statistics/test_{test}.py" for test in TESTS[name]]
    options = (
        "-q",
        "--no-header",
        "--no-summary",
        "-p",
        "no:cacheprovider",
        "--noconftest",
        "--tb=no",
        "-o",
        "addopts=--import-mode=importlib",
    )
    with redirect_stdout(sys.stderr):
        code = pytest.main([*options, *(str(path) for path in files if path.exists())], plugins=[found])
    if not found.found:
        raise SystemExit(int(code) or 1)
    return found


def main(modules: Sequence[str]) -> int:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutation", deadline=None, max_examples=30, derandomize=True, database=None, phases=phases)
    settings.load_profile("mutation")
    names = ("pytest", "hypothesis", "numpy", "scipy")
    versions = ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])
    lines = [f"Mutation test of lims/statistics, {versions}; {datetime.now(UTC):%Y-%m-%d}"]
    for name in modules or TESTS:
        started = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        found = examine(name).found
        seconds = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - started
        count = {outcome: sum(one == outcome for _, one in found) for outcome in (KILLED, TIMED_OUT, SURVIVED)}
        numbers = ", ".join(f"{number} {outcome}" for outcome, number in count.items())
        lines.append(f"\n{name}.py: {len(found)} mutants, {numbers}; {seconds:.0f} s of processor time")
        lines += [f"  {mutant.name}" for mutant, outcome in found if outcome == SURVIVED]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
