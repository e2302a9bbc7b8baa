"""The colours of the networks of the teaching pages: each means the same on all of their charts.

Blue is the truth and grey what needs no network, as on every page. Orange is the way that is recommended, and pink the
plain one, as the textbook's is where methods are compared.
"""

from __future__ import annotations

from forecasting.charts.style import FORECAST, LINEAR, REPAIR, SEASONAL

# Beyond the palette, with the same contrast to both backgrounds.
CYAN = "#1287a5"
OLIVE = "#7f7420"

PLAIN, RECOMMENDED = REPAIR, FORECAST

RECIPES = {"classic": PLAIN, "tidecast": RECOMMENDED}
OTHER_RECIPES = (SEASONAL, LINEAR, CYAN, OLIVE)
WAYS = {"carried": RECOMMENDED, "reset": PLAIN}
METHODS = {"one-step": PLAIN, "direct": RECOMMENDED}
CELLS = {"rnn": LINEAR, "lstm": FORECAST, "gru": SEASONAL}
READERS = {"lstm": FORECAST, "bilstm": CYAN, "attention": OLIVE}
