"""One recursive resolver that we ask, and the memory of whether it can be reached at all.

Remembering matters: without it a dead resolver costs every question its full time-out. It is also where a slow domain could be
mistaken for a dead resolver, so a time-out alone marks nothing: the resolver is first asked for the root's name servers, which any
live one has at hand (or refuses), and only silence on that too puts it aside for a minute.
"""

from __future__ import annotations

import asyncio
import errno
import secrets

import dns.rcode
from herkomst.collectors.dns.client.message import ChainState, Decoded, decode_reply, encode_query, is_truncated
from herkomst.collectors.dns.client.transport import exchange_tcp, exchange_udp
from herkomst.collectors.resolution import NoReply
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason

PUT_ASIDE_S = 60.0
_UNREACHABLE = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH})
_REASON_BY_RCODE = {
    dns.rcode.SERVFAIL: FailureReason.SERVFAIL,
    dns.rcode.REFUSED: FailureReason.REFUSED,
    dns.rcode.NOTAUTH: FailureReason.REFUSED,
    dns.rcode.NOTIMP: FailureReason.REFUSED,
    dns.rcode.FORMERR: FailureReason.MALFORMED,
}


class Upstream:
    """A resolver address with its memory. `ask` makes one attempt and ends within about twice `timeout_s` (UDP, then TCP)."""

    def __init__(self, address: ResolverAddress, timeout_s: float) -> None:
        self.address = address
        self._timeout_s = timeout_s
        self._aside_until = float("-inf")
        self._aside_reason = FailureReason.UNREACHABLE
        self._probe: asyncio.Task[None] | None = None

    def is_aside(self) -> bool:
        """Say whether it is known not to answer just now."""
        return asyncio.get_running_loop().time() < self._aside_until

    async def ask(self, name: str, rdtype: str) -> Decoded | NoReply:
        """Ask once; a reply is NOERROR or NXDOMAIN, everything else says why there is none."""
        if self.is_aside():
            detail = f"{self.address} did not answer just before; it is asked again after {PUT_ASIDE_S:.0f} s"
            return NoReply(name, rdtype, self._aside_reason, detail)
        query = encode_query(name, rdtype, secrets.randbits(16))
        try:
            wire = await exchange_udp(self.address, query, self._timeout_s)
        except TimeoutError:
            self._suspect()
            return NoReply(name, rdtype, FailureReason.TIMEOUT, f"{self.address} did not answer in {self._timeout_s:g} s")
        except OSError as error:
            if error.errno in _UNREACHABLE:
                self._put_aside(FailureReason.UNREACHABLE)
            return NoReply(name, rdtype, FailureReason.UNREACHABLE, f"{self.address}: {error.strerror or error}")
        if is_truncated(wire):
            try:
                wire = await exchange_tcp(self.address, query, self._timeout_s)
            except TimeoutError:
                return NoReply(name, rdtype, FailureReason.TIMEOUT, f"{self.address} did not answer over TCP")
            except OSError as error:
                return NoReply(name, rdtype, FailureReason.UNREACHABLE, f"{self.address} over TCP: {error.strerror or error}")
        return self._judge(wire, name, rdtype)

    def _judge(self, wire: bytes, name: str, rdtype: str) -> Decoded | NoReply:
        rcode = dns.rcode.from_flags(int.from_bytes(wire[2:4], "big"), 0)
        if rcode in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            decoded = decode_reply(wire, name, rdtype)
            if decoded is None:
                return NoReply(name, rdtype, FailureReason.MALFORMED, f"{self.address} sent a message that does not parse")
            if decoded.referral:
                detail = f"{self.address} only referred to other servers: it is no recursive resolver for this name"
                return NoReply(name, rdtype, FailureReason.REFUSED, detail)
            if decoded.rcode == dns.rcode.NXDOMAIN and decoded.state is ChainState.ANSWERED:
                detail = f"{self.address} said that the name does not exist and gave records of it"
                return NoReply(name, rdtype, FailureReason.MALFORMED, detail)
            if decoded.rcode == rcode:
                return decoded
            rcode = decoded.rcode  # an extended code, whose upper bits are in the OPT record
        reason = _REASON_BY_RCODE.get(rcode, FailureReason.SERVFAIL)
        return NoReply(name, rdtype, reason, f"{self.address} answered {dns.rcode.to_text(rcode)}")

    def _suspect(self) -> None:
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._probe_liveness(), name=f"dns probe of {self.address}")

    async def _probe_liveness(self) -> None:
        for _ in range(2):
            try:
                await exchange_udp(self.address, encode_query(".", "NS", secrets.randbits(16)), self._timeout_s / 2)
            except TimeoutError:
                continue
            except OSError:
                break
            return
        self._put_aside(FailureReason.TIMEOUT)

    def _put_aside(self, reason: FailureReason) -> None:
        self._aside_until = asyncio.get_running_loop().time() + PUT_ASIDE_S
        self._aside_reason = reason

    async def close(self) -> None:
        """End a probe that is under way."""
        if self._probe is not None and not self._probe.done():
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
