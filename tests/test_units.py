import pytest

from forecasting.units import amount, unit_of


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("revenue (EUR)", "EUR"),
        ("load [kW]", "kW"),
        ("flow (m3/s)", "m3/s"),
        ("price (EUR/MWh)", "EUR/MWh"),
        ("a [widgets]", "widgets"),
        ("sales_eur", "EUR"),
        ("load_MW", "MW"),
        ("price in USD", "USD"),
        ("Umsatz in Euro", "EUR"),
        ("revenue €", "€"),
        ("revenue ($)", "$"),
        ("销售额\uff08元\uff09", "元"),
        ("temp (°C)", "°C"),
        ("sales_eur (net)", "EUR"),
    ],
)
def test_a_columns_name_says_its_unit(column, unit):
    assert unit_of(column) == unit


@pytest.mark.parametrize(
    "column",
    [
        "",
        "y",
        "EUR",
        "Close",
        "revenue (net)",
        "total (sum)",
        "x (2)",
        "x [2]",
        "last try",
        "open bar",
        "co2",
        "Umsatz",
    ],
)
def test_what_is_not_known_to_be_a_unit_is_none(column):
    assert unit_of(column) == ""


def test_amounts_have_as_many_digits_as_are_worth_reading():
    written = [amount(value, "EUR") for value in (1234567.8, 178.4, 17.84, 0.012345, 0.0)]
    assert written == ["1,234,568 EUR", "178 EUR", "17.8 EUR", "0.0123 EUR", "0 EUR"]
    assert [amount(-2.5, "$"), amount(3.0, "%"), amount(3.0)] == ["-$2.5", "3 %", "3"]
