"""The long trials: what holds when the machine is killed, everybody presses at once, the disk fills up, and the day is long."""
