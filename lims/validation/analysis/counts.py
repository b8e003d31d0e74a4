"""Strains, near neighbours and interferents: the agent is what counts, and it is right only when every replicate of it is."""

from __future__ import annotations

from lims.statistics.outcome import NotCalculable
from lims.statistics.two_groups import paired_difference
from lims.validation.analysis.design import Observation
from lims.validation.analysis.outcome import Reason, Result
from lims.validation.analysis.parts import Found, Part, is_positive, number

INCLUSIVITY, CROSS, EP07 = "ISO 16140-2:2016, 5.1.4", "NMPA review points; CLSI EP12-A2", "CLSI EP07"


def inclusivity(part: Part) -> Found:
    """Target agents always found, non-target agents never, over the agents; and the same over all results."""
    results: list[Result] = []
    for name, role, expected in (("inclusivity", "target", True), ("exclusivity", "non_target", False)):
        rows = [row for row in part.rows if row.role == role]
        right, agents = _agents(part, rows, {row.number: expected for row in rows})
        results.append(part.share(name, right, agents, INCLUSIVITY, empty="no_agents"))
        said = [is_positive(row.test, part.options) for row in rows]
        known = [one for one in said if one is not None]
        results.append(part.share(f"{name}_results", sum(one == expected for one in known), len(known), INCLUSIVITY))
    return Found(tuple(results))


def interference(part: Part) -> Found:
    """Agents without a false result among all agents, false results among all, and for measured results the bias of each agent.

    A yes/no result is false when it differs from the result without the agent (`second`), or from the expected one (`comparator`).
    """
    rows = [row for row in part.rows if row.agent]
    expected = {row.number: is_positive(row.second or row.comparator, part.options) for row in rows}
    judged = [row for row in rows if expected[row.number] is not None and is_positive(row.test, part.options) is not None]
    results: list[Result] = []
    if judged or not any(row.test.value is not None for row in rows):
        right, agents = _agents(part, judged, expected)
        false = sum(is_positive(row.test, part.options) != expected[row.number] for row in judged)
        results = [
            part.share("unaffected_agents", right, agents, CROSS, empty="no_agents"),
            part.share("false_results", false, len(judged), CROSS),
        ]
    return Found((*results, *_biases(part, rows)))


def _agents(part: Part, rows: list[Observation], expected: dict[int, bool | None] | dict[int, bool]) -> tuple[int, int]:
    """Agents all of whose results are as expected, of the agents with results; a result that does not count leaves its agent unproven."""
    by_agent: dict[str, bool] = {}
    for row in rows:
        name = row.agent or row.item
        by_agent[name] = by_agent.get(name, True) and is_positive(row.test, part.options) == expected[row.number]
    return sum(by_agent.values()), len(by_agent)


def _biases(part: Part, rows: list[Observation]) -> list[Result]:
    """Mean difference with and without, percent of without, over the pairs of this part: of one agent when the criterion goes by agent."""
    pairs = [(number(row.test, part.options), number(row.second, part.options)) for row in rows if row.second is not None]
    whole = [(test, without) for test, without in pairs if test is not None and without is not None and without != 0.0]
    if not whole:
        return []
    percent = [100.0 * (test - without) / without for test, without in whole]
    found = paired_difference(percent, [0.0] * len(percent), part.confidence)
    value = found if isinstance(found, NotCalculable) else found.difference
    ends = found if isinstance(found, NotCalculable) else found.interval
    notes = [Reason("several_agents_together")] if len({row.agent for row in rows}) > 1 else []
    return [part.figure("interference_percent", value, ends, "paired_t", EP07, len(whole), notes=notes)]
