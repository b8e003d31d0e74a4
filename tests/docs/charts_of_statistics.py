"""What is drawn on each page of docs/statistics: the names that its worked example left, as a chart of the screens."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lims.statistics import assigned, planning, scores
from lims.statistics.intervals import normal_quantile
from lims.web.charts import Estimate, Laboratory, Line, Plot, Point, Score, forest, zplot
from lims.web.charts.axes import Frame, Scale, Tick, drawn, round_steps, ticks
from lims.web.charts.plots import Dot, paths, reach

Names = dict[str, Any]
Say = Callable[[str, str], str]
Place = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """The macro that draws it, the geometry, the sentence that tells it, the words of the macro."""

    macro: str
    geometry: Any
    sentence: str
    words: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """A point of a plot before it has a place on the sheet."""

    x: float
    y: float
    verdict: str = ""
    text: str = ""
    hollow: bool = False


def plot(
    seen: Sequence[Seen], lines: Sequence[Line] = (), curves: Sequence[Sequence[Place]] = (), *, at: Sequence[tuple[float, str]],
    upright: Sequence[tuple[float, str]] = (), margin: float = 8, holds: Sequence[float] = (),
) -> Plot:  # fmt: skip
    """Points, limits and curves on one sheet; ``at``: values named along the horizontal axis, ``holds``: what the upright one reaches."""
    frame = Frame(620, 300, 52, 24, 500, 250)
    across = [place for place, _ in at] + [one.x for one in seen] + [x for curve in curves for x, _ in curve]
    upward = reach([*holds, *(one.y for one in seen), *(y for curve in curves for _, y in curve)], lines)
    x = Scale(min(across), max(across), frame.left + margin, frame.right - margin)
    y = Scale(upward[0], upward[-1], frame.bottom, frame.top)
    dots = tuple(Dot(x(one.x), y(one.y), one.hollow, one.verdict, one.text) for one in seen)
    runs = tuple(path for curve in curves for path in paths([Point(*place) for place in curve], x, y))
    named = tuple(Tick(x(place), text) for place, text in at)
    return Plot(frame, named, ticks(upward, y), drawn(lines, y), dots, (), runs, tuple(Tick(x(place), text) for place, text in upright))


def steps(low: float, high: float, count: int = 6) -> list[tuple[float, str]]:
    return [(step, f"{step:g}") for step in round_steps(low, high, count) if low <= step <= high]


def robust(names: Names, say: Say) -> Chart:
    a = names["a"]
    delta = a.k * a.s_star
    seen = [Seen(n, value, hollow=abs(value - a.x_star) > delta) for n, value in enumerate(names["x"], 1)]
    lines = [Line(a.x_star, f"x* {a.x_star:.4f}", low=a.x_star - delta, high=a.x_star + delta)]
    told = say(
        "34 个结果按大小排列；带为 x* ± 1.5 s*，空心点在带外，被拉到带的边缘",
        "34 results in order; the band is x* ± 1.5 s*, hollow points lie outside and are pulled to its edge",
    )
    axes = {"x_axis": say("按大小排列的实验室", "laboratories in order"), "y_axis": say("结果", "result")}
    return Chart("differences", plot(seen, lines, at=steps(0, 35, 7)), told, axes)


def scores_of_five(names: Names, say: Say) -> Chart:
    x_pt, u_pt, sigma_pt = names["x_pt"], names["u_pt"], names["sigma_pt"]
    found = []
    for code, (x, expanded, k) in names["laboratories"].items():
        values = {
            "z": scores.z_score(x, x_pt, sigma_pt),
            "z′": scores.z_prime_score(x, x_pt, sigma_pt, u_pt),
            "ζ": scores.zeta_score(x, x_pt, scores.standard_uncertainty(expanded, k), u_pt),
        }
        given = [Score(item, value, scores.score_verdict(value)) for item, value in values.items() if isinstance(value, float)]
        found.append(Laboratory(code, given))
    told = say(
        "五个实验室的 z、z′、ζ：L12 用 z 为不满意，用 z′ 为有问题",
        "z, z′ and ζ of five laboratories: L12 is unsatisfactory by z, questionable by z′",
    )
    return Chart("zplot", zplot(found, span=5), told, {"words": {"item": " "}, "key": False})


def assigned_value(names: Names, say: Say) -> Chart:
    words = {"A": say("算法A", "Algorithm A"), "Q/H": "Q/Hampel", "median": say("中位值", "median"), "mean": say("平均值", "mean")}
    found = [Estimate(words[name], one.x_pt, one.x_pt - 2 * one.u_x_pt, one.x_pt + 2 * one.u_x_pt) for name, one in names["found"].items()]
    reference = Estimate(say("参考值", "reference"), 0.044, 0.044 - 2 * 0.0041, 0.044 + 2 * 0.0041)
    told = say("参考值与四种公议值，区间为 ± 2u", "The reference value and four consensus values, with ± 2u")
    return Chart("forest", forest([reference, *found], low=0.02, high=0.06, places=4), told, {"axis": "mg/kg"})


def homogeneity(names: Names, say: Say) -> Chart:
    h, s = names["h"], names["s"]
    pairs = [*names["samples"], names["after"][:2], names["after"][2:]]
    seen = [Seen(n, value, hollow=bool(side)) for n, pair in enumerate(pairs, 1) for side, value in enumerate(pair)]
    lines = [Line(h.mean, f"{say('平均', 'mean')} {h.mean:.5f}", low=h.mean - s.limit, high=h.mean + s.limit)]
    told = say(
        "10 份样品各测两次（实心、空心），右侧两份在轮次结束时测；带为平均值 ± 0.3 σpt",
        "10 samples in duplicate (full, hollow), at the right two at the end of the round; the band is mean ± 0.3 sigma_pt",
    )
    geometry = plot(seen, lines, at=[(n, str(n)) for n in range(1, 13)], upright=[(10.5, say("结束时", "at the end"))])
    return Chart("differences", geometry, told, {"x_axis": say("样品", "sample"), "y_axis": say("结果", "result")})


def precision(names: Names, say: Say) -> Chart:
    p, limit = names["p"], names["tests"].mandel_k_critical(8, 3)
    seen = []
    for n, (group, k) in enumerate(zip(names["groups"], p.k, strict=True), 1):
        seen += [Seen(n, value, text=f"k {k:.2f}" if k > limit and value == max(group) else "") for value in group]
    lines = [Line(p.mean, f"{say('平均', 'mean')} {p.mean:.1f}", low=p.mean - p.s_big_r, high=p.mean + p.s_big_r)]
    told = say("8 个实验室各测三次；带为平均值 ± s_R", "8 laboratories in triplicate; the band is mean ± s_R")
    axes = {"x_axis": say("实验室", "laboratory"), "y_axis": say("结果", "result")}
    return Chart("differences", plot(seen, lines, at=[(n, str(n)) for n in range(1, 9)], margin=20), told, axes)


def agreement(names: Names, say: Say) -> Chart:
    k, r, module = names["k"], names["r"], names["agreement"]
    ac1 = module.gwet_ac1(names["table"])
    reach_of = normal_quantile(0.95) * ac1.se
    shares = {say("总符合率", "overall"): r.overall, say("阳性符合率", "PPA"): r.ppa, say("阴性符合率", "NPA"): r.npa}
    found = [Estimate(name, one.value, one.interval.lower, one.interval.upper) for name, one in shares.items()]
    found.append(Estimate("Kappa", k.kappa, k.interval.lower, k.interval.upper))
    found.append(Estimate("AC1", ac1.ac1, ac1.ac1 - reach_of, ac1.ac1 + reach_of))
    found.append(Estimate("PABAK", module.pabak(names["table"])))
    told = say("同一张表的各项一致性指标及 95 % 区间", "Measures of agreement of one table with their 95 % intervals")
    return Chart("forest", forest(found, low=0.0, high=1.0), told)


def validation(names: Names, say: Say) -> Chart:
    found = names["detection_limit"](names["dose"], names["hits"], names["trials"])
    fit, interval = found.fit, found.ci_fieller

    def chance(log_dose: float) -> float:
        return 0.5 * (1 + math.erf((fit.intercept + fit.slope_log10 * log_dose) / math.sqrt(2)))

    grid = [1.0 + 0.02 * n for n in range(88)]
    seen = [Seen(math.log10(dose), hits / 20) for dose, hits in zip(names["dose"], names["hits"], strict=True)]
    upright = [(math.log10(dose), "") for dose in (interval.lower, found.lod, interval.upper)]
    line = Line(0.95, f"95 %: {found.lod:.0f} ({interval.lower:.0f}, {interval.upper:.0f})")
    at = [(math.log10(dose), f"{dose:g}") for dose in names["dose"]]
    geometry = plot(seen, [line], [[(x, chance(x)) for x in grid]], at=at, upright=upright)
    told = say(
        "检出率随剂量（对数轴），probit 曲线，LoD95 及 Fieller 区间",
        "Share detected over dose (logarithmic), probit curve, LoD95 with Fieller's interval",
    )
    return Chart("differences", geometry, told, {"x_axis": say("拷贝/mL", "copies/mL"), "y_axis": say("检出率", "share detected")})


def monitoring(names: Names, say: Say) -> Chart:
    verdicts = names["s"].verdicts
    seen = [Seen(n, z, verdicts[n - 1]) for n, z in enumerate(names["z"], 1) if z is not None]
    means = [(n, one) for n, one in enumerate(names["e"].ewma, 1) if isinstance(one, float)]
    first_e, first_c = names["e"].signals[0] + 1, names["c"].signals[0] + 1
    upright = [
        (first_e, ""),
        (first_c, f"{say('EWMA 第', 'EWMA at ')}{first_e}{say('轮，CUSUM 第', ', CUSUM at ')}{first_c}{say('轮', '')}"),
    ]
    lines = [Line(3, say("行动限", "action limit"), "action"), Line(2, say("警戒限", "warning limit"), "warn"), Line(0, "", "zero")]
    told = say(
        "12 轮的 z（第 4 轮未参加）与 EWMA 曲线：没有 |z| ≥ 3，但 EWMA 和 CUSUM 已给出信号",
        "z of 12 rounds (no score in the 4th) and the EWMA: no |z| reaches 3, EWMA and CUSUM signal",
    )
    geometry = plot(seen, lines, [means], at=[(n, str(n)) for n in range(1, 13)], upright=upright, holds=(4,))
    return Chart("differences", geometry, told, {"x_axis": say("轮次", "round"), "y_axis": "z"})


def small_groups(names: Names, say: Say) -> Chart:
    curve = [(n, value) for n in range(2, 26) if isinstance(value := assigned.largest_possible_z(n), float)]
    first = {6: "warning", 11: "action"}
    seen = [Seen(n, value, first.get(n, ""), f"n = {n}" if n in first else "", hollow=n not in first) for n, value in curve]
    lines = [Line(3, say("行动限", "action limit"), "action"), Line(2, say("警戒限", "warning limit"), "warn")]
    told = say(
        "用同一组数据的平均值和标准差，|z| 的最大可能值：n < 6 到不了警戒限，n < 11 到不了行动限",
        "The largest |z| against mean and SD of the same data: below n = 6 no warning can occur, below n = 11 no action signal",
    )
    axes = {"x_axis": say("实验室数 n", "laboratories n"), "y_axis": say("|z| 最大值", "largest |z|")}
    return Chart("differences", plot(seen, lines, [curve], at=[(n, str(n)) for n in (2, 5, 8, 11, 15, 20, 25)]), told, axes)


def lower_limits(names: Names, say: Say) -> Chart:
    curves = [[(n, value) for n in range(5, 121) if isinstance(value := planning.lower_limit(n, misses), float)] for misses in (0, 1)]
    seen = []
    for misses in (0, 1):
        planned = planning.trials_for_lower_limit(0.95, misses)
        assert isinstance(planned, planning.PlannedTrials)
        seen.append(Seen(planned.n, planned.interval.lower, "acceptable", f"{planned.x}/{planned.n}"))
    told = say(
        "n 个全对（上）或错一个（下）时，正确率的 95 % 置信下限",
        "Lower 95 % limit of the success rate when all n are right (above) or one is wrong (below)",
    )
    axes = {"x_axis": "n", "y_axis": say("置信下限", "lower limit")}
    return Chart("differences", plot(seen, [Line(0.95, "95 %")], curves, at=steps(0, 120, 6)), told, axes)


CHARTS: dict[str, Callable[[Names, Say], Chart]] = {
    "robust": robust, "scores": scores_of_five, "assigned-value": assigned_value, "homogeneity-stability": homogeneity,
    "precision": precision, "agreement": agreement, "validation": validation,
    "monitoring": monitoring, "small-groups": small_groups, "planning": lower_limits,
}  # fmt: skip
