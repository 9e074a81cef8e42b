"""The application, for a WSGI server."""

from tracker import create_app
from tracker.safekeeping.privacy import be_private

be_private()
app = create_app()
