"""Where the host has a login, the workspace is the user's: no address opens it, and no address names it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from forecasting.errors import ConfigError
from forecasting.runs import Store, Workspace
from forecasting.runs.identity import is_token
from pages.shared import login
from tests.app.conftest import Open, address, words


class User(dict[str, Any]):
    """Streamlit's st.user, as far as it is used."""

    is_logged_in = True

    def to_dict(self) -> dict[str, Any]:
        return dict(self)


def workspace(monkeypatch: pytest.MonkeyPatch, secret: str = "s" * 32, **claims: str) -> Workspace | None:
    user = User(claims, is_logged_in=True)
    monkeypatch.setattr(login, "st", SimpleNamespace(user=user, secrets={"auth": {"cookie_secret": secret}}))
    return login.workspace()


def test_a_workspace_follows_from_the_user_and_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = workspace(monkeypatch, iss="https://id.example", sub="1", email="ann@example.com")
    assert ann is not None
    assert is_token(ann.token)
    assert workspace(monkeypatch, iss="https://id.example", sub="1", email="new@example.com") == ann
    others = {
        workspace(monkeypatch, iss="https://id.example", sub="2", email="ann@example.com"),
        workspace(monkeypatch, iss="https://other.example", sub="1", email="ann@example.com"),
        workspace(monkeypatch, secret="t" * 32, iss="https://id.example", sub="1"),
    }
    assert ann not in others
    assert len(others) == 3
    monkeypatch.setenv("TIDECAST_LOGIN_KEY", "kept")
    kept = workspace(monkeypatch, iss="https://id.example", sub="1")
    assert workspace(monkeypatch, secret="u" * 32, iss="https://id.example", sub="1") == kept != ann


def test_a_login_that_names_nobody_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="sub or email"):
        workspace(monkeypatch, name="somebody")


@pytest.mark.slow
def test_the_address_neither_names_nor_opens_a_users_workspace(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, stranger = Workspace("A" * 22), Store().new_workspace()
    monkeypatch.setattr(login, "required", lambda: True)
    monkeypatch.setattr(login, "logged_in", lambda: True)
    monkeypatch.setattr(login, "workspace", lambda: mine)
    monkeypatch.setattr(login, "foot", lambda: None)
    app = open_app(workspace=stranger)
    assert "workspace" not in address(app)
    assert "dataset" in address(app)
    assert Store().state(mine) != {}
    assert Store().state(stranger) == {}


@pytest.mark.slow
def test_who_is_not_logged_in_sees_no_page_and_no_link(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    workspace = store.new_workspace()
    link = store.share(workspace, store.submit(workspace, "sine", {"epochs": 3}, None, "private"))
    monkeypatch.setattr(login, "required", lambda: True)
    monkeypatch.setattr(login, "logged_in", lambda: False)
    monkeypatch.setattr(login, "ask", lambda: login.st.markdown("Log in"))
    for query in ({}, {"link": link}, {"workspace": workspace}):
        app = open_app(**query)
        assert "Log in" in words(app)
        assert "private" not in str(app.main)
        assert not app.get("plotly_chart")
        assert not app.number_input


@pytest.mark.slow
def test_without_a_login_nothing_is_asked(open_app: Open) -> None:
    assert not login.required()
    assert "workspace" in address(open_app())
