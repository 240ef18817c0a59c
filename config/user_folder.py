"""Where a user's data lie, by the XDG Base Directory Specification: a relative value of the variable is ignored."""

from __future__ import annotations

import os
from pathlib import Path

from herkomst.scanner.errors import ConfigurationError


def user_data_folder() -> Path:
    """Return `$XDG_DATA_HOME/herkomst`, which need not exist; raise ConfigurationError where no home folder is known."""
    configured = os.environ.get("XDG_DATA_HOME", "")
    try:
        base = Path(configured) if Path(configured).is_absolute() else Path.home() / ".local" / "share"
    except RuntimeError as error:
        raise ConfigurationError("The home folder is not known.", advice="Set HOME, or XDG_DATA_HOME.") from error
    return base / "herkomst"
