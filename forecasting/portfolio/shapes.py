"""Groups of series of a like course, whatever their unit.

Axes: S series, F features.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from forecasting import spans
from forecasting.messages import Message
from forecasting.model.windows import Index
from forecasting.panel import Panel, Values
from forecasting.portfolio.features import Features, features_of

SAMPLE = 2_000  # series by which groups are found
APART = 0.3  # silhouette, below which there are no groups: that of a normal cloud in two halves is about this
NEAR = 0.3  # distance of two middles, of features between -1 and 1, that is no difference to a reader
WORTH = 0.01  # of silhouette that one more group has to bring
FEWEST = 4  # series that are worth groups
AXES = 6  # principal components that are looked at
SEASONAL, STEADY, SPARSE, WANDERS = 0.3, 0.5, 0.5, 0.8  # medians of a group from which on its name says so


@dataclasses.dataclass(frozen=True, eq=False)
class Shape:
    """name, such as "weekly season, rising"; members [M]: places in the panel, ascending; representative: the place of
    the member nearest to the middle of the group."""

    name: Message
    members: Index
    representative: int

    @property
    def size(self) -> int:
        """How many series it has."""
        return len(self.members)


@dataclasses.dataclass(frozen=True, eq=False)
class Shapes:
    """groups, the largest first; every series is in one. silhouette: mean of the sample, NaN where one group is all
    that the features show."""

    groups: tuple[Shape, ...]
    silhouette: float

    def labels(self) -> Index:
        """The group [S] of each series, as a place in `groups`."""
        labels = np.empty(sum(group.size for group in self.groups), dtype=np.int64)
        for place, group in enumerate(self.groups):
            labels[group.members] = place
        return labels


def group_by_shape(panel: Panel, most: int = 8, seed: int = 0) -> Shapes:
    """Groups of the series of a panel, at most `most` of those that have a course; constant series and those too short
    to tell are groups of their own. The same for the same panel and seed.

    k-means on principal components of the features; their number is that of the largest silhouette (Rousseeuw, 1987) on
    a sample of at most 2,000 series.
    """
    found = features_of(panel)
    matrix = found.matrix()
    told = np.isfinite(matrix).all(axis=1)
    kinds: list[tuple[Message, Index, int]] = []
    labels, silhouette, central = _clusters(matrix[told], most, seed)
    places = np.flatnonzero(told)
    for label in range(int(labels.max(initial=-1)) + 1):
        members = places[labels == label]
        kinds.append((_name(panel, found, members), members, int(places[central[label]])))
    constant = found.constant > 0
    for key, some in (("shape.constant", constant), ("shape.short", ~told & ~constant)):
        if some.any():
            members = np.flatnonzero(some)
            kinds.append((Message(key), members, int(members[0])))
    kinds.sort(key=lambda kind: (-len(kind[1]), int(kind[1][0])))
    names = _unique([name for name, _, _ in kinds])
    groups = tuple(Shape(name, members, middle) for name, (_, members, middle) in zip(names, kinds, strict=True))
    return Shapes(groups, silhouette)


def _clusters(matrix: Values, most: int, seed: int) -> tuple[Index, float, list[int]]:
    """(Label [S] of each row, silhouette, the row nearest to the middle of each label)."""
    different = len(np.unique(matrix.round(9), axis=0))
    if different < FEWEST:
        distance = np.square(matrix - matrix.mean(axis=0)).sum(axis=1) if different else np.zeros(0)
        return np.zeros(len(matrix), dtype=np.int64), np.nan, [int(distance.argmin())] if different else []
    from scipy.spatial.distance import pdist
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score

    random = np.random.default_rng(seed)
    count = len(matrix)
    sample = np.sort(random.choice(count, min(count, SAMPLE), replace=False))
    with threadpool_limits(1):  # sums of several threads differ in their last bits
        axes = PCA(min(AXES, matrix.shape[1], len(sample)), svd_solver="full").fit(matrix[sample])
        points = axes.transform(matrix)
        best, silhouette = None, APART
        different = len(np.unique(points[sample].round(6), axis=0))
        for groups in range(2, min(most, different, len(sample) - 1) + 1):
            tried = KMeans(groups, n_init=4, random_state=seed).fit(points[sample])
            score = float(silhouette_score(points[sample], tried.labels_))
            if score > silhouette + WORTH and float(pdist(tried.cluster_centers_).min()) > NEAR:
                best, silhouette = tried, score
        if best is None:
            labels, centres, silhouette = np.zeros(count, dtype=np.int64), points.mean(axis=0)[None], np.nan
        else:
            labels, centres = best.predict(points).astype(np.int64), best.cluster_centers_
    distance = np.square(points - centres[labels]).sum(axis=1)
    _, labels = np.unique(labels, return_inverse=True)  # none without a member
    central = [int(np.where(labels == label, distance, np.inf).argmin()) for label in range(labels.max() + 1)]
    return labels, silhouette, central


def _name(panel: Panel, found: Features, members: Index) -> Message:
    """By the medians of the features of a group."""
    middle = {name: float(np.median(getattr(found, name)[members])) for name in ("slope", "memory", "zeros", "season")}
    periods = found.period[members][found.season[members] > 0].astype(np.int64)
    seasonal = middle["season"] >= SEASONAL and len(periods) > 0
    season = spans.season(panel.frequency, int(np.bincount(periods).argmax())) if seasonal else Message("season.none")
    if abs(middle["slope"]) >= STEADY:
        trend = Message("trend.rising" if middle["slope"] > 0 else "trend.falling")
    else:
        trend = Message("trend.wandering" if middle["memory"] >= WANDERS else "trend.flat")
    if middle["zeros"] < SPARSE:
        return Message("shape.name", season=season, trend=trend)
    return Message("shape.sparse-season", season=season) if seasonal else Message("shape.sparse", trend=trend)


def _unique(names: Sequence[Message]) -> list[Message]:
    """With a number where a name comes more than once."""
    counts: dict[str, int] = {}
    result = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        several = list(names).count(name) > 1
        result.append(Message("shape.numbered", name=name, number=counts[name]) if several else name)
    return result
