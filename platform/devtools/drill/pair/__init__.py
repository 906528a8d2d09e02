"""Two of everything on this machine, as the operator's guide has it, and people who book through the proxy."""
