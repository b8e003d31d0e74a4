"""Maximum likelihood of binomial counts whose probability follows a straight line behind a link: P = c + (1 - c) F(offset + X b).

The engine of detection limits (`lod`, `poisson_lod`) and of the relative detection level (`pod`). Fisher scoring with step halving; the
covariance is the inverse of the expected information. The likelihoods are concave for c = 0 and have a maximum exactly when the data
overlap (Silvapulle, J. R. Stat. Soc. B 43 (1981) 310); whoever calls has to look for that first, since a slope that runs to infinity
would otherwise be stopped somewhere and look like a result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from lims.statistics.outcome import NotCalculable, Number

Link = Literal["probit", "logit", "cloglog"]
Floats = NDArray[np.float64]
LINKS: Final[tuple[Link, ...]] = ("probit", "logit", "cloglog")
MAX_STEPS: Final = 200
_FARTHEST: Final = 300.0  # |eta| is cut here: beyond it every F is 0 or 1 in floating point


@dataclass(frozen=True, slots=True)
class BinomialFit:
    """Coefficients b with their covariance, and the fit; df = levels - coefficients."""

    coefficients: Floats
    covariance: Floats
    fitted: Floats  # P of each level
    deviance: float
    pearson_chi2: float
    df: int
    steps: int


def quantile(p: float, link: Link) -> float:
    """F^-1(p), 0 < p < 1: probit Phi^-1(p); logit ln(p / (1 - p)); cloglog ln(-ln(1 - p)). Example: probit, 0.95: 1.644854."""
    if not 0.0 < p < 1.0:
        raise ValueError(f"a probability between 0 and 1 is expected, not {p}")
    if link == "probit":
        from scipy.special import ndtri

        return float(ndtri(p))
    return math.log(p) - math.log1p(-p) if link == "logit" else math.log(-math.log1p(-p))


def fit_probability(chi2: float, df: int) -> Number:
    """P that chi2 (Pearson's or the deviance) is as large or larger when the model holds; without degrees of freedom there is none."""
    if df < 1:
        return NotCalculable("no_degrees_of_freedom")
    from scipy.special import chdtrc

    return float(chdtrc(df, chi2))


def fit_binomial(
    x: Floats, n: Floats, design: Floats, link: Link, offset: Floats | float = 0.0, natural: float = 0.0
) -> BinomialFit | NotCalculable:
    """Maximise sum x ln P + (n - x) ln(1 - P). x, n: (levels,), n > 0; design: (levels, coefficients). natural: c, 0 <= c < 1.

    `not_converged` when the data do not overlap or the information is singular.
    """
    model = _Model(x, n, design, link, offset, natural)
    found = model.start()
    likelihood = model.likelihood(found)
    for step in range(1, MAX_STEPS + 1):
        information, score = model.information_and_score(found)
        try:
            move = np.linalg.solve(information, score).astype(np.float64)
        except np.linalg.LinAlgError:
            break
        taken, likelihood = model.improved(found, move, likelihood)
        change = float(np.abs(taken - found).max())
        found = taken
        if change <= 1e-12 * (1.0 + float(np.abs(found).max())):
            return model.finished(found, step)
    return NotCalculable("not_converged", {"steps": MAX_STEPS})


class _Model:
    """One likelihood; all of it in logarithms, so that the tails stay exact."""

    def __init__(self, x: Floats, n: Floats, design: Floats, link: Link, offset: Floats | float, natural: float) -> None:
        if not 0.0 <= natural < 1.0:
            raise ValueError(f"a natural response of 0 or more and below 1 is expected, not {natural}")
        if link not in LINKS:
            raise ValueError(f"the link probit, logit or cloglog is expected, not {link}")
        self.x, self.n, self.design, self.link, self.offset, self.natural = x, n, design, link, offset, natural

    def start(self) -> Floats:
        """Weighted least squares on the links of the smoothed shares (x + 1/2) / (n + 1)."""
        share = (self.x + 0.5) / (self.n + 1.0)
        share = np.maximum((share - self.natural) / (1.0 - self.natural), 0.01)
        eta = np.array([quantile(float(p), self.link) for p in share]) - self.offset
        weight = np.sqrt(self.n * share * (1.0 - share))
        return np.linalg.lstsq(self.design * weight[:, None], eta * weight, rcond=None)[0].astype(np.float64)

    def logs(self, b: Floats) -> tuple[Floats, Floats, Floats]:
        """ln P, ln(1 - P) and ln dP/d eta of each level."""
        eta = np.clip(self.design @ b + self.offset, -_FARTHEST, _FARTHEST)
        hit, miss, slope = _log_link(eta, self.link)
        if self.natural == 0.0:
            return hit, miss, slope
        rest = math.log1p(-self.natural)
        whole = np.logaddexp(math.log(self.natural), rest + hit)
        return whole.astype(np.float64), rest + miss, rest + slope

    def likelihood(self, b: Floats) -> float:
        hit, miss, _ = self.logs(b)
        return math.fsum(np.where(self.x > 0, self.x * hit, 0.0) + np.where(self.n > self.x, (self.n - self.x) * miss, 0.0))

    def information_and_score(self, b: Floats) -> tuple[Floats, Floats]:
        hit, miss, slope = self.logs(b)
        weight = self.n * np.exp(2.0 * slope - hit - miss)
        pull = self.x * np.exp(slope - hit) - (self.n - self.x) * np.exp(slope - miss)
        return (self.design * weight[:, None]).T @ self.design, self.design.T @ pull

    def improved(self, b: Floats, move: Floats, likelihood: float) -> tuple[Floats, float]:
        """The longest of the steps 1, 1/2, 1/4 ... that does not lower the likelihood."""
        for halvings in range(40):
            taken = b + move / 2.0**halvings
            reached = self.likelihood(taken)
            if reached >= likelihood - 1e-13 * abs(likelihood):
                return taken, reached
        return b, likelihood

    def finished(self, b: Floats, steps: int) -> BinomialFit | NotCalculable:
        information, _ = self.information_and_score(b)
        if not (np.diag(information) > 0).all():
            return NotCalculable("not_converged", {"steps": steps})
        scale = 1.0 / np.sqrt(np.diag(information))  # brings levels of unlike size to one
        scaled = (information * np.outer(scale, scale)).astype(np.float64)
        if np.linalg.cond(scaled) > 1e14:
            return NotCalculable("not_converged", {"steps": steps})
        covariance = (np.linalg.inv(scaled) * np.outer(scale, scale)).astype(np.float64)
        hit, miss, _ = self.logs(b)
        p = np.exp(hit)
        with np.errstate(divide="ignore", invalid="ignore"):
            own_hit = np.where(self.x > 0, self.x * (np.log(self.x / self.n) - hit), 0.0)
            own_miss = np.where(self.n > self.x, (self.n - self.x) * (np.log1p(-self.x / self.n) - miss), 0.0)
        chi2 = self._pearson(hit, miss)
        deviance = max(0.0, 2.0 * (math.fsum(own_hit) + math.fsum(own_miss)))
        return BinomialFit(b, covariance, p, deviance, math.fsum(chi2), int(self.x.size - b.size), steps)

    def _pearson(self, hit: Floats, miss: Floats) -> Floats:
        """(x - n P)^2 / (n P (1 - P)) of each level; for x = 0 and x = n the small tail cancels, n P / (1 - P) and n (1 - P) / P."""
        odds = np.where(self.x == 0, hit - miss, miss - hit)
        is_end = (self.x == 0) | (self.x == self.n)
        ends = self.n * np.exp(np.where(is_end, odds, 0.0))
        inner = (self.x - self.n * np.exp(hit)) ** 2 / self.n * np.exp(np.where(is_end, 0.0, -hit - miss))
        return np.where(is_end, ends, inner)


def _log_link(eta: Floats, link: Link) -> tuple[Floats, Floats, Floats]:
    """ln F, ln(1 - F) and ln F' at eta."""
    if link == "probit":
        from scipy.special import log_ndtr

        return log_ndtr(eta), log_ndtr(-eta), -0.5 * eta * eta - 0.5 * math.log(2.0 * math.pi)
    if link == "logit":
        logit_hit: Floats = -np.logaddexp(0.0, -eta)
        logit_miss: Floats = -np.logaddexp(0.0, eta)
        return logit_hit, logit_miss, logit_hit + logit_miss
    rate = np.exp(eta)
    return np.log(-np.expm1(-rate)), -rate, eta - rate
