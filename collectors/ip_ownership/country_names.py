"""Countries as registries write them in addresses: a code (ISO 3166-1 alpha-2), or an English name, as ARIN does."""

from __future__ import annotations

from herkomst.config.knowledge.countries import COUNTRY_CODES

_NAMES = """
AE united arab emirates|AR argentina|AT austria|AU australia|BB barbados|BE belgium|BG bulgaria|BM bermuda|BR brazil|BS bahamas
CA canada|CH switzerland|CL chile|CN china|CO colombia|CW curacao|CY cyprus|CZ czech republic|CZ czechia|DE germany|DK denmark|EE estonia
EG egypt|ES spain|FI finland|FR france|GB great britain|GB united kingdom|GI gibraltar|GR greece|HK hong kong|HR croatia|HU hungary
ID indonesia|IE ireland|IL israel|IM isle of man|IN india|IS iceland|IT italy|JE jersey|JM jamaica|JP japan|KE kenya|KR korea, republic of
KR south korea|KY cayman islands|LI liechtenstein|LT lithuania|LU luxembourg|LV latvia|MA morocco|MT malta|MU mauritius|MX mexico
MY malaysia|NG nigeria|NL netherlands|NL the netherlands|NO norway|NZ new zealand|PA panama|PH philippines|PL poland|PR puerto rico
PT portugal|RO romania|RS serbia|RU russia|RU russian federation|SA saudi arabia|SC seychelles|SE sweden|SG singapore|SI slovenia
SK slovakia|TH thailand|TR turkey|TR türkiye|TW taiwan|UA ukraine|US united states|US united states of america|US usa
VG virgin islands, british|VN viet nam|VN vietnam|ZA south africa
"""
_CODES = {name: code for entry in _NAMES.replace("\n", "|").split("|") if entry for code, _, name in [entry.partition(" ")]}


def country_code(text: str) -> str | None:
    """Return the code of a country given by code or English name; None where the text is neither."""
    cleaned = text.strip().strip(".")
    if cleaned.upper() in COUNTRY_CODES:
        return cleaned.upper()
    return _CODES.get(cleaned.casefold())
