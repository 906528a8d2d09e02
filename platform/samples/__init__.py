"""Sample businesses, filled through the same services that customers use: the demo's, and the public example."""
