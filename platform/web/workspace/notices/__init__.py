"""The privacy notice as the owner looks at it."""
