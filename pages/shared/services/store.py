"""The store of this process: what is read through it is always as it is now."""

from forecasting.runs import Store, runtime


def store() -> Store:
    """Datasets and runs of all workspaces; whoever asks needs a workspace or a link."""
    return runtime().store
