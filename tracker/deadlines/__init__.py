"""Every date gathered from the features. Owns no dates of its own."""
