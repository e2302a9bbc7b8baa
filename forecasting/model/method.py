"""A trained method: forecasts at any origin of the series it knows, and its taking apart into arrays.

Axes: S series, O origins (of all series, end to end), H horizon, M networks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import torch

from forecasting.config import ForecastConfig
from forecasting.model import deviations, ensemble, leading, networks, scaling, train, windows
from forecasting.model import material as materials
from forecasting.model.leading import Leaders
from forecasting.model.linear import Linear
from forecasting.model.material import Material
from forecasting.model.origins import Origins, Span
from forecasting.model.regressors import regressors
from forecasting.model.volatility import Volatility
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

LEADERS = ("places", "lags", "delays", "scales")  # arrays of Leaders in a stored model


@dataclasses.dataclass(frozen=True, kw_only=True)
class Method:
    """A trained recurrent method: what it takes to forecast at any origin of the series it knows."""

    window: int
    horizon: int
    periods: tuple[int, ...]
    anchor_names: tuple[str, ...]
    states: tuple[scaling.State, ...]  # [S]
    linear: Linear
    networks: tuple[networks.Scaffold, ...]  # [M]
    share: float  # of the networks beside anchor + linear; 0: the recurrent part is switched off
    path_weights: Values  # [S] of the per-series linear path, beside the networks on the shared one
    inputs: scaling.Inputs | None  # how further inputs are scaled
    constant: bool  # forecasts start from the middle of the training range, not from the last value
    volatility: Volatility
    leaders: Leaders | None = None  # of the series, which their per-series linear paths read as well

    @property
    def cell(self) -> str:
        return self.networks[0].cell

    @property
    def history(self) -> int:
        """How many of the last values a forecast depends on."""
        return max(self.lead + 1, self.volatility.history)

    @property
    def lead(self) -> int:
        """Copies of its first value that a series is led by."""
        longest = max(network.window for network in self.networks)
        return materials.lead(longest, self.horizon, self.linear.lags, self.periods)

    def some(self, part: slice) -> Method:
        """The same for some of its series."""
        path = self.linear
        if path.deviations is not None:
            path = dataclasses.replace(path, deviations=path.deviations[part])
        leaders = None if self.leaders is None else self.leaders.some(part)
        return dataclasses.replace(
            self, states=self.states[part], linear=path, path_weights=self.path_weights[part], leaders=leaders
        )

    def flatten(self, series: Sequence[Values], extra: windows.Extra | None) -> Flat:
        """The series and further inputs, scaled, end to end."""
        z = [scaling.transform(values, state) for values, state in zip(series, self.states, strict=True)]
        beside = None if self.inputs is None or extra is None else scaling.scale_inputs(extra, self.inputs)
        flat = dataclasses.replace(windows.flatten(z, self.lead, beside, self.horizon), constant=self.constant)
        if self.leaders is None or extra is None or extra.others is None:
            return flat
        return dataclasses.replace(flat, others=leading.flatten(flat, extra.others, self.leaders))

    def material(self, flat: Flat) -> Material:
        """What the networks read."""
        spread = self.networks[0].spread.cpu().numpy()
        return materials.material(flat, self.periods, self.linear, spread, self.window, self.cell)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Parts:
    """Forecasts at origins, taken apart, each [O, H]: in the unit of each series, but for what is scaled."""

    origins: Origins
    anchor: Values
    linear: Values
    forecast: Values
    scaled: Values  # the forecast, scaled
    spread: Values  # scaled


def forecast(method: Method, series: Sequence[Values], span: Span, extra: windows.Extra | None = None) -> Parts:
    """Forecasts at every origin of `span`.

    Nothing after an origin is used for it but what `extra` has as known ahead. `series` are those that the method was
    fitted on, longer or not.
    """
    flat = method.flatten(series, extra)
    origins = span.origins(method.horizon)
    positions = origins.positions(flat)
    read = regressors(flat, positions, method.linear.lags)
    anchor = read @ method.linear.anchor.T
    base = anchor + read @ method.linear.ridge.T
    path = base
    if method.linear.deviations is not None:
        path = base + deviations.added(method.linear.deviations, flat, origins, method.linear.lags, method.leaders)
    nets = method.networks if method.share > 0 else method.networks[:1]  # the spread is the networks' all the same
    central, spread = ensemble.run(nets, method.material(flat), span.positions(flat))
    shared = base + method.share * (central - base) if method.share > 0 else base
    mixed = deviations.mixed(shared, path, method.path_weights[origins.series])
    level = flat.z[positions][:, None]

    def in_units(offsets: Values) -> Values:
        return scaling.inverse(level + offsets, method.states, origins.series)

    return Parts(
        origins=origins,
        anchor=in_units(anchor),
        linear=in_units(path),
        forecast=in_units(mixed),
        scaled=level + mixed,
        spread=_spread(method, spread, flat, positions),
    )


def _spread(method: Method, of_networks: Values, flat: Flat, positions: Index) -> Values:
    """The scaled spread [O, H] at positions in `flat` [O], by that of the networks or by the volatility alone."""
    volatility = method.volatility
    if volatility.alone:
        return volatility.spread(flat, positions, method.horizon)
    return of_networks * volatility.factor(flat, positions)


def export(method: Method) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, JSON-able rest) of a Method; `restore` is its inverse. Their names are those of stored models."""
    arrays: dict[str, Any] = {
        "linear.anchor": method.linear.anchor,
        "linear.ridge": method.linear.ridge,
        "linear.lags": method.linear.lags,
        "own": method.path_weights,
        "states": scaling.export(method.states),
    }
    for member, network in enumerate(method.networks):
        for name, value in network.state_dict().items():
            arrays[f"member{member}.{name}"] = value.cpu().numpy()
    about = {
        "periods": list(method.periods),
        "anchor_names": list(method.anchor_names),
        "share": method.share,
        "penalty": str(method.linear.penalty),
        "constant": method.constant,
        "unrest": method.volatility.to_dict(),
        "windows": [network.window for network in method.networks],
    }
    if method.inputs is not None:
        arrays |= {"inputs.centre": method.inputs.centre, "inputs.scale": method.inputs.scale}
        about["past"] = method.inputs.past
    if method.linear.deviations is not None:
        arrays["linear.local"] = method.linear.deviations
    if method.leaders is not None:
        arrays |= {f"leaders.{name}": getattr(method.leaders, name) for name in LEADERS}
        about["leaders"] = method.leaders.memory
    return arrays, about


