"""The tracker command: a table in plain text, for people; programs ask for --json."""

from collections.abc import Sequence

GAP = "  "


def aligned(titles: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Lines of a table under its titles, each column as wide as its widest cell; the columns at `right` end flush."""
    every = [titles, *rows]
    widths = [max(len(row[place]) for row in every) for place in range(len(titles))]
    ruled = [titles, ["-" * width for width in widths], *rows]
    return [
        GAP.join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in ruled
    ]
