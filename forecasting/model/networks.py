"""The torch module: anchor + linear path + recurrent path, read out at every origin of a chunk.

Axes: B chunks, T steps of a chunk, O origins (the last T - window + 1 steps), H horizon, L lags, F inputs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from forecasting.model.scaling import UNIT

CELLS: dict[str, type[nn.RNN] | type[nn.LSTM] | type[nn.GRU]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Scaffold(nn.Module):
    """Forecasts at every origin of a chunk, as offsets from the last value, and the log of their spread.

    forward: inputs [B, T, F], offsets [B, O, L] of lagged values from the last one -> (central, log_spread), each
    [B, O, H]. The head starts at zero and the linear path where it is told (zero by default), so an untrained
    network is its anchor. The spread counts in units of `spread`, the error that anchor + linear make.
    """

    anchor: Tensor  # [H, L]
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
    ) -> None:
        super().__init__()
        horizon = anchor.shape[0]
        self.window = window
        self.register_buffer("anchor", anchor)
        self.register_buffer("spread", torch.ones(horizon) if spread is None else spread)
        self.linear = nn.Parameter(torch.zeros_like(anchor) if linear is None else linear.clone())
        between = dropout if num_layers > 1 else 0.0  # torch applies it between layers and warns where there is one
        self.recurrent = CELLS[cell](inputs, hidden_size, num_layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden_size, 2 * horizon)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, inputs: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
        states, _ = self.recurrent(inputs)  # [B, T, hidden]
        out = self.head(self.dropout(states[:, self.window - 1 :]))  # [B, O, 2 H]
        correction, log_spread = out.chunk(2, dim=-1)
        return offsets @ (self.anchor + self.linear).T + correction, log_spread.clamp(-3.0, 3.0)


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
