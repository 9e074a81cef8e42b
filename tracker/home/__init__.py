"""Where everybody arrives: the home of each role, health, and the navigation."""
