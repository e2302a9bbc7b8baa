"""A small recurrent network that was trained on generated series alone, and forecasts others without any training."""
