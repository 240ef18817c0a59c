"""A zone of many customers, each with the records of an ordinary domain, and the questions that a scan would ask about them."""

from __future__ import annotations

from random import Random

ORIGIN = "bench.example"
MAIL_HOSTS = 200
QUESTIONS_A_NAME = (
    ("", "A"), ("", "AAAA"), ("", "MX"), ("", "TXT"), ("", "CAA"), ("", "HTTPS"), ("www.", "A"), ("_dmarc.", "TXT"),
)  # fmt: skip


def write_zone(names: int) -> str:
    """Return the master file: `names` domains, their mail hosts, name servers with addresses."""
    lines = [
        f"$ORIGIN {ORIGIN}.", "$TTL 300", "@ SOA ns1 host 1 3600 600 86400 300", "@ NS ns1", "@ NS ns2", "ns1 A 192.0.2.1", "ns2 A 192.0.2.2",
    ]  # fmt: skip
    lines += [f"mx{number} A 198.51.100.{number}\nmx{number} AAAA 2001:db8:1::{number:x}" for number in range(MAIL_HOSTS)]
    for number in range(names):
        name, token = f"d{number:06}", f"{number * 2654435761 % 2**40:010x}"
        lines += (
            f"{name} A 198.18.{number >> 8 & 255}.{number & 255}",
            f"{name} A 198.19.{number >> 8 & 255}.{number & 255}",
            f"{name} AAAA 2001:db8::{number:x}",
            f"{name} MX 10 mx{number % MAIL_HOSTS}",
            f"{name} MX 20 mx{(number + 1) % MAIL_HOSTS}",
            f'{name} TXT "v=spf1 include:_spf.one.example include:spf.two.example ip4:198.51.100.0/24 -all"',
            f'{name} TXT "google-site-verification={token}"',
            f'{name} CAA 0 issue "ca.example"',
            f"{name} HTTPS 1 . alpn=h2,h3",
            f"www.{name} CNAME {name}.cdn",
            f"{name}.cdn CNAME {name}",
            f'_dmarc.{name} TXT "v=DMARC1; p=reject; rua=mailto:d@{name}.{ORIGIN}"',
        )
    return "\n".join(lines) + "\n"


def make_questions(names: int) -> list[tuple[str, str]]:
    """Return every question about every name, shuffled, the same each time."""
    questions = [(f"{prefix}d{number:06}.{ORIGIN}", rdtype) for number in range(names) for prefix, rdtype in QUESTIONS_A_NAME]
    Random(7).shuffle(questions)  # noqa: S311 - an order, no secret
    return questions
