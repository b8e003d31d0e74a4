"""The trend of a laboratory over its published rounds: chart and table for each measurand."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import NotFound
from lims.marks import N_
from lims.rounds.queries import trends
from lims.rounds.queries.trends import Track
from lims.rounds.scoring.trend import LAST, Reading, Stop, Trend, trend_of
from lims.rounds.views.base import reader
from lims.statistics.intervals import Interval
from lims.web.charts import Line, Plot, Point, series
from lims.web.charts.axes import number, signed
from lims.web.language import _, current_language
from lims.web.navigation import entry

blueprint = Blueprint("trends", __name__, url_prefix="/trends")
entry(N_("Work"), N_("Trends"), "trends.index", "trends.view", "list", 46)


@blueprint.get("/")
@requires("trends.view")
def index() -> str:
    """The tracks of the own laboratory; a QA manager chooses one of the own organisation."""
    asked = request.args.get("laboratory", "")
    with reading() as session:
        places = trends.laboratories(session, reader())
        chosen = next((one for one in places if one.code == asked), None) if asked else None
        chosen = chosen or next((one for one in places if one.id == current_actor().laboratory_id), None)
        if chosen is None or (asked and chosen.code != asked):
            raise NotFound()
        tracks = trends.tracks_of(session, reader(), uuid.UUID(str(chosen.id)))
        words = catalogue.measurands(session, reader(), {one.measurand_code for one in tracks})
    language = current_language()
    names = {code: one.name(language) for code, one in words.items()}
    return render_template(
        "rounds/following/trends.html", places=[(one.code, one.name(language)) for one in places], chosen=chosen.code,
        laboratory=chosen.name(language), last=LAST,
        tracks=[_track(one, names.get(one.measurand_code, one.measurand_code)) for one in tracks],
    )  # fmt: skip


def _track(track: Track, name: str) -> dict[str, Any]:
    trend = trend_of(track.stops)
    has_z = any(one.z is not None for one in track.stops)
    return {
        "name": name, "kind": _("quantitative") if track.kind == "quantitative" else _("qualitative"), "n": len(track.stops),
        "rate": f"{trend.n_good} / {trend.n_scored}" if trend.n_scored else "–", "kappa": _kappa(trend), "has_z": has_z,
        "rows": [_row(stop, read) for stop, read in zip(trend.stops, trend.readings, strict=True)],
        "chart": _chart(trend) if has_z and len(track.stops) > 1 else None, "signals": _signals(trend),
        "sentence": _("Mean z of %(n)s rounds; satisfactory in %(good)s of the last %(of)s scored ones.", n=len(track.stops),
                      good=trend.n_good, of=trend.n_scored),
    }  # fmt: skip


def _row(stop: Stop, read: Reading) -> dict[str, Any]:
    text = _text
    return {
        "round": stop.round_code, "day": f"{stop.issued_at:%Y-%m-%d}", "method": stop.method or "–", "verdict": stop.verdict,
        "z": text(stop.z), "worst": text(stop.worst), "d": text(stop.d_percent, 1), "mean": text(read.mean), "run": _run(read.run),
        "plus": number(read.c_plus) if read.c_plus is not None else "–", "minus": number(read.c_minus) if read.c_minus is not None else "–",
        "is_signal": read.is_signal, "is_break": read.is_break,
    }  # fmt: skip


def _text(value: float | None, places: int = 2) -> str:
    return "–" if value is None else signed(value, places)


def _run(run: int) -> str:
    return "–" if not run else f"{abs(run)} × {'+' if run > 0 else '−'}"


def _signals(trend: Trend) -> list[str]:
    """What the charts point at, each as a sentence."""
    found = [
        _("%(round)s: the largest |z| is an action signal.", round=stop.round_code)
        for stop, read in zip(trend.stops, trend.readings, strict=True) if read.verdict_z == "action"
    ]  # fmt: skip
    found += [_("%(round)s: the second warning signal in a row.", round=trend.stops[at].round_code) for at in trend.two_warnings]
    found += [
        _("%(round)s: the CUSUM of the mean z is beyond 5: a lasting shift.", round=stop.round_code)
        for stop, read in zip(trend.stops, trend.readings, strict=True) if read.is_signal
    ]  # fmt: skip
    return found


def _kappa(trend: Trend) -> str:
    """Kappa pooled over rounds with its interval, or why there is none."""
    if trend.kappa is None:
        return ""
    value, interval, n = trend.kappa.kappa, trend.kappa.interval, sum(one.n for one in trend.kappa.tables)
    if not isinstance(value, float):
        return _("not estimable")
    if not isinstance(interval, Interval):
        return number(value)
    ends = f"{signed(interval.lower)} … {signed(interval.upper)}"
    return _("%(kappa)s (95 %% CI %(ends)s), %(n)s items in %(rounds)s rounds", kappa=number(value), ends=ends, n=n,
             rounds=len(trend.kappa.tables))  # fmt: skip


def _chart(trend: Trend) -> Plot:
    """Mean z by round, marked by the verdict of the largest |z|; a change of method breaks the line."""
    points, changes, table = [], [], []
    for place, (stop, read) in enumerate(zip(trend.stops, trend.readings, strict=True)):
        if read.is_break:
            points.append(Point(place - 0.5, None))
            changes.append((place - 0.5, stop.method))
        points.append(Point(float(place), stop.z, read.verdict_z if stop.z is not None else "", "", stop.round_code))
        table.append((stop.round_code, _text(stop.z), _("method %(name)s", name=stop.method) if stop.method else ""))
    limits = [Line(0.0, "0", "zero")]
    limits += [Line(sign * 2.0, f"{'+' if sign > 0 else '−'}2", "warn") for sign in (1, -1)]
    limits += [Line(sign * 3.0, f"{'+' if sign > 0 else '−'}3", "action") for sign in (1, -1)]
    return replace(series(points, limits, changes=changes), table=tuple(table))
