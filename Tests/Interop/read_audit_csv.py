"""Reads an export of the audit trail from standard input with Python's csv module and says what a spreadsheet would see.

One line of JSON: the header, and the rows with the guard undone; the first cell that begins like a formula ends it with an error, also when
the file is divided by semicolons or tabs.
"""

import csv
import io
import json
import re
import sys

FORMULAS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
csv.field_size_limit(1 << 30)


def undone(cell: str) -> str:
    return re.sub(r"(^|[;\t\r\n])'", r"\1", cell)


def main() -> None:
    text = sys.stdin.buffer.read().decode("utf-8", "strict")
    for separator in ";\t,":
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=separator == ","))
        for number, row in enumerate(rows):
            for cell in row:
                if cell.lstrip(" ").startswith(FORMULAS) or (separator == "," and cell.lstrip(" ").startswith(("\t", "\r", "\n"))):
                    sys.exit(f"row {number} by {separator!r}: a cell begins like a formula: {cell[:40]!r}")
    json.dump({"header": rows[0], "rows": [[undone(cell) for cell in row] for row in rows[1:]]}, sys.stdout)


main()
