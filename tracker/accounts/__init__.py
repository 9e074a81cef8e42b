"""Staff, client contacts and brokers: who they are, how they sign in, what role they have. Not: what a client is."""
