"""Brokers, sureties and other partners; delegations of authority; tasks and who they wait on."""
