"""The live formulas of shares and of measured figures: each recomputes the number at its left from cells of the workbook."""

from __future__ import annotations

from lims.validation.analysis.outcome import Result


def of_share(one: Result, row: int, columns: dict[str, str]) -> dict[str, str]:
    """Estimate and limits from x, n and confidence in the same row; `columns` names their letters."""
    x, n, confidence = (f"{columns[name]}{row}" for name in ("x", "n", "confidence"))
    found = {"estimate": f"={x}/{n}"}
    if one.method == "clopper_pearson":
        found["lower"] = f"=IF({x}=0,0,BETAINV((1-{confidence})/2,MAX({x},1),{n}-{x}+1))"
        found["upper"] = f"=IF({x}={n},1,BETAINV(1-(1-{confidence})/2,{x}+1,MAX({n}-{x},1)))"
    elif one.method == "wilson":
        z, share = f"NORMSINV((1+{confidence})/2)", f"({x}/{n})"
        centre, half = f"({share}+{z}^2/(2*{n}))", f"{z}*SQRT({share}*(1-{share})/{n}+{z}^2/(4*{n}^2))"
        found["lower"] = f"=IF({x}=0,0,MAX(0,({centre}-{half})/(1+{z}^2/{n})))"
        found["upper"] = f"=IF({x}={n},1,MIN(1,({centre}+{half})/(1+{z}^2/{n})))"
    return found


def of_mean(cells: str, confidence: str) -> dict[str, str]:
    """Mean with its t interval."""
    half = f"TINV(1-{confidence},COUNT({cells})-1)*STDEV({cells})/SQRT(COUNT({cells}))"
    return {"estimate": f"=AVERAGE({cells})", "lower": f"=AVERAGE({cells})-{half}", "upper": f"=AVERAGE({cells})+{half}"}


def of_agreement_limit(cells: str, sign: str, multiplier: str, confidence: str, variance: str) -> dict[str, str]:
    """A limit of agreement: mean -+ m SD, with the interval of the recorded form."""
    limit, n = f"AVERAGE({cells}){sign}{multiplier}*STDEV({cells})", f"COUNT({cells})"
    part = f"SQRT(1/{n}+{multiplier}^2/(2*({n}-1)))" if variance == "1999" else f"SQRT(3/{n})"
    half = f"TINV(1-{confidence},{n}-1)*STDEV({cells})*{part}"
    return {"estimate": f"={limit}", "lower": f"={limit}-{half}", "upper": f"={limit}+{half}"}


def of_line(name: str, x: str, y: str, confidence: str) -> dict[str, str]:
    """Slope, intercept, R2 or PCR efficiency of ordinary least squares."""
    slope, error = f"SLOPE({y},{x})", f"STEYX({y},{x})/SQRT(DEVSQ({x}))"
    t = f"TINV(1-{confidence},COUNT({x})-2)"
    if name == "slope":
        return {"estimate": f"={slope}", "lower": f"={slope}-{t}*{error}", "upper": f"={slope}+{t}*{error}"}
    if name == "efficiency":
        ends = {end: f"=10^(-1/({slope}{sign}{t}*{error}))-1" for end, sign in (("lower", "-"), ("upper", "+"))}
        return {"estimate": f"=10^(-1/{slope})-1", **ends}
    if name == "intercept":
        spread = f"STEYX({y},{x})*SQRT(1/COUNT({x})+AVERAGE({x})^2/DEVSQ({x}))"
        line = f"INTERCEPT({y},{x})"
        return {"estimate": f"={line}", "lower": f"={line}-{t}*{spread}", "upper": f"={line}+{t}*{spread}"}
    return {"estimate": f"=RSQ({y},{x})"} if name == "r2" else {}


def of_deming(x: str, y: str, ratio: str) -> dict[str, str]:
    """Deming's slope with the stated ratio of the error variances."""
    s_xy = f"(COUNT({x})*COVAR({x},{y}))"
    d = f"({ratio}*DEVSQ({y})-DEVSQ({x}))"
    return {"estimate": f"=({d}+SQRT({d}^2+4*{ratio}*{s_xy}^2))/(2*{ratio}*{s_xy})"}


def of_sd(cells: str, confidence: str) -> dict[str, str]:
    """SD of one series with its chi-squared interval."""
    sd, df = f"STDEV({cells})", f"(COUNT({cells})-1)"
    return {
        "estimate": f"={sd}",
        "lower": f"={sd}*SQRT({df}/CHIINV((1-{confidence})/2,{df}))",
        "upper": f"={sd}*SQRT({df}/CHIINV(1-(1-{confidence})/2,{df}))",
    }


def of_groups(groups: list[str], confidence: str) -> dict[str, str]:
    """Repeatability SD within groups, each a run of cells, with its chi-squared interval."""
    used = f"({'+'.join(f'DEVSQ({cells})' for cells in groups)})"
    df = f"({'+'.join(f'COUNT({cells})' for cells in groups)}-{len(groups)})"
    return {
        "estimate": f"=SQRT({used}/{df})",
        "lower": f"=SQRT({used}/CHIINV((1-{confidence})/2,{df}))",
        "upper": f"=SQRT({used}/CHIINV(1-(1-{confidence})/2,{df}))",
    }
