"""Reads an export of the audit trail from standard input with Python's csv module and says what a spreadsheet would see.

One line of JSON: the header, and the rows with the guard undone; the first cell that begins like a formula ends it with an error.
"""

import csv
import io
import json
import sys

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
csv.field_size_limit(1 << 30)


def undone(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def main() -> None:
    text = sys.stdin.buffer.read().decode("utf-8", "strict")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for number, row in enumerate(rows):
        for cell in row:
            if cell.lstrip(" ").startswith(FORMULAS):
                sys.exit(f"row {number}: a cell begins like a formula: {cell[:40]!r}")
    json.dump({"header": rows[0], "rows": [[undone(cell) for cell in row] for row in rows[1:]]}, sys.stdout)


main()
