"""Measurements: each as a ratio against a floor of the same run, so that a slow machine does not lie."""
