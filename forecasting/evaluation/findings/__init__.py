"""What the errors of a backtest show."""
