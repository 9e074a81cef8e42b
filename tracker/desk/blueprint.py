"""Desk, views: the blueprint its views share."""

from flask import Blueprint

bp = Blueprint("desk", __name__)
