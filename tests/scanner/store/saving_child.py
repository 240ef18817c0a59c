"""A process that saves subjects one by one and reports each, for the tests that kill it or run several at once.

Arguments: store, number of the run, first and last subject, subjects a transaction. It waits for a line, says `opening` and `begun`, then
the number of every subject once its transaction has returned.
"""

from __future__ import annotations

import sys

from herkomst.scanner.store import Store
from store_scene import make_run, numbered_visit


def main() -> None:
    url, run, first, last, size = sys.argv[1], *map(int, sys.argv[2:])
    sys.stdin.readline()
    print("opening", flush=True)
    with Store.open(url) as store:
        store.begin_run(make_run(run), ())
        print("begun", flush=True)
        for begin in range(first, last, size):
            batch = range(begin, min(begin + size, last))
            store.save_many(f"run-{run}", [numbered_visit(number) for number in batch])
            print(*batch, flush=True)


if __name__ == "__main__":
    main()
