"""`herkomst import FILE`: show what is read of an exported inventory, what is not, and the line that declares it.

Nothing is kept: a scan reads the declared file itself, so that the run can be done again from the declaration alone.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import add_common_options
from herkomst.scanner.errors import UsageError
from herkomst.scanner.names import display


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="Terraform state, Azure or GCP export, or OpenStack list (JSON)")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read one file; 2 where it cannot be read, 3 where it says itself that it is only a part."""
    from herkomst.collectors.inventories.reading import Unreadable, read_inventory

    source = display(str(arguments.file))
    try:
        inventory = read_inventory(str(arguments.file))
    except Unreadable as error:
        raise UsageError(f"{error}.", place=source) from error
    print(f"{source}: {inventory.file.format}, {inventory.file.resources} resource(s) read.")
    counts = Counter((item.role, item.type, item.zone or item.region or "place not given") for item in inventory.resources)
    for (role, kind, place), count in sorted(counts.items()):
        print(f"  {role}: {count} × {display(kind)}, {display(place)}")
    for kind, count in inventory.file.unread:
        print(f"  not read: {count} × {display(kind)}")
    if inventory.cut_off:
        print(f"  only a part: {inventory.cut_off}.")
    print(f'Declare it under assets: inventories: [{{file: "{source}", as_of: YYYY-MM-DD}}]')
    return exit_codes.INCOMPLETE if inventory.cut_off else exit_codes.OK
