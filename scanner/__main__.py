"""`python -m herkomst.scanner` is the command `herkomst`."""

import sys

from herkomst.scanner.cli.main import main

sys.exit(main())
