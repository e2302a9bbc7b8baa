"""Parquet -> columns of text, in batches, so that what values grow to is counted before it is held.

Part of a program that imports nothing of the package.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH = 50_000  # cells that are made text at a time

Refused = Callable[..., Exception]  # (code, **values)


def read(data: bytes, choices: dict[str, Any], refused: Refused) -> tuple[pa.Table, dict[str, Any]]:
    """Every column that has a plain type, as text, and their names; raises `refused` where a limit is passed."""
    limits = {"thrift_string_size_limit": choices["memory"] // 8, "thrift_container_size_limit": 1_000_000}
    file = pq.ParquetFile(io.BytesIO(data), **limits)
    about = file.metadata
    size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    if about.num_rows > choices["rows"]:
        raise refused("rows", rows=about.num_rows, most=choices["rows"])
    if about.num_columns > choices["columns"]:
        raise refused("columns", columns=about.num_columns, most=choices["columns"])
    if about.num_rows * about.num_columns > choices["cells"]:
        raise refused("cells", cells=about.num_rows * about.num_columns, most=choices["cells"])
    if size > choices["expanded"]:
        raise refused("expanded", megabytes=choices["expanded"] // 2**20)
    repeating = repeated_columns(about)
    if repeating:  # their values stay as they are stored, once each, until it is known what they grow to
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=repeating, **limits)
    fields = list(file.schema_arrow)
    taken = [i for i, field in enumerate(fields) if not (pa.types.is_nested(plain(field.type)) or binary(field.type))]
    parts: dict[int, list[Any]] = {i: [] for i in taken}
    grown = 0
    height = max(1, BATCH // max(1, about.num_columns))
    for batch in file.iter_batches(batch_size=height, use_threads=False):
        for i in taken:
            column = batch.column(i)
            grown += characters(column)
            if grown > choices["expanded"]:
                raise refused("repeated", megabytes=choices["expanded"] // 2**20)
            parts[i].append(as_text(column))
    columns = []
    for i in taken:
        column = pa.chunked_array(parts.pop(i), pa.string())
        columns.append(without_zeros(column) if pa.types.is_timestamp(fields[i].type) else column)
    names = ["" if field.name.startswith("__index_level_") else field.name for field in fields]
    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    left_out = [names[i] for i in range(len(fields)) if i not in taken]
    return table, {"names": [names[i] for i in taken], "left_out": left_out}


def repeated_columns(about: Any) -> list[str]:
    """The text columns that store each value once and repeat it by its number."""
    found = set()
    for group in range(about.num_row_groups):
        for place in range(about.num_columns):
            chunk = about.row_group(group).column(place)
            if chunk.physical_type == "BYTE_ARRAY" and chunk.has_dictionary_page:
                found.add(chunk.path_in_schema)
    return sorted(found)


def plain(kind: Any) -> Any:
    """The type of the values, where a column stores each once."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def binary(kind: Any) -> bool:
    return bool(pa.types.is_binary(plain(kind)))


def characters(column: Any) -> int:
    """Bytes that the values of a column have as text, 8 for each number."""
    if pa.types.is_dictionary(column.type):
        words = column.dictionary
        if not (pa.types.is_string(words.type) or pa.types.is_large_string(words.type)):
            return 8 * len(column)
        lengths = pc.binary_length(words).take(column.indices)
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        lengths = pc.binary_length(column)
    else:
        return 8 * len(column)
    return int(pc.sum(lengths.cast(pa.int64())).as_py() or 0)


def as_text(column: Any) -> Any:
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string())


def without_zeros(column: Any) -> Any:
    """Times without zero fractions, and without the time of day where all are at midnight."""
    column = pc.replace_substring_regex(column, r"\.0+(Z?)$", r"\1")
    midnight = pc.all(pc.match_substring_regex(column, " 00:00:00$")).as_py()
    return pc.replace_substring_regex(column, " 00:00:00$", "") if midnight else column
