"""The uploader: one file, or several that become one dataset, kept as they came."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.typing import UploadedFile

from forecasting.errors import ForecastingError, ReadError
from forecasting.intake import limits, packing
from forecasting.messages import Message
from pages.shared import services, uploads
from pages.shared.i18n import t
from pages.shared.reading.columns import forget_columns
from pages.shared.state import Session

TYPES = ("csv", "tsv", "txt", "xlsx", "xls", "ods", "parquet", "gz", "zip")
_KEPT = "_upload_seen"  # in the session: the files of the uploader that are kept, and the upload they are


def uploader(session: Session) -> list[UploadedFile] | ForecastingError:
    """Draw it. What it holds is the session's upload then; ForecastingError where that is too much."""
    files = st.file_uploader(t("data.upload"), type=TYPES, key="upload", accept_multiple_files=True)
    seen, _ = st.session_state.get(_KEPT, ((), ""))
    if not files or tuple(file.file_id for file in files) == seen:
        return files
    try:
        _keep(session, files)
    except ForecastingError as problem:
        return problem
    return files


def name_of(names: Sequence[str]) -> str:
    """What several files are called together: the first, and how many more there are."""
    return names[0] if len(names) == 1 else f"{names[0]} + {len(names) - 1}"


def _keep(session: Session, files: Sequence[UploadedFile]) -> None:
    known = _kept_bytes(session)
    parts = [(file.name, known[file.file_id] if file.file_id in known else file.getvalue()) for file in files]
    size = sum(len(data) for _, data in parts)
    most = int(st.get_option("server.maxUploadSize"))  # of one file, and of several together
    if size > most * 2**20:
        raise ReadError(Message("intake.files.too-large", count=len(parts), megabytes=size / 2**20, most=most))
    if len(parts) > limits.FILES:
        raise ReadError(Message("intake.unpack.files", name=parts[0][0], files=len(parts), most=limits.FILES))
    raw = packing.pack(parts) if len(parts) > 1 else parts[0][1]
    session.upload_name = name_of([name for name, _ in parts])
    session.upload = services.keep_upload(session.workspace, raw, session.upload_name)
    session.choices, session.questions = {}, {}
    st.session_state[_KEPT] = tuple(file.file_id for file in files), session.upload
    for file in files:
        uploads.taken_over(file)
    forget_columns()


def _kept_bytes(session: Session) -> dict[str, bytes]:
    """The bytes of files that were kept before, by their id: the uploader holds them no more."""
    ids, upload = st.session_state.get(_KEPT, ((), ""))
    if not ids:
        return {}
    raw = services.raw_upload(session.workspace, upload)
    return dict(zip(ids, packing.unpack(raw) if len(ids) > 1 else [raw], strict=True))
