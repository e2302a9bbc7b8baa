"""A column of text -> time stamps: one format per column; where two orders fit, the user is asked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.date_patterns import NAMED, NEEDED, PATTERNS
from forecasting.intake.columns.time.date_readers import READERS
from forecasting.intake.columns.time.months import month_of
from forecasting.intake.columns.time.other_forms import Periods, of_intervals, of_several_periods, of_two_forms
from forecasting.intake.columns.time.rewriting import Rewriting, rewritings
from forecasting.intake.columns.time.times import Answers, Doubt, Times
from forecasting.intake.columns.time.written_form import Form, form_of
from forecasting.intake.text.arrays import Ints, flags
from forecasting.intake.text.cell_types import NA_TOKENS

__all__ = ["Times", "look_for_times"]
HEAD = 2000  # cells by which the format of a column is found
REWRITTEN = 300  # of them, those that are rewritten where no format fits
SOME = 100  # cells from each of three places by which the form of a column is found
_YEAR = "^(?:1[6-9]|20|21)[0-9]{2}$"
SHARE = 0.5  # share of a sample's cells that must look like one format for the column to be read by it


def look_for_times(
    column: pa.ChunkedArray, day_first: bool | str | None = None, dates: str | None = None
) -> Times | None:
    """The column as dates or times; None where hardly any cell looks like one."""
    answers = Answers(day_first, dates)
    sample = _cleaned(pc.unique(_head(column)))
    several = of_several_periods(_different(column)[0]) if _has_years(sample) else None
    found = _found(sample) if several is None else (several.finest, None)
    if found is None:
        return None
    form, rewriting = found
    texts, codes = _different(column)
    if several is not None:
        read, own = _of_one_kind(texts, several, answers)
    elif rewriting is None:
        read = READERS[form](texts, PATTERNS[form], answers)
        read = dataclasses.replace(read, doubt=read.doubt or of_two_forms(texts, read, form, answers))
        own = ("", ()) if read.local or dates == "swapped" else form_of(_some(texts), PATTERNS[form], read.format)
    else:
        read, own = _rewritten(texts, form, rewriting, answers)
    present = (flags(texts.is_valid()) if several is None else read.present)[codes] & (codes >= 0)
    ok = read.ok[codes] & present
    stamps = read.stamps[codes].copy()
    stamps[~ok] = np.datetime64("NaT", "ns")
    mixed = read.mixed
    if mixed is not None:
        mixed = (int(np.flatnonzero(codes == mixed[0])[0]), int(np.flatnonzero(codes == mixed[1])[0]))
    proof = None if read.proof is None else int(np.flatnonzero(codes == read.proof)[0])
    return dataclasses.replace(
        read,
        stamps=stamps,
        ok=ok,
        present=present,
        mixed=mixed,
        doubt=_in_rows(read.doubt, codes),
        proof=proof,
        offsets=None if read.offsets is None else read.offsets[codes],
        written_as=own,
    )


def _different(column: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The different cells, cleaned, and the place of each row's among them; -1 for none."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    return _cleaned(encoded.dictionary), codes


def _head(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells from the beginning, the middle and the end, by which the format of a column is found."""
    if len(column) <= HEAD:
        return column
    third = HEAD // 3
    starts = (0, len(column) // 2, len(column) - third)
    return pa.chunked_array([chunk for start in starts for chunk in column.slice(start, third).chunks], column.type)


def _found(sample: pa.Array) -> tuple[str, Rewriting | None] | None:
    """The format that the cells have as they are, else the first that they have rewritten."""
    form, certain = _format(sample)
    if form is not None and certain and _is_read(form, sample):
        return form, None
    cells = [cell for cell in sample.to_pylist() if cell][:REWRITTEN]
    for rewriting in rewritings(cells):
        changed = _changed(pa.array(cells, pa.string()), rewriting.cell)
        other, known = _format(changed)
        if other is not None and known and _is_read(other, changed):
            return other, rewriting
    return None if form is None else (form, None)


def _is_read(form: str, sample: pa.Array) -> bool:
    """Whether most cells of a format are times, not only look like some: there is no year 2566 here."""
    return bool(READERS[form](sample, PATTERNS[form], Answers()).ok.sum() >= SHARE * (len(sample) - sample.null_count))


def _rewritten(texts: pa.Array, form: str, rewriting: Rewriting, answers: Answers) -> tuple[Times, Form]:
    """Cells read in their rewritten form, and how the file writes them."""
    changed = _changed(texts, rewriting.cell)
    read = READERS[form](changed, PATTERNS[form], answers)
    said = (*read.said, *rewriting.said)
    if rewriting.end is not None:
        ends = READERS[form](_changed(texts, rewriting.end), PATTERNS[form], answers)
        said = (*said, *of_intervals(read, ends))
    own: Form = ("", ())
    if rewriting.months and not read.local:
        template, months = form_of(_some(changed), PATTERNS[form], read.format)
        own = (template, rewriting.months) if months else own
    return dataclasses.replace(read, said=said), own


def _has_years(sample: pa.Array) -> bool:
    """Whether years without anything beside them stand among other cells."""
    alone = flags(pc.fill_null(pc.match_substring_regex(sample, _YEAR), False))
    return bool(alone.any() and alone.sum() < len(sample) - sample.null_count)


def _of_one_kind(texts: pa.Array, several: Periods, answers: Answers) -> tuple[Times, Form]:
    """Months, quarters or years of a column that has several of them, as the user answers; else the finest, in doubt.

    Cells of other kinds are not present: they give the same again, summed up or averaged.
    """
    chosen = answers.dates in several.cells
    kind = answers.dates if chosen and answers.dates is not None else next(iter(several.cells))
    form = several.formats[kind]
    only = pc.if_else(pa.array(several.cells[kind]), texts, pa.scalar(None, pa.string()))
    read = READERS[form](only, PATTERNS[form], answers)
    present = several.cells[kind] if chosen else flags(texts.is_valid())
    read = dataclasses.replace(read, present=present, doubt=None if chosen else several.doubt)
    return read, form_of(_some(only), PATTERNS[form], read.format)


def _changed(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    return pa.array([change(cell) or None if cell else None for cell in texts.to_pylist()], pa.string())


def _in_rows(doubt: Doubt | None, codes: Ints) -> Doubt | None:
    """A doubt about different cells as one about rows."""
    if doubt is None:
        return None
    first, second = (int(np.flatnonzero(codes == place)[0]) for place in doubt.at)
    return dataclasses.replace(doubt, at=(first, second))


def _some(texts: pa.Array) -> list[str]:
    """Cells from the beginning, the middle and the end."""
    starts = {0, max(0, len(texts) // 2 - SOME // 2), max(0, len(texts) - SOME)}
    return [cell for start in sorted(starts) for cell in texts.slice(start, SOME).to_pylist() if cell]


def _cleaned(texts: pa.Array) -> pa.Array:
    texts = pc.utf8_trim_whitespace(texts)
    empty = pc.is_in(pc.utf8_lower(texts), pa.array(["", *sorted(NA_TOKENS)], pa.string()))
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def _format(sample: pa.Array) -> tuple[str | None, bool]:
    """The first format that most of the sample has, and whether all of its written months are known."""
    held = len(sample) - sample.null_count
    if not held:
        return None, True
    best, most = None, SHARE * held
    possible = _possible([cell for cell in sample.to_pylist() if cell])
    for form, pattern in PATTERNS.items():
        if form not in possible:
            continue
        fits = int(flags(pc.fill_null(pc.match_substring_regex(sample, pattern), False)).sum())
        if fits > most or (fits == most and best is None):
            best, most = form, fits
    if best not in NAMED:
        return best, True
    known = _known_months(sample, best)
    return (best, known == 1) if known >= 0.8 else (None, True)


def _possible(cells: list[str]) -> set[str]:
    """The formats that the cells can have by the characters in them: trying every pattern would be slow."""
    if not any(re.search("[0-9]", cell) for cell in cells):
        return set()
    possible = set(PATTERNS)
    for needed, forms in NEEDED:
        if not any(needed.search(cell) for cell in cells):
            possible -= forms
    return possible


def _known_months(sample: pa.Array, form: str) -> float:
    """Of the words in the place of the month, the share that names one."""
    names = pc.extract_regex(sample, PATTERNS[form]).field("mon").drop_null().unique().to_pylist()
    names = [name for name in names if name]
    return sum(month_of(name) > 0 for name in names) / len(names) if names else 0.0
