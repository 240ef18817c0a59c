"""Looks up many IPv4 addresses at once: over the mapped arrays themselves with numpy where it is installed, else one by one.

numpy is optional (the extra `bulk`) and imported at the first use, since it takes longer to load than a whole scan of one name.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right

_IPV4 = struct.Struct(">I")


def find_values4(packed: bytes, starts: memoryview[int], values: memoryview[int]) -> memoryview[int]:
    """Return for each address, 4 bytes in network order, the value of the segment it lies in.

    `starts` are the sorted first addresses of the segments, the first of which is 0; `values` are theirs in the same order. Raises
    ValueError where the length is no multiple of 4.
    """
    if len(packed) % _IPV4.size:
        raise ValueError("IPv4 addresses have 4 bytes each")
    try:
        import numpy
    except ImportError:
        return find_values4_one_by_one(packed, starts, values)
    wanted = numpy.frombuffer(packed, dtype=">u4").astype("u4")
    order = wanted.argsort()  # neighbours are found next to each other: sorting costs less than what is missed in the caches
    segments = numpy.empty(len(wanted), dtype="i8")
    segments[order] = numpy.frombuffer(starts, dtype="u4").searchsorted(wanted[order], side="right") - 1
    found: memoryview[int] = numpy.frombuffer(values, dtype="u4")[segments].data
    return found


def find_values4_one_by_one(packed: bytes, starts: memoryview[int], values: memoryview[int]) -> memoryview[int]:
    """Return the same without numpy."""
    return memoryview(array("I", (values[bisect_right(starts, number) - 1] for (number,) in _IPV4.iter_unpack(packed))))
