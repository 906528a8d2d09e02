"""The three sample businesses of ``./dev demo``, filled through the same services that customers use."""
