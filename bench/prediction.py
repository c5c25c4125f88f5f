"""Prediction against the `lifetimes` package, on the same customers in the same run.

Both are given the customers' frequency, recency and age; ours counts them in groups first, and that is timed with the
fit. Seconds are CPU time of this process, the best of some rounds that take turns. `lifetimes` stands in the extra
`bench` and is installed by hand (`.venv/bin/pip install lifetimes`); without it, only our own seconds are shown.
"""

import gc
import importlib.util
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from portal.retention import bgnbd, gamma_gamma, statistics
from tests.retention import books

WEEKS = 13


def figures(quick: bool) -> dict[str, Any]:
    """Each size with its seconds and log-likelihoods, and whether `lifetimes` was there."""
    found: dict[str, Any] = {"lifetimes": importlib.util.find_spec("lifetimes") is not None, "sizes": []}
    log = books.read("cdnow_sample") or books.read("shop")
    assert log is not None
    known = log.histories()
    found["sizes"].append(compared((known.frequency, known.recency_days, known.age_days), 5))
    for customers, rounds in [(100_000, 2)] if quick else [(100_000, 2), (1_000_000, 1)]:
        found["sizes"].append(compared(books.simulated(customers, seed=1), rounds))
    return found


def compared(columns: tuple[Any, Any, Any], rounds: int) -> dict[str, Any]:
    """One size: fitting by both, and fitting and scoring every customer by ours alone."""
    ours, theirs = [fitted(columns)], []
    if importlib.util.find_spec("lifetimes"):
        for _ in range(rounds):
            theirs.append(by_lifetimes(columns))
            ours.append(fitted(columns))
    scoring = min(timed(lambda: scored(columns))[0] for _ in range(2))
    found: dict[str, Any] = {
        "customers": len(columns[0]),
        "ours_s": round(min(seconds for seconds, _ in ours), 4),
        "ours_log_likelihood": round(ours[0][1], 3),
        "fit_and_score_s": round(scoring, 3),
    }
    if theirs:
        seconds = min(seconds for seconds, _ in theirs)
        found["theirs_s"], found["theirs_log_likelihood"] = round(seconds, 3), round(theirs[0][1], 3)
        found["ratio"] = round(min(seconds for seconds, _ in ours) / seconds, 4)
    return found


def fitted(columns: tuple[Any, Any, Any]) -> tuple[float, float]:
    """Seconds and log-likelihood of ours."""
    seconds, found = timed(lambda: bgnbd.fit(statistics.group(*columns)))
    return seconds, found.log_likelihood


def by_lifetimes(columns: tuple[Any, Any, Any]) -> tuple[float, float]:
    """Seconds and log-likelihood of `lifetimes`, in weeks as ours. Its own figure is a mean with the sign turned."""
    from lifetimes import BetaGeoFitter

    x, recency, age = columns[0], columns[1] / 7, columns[2] / 7
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        seconds, found = timed(lambda: BetaGeoFitter().fit(x, recency, age))
    return seconds, bgnbd.log_likelihood(bgnbd.Parameters(**found.params_.to_dict()), statistics.group(*columns))


def scored(columns: tuple[Any, Any, Any]) -> None:
    """All that a refresh computes: groups, fit, P(alive), expected purchases and value of every customer."""
    grouped = statistics.group(*columns, indexed=True)
    found = bgnbd.fit(grouped)
    assert found.parameters
    alive, expected = bgnbd.scores(found.parameters, grouped, WEEKS)
    _ = alive[grouped.of], expected[grouped.of]
    spent = np.where(columns[0] > 0, 20.0 + columns[1] % 37, 0.0)
    value = gamma_gamma.fit(columns[0], spent)
    if value.parameters and not value.trouble:
        gamma_gamma.expected_value(value.parameters, columns[0], spent)


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, and what came of it."""
    gc.collect()
    started = time.process_time()
    found = act()
    return time.process_time() - started, found


def table(found: Any) -> str:
    """Markdown: one line per size."""
    if not found:
        return ""
    lines = [
        "",
        "| customers | fit | against `lifetimes` (≤ 0.1 ×) | log-likelihood | fit and score |",
        "|---|---|---|---|---|",
    ]
    for size in found["sizes"]:
        against, likelihood = (
            "`lifetimes` is not installed: nothing to compare with",
            f"{size['ours_log_likelihood']:,.1f}",
        )
        if "ratio" in size:
            against = f"{size['ratio']:.3f} × ({size['theirs_s']:.2f} s)"
            likelihood += f" against {size['theirs_log_likelihood']:,.1f}"
        cells = [
            f"{size['customers']:,}",
            f"{size['ours_s']:.3f} s",
            against,
            likelihood,
            f"{size['fit_and_score_s']:.2f} s",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
