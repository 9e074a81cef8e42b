"""Risks: what nobody watches, who everything hangs on, what contradicts itself, and whether linking will succeed."""
