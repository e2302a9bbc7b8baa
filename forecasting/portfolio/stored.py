"""Groups of series as a file beside a run."""

from __future__ import annotations

import json
import math

import numpy as np

from forecasting.errors import DataError
from forecasting.messages import Message
from forecasting.portfolio.shapes import Shape, Shapes


def shapes_bytes(shapes: Shapes) -> bytes:
    """JSON; the same bytes for the same groups."""
    groups = [{"name": one.name.to_dict(), "representative": one.representative} for one in shapes.groups]
    silhouette = None if math.isnan(shapes.silhouette) else shapes.silhouette
    about = {"groups": groups, "labels": shapes.labels().tolist(), "silhouette": silhouette}
    return json.dumps(about, sort_keys=True).encode()


def stored_shapes(data: bytes) -> Shapes:
    """The groups that `shapes_bytes` wrote; DataError if they are none."""
    try:
        about = json.loads(data)
        labels = np.array(about["labels"], dtype=np.int64)
        groups = tuple(
            Shape(Message.from_dict(one["name"]), np.flatnonzero(labels == place), int(one["representative"]))
            for place, one in enumerate(about["groups"])
        )
        return Shapes(groups, math.nan if about["silhouette"] is None else float(about["silhouette"]))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(Message("portfolio.damaged")) from error
