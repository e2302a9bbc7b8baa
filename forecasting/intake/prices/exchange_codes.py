"""Yahoo's names of exchanges -> market identifier codes (ISO 10383)."""

from __future__ import annotations


def exchange_code(name: str) -> str | None:
    """The market identifier code for Yahoo's name of an exchange; None where there is no calendar of it."""
    return _CODES.get(name.upper())


_CODES = {
    **dict.fromkeys(
        ("NMS", "NGM", "NCM", "NYQ", "NYS", "PCX", "ASE", "BTS", "PNK", "NAS", "SNP", "DJI", "NIM", "OQB", "OQX"),
        "XNYS",
    ),
    **dict.fromkeys(("LSE", "IOB", "FGI"), "XLON"),
    **dict.fromkeys(("TOR", "VAN", "CNQ", "NEO"), "XTSE"),
    **dict.fromkeys(("SHH", "SHZ"), "XSHG"),
    **dict.fromkeys(("KSC", "KOE"), "XKRX"),
    **dict.fromkeys(("TAI", "TWO"), "XTAI"),
    **dict.fromkeys(("NSI", "BSE"), "XBOM"),
    **dict.fromkeys(("JPX", "OSA"), "XTKS"),
    "GER": "XETR",
    "FRA": "XFRA",
    "STU": "XSTU",
    "DUS": "XDUS",
    "HAM": "XHAM",
    "PAR": "XPAR",
    "AMS": "XAMS",
    "BRU": "XBRU",
    "LIS": "XLIS",
    "MIL": "XMIL",
    "MCE": "XMAD",
    "EBS": "XSWX",
    "VIE": "XWBO",
    "STO": "XSTO",
    "HEL": "XHEL",
    "CPH": "XCSE",
    "OSL": "XOSL",
    "ICE": "XICE",
    "HKG": "XHKG",
    "ASX": "XASX",
    "NZE": "XNZE",
    "SAO": "BVMF",
    "MEX": "XMEX",
    "BUE": "XBUE",
    "SGO": "XSGO",
    "SES": "XSES",
    "SET": "XBKK",
    "KLS": "XKLS",
    "JKT": "XIDX",
    "IST": "XIST",
    "TLV": "XTAE",
    "SAU": "XSAU",
    "JNB": "XJSE",
    "WSE": "XWAR",
    "PRA": "XPRA",
    "BUD": "XBUD",
    "ATH": "ASEX",
    "ISE": "XDUB",
    "TAL": "XTAL",
    "LIT": "XLIT",
    "RIS": "XRIS",
    "PHS": "XPHS",
}