def restore(arrays: dict[str, Any], about: dict[str, Any], config: ForecastConfig) -> Method:
    """The Method that `export` took apart."""
    path = Linear(
        anchor=arrays["linear.anchor"],
        ridge=arrays["linear.ridge"],
        lags=arrays["linear.lags"],
        penalty=float(about["penalty"]),
        deviations=arrays.get("linear.local"),
    )
    leaders = None
    if "leaders" in about:
        leaders = Leaders(memory=int(about["leaders"]), **{name: arrays[f"leaders.{name}"] for name in LEADERS})
    inputs = None
    if "past" in about:
        inputs = scaling.Inputs(arrays["inputs.centre"], arrays["inputs.scale"], int(about["past"]))
    known = 0 if inputs is None else len(inputs.centre) - inputs.past
    nets = []
    for member, window in enumerate(about["windows"]):
        lead = f"member{member}."
        state = {name[len(lead) :]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith(lead)}
        read = state["recurrent.weight_ih_l0"].shape[1]
        network = train.new_network(config, read, path, state["spread"], window, known)
        network.load_state_dict(state)
        nets.append(network.train(False))
    return Method(
        window=config.window,
        horizon=config.horizon,
        periods=tuple(about["periods"]),
        anchor_names=tuple(about["anchor_names"]),
        states=scaling.restore(arrays["states"]),
        linear=path,
        networks=tuple(nets),
        share=about["share"],
        path_weights=arrays["own"],
        inputs=inputs,
        constant=bool(about["constant"]),
        volatility=Volatility(**about["unrest"]),
        leaders=leaders,
    )
