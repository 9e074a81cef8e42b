"""Opening an engagement with all that its template brings: tasks and document requests. Not: the work on them."""
