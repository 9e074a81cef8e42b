"""Assessments: the answers about a client, what they mean, and the plan that follows. Opens requests and tasks; they never know it."""
