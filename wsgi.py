"""The application, for a WSGI server."""

from tracker import create_app

app = create_app()
