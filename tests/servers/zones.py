"""The zones that nsd serves in the tests: invented names, documentation addresses (RFC 5737, RFC 3849)."""

from __future__ import annotations

_HEAD = """$TTL 300
@ IN SOA ns1.{zone}. hostmaster.{zone}. 2026110101 7200 3600 1209600 300
@ IN NS ns1.{zone}.
@ IN NS ns2.{zone}.
ns1 IN A 192.0.2.53
ns2 IN AAAA 2001:db8::53
"""
_BIG = "\n".join(f'big IN TXT "{number:03} {"x" * 240}"' for number in range(12))

PLAIN = (
    "$ORIGIN plain.example.\n"
    + _HEAD.format(zone="plain.example")
    + """
@ IN A 192.0.2.10
@ IN AAAA 2001:db8::10
www IN CNAME app
app IN CNAME edge
edge IN A 192.0.2.20
@ IN MX 10 mx1
@ IN MX 20 mx.signed.example.
mx1 IN A 192.0.2.25
@ IN TXT "v=spf1 mx include:_spf.plain.example include:_self.plain.example -all"
_spf IN TXT "v=spf1 ip4:192.0.2.128/25 " "a:edge.plain.example ~all"
_self IN TXT "v=spf1 include:_self.plain.example ip6:2001:db8::/32 -all"
_dmarc IN TXT "v=DMARC1; p=reject"
@ IN CAA 0 issue "ca.example"
autodiscover IN CNAME post.signed.example.
_autodiscover._tcp IN SRV 0 0 443 post.signed.example.
selector1._domainkey IN CNAME selector1-plain._domainkey.tenant.signed.example.
google._domainkey IN TXT "v=DKIM1; p=AAAA"
loop1 IN CNAME loop2
loop2 IN CNAME loop1
dangling IN CNAME nothing.signed.example.
empty.nonterminal IN A 192.0.2.30
bytes IN TXT "\\255\\254 plain \\027[31m =1+1"
"""
    + _BIG
    + "\n"
)

SIGNED = (
    "$ORIGIN signed.example.\n"
    + _HEAD.format(zone="signed.example")
    + """
@ IN A 192.0.2.40
mx IN A 192.0.2.45
post IN A 192.0.2.46
selector1-plain._domainkey.tenant IN TXT "v=DKIM1; p=BBBB"
"""
)

BROKEN = (
    "$ORIGIN broken.example.\n"
    + _HEAD.format(zone="broken.example")
    + """
whole IN A 192.0.2.50
bad IN A 192.0.2.51
"""
)


def corrupt(signed: str) -> str:
    """Return the signed zone with one address changed after signing."""
    changed = signed.replace("192.0.2.51", "192.0.2.66")
    assert changed != signed
    return changed
