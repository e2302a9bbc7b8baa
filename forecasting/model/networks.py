"""The torch module: anchor + linear path + recurrent path, read out at every origin of a chunk.

Axes: B chunks, T steps of a chunk, O origins (the last T - window + 1 steps), H horizon, L lags, F inputs.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from forecasting.model.scaling import UNIT

CELLS: dict[str, type[nn.RNN] | type[nn.LSTM] | type[nn.GRU]] = {
    "rnn": nn.RNN,
    "lstm": nn.LSTM,
    "gru": nn.GRU,
    "bilstm": nn.LSTM,
    "attention": nn.LSTM,
}
WHOLE_WINDOWS = frozenset(
    {"bilstm"}
)  # cells that read each origin's window by itself: one chunk would show it later steps
BESIDE = 16  # units of the network that reads what is known of a step ahead


class Scaffold(nn.Module):
    """Forecasts at every origin of a chunk, as offsets from the last value, and the log of their spread.

    forward: inputs [B, T, F], regressors [B, O, L] of the linear path and, where inputs are known ahead, what they are
    at the steps ahead [B, O, H, K] -> (central, log_spread), each [B, O, H]. The head starts at zero and the linear
    path as it is given (zero by default), so an untrained network is its anchor. The spread counts in units of
    `spread`, the error that anchor + linear make.
    """

    anchor: Tensor  # [H, L]
    linear: Tensor  # [H, L] by ridge regression; not trained
    spread: Tensor  # [H]

    def __init__(
        self,
        cell: str,
        inputs: int,
        hidden_size: int,
        num_layers: int,
        window: int,
        anchor: Tensor,
        *,
        linear: Tensor | None = None,
        spread: Tensor | None = None,
        dropout: float = 0.0,
        known: int = 0,
    ) -> None:
        super().__init__()
        horizon = anchor.shape[0]
        self.cell = cell
        self.window = window
        self.register_buffer("anchor", anchor)
        self.register_buffer("spread", torch.ones(horizon) if spread is None else spread)
        self.register_buffer("linear", torch.zeros_like(anchor) if linear is None else linear)
        between = dropout if num_layers > 1 else 0.0  # torch applies it between layers and warns where there is one
        self.recurrent = CELLS[cell](
            inputs, hidden_size, num_layers, batch_first=True, dropout=between, bidirectional=cell == "bilstm"
        )
        self.dropout = nn.Dropout(dropout)
        if cell == "attention":
            self.query = nn.Linear(hidden_size, hidden_size, bias=False)
            self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        width = hidden_size if CELLS[cell] is not nn.LSTM or cell == "lstm" else 2 * hidden_size
        self.head = nn.Linear(width, 2 * horizon)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        if known:
            last = nn.Linear(BESIDE, 1, bias=False)
            nn.init.zeros_(last.weight)
            self.beside = nn.Sequential(nn.Linear(known, BESIDE), nn.Tanh(), last)

    def forward(self, inputs: Tensor, regressors: Tensor, ahead: Tensor | None = None) -> tuple[Tensor, Tensor]:
        out = self.head(self.dropout(self.read(inputs)))  # [B, O, 2 H]
        correction, log_spread = out.chunk(2, dim=-1)
        central = regressors @ (self.anchor + self.linear).T + correction
        if ahead is not None and ahead.shape[-1]:
            central = central + self.beside(ahead)[..., 0]
        return central, log_spread.clamp(-3.0, 3.0)

    def read(self, inputs: Tensor) -> Tensor:
        """The output of the recurrent part at each origin: [B, T, F] -> [B, O, hidden or twice that]."""
        if self.cell == "bilstm":
            windows = inputs.unfold(1, self.window, 1).transpose(2, 3)  # [B, O, W, F]
            _, (last, _) = self.recurrent(windows.flatten(0, 1))  # [layers x 2, B O, hidden]
            return torch.cat([last[-2], last[-1]], -1).reshape(*windows.shape[:2], -1)
        states: Tensor = self.recurrent(inputs)[0]  # [B, T, hidden]
        now = states[:, self.window - 1 :]  # [B, O, hidden]
        if self.cell != "attention":
            return now
        return torch.cat([now, self._look(states) @ states], -1)

    def attention(self, inputs: Tensor) -> Tensor:
        """Of the attention cell: the weight of each step of the window at each origin [B, O, W], each row's sum 1."""
        weights = self._look(self.recurrent(inputs)[0])  # [B, O, T]
        place = torch.arange(weights.shape[1])[:, None] + torch.arange(self.window)
        return weights.gather(2, place.to(weights.device).expand(weights.shape[0], -1, -1))

    def _look(self, states: Tensor) -> Tensor:
        """Scaled dot-product attention (Vaswani and others, 2017) of each origin on the steps of its window alone."""
        now = states[:, self.window - 1 :]
        scores: Tensor = self.query(now) @ self.key(states).transpose(1, 2) / math.sqrt(states.shape[-1])  # [B, O, T]
        steps = torch.arange(states.shape[1], device=states.device)
        origins = steps[self.window - 1 :, None]
        outside = (steps > origins) | (steps <= origins - self.window)
        return scores.masked_fill(outside, -torch.inf).softmax(-1)


def parameters(module: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(weight.numel() for weight in module.parameters() if weight.requires_grad)


def central_loss(kind: str, error: Tensor) -> Tensor:
    """Pointwise loss of the central forecast, in scaled units. The pinball loss of the median is half the MAE."""
    if kind == "mse":
        return error.square() / UNIT
    if kind == "huber":
        return nn.functional.huber_loss(error, torch.zeros_like(error), reduction="none", delta=UNIT) / UNIT
    return error.abs()


def quantile_loss(error: Tensor, spread: Tensor, levels: Tensor) -> Tensor:
    """Pinball loss, averaged over `levels` [Q], of the Laplace quantiles around the central forecast.

    error and spread [B, O, H] -> [B, O, H]. Koenker and Bassett, "Regression Quantiles" (Econometrica 46, 1978).
    """
    side = torch.sign(levels - 0.5) * -torch.log1p(-2 * (levels - 0.5).abs())
    left = error[..., None] - spread[..., None] * side
    return torch.maximum(levels * left, (levels - 1) * left).mean(-1)


def spread_loss(error: Tensor, log_spread: Tensor) -> Tensor:
    """Negative log-likelihood of a Laplace distribution, up to a constant."""
    return log_spread + error.abs() * torch.exp(-log_spread)
