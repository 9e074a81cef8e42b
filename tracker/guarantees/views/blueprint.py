"""Guarantees, views: the blueprint."""

from flask import Blueprint

bp = Blueprint("guarantees", __name__)
