"""Workbook: the one room that writes Excel. Describe a `Workbook`, hand it to `write`, get sheets and row counts."""

from tracker.workbook.parts import (
    Block,
    Chart,
    Column,
    Figure,
    Figures,
    Link,
    Marked,
    Series,
    Sheet,
    Status,
    Table,
    Text,
    Workbook,
)
from tracker.workbook.text import cell_text, neutralise, restore
from tracker.workbook.writing import SheetRows, write

__all__ = [
    "Block",
    "Chart",
    "Column",
    "Figure",
    "Figures",
    "Link",
    "Marked",
    "Series",
    "Sheet",
    "SheetRows",
    "Status",
    "Table",
    "Text",
    "Workbook",
    "cell_text",
    "neutralise",
    "restore",
    "write",
]
