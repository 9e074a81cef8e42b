"""Each sheet of the workbooks, made from gathered rows. Words in the reader's language."""
