"""How files of known truth are read: exactly, with a reported loss, after a question, wrongly, or not at all.

    python benchmarks/reading.py [--rounds 3] [--seed 0] [--show WRONG]

Every file of `polluted.py` is read without help. Each value must be the one that was written; a missing value must be
in a note with its line: "destroyed" where the damage left nothing to read it from (a truncated record, two cells that
ran together), "loss reported" where it could have been known. A question is answered with the truth, and the reading
that follows is checked as well.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs from a checkout, whatever the working folder
sys.path.insert(0, str(ROOT / "benchmarks"))

import pandas as pd  # noqa: E402  # found by the line above
from polluted import File, files  # noqa: E402  # found by the line above

from forecasting.errors import AmbiguousInput, ForecastingError  # noqa: E402  # found by the line above
from forecasting.intake import read_table, to_panel  # noqa: E402  # found by the line above

EXACT, DESTROYED, REPORTED, ASKED, REFUSED, RENAMED, LOST, WRONG, CRASHED = (
    *("exact", "destroyed", "loss reported", "asked", "refused", "names unsure", "LOST SILENTLY", "WRONG", "CRASHED"),
)
OUTCOMES = (EXACT, DESTROYED, REPORTED, ASKED, REFUSED, RENAMED, LOST, WRONG, CRASHED)
BAD = (LOST, WRONG, CRASHED)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="tables of each shape")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", metavar="OUTCOME", action="append", default=[], help="list the files that end so")
    parser.add_argument("--every", type=int, default=1, help="read only every n-th file")
    parser.add_argument("--most", type=int, default=40, help="files listed")
    arguments = parser.parse_args()
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    begun, shown = time.perf_counter(), 0
    for file in itertools.islice(files(arguments.seed, arguments.rounds), 0, None, arguments.every):
        outcome, why = judge(file)
        counts[file.kind if file.readable else "unreadable"][outcome] += 1
        if outcome in arguments.show and shown < arguments.most:
            shown += 1
            print(f"{outcome}: {file.base.name}: {file.name}: {why[:300]}")
    print(f"{'damage':48}" + "".join(f"{outcome:>15}" for outcome in OUTCOMES))
    for kind, counted in [*sorted(counts.items()), ("all readable", total(counts))]:
        print(f"{kind:48}" + "".join(f"{counted[outcome] or '':>15}" for outcome in OUTCOMES))
    readable = total(counts)
    share = readable[EXACT] / readable.total()
    right = (readable[EXACT] + readable[DESTROYED]) / readable.total()
    took = time.perf_counter() - begun
    print(f"{readable.total()} readable files, {share:.1%} exactly, {right:.1%} exactly or destroyed, in {took:.0f} s")
    return int(any(counted[outcome] for counted in counts.values() for outcome in BAD))


def total(counts: dict[str, collections.Counter[str]]) -> collections.Counter[str]:
    return sum((counted for kind, counted in counts.items() if kind != "unreadable"), collections.Counter())


def judge(file: File) -> tuple[str, str]:
    """The outcome of reading one file, and what it was about."""
    answers: dict[str, Any] = {}
    asked = ""
    while True:
        try:
            panel, report = to_panel(read_table(file.data, "a.csv"), **answers)
            break
        except AmbiguousInput as question:
            asked = question.message
            if question.argument in answers or file.base.answers.get(question.argument) not in question.choices:
                return ASKED, asked
            answers[question.argument] = file.base.answers[question.argument]
        except ForecastingError as error:
            return REFUSED, str(error)
        except Exception as error:  # a defect: that is what this looks for
            return CRASHED, repr(error)
    outcome, why = compare(file, panel, report)
    return (ASKED, asked) if asked and outcome == EXACT else (outcome, why)


def compare(file: File, panel: Any, report: Any) -> tuple[str, str]:
    truth = file.base.truth
    filled = set(zip(report.filled["unique_id"], report.filled["ds"], strict=True))
    got: dict[str, dict[Any, float]] = collections.defaultdict(dict)
    for name, ds, y in zip(panel.frame["unique_id"], panel.frame["ds"], panel.frame["y"], strict=True):
        if (name, ds) not in filled:
            got[name][ds.to_pydatetime() if isinstance(ds, pd.Timestamp) else ds] = y
    renamed = [name for name in got if name not in truth]
    noted = {note.kind for note in report.notes}
    for name in list(got):
        if name in truth:
            for at, y in got[name].items():
                if truth[name].get(at) != y:
                    return WRONG, f"{name} at {at} is {truth[name].get(at)}, read as {y}; notes {sorted(noted)}"
    lost = [(name, at) for name in truth if name in got for at in truth[name] if at not in got[name]]
    if renamed or any(name not in got for name in truth):
        known = [set(values.items()) for values in truth.values()]
        strangers = [name for name in renamed if not any(set(got[name].items()) <= values for values in known)]
        if strangers:
            return WRONG, f"series {strangers} with values that none has; notes {sorted(noted)}"
        if "header" in noted or noted & {"short header", "names", "ragged", "preamble"}:
            return RENAMED, f"series {sorted(got)} for {sorted(truth)}; notes {sorted(noted)}"
        return LOST, f"series {sorted(got)} for {sorted(truth)}; notes {sorted(noted)}"
    if not lost:
        return EXACT, ""
    reported = sum(note.count for note in report.notes if note.rows)
    if reported * max(1, len(truth)) < len(lost):
        return LOST, f"{len(lost)} values are gone, first {lost[0]}; notes {sorted(noted)}"
    gone = DESTROYED if file.destroys and len(lost) <= file.destroys else REPORTED
    return gone, f"{len(lost)} values gone, first {lost[0]}; {[n.message for n in report.notes if n.rows][:2]}"


if __name__ == "__main__":
    sys.exit(main())
