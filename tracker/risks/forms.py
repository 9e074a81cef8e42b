"""Risks, forms."""

from tracker.platform.forms import Form, TextField


class TaskForm(Form):
    """Which risk becomes a task."""

    key = TextField("", required=True)
