"""The app of billing's tables in the public schema; an app in both lists of apps would make every table twice."""
