"""Coordination, views: the blueprint its views hang on."""

from flask import Blueprint

bp = Blueprint("coordination", __name__)
