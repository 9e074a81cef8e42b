"""Mail that leaves: written with the change it tells of, sent afterwards. Not: deciding who is reminded of what."""
