"""Who calls the site in a measurement: connections that send what was prepared, and visitors who know what to ask."""
