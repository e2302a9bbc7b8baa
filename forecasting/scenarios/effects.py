"""What the history of a panel says that covariates do, and how sure that is.

A regression of each series on its covariates in the same step, beside its season and a trend that bends slowly. The
errors follow each other: they are taken to be autoregressive (Prais and Winsten, "Trend estimators and serial
correlation", Cowles Commission discussion paper 383, 1954), and the covariance of the coefficients is that of Newey and
West (Econometrica 55, 1987), which holds where that is not all. Whether values or their logarithms are explained, the
likelihood says (Box and Cox, "An analysis of transformations", JRSS B 26, 1964). In a panel the coefficients of a
series are drawn to the mean of all by how far they could be noise (Morris, "Parametric empirical Bayes inference", JASA
78, 1983).

Axes: S series, T steps of one, K covariates, Z columns of season and trend.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forecasting.panel import Panel, Values

FEWEST = 24  # steps beyond the number of coefficients, below which a series says nothing
DIFFERENT = 3  # values after each other that differ, at least: one change cannot be told from the trend
KNOTS = 56  # steps at least from one bend of the trend to the next; or eight seasons
MOST_KNOTS = 30
LONGEST = 60  # season whose places have a level each; a longer one has two waves
ROUNDS = 3  # of estimating how errors follow each other
MOST_FOLLOW = 0.98
STILL = 1e-6  # of a covariate's variance: what season and trend leave of it at least
WIDE = 1.2  # the greatest value over the least, from which on shares of a covariate may be what counts
CLOSE = 4.0  # log-likelihood that the plain covariate must be better by: shares hold further from the mean
TRIED = 40  # series by which the form is chosen
HELD_OUT = 0.2  # of the steps, the last ones, on which the gain is judged
TINY = 1e-10

Known = npt.NDArray[np.bool_]
Form = tuple[bool, tuple[bool, ...]]  # whether logarithms of values are explained, and by those of which covariates


@dataclasses.dataclass(frozen=True, kw_only=True)
class Effects:
    """What one unit of each covariate adds to what is explained of each series.

    relative: the logarithm of values is explained, so that effects are factors; else values over `level`.
    """

    names: tuple[str, ...]
    relative: bool
    shares: tuple[bool, ...]  # [K] the logarithm of the covariate is what counts
    level: Values  # [S] mean size of the values
    mean: Values  # [S, K]
    covariance: Values  # [S, K, K]
    freedom: Values  # [S] degrees of freedom of the covariance
    identified: Known  # [S, K] whether the series says anything of the covariate
    gain: Values  # [K] share of the error on held-out steps that each takes off, over all series
    low: Values  # [S, K] least value seen
    high: Values  # [S, K] greatest

    def measure(self, values: Values) -> Values:
        """Values [..., K] of covariates, as they count."""
        logs = np.log(np.maximum(values, 1e-300))
        counting: Values = np.where(np.array(self.shares, dtype=bool), logs, values)
        return counting


def estimate(panel: Panel, names: Sequence[str]) -> Effects:
    """Of the covariates `names` of `panel`, of which at least one is there; none need be known ahead. Filled values do
    not count."""
    series, measured = panel.values(), panel.measured()
    inputs = np.split(panel.frame[list(names)].to_numpy(dtype=np.float64), np.cumsum(panel.lengths)[:-1])
    known = measured or [np.ones(len(values), dtype=bool) for values in series]
    form = _form(panel, series, inputs, known)
    found = [
        _fit(values, part, here, panel.seasons, form) for values, part, here in zip(series, inputs, known, strict=True)
    ]
    mean, covariance = _pooled(found)
    with_, without = (np.sum([getattr(one, name) for one in found], axis=0) for name in ("with_", "without"))
    return Effects(
        names=tuple(names),
        relative=form[0],
        shares=form[1],
        level=np.array([_level(values) for values in series]),
        mean=mean,
        covariance=covariance,
        freedom=np.array([one.freedom for one in found]),
        identified=np.stack([one.identified for one in found]),
        gain=np.where(without > 0, 1 - with_ / np.where(without > 0, without, 1.0), 0.0),
        low=np.stack([part.min(axis=0) for part in inputs]),
        high=np.stack([part.max(axis=0) for part in inputs]),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Fitted:
    mean: Values  # [K]
    covariance: Values  # [K, K]
    freedom: float
    identified: Known  # [K]
    with_: Values  # [K] mean held-out error over the size of what is explained
    without: Values  # [K] the same where the covariate stands still
    likelihood: float


def _form(panel: Panel, series: Sequence[Values], inputs: Sequence[Values], known: Sequence[Known]) -> Form:
    """Whether and of what logarithms are taken, for all series alike."""
    plain = (False,) * inputs[0].shape[1]
    forms: list[Form] = [(False, plain)]
    if all(values.min() > 0 for values in series):
        forms.append((True, plain))
        wide = tuple(
            all(part[:, k].min() > 0 for part in inputs)
            and max(float(part[:, k].max() / part[:, k].min()) for part in inputs) >= WIDE
            for k in range(len(plain))
        )
        if any(wide):
            forms.append((True, wide))
    if len(forms) == 1:
        return forms[0]
    some = range(0, len(series), max(1, len(series) // TRIED))

    def likelihood(form: Form) -> float:
        fits = [_fit(series[i], inputs[i], known[i], panel.seasons, form).likelihood for i in some]
        return sum(fits) + (CLOSE if any(form[1]) else 0.0)

    return max(forms, key=likelihood)


def _level(values: Values) -> float:
    return float(np.abs(values).mean()) or 1.0


def _fit(values: Values, inputs: Values, known: Known, seasons: Sequence[int], form: Form) -> _Fitted:
    count, zero = inputs.shape[1], np.zeros(inputs.shape[1])
    beside = _season_and_trend(len(values), tuple(seasons))
    none = _Fitted(
        mean=zero, covariance=np.zeros((count, count)), freedom=1.0, identified=zero > 0, with_=zero, without=zero,
        likelihood=0.0,
    )  # fmt: skip
    if known.sum() < beside.shape[1] + count + FEWEST:
        return none
    relative, shares = form
    y = np.log(values) if relative else values / _level(values)
    x = np.where(np.array(shares, dtype=bool), np.log(np.maximum(inputs, 1e-300)), inputs)
    deviation = x.std(axis=0)
    moves = ((np.diff(x, axis=0) != 0).sum(axis=0) >= DIFFERENT - 1) & (deviation > 0)
    x = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    every, pairs = np.column_stack([y, x, beside]), known[1:] & known[:-1]
    first = every[int(np.flatnonzero(known)[0])]
    later, earlier = (every[1:], every[:-1]) if pairs.all() else (every[1:][pairs], every[:-1][pairs])
    follows = 0.0
    for _ in range(ROUNDS):
        rows = np.empty((len(later) + 1, every.shape[1]))
        rows[0] = np.sqrt(1 - follows**2) * first
        np.subtract(later, follows * earlier, out=rows[1:])
        share = _solved(rows[:, count + 1 :], rows[:, : count + 1])  # of values and covariates in season and trend
        left = rows[:, : count + 1] - rows[:, count + 1 :] @ share
        kept = moves & (np.square(left[:, 1:]).mean(axis=0) > STILL * np.square(rows[:, 1 : count + 1]).mean(axis=0))
        if not kept.any():
            return none
        inside = left[:, 1:][:, kept]
        weights = _solved(inside, left[:, :1])[:, 0]
        explained = every[:, 1 : count + 1][:, kept] @ weights
        residual = y - explained - beside @ (share[:, 0] - share[:, 1:][:, kept] @ weights)
        before, after = residual[:-1][pairs], residual[1:][pairs]
        follows = float(np.clip((before @ after) / max(float(before @ before), 1e-300), 0.0, MOST_FOLLOW))
    errors = left[:, 0] - inside @ weights
    freedom = max(1.0, len(rows) - beside.shape[1] - kept.sum())
    covariance = _newey_west(inside, errors * np.sqrt(len(rows) / freedom))
    size = max(float(errors @ errors) / len(rows), 1e-300)
    unit = float(y[known].sum()) if relative else len(rows) * np.log(_level(values))
    mean, spread = zero.copy(), np.zeros((count, count))
    mean[kept] = weights / deviation[kept]
    spread[np.ix_(kept, kept)] = covariance / np.outer(deviation[kept], deviation[kept])
    with_, without = zero.copy(), zero.copy()
    with_[kept], without[kept] = _held_out(left[:, 0], inside)
    return _Fitted(
        mean=mean, covariance=spread, freedom=freedom, identified=kept, with_=with_, without=without,
        likelihood=float(-0.5 * len(rows) * np.log(size) - unit),
    )  # fmt: skip


@functools.lru_cache(maxsize=256)
def _season_and_trend(length: int, seasons: tuple[int, ...]) -> Values:
    """Columns [T, Z]: a level, one for each place of short seasons, two waves of long ones, a line that bends."""
    steps = np.arange(length)
    columns = [np.ones(length)]
    for period in (period for period in seasons if period > 1):
        if period <= LONGEST and length >= 4 * period:
            columns += [(steps % period == place).astype(float) for place in range(1, period)]
        elif length >= 2 * period:
            for wave in (1, 2):
                angle = 2 * np.pi * wave * steps / period
                columns += [np.sin(angle), np.cos(angle)]
    every = max(KNOTS, 8 * min((period for period in seasons if period > 1), default=1))
    count = min(MOST_KNOTS, length // every)
    columns += [np.maximum(steps / length - place / max(1, count), 0.0) for place in range(max(1, count))]
    return np.column_stack(columns)


def _solved(columns: Values, wanted: Values) -> Values:
    """Least squares; of columns that depend on each other, one of the answers."""
    return np.asarray(np.linalg.solve(_products(columns), columns.T @ wanted), dtype=np.float64)


def _newey_west(columns: Values, errors: Values) -> Values:
    """Covariance of the coefficients of `columns`, from which all else was taken, by the errors that were left."""
    values, vectors = np.linalg.eigh(_products(columns))
    # Along each eigenvector to unit size: where columns depend on each other, the products of scores as they are would
    # be divided by the square of almost nothing, and what rounding left of them would be of either sign.
    whitening = vectors / np.sqrt(values)
    scores = columns @ whitening * errors[:, None]
    lags = min(len(errors) // 8, max(1, int(4 * (len(errors) / 100) ** (2 / 9))))
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        part = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (part + part.T)
    robust = whitening @ middle @ whitening.T
    least = np.finfo(np.float64).eps * float(np.trace(robust))  # what rounding may take from a variance
    variances = np.maximum(np.diag(robust), max(least, 1e-300))
    robust[np.diag_indices_from(robust)] = variances
    plain = np.square(whitening).sum(axis=1) * float(errors @ errors) / len(errors)
    # The wider of the two: few scores tell little of how they follow each other.
    factor = np.sqrt(np.maximum(plain / variances, 1.0))
    covariance: Values = robust * np.outer(factor, factor)
    return covariance


def _products(columns: Values) -> Values:
    gram = columns.T @ columns
    diagonal = gram.reshape(-1)[:: len(gram) + 1]  # a view
    diagonal += TINY * max(float(diagonal.sum()), 1e-300) / len(gram)
    return gram


def _held_out(y: Values, x: Values) -> tuple[Values, Values]:
    """(Error on the last steps by coefficients of those before, the same where one covariate stands still [K]), each
    over the size of `y`, so that series of any unit can be added up."""
    start = len(y) - max(1, int(HELD_OUT * len(y)))
    weights = _solved(x[:start], y[:start, None])[:, 0]
    size = float(np.abs(y).mean()) or 1.0
    errors = y[start:] - x[start:] @ weights
    still = np.abs(errors[:, None] + x[start:] * weights).mean(axis=0)
    return np.full(len(weights), float(np.abs(errors).mean())) / size, still / size


def _pooled(found: Sequence[_Fitted]) -> tuple[Values, Values]:
    """(Means [S, K], covariances [S, K, K]) of each series, drawn to those of all; a series that says nothing has the
    mean of all and how far they differ."""
    mean, covariance = np.stack([one.mean for one in found]), np.stack([one.covariance for one in found])
    for k in range(mean.shape[1]):
        here = np.array([bool(one.identified[k]) for one in found])
        count = int(here.sum())
        if count < 2:
            continue
        b, v = mean[here, k], np.maximum(covariance[here, k, k], 1e-300)
        weight = 1 / v
        excess = float(weight @ np.square(b - float(weight @ b / weight.sum()))) - (count - 1)
        between = max(0.0, excess / float(weight.sum() - np.square(weight).sum() / weight.sum()))
        weight = 1 / (v + between)
        centre, of_centre = float(weight @ b / weight.sum()), 1 / float(weight.sum())
        drawn = v / (between + v) * max(0.0, (count - 3) / (count - 1))  # less, as `between` is estimated
        mean[here, k] = (1 - drawn) * b + drawn * centre
        factor = np.sqrt((1 - drawn) + np.square(drawn) * of_centre / v)
        covariance[here, k, :] *= factor[:, None]
        covariance[here, :, k] *= factor[:, None]
        mean[~here, k] = centre
        covariance[~here, k, k] = between + of_centre
    return mean, covariance
